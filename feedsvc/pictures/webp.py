"""Rewrites a WebP file (RFC 9649): pixels, transparency, colour profile, animation.

An orientation is not kept: browsers do not agree whether a WebP file has one, and the common ones show it as it lies.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from feedsvc.pictures.colours import is_profile
from feedsvc.pictures.pieces import Bounds, Broken, Cleaned, Size, take

_HEAD: Final = 12
# VP8X, first byte: bit 1 animation, 2 XMP, 3 Exif, 4 transparency, 5 colour profile.
_ANIMATED, _TRANSPARENT, _COLOURED = 0x02, 0x10, 0x20
_FRAME_HEAD: Final = 16
_PIXELS: Final = (b"VP8 ", b"VP8L")


def clean_webp(data: bytes, bounds: Bounds) -> Cleaned:
    """Rewrite a WebP file. Raises Broken for one that is cut off or damaged."""
    length = 8 + int.from_bytes(take(data, 4, 4), "little")
    inside = take(data, _HEAD, length - _HEAD) if length > _HEAD else b""
    chunks = list(_chunks(inside))
    if not chunks:
        raise Broken("holds no pixels")
    body, size = _extended(chunks, bounds) if chunks[0][0] == b"VP8X" else _plain(chunks[0], bounds)
    return Cleaned(b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body, size, data[length:])


def _plain(chunk: tuple[bytes, bytes], bounds: Bounds) -> tuple[bytes, Size]:
    size = _size_of(*chunk)
    bounds.check(size)
    return _chunk(*chunk), size


def _extended(chunks: list[tuple[bytes, bytes]], bounds: Bounds) -> tuple[bytes, Size]:
    head = take(chunks[0][1], 0, 10)
    size = (1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little"))
    bounds.check(size)
    flags = head[0] & (_ANIMATED | _TRANSPARENT)
    profile = next((payload for name, payload in chunks if name == b"ICCP"), b"")
    kept = []
    if is_profile(profile):
        flags |= _COLOURED
        kept.append(_chunk(b"ICCP", profile))
    kept.extend(_animation(chunks, size, bounds) if flags & _ANIMATED else _still(chunks, size))
    return b"".join([_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + head[4:10]), *kept]), size


def _still(chunks: list[tuple[bytes, bytes]], size: Size) -> Iterator[bytes]:
    """Give the chunks that are the pixels of one frame: its transparency first, where that stands apart."""
    name, payload = next((chunk for chunk in chunks if chunk[0] in _PIXELS), (b"", b""))
    if _size_of(name, payload) != size:
        raise Broken("is damaged: it says two different sizes of itself")
    if name == b"VP8 ":
        yield from (_chunk(*chunk) for chunk in chunks if chunk[0] == b"ALPH")
    yield _chunk(name, payload)


def _animation(chunks: list[tuple[bytes, bytes]], canvas: Size, bounds: Bounds) -> Iterator[bytes]:
    pixels = 0
    for name, payload in chunks:
        if name == b"ANIM":
            yield _chunk(name, take(payload, 0, 6))
        elif name == b"ANMF":
            head = take(payload, 0, _FRAME_HEAD)
            left, top, width, height = (int.from_bytes(head[at : at + 3], "little") for at in (0, 3, 6, 9))
            size = (width + 1, height + 1)
            if left * 2 + size[0] > canvas[0] or top * 2 + size[1] > canvas[1]:
                raise Broken("is damaged: a frame is larger than the picture")
            pixels += size[0] * size[1]
            bounds.check_all(pixels)
            yield _chunk(name, head + b"".join(_still(list(_chunks(payload[_FRAME_HEAD:])), size)))
    if not pixels:
        raise Broken("holds no pixels")


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        name, length = struct.unpack("<4sI", take(data, at, 8))
        yield name, take(data, at + 8, length)
        # Chunks begin at even places; the last one's padding is missing in some files.
        at += 8 + length + length % 2


def _size_of(name: bytes, payload: bytes) -> Size:
    if name == b"VP8L" and payload[:1] == b"\x2f":
        bits = int.from_bytes(take(payload, 1, 4), "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    # A key frame: an even first byte, and a start code (RFC 6386 section 9.1).
    if name == b"VP8 " and payload[3:6] == b"\x9d\x01\x2a" and not payload[0] & 1:
        width, height = struct.unpack("<HH", take(payload, 6, 4))
        return width & 0x3FFF, height & 0x3FFF
    raise Broken("holds no pixels that can be shown")


def _chunk(name: bytes, payload: bytes) -> bytes:
    return name + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)
