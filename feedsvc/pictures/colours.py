"""Decides whether what calls itself a colour profile is one: without it, the colours would be others.

A profile is kept whole or not at all; it is never changed.
"""

from __future__ import annotations

from typing import Final

LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a profile: those for printing presses come to about two million, those of screens to a few thousand."""

_HEAD: Final = 128


def is_profile(data: bytes) -> bool:
    """Say whether this is an ICC profile: its own length in front, and "acsp" at byte 36 (ICC.1:2022 section 7.2)."""
    return _HEAD < len(data) <= LARGEST and int.from_bytes(data[:4], "big") == len(data) and data[36:40] == b"acsp"
