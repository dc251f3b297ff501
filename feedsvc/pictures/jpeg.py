"""Rewrites a JPEG file (ITU-T T.81, JFIF 1.02): tables, frame and scans as they were, colour profile, which way up.

The compressed picture itself is copied byte for byte.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from typing import Final

from feedsvc.pictures.colours import is_profile
from feedsvc.pictures.orientation import UPRIGHT, as_shown, orientation_of, tiff_with
from feedsvc.pictures.pieces import Bounds, Broken, Cleaned, Size, take

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_TABLES: Final = frozenset({0xC4, 0xDB, 0xDD})  # Huffman tables, quantisation tables, restart interval
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SHOWN: Final = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive: what browsers decode
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
# In a scan, 0xFF is data before 0x00, and a mere restart before 0xD0 to 0xD7 (T.81 section B.1.1.5).
_NEXT: Final = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]", re.DOTALL)
_EXIF, _ICC, _ADOBE, _JFIF = b"Exif\0\0", b"ICC_PROFILE\0", b"Adobe", b"JFIF\0"
_ADOBE_LENGTH: Final = 12
_JFIF_LENGTH: Final = 12
_MOST_IN_SEGMENT: Final = 65_533
_MOST_SCANS: Final = 200  # progressive files have about ten; thousands keep whoever opens the picture busy for minutes
_EIGHT_BITS: Final = 8


@dataclass(slots=True)
class _Found:
    picture: list[bytes] = field(default_factory=list)
    size: Size | None = None
    scans: int = 0
    orientation: int = UPRIGHT
    jfif: bytes = b""
    adobe: bytes = b""
    profile: dict[int, bytes] = field(default_factory=dict)
    parts: int = 0


def clean_jpeg(data: bytes, bounds: Bounds) -> Cleaned:
    """Rewrite a JPEG file. Raises Broken for one that is cut off or that browsers can't show."""
    found = _Found()
    at = 2
    while True:
        marker, at = _marker(data, at)
        if marker == _EOI:
            break
        if marker in _ALONE:
            continue
        length = int.from_bytes(take(data, at, 2), "big")
        payload = take(data, at + 2, length - 2) if length > 1 else b""
        at += max(length, 2)
        if marker == _SOS:
            end = _end_of_scan(data, at)
            _add_scan(found, payload, data[at:end])
            at = end
        else:
            _add_segment(found, marker, payload, bounds)
    if found.size is None or not found.scans:
        raise Broken("holds no pixels")
    return Cleaned(_written(found), as_shown(found.size, found.orientation), data[at:])


def _marker(data: bytes, at: int) -> tuple[int, int]:
    if take(data, at, 1) != b"\xff":
        raise Broken("is damaged: one of its segments has not the length that it says")
    while take(data, at, 1) == b"\xff":
        at += 1
    return data[at], at + 1


def _end_of_scan(data: bytes, at: int) -> int:
    found = _NEXT.search(data, at)
    if found is None:
        raise Broken("ends too early; part of it is missing")
    return found.start()


def _add_scan(found: _Found, header: bytes, pixels: bytes) -> None:
    found.scans += 1
    if found.scans > _MOST_SCANS:
        raise Broken(f"is built of more than {_MOST_SCANS} scans")
    if found.size is None:
        raise Broken("is damaged: its pixels come before its size")
    found.picture.append(_segment(_SOS, header) + pixels)


def _add_segment(found: _Found, marker: int, payload: bytes, bounds: Bounds) -> None:
    if marker in _FRAMES:
        if marker not in _SHOWN or payload[:1] != bytes([_EIGHT_BITS]):
            raise Broken("is of a rare kind of JPEG that browsers don't show; save it as an ordinary one")
        if found.size is not None:
            raise Broken("holds more than one picture")
        height, width = struct.unpack(">HH", take(payload, 1, 4))
        bounds.check((width, height))
        found.size = (width, height)
        found.picture.append(_segment(marker, payload))
    elif marker in _TABLES:
        found.picture.append(_segment(marker, payload))
    elif marker == _APP0 and payload.startswith(_JFIF) and not found.jfif:
        # Version and pixel aspect; the two zeros say that there is no preview.
        found.jfif = payload[:_JFIF_LENGTH].ljust(_JFIF_LENGTH, b"\0") + b"\0\0"
    elif marker == _APP1 and payload.startswith(_EXIF) and found.orientation == UPRIGHT:
        found.orientation = orientation_of(payload[len(_EXIF) :])
    elif marker == _APP2 and payload.startswith(_ICC):
        _add_profile(found, payload[len(_ICC) :])
    elif marker == _APP14 and payload.startswith(_ADOBE) and not found.adobe:
        # How the colours are stored; without it, four-colour pictures come out wrong.
        found.adobe = payload[:_ADOBE_LENGTH]


def _add_profile(found: _Found, part: bytes) -> None:
    if len(part) > 2:  # noqa: PLR2004 - its number and the number of all come first (ICC.1 annex B.4)
        found.profile.setdefault(part[0], part[2:])
        found.parts = part[1]


def _written(found: _Found) -> bytes:
    pieces = [b"\xff\xd8"]
    if found.jfif:
        pieces.append(_segment(_APP0, found.jfif))
    if found.orientation != UPRIGHT:
        pieces.append(_segment(_APP1, _EXIF + tiff_with(found.orientation)))
    pieces.extend(_profile_segments(found))
    if len(found.adobe) == _ADOBE_LENGTH:
        pieces.append(_segment(_APP14, found.adobe))
    return b"".join([*pieces, *found.picture, b"\xff\xd9"])


def _profile_segments(found: _Found) -> list[bytes]:
    if sorted(found.profile) != list(range(1, found.parts + 1)):
        return []
    profile = b"".join(found.profile[number] for number in sorted(found.profile))
    if not is_profile(profile):
        return []
    room = _MOST_IN_SEGMENT - len(_ICC) - 2
    parts = [profile[at : at + room] for at in range(0, len(profile), room)]
    return [_segment(_APP2, _ICC + bytes([number, len(parts)]) + part) for number, part in enumerate(parts, 1)]


def _segment(marker: int, payload: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(payload) + 2).to_bytes(2, "big") + payload
