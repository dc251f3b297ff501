"""Rewrites a PNG file (PNG Third Edition, 2025): pixels, palette, transparency, colours, animation, which way up.

Pixels are unpacked a block at a time to count them, and thrown away: what is packed must be just what the head says.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from feedsvc.pictures.colours import LARGEST, is_profile
from feedsvc.pictures.orientation import UPRIGHT, as_shown, orientation_of, tiff_with
from feedsvc.pictures.pieces import Bounds, Broken, Cleaned, Size, take

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"

# Bytes that each may have; of every one but the frames' the first alone is kept.
_SHORT: Final = {
    b"PLTE": range(3, 769, 3), b"tRNS": range(1, 257), b"gAMA": (4,), b"cHRM": (32,), b"sRGB": (1,), b"cICP": (4,),
    b"mDCV": (24,), b"cLLI": (8,), b"sBIT": range(1, 5), b"bKGD": range(1, 7), b"pHYs": (9,), b"acTL": (8,),
}  # fmt: skip
_FRAME_HEAD: Final = 26
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
# Adam7 (section 8.1): first column, first row, and the steps between them, of each of the seven passes.
_PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_BLOCK: Final = 1024 * 1024
_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Head:
    size: Size
    bits: int
    interlaced: bool

    def unpacked(self, size: Size) -> int:
        """Count the bytes that a frame of this size has unpacked: a byte before each row names the row's filter."""
        width, height = size
        if not self.interlaced:
            return height * (1 + (width * self.bits + 7) // 8)
        total = 0
        for left, top, across, down in _PASSES:
            columns, rows = -(-(width - left) // across), -(-(height - top) // down)
            if columns > 0 and rows > 0:
                total += rows * (1 + (columns * self.bits + 7) // 8)
        return total


@dataclass(slots=True)
class _Found:
    """What is kept so far, and the frame of an animation that is being read."""

    head: _Head
    bounds: Bounds
    kept: list[bytes] = field(default_factory=list)
    pixels: list[bytes] = field(default_factory=list)
    place: int = 0
    orientation: int = UPRIGHT
    seen: set[bytes] = field(default_factory=set)
    frame: Size | None = None
    frame_pixels: list[bytes] = field(default_factory=list)
    all_pixels: int = 0


def clean_png(data: bytes, bounds: Bounds) -> Cleaned:
    """Rewrite a PNG file. Raises Broken for one that is cut off, damaged, or that unpacks to more than it says."""
    chunks = _chunks(data)
    name, payload, end = next(chunks)
    if name != b"IHDR":
        raise Broken("is damaged: it does not begin with its head")
    found = _Found(_read_head(payload, bounds), bounds, kept=[_chunk(b"IHDR", payload)])
    for chunk, content, after in chunks:
        if chunk == b"IDAT":
            found.place = found.place or len(found.kept)
            found.pixels.append(content)
        elif chunk in (b"fcTL", b"fdAT"):
            _add_frame(found, chunk, content)
        else:
            _end_frame(found)
            _add(found, chunk, content)
        end = after
    return Cleaned(_written(found), as_shown(found.head.size, found.orientation), data[end:])


def _add_frame(found: _Found, name: bytes, payload: bytes) -> None:
    if name == b"fdAT":
        # Its number in the order of frames comes first.
        found.frame_pixels.append(payload[4:])
    else:
        _end_frame(found)
        width, height, left, top = struct.unpack_from(">IIII", take(payload, 0, _FRAME_HEAD), 4)
        if left + width > found.head.size[0] or top + height > found.head.size[1]:
            raise Broken("is damaged: a frame is larger than the picture")
        found.bounds.check((width, height))
        found.all_pixels += width * height
        found.bounds.check_all(found.all_pixels)
        found.frame = (width, height)
        payload = payload[:_FRAME_HEAD]
    found.kept.append(_chunk(name, payload))


def _end_frame(found: _Found) -> None:
    if found.frame_pixels:
        _exactly(found.frame_pixels, found.head.unpacked(found.frame or found.head.size))
        found.frame_pixels = []


def _add(found: _Found, name: bytes, payload: bytes) -> None:
    if name in found.seen:
        return
    found.seen.add(name)
    if name == b"eXIf":
        found.orientation = orientation_of(payload)
    elif name == b"iCCP":
        _, _, packed = payload.partition(b"\0")
        profile = _profile(packed[1:])
        if profile is not None:
            # The name that it comes with is free text.
            found.kept.append(_chunk(name, b"icc\0\0" + profile))
    elif len(payload) in _SHORT.get(name, ()):
        found.kept.append(_chunk(name, payload))
    elif name == b"PLTE":
        raise Broken("is damaged: its palette has a wrong length")


def _written(found: _Found) -> bytes:
    if not found.pixels:
        raise Broken("holds no pixels")
    pixels = _exactly(found.pixels, found.head.unpacked(found.head.size), more_is_cut=True)
    pieces = [*found.kept[: found.place], _chunk(b"IDAT", pixels), *found.kept[found.place :]]
    if found.orientation != UPRIGHT:
        pieces.insert(1, _chunk(b"eXIf", tiff_with(found.orientation)))
    return b"".join([SIGNATURE, *pieces, _chunk(b"IEND", b"")])


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Give each chunk but the last with its name, its payload, and where the next begins."""
    at = len(SIGNATURE)
    while True:
        length, name = struct.unpack(">I4s", take(data, at, 8))
        payload = take(data, at + 8, length)
        (crc,) = struct.unpack(">I", take(data, at + 8 + length, 4))
        if crc != zlib.crc32(name + payload):
            raise Broken("is damaged: a checksum in it does not fit")
        at += 12 + length
        if name == b"IEND":
            yield name, b"", at
            return
        yield name, payload, at


def _read_head(payload: bytes, bounds: Bounds) -> _Head:
    if len(payload) != 13:  # noqa: PLR2004 - section 11.2.1
        raise Broken("is damaged: its head has a wrong length")
    width, height, depth, colour, method, filtering, interlace = struct.unpack(">IIBBBBB", payload)
    if depth not in _DEPTHS.get(colour, ()) or method or filtering or interlace > 1:
        raise Broken("is damaged: its head makes no sense")
    bounds.check((width, height))
    return _Head((width, height), depth * _CHANNELS[colour], bool(interlace))


def _profile(packed: bytes) -> bytes | None:
    """Give a colour profile as it was packed, without what is hidden behind it; None if it is none."""
    unpack = zlib.decompressobj()
    try:
        profile = unpack.decompress(packed, LARGEST + 1)
    except zlib.error:
        return None
    whole = unpack.eof and is_profile(profile)
    return packed[: len(packed) - len(unpack.unused_data)] if whole else None


def _exactly(packed: Iterable[bytes], length: int, *, more_is_cut: bool = False) -> bytes:
    """Give packed pixels, sure to unpack to this many bytes. What stands behind them is no pixels."""
    whole = b"".join(packed)
    unpack = zlib.decompressobj()
    counted = at = 0
    try:
        while at < len(whole) and not unpack.eof and counted <= length:
            # A piece at a time: what a decompressor has not taken it copies.
            rest = whole[at : at + _PIECE]
            at += len(rest)
            while rest and counted <= length:
                counted += len(unpack.decompress(rest, _BLOCK))
                rest = unpack.unconsumed_tail
    except zlib.error:
        raise Broken("is damaged: its pixels can't be unpacked") from None
    hidden = len(unpack.unused_data) + len(whole) - at
    if counted < length:
        raise Broken("ends too early; part of it is missing")
    if counted > length or (hidden and not more_is_cut):
        raise Broken("unpacks to more pixels than it says that it has")
    return whole[: len(whole) - hidden] if unpack.eof else whole


def _chunk(name: bytes, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))
