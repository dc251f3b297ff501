"""Reads and writes the one thing in a camera's notes that belongs to the picture: which way up it is.

Exif 2.32 section 4.6.4: the tag Orientation, in a block of TIFF 6.0. Nothing else of the block is kept.
"""

from __future__ import annotations

import struct
from typing import Final

UPRIGHT: Final = 1
_ORIENTATION, _SHORT = 0x0112, 3
_LAST: Final = 8
_FIRST_TURNED: Final = 5
_TIFF_HEAD, _ENTRY = 8, 12


def orientation_of(tiff: bytes) -> int:
    """Give the orientation that a TIFF block says, 1 to 8; upright for one that says none or can't be read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < _TIFF_HEAD:
        return UPRIGHT
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    if start + 2 > len(tiff):
        return UPRIGHT
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for entry in range(start + 2, min(start + 2 + count * _ENTRY, len(tiff) - _ENTRY + 1), _ENTRY):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
        if (tag, kind) == (_ORIENTATION, _SHORT) and UPRIGHT <= value <= _LAST:
            return int(value)
    return UPRIGHT


def tiff_with(orientation: int) -> bytes:
    """Write a TIFF block that says the orientation alone."""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, _SHORT, 1, orientation, 0, 0)


def as_shown(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Give width and height as a reader sees them: a quarter turn swaps the two."""
    width, height = size
    return (height, width) if orientation >= _FIRST_TURNED else (width, height)
