"""What the readers of all formats share: what they give, how they refuse, and reading that never runs past the end.

It knows no format.
"""

from __future__ import annotations

from dataclasses import dataclass

Size = tuple[int, int]


class Broken(ValueError):
    """A file that is no whole picture; the text says what is wrong with it, after its name."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a picture may be: pixels of one frame, and of all frames of an animation together."""

    pixels: int
    pixels_of_all: int

    def check(self, size: Size) -> None:
        """Refuse a frame of no size, or one whose pixels would fill the memory of whoever opens it."""
        width, height = size
        if not width or not height:
            raise Broken("has no width or no height")
        if width * height > self.pixels:
            raise Broken(f"is {width:,} by {height:,} pixels; the limit is {self.pixels / 1_000_000:g} megapixels")

    def check_all(self, pixels: int) -> None:
        """Refuse an animation whose frames come to too much together."""
        if pixels > self.pixels_of_all:
            raise Broken(f"has frames of more than {self.pixels_of_all / 1_000_000:g} megapixels together")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A picture's new bytes, its size as it is shown, and what stood behind its end in the old file."""

    body: bytes
    size: Size
    behind: bytes


def take(data: bytes, at: int, length: int) -> bytes:
    """Give `length` bytes from a place; raises Broken where the file is shorter than it says of itself."""
    piece = data[at : at + length]
    if len(piece) != length:
        raise Broken("ends too early; part of it is missing")
    return piece
