"""Tells what a picture is: its type by its first bytes, its length in bytes, its width and height by its header.

Nothing is decoded: only the few fields of five file formats are read, and every one of them may lie or be missing.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from feedsvc.errors import Invalid, Unavailable

_OK = 200
_FIX = "Use a JPEG, PNG, GIF, WebP or AVIF file."
Size = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a feed says of a picture: `length` in bytes without any coding; width and height in pixels, as shown."""

    media_type: str
    length: int
    width: int | None = None
    height: int | None = None


class _Answer(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...


class _Fetch(Protocol):
    def __call__(self, url: str, headers: Mapping[str, str] | None = None) -> _Answer: ...


def measure_picture(url: str, fetcher: _Fetch) -> PictureFacts:
    """Fetch a picture whole and measure it.

    The length is the count of the bytes that came: what a server announces is not always what it sends. Raises what the
    fetcher raises, Unavailable for any status but 200, Invalid for anything that is not one of the five types.
    """
    answer = fetcher(url, {"Accept": "image/*", "Accept-Encoding": "identity"})
    if answer.status != _OK:
        raise Unavailable(url, f"the picture's address answers {answer.status}", "Check the address.")
    return read_picture(answer.body, url)


def read_picture(data: bytes, name: str) -> PictureFacts:
    """The facts of a picture's bytes. Raises Invalid, with `name`, unless it is JPEG, PNG, GIF, WebP or AVIF."""
    for media_type, fits, measure in _TYPES:
        if fits(data):
            size = _sane(measure(data))
            return PictureFacts(media_type, len(data), *(size or (None, None)))
    raise Invalid(name, f"the picture is {_looks_like(data)}", _FIX)


def _looks_like(data: bytes) -> str:
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not data:
        return "empty"
    if b"<svg" in head:
        return "SVG, which can hold scripts and which readers refuse"
    if head.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    return "of no known type"


def _sane(size: Size) -> Size:
    return size if size is not None and all(size) else None


def _is_png(data: bytes) -> bool:
    return data.startswith(b"\x89PNG\r\n\x1a\n")


def _png(data: bytes) -> Size:
    if data[12:16] != b"IHDR" or len(data) < 24:  # noqa: PLR2004 - PNG section 11.2.2: IHDR comes first
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _is_gif(data: bytes) -> bool:
    return data.startswith((b"GIF87a", b"GIF89a"))


def _gif(data: bytes) -> Size:
    if len(data) < 10:  # noqa: PLR2004 - the logical screen's size follows the signature
        return None
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _is_jpeg(data: bytes) -> bool:
    return data.startswith(b"\xff\xd8\xff")


def _jpeg(data: bytes) -> Size:
    """The first frame header (SOF0 to SOF15); a camera's orientation of 5 to 8 swaps width and height."""
    at, turned = 2, False
    while at + 4 <= len(data) and data[at] == 0xFF:  # noqa: PLR2004 - every marker starts with 0xFF
        marker = data[at + 1]
        if marker == 0xFF:  # noqa: PLR2004 - fill bytes may precede a marker
            at += 1
            continue
        if marker in _STANDALONE:
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in _FRAMES and at + 9 <= len(data):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return (height, width) if turned else (width, height)
        if marker == _APP1:
            turned = turned or _is_turned(data[at + 4 : at + 2 + length])
        if marker in {0xDA, 0xD9} or length < 2:  # noqa: PLR2004 - the image itself, or a broken segment
            return None
        at += 2 + length
    return None


_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_APP1 = 0xE1
_ORIENTATION, _SHORT = 0x0112, 3


def _is_turned(segment: bytes) -> bool:
    """Whether an Exif segment turns the picture by a quarter (TIFF tag Orientation, 5 to 8)."""
    if not segment.startswith(b"Exif\x00\x00"):
        return False
    tiff = segment[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 8:  # noqa: PLR2004 - the TIFF header
        return False
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    if start + 2 > len(tiff):
        return False
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for entry in range(start + 2, min(start + 2 + count * 12, len(tiff) - 11), 12):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
        if (tag, kind) == (_ORIENTATION, _SHORT):
            return bool(5 <= value <= 8)  # noqa: PLR2004 - Exif: these four swap the sides
    return False


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _webp(data: bytes) -> Size:
    """RFC 9649: extended, lossless or lossy, told by the first chunk."""
    if len(data) < 30:  # noqa: PLR2004 - the first chunk's header and its sizes
        return None
    chunk = data[12:16]
    if chunk == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if chunk == b"VP8L" and data[20] == 0x2F:  # noqa: PLR2004 - the signature of lossless WebP
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _is_avif(data: bytes) -> bool:
    size = int.from_bytes(data[:4], "big")
    return data[4:8] == b"ftyp" and any(brand in data[8 : min(size, 256)] for brand in (b"avif", b"avis"))


def _avif(data: bytes) -> Size:
    """The largest `ispe` property (ISO/IEC 23008-12 section 6.5.3); smaller ones are tiles, thumbnails, alpha."""
    head, sizes = data[:_AVIF_HEAD], []
    at = head.find(b"ispe")
    while at != -1 and at + 16 <= len(head):
        sizes.append(struct.unpack_from(">II", head, at + 8))
        at = head.find(b"ispe", at + 16)
    width, height = max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))
    return (width, height)


_AVIF_HEAD = 65536
_TYPES: tuple[tuple[str, Callable[[bytes], bool], Callable[[bytes], Size]], ...] = (
    ("image/jpeg", _is_jpeg, _jpeg),
    ("image/png", _is_png, _png),
    ("image/gif", _is_gif, _gif),
    ("image/webp", _is_webp, _webp),
    ("image/avif", _is_avif, _avif),
)
