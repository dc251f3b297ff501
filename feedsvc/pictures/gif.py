"""Rewrites a GIF file (GIF89a): palette, frames, their timing and how often they repeat.

The compressed frames are copied byte for byte.
"""

from __future__ import annotations

import struct
from typing import Final

from feedsvc.pictures.pieces import Bounds, Broken, Cleaned, take

_EXTENSION, _IMAGE, _END = b"!", b",", b";"
_CONTROL, _APPLICATION = 0xF9, 0xFF
_TABLE, _TABLE_SIZE = 0x80, 0x07
_REPEATING: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def clean_gif(data: bytes, bounds: Bounds) -> Cleaned:
    """Rewrite a GIF file. Raises Broken for one that is cut off or damaged."""
    head = take(data, 0, 13)
    width, height, flags = struct.unpack_from("<HHB", head, 6)
    bounds.check((width, height))
    at = 13
    palette = take(data, at, _table_length(flags))
    at += len(palette)
    kept = [head, palette]
    control, pixels = b"", 0
    while (sign := take(data, at, 1)) != _END:
        if sign == _EXTENSION:
            label = take(data, at + 1, 1)[0]
            blocks, at = _blocks(data, at + 2)
            if label == _CONTROL:
                control = _control(blocks)
            elif label == _APPLICATION:
                kept.append(_repeat(blocks))
            else:
                # Comments, and text that no browser draws; the timing before it is the text's.
                control = b""
        elif sign == _IMAGE:
            frame, size, at = _frame(data, at)
            bounds.check(size)
            pixels += size[0] * size[1]
            bounds.check_all(pixels)
            kept += [control, frame]
            control = b""
        else:
            raise Broken("is damaged: there is something between its frames that belongs to none")
    if not pixels:
        raise Broken("holds no pixels")
    return Cleaned(b"".join([*kept, _END]), (width, height), data[at + 1 :])


def _table_length(flags: int) -> int:
    return 3 << ((flags & _TABLE_SIZE) + 1) if flags & _TABLE else 0


def _blocks(data: bytes, at: int) -> tuple[list[bytes], int]:
    """Give the blocks from a place on, and where what follows their end begins."""
    found = []
    while length := take(data, at, 1)[0]:
        found.append(take(data, at + 1, length))
        at += 1 + length
    return found, at + 1


def _frame(data: bytes, at: int) -> tuple[bytes, tuple[int, int], int]:
    descriptor = take(data, at, 10)
    width, height, flags = struct.unpack_from("<HHB", descriptor, 5)
    pixels = at + 10 + _table_length(flags)
    take(data, pixels, 1)
    _, end = _blocks(data, pixels + 1)
    return data[at:end], (width, height), end


def _control(blocks: list[bytes]) -> bytes:
    return b"!\xf9" + _packed(blocks[:1]) if blocks and len(blocks[0]) == 4 else b""  # noqa: PLR2004 - section 23


def _repeat(blocks: list[bytes]) -> bytes:
    name, *rest = blocks or [b""]
    counts = [block for block in rest if len(block) == 3 and block[0] == 1]  # noqa: PLR2004 - 1, and how often
    return b"!\xff" + _packed([name, counts[0]]) if name in _REPEATING and counts else b""


def _packed(blocks: list[bytes]) -> bytes:
    return b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"
