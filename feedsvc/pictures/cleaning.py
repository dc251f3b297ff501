"""Decides whether bytes are a picture that may be published, and gives the picture that is.

It touches no file and trusts no name: what a picture is, is in its bytes alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from feedsvc.errors import Invalid
from feedsvc.pictures import gif, jpeg, png, strangers, webp
from feedsvc.pictures.pieces import Bounds, Broken, Cleaned

EXTENSIONS: Final = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}
"""The types of pictures that are taken in, and how their files' names end."""

_FIX: Final = "Use a JPEG, PNG, GIF or WebP file."
_SAVE_ANEW: Final = "Open it in a program for pictures and save it anew."
# Of an animation, all frames together may have so many times the pixels of the largest still picture.
_ANIMATION: Final = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a picture may be: bytes of its file, and pixels, since a small file may unpack to gigabytes."""

    max_bytes: int = 10_000_000
    max_pixels: int = 50_000_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is published. Width and height are in pixels as shown, turned where the camera was turned."""

    media_type: str
    body: bytes
    width: int
    height: int


def clean(data: bytes, name: str, limits: Limits) -> Picture:
    """Give the picture in `data` with its pixels untouched and without all that is told beside them.

    Where and when it was taken, by whom and with what is gone; so are comments, previews and whatever was hidden in
    the file. Which way up it is and its colour profile stay. The same bytes give the same picture, and a clean picture
    gives itself. Raises Invalid, with `name`, for what is no picture of the four types, too large, cut off, damaged,
    or a file of another kind as well.
    """
    if len(data) > limits.max_bytes:
        raise Invalid(name, f"has {len(data):,} bytes; the limit is {limits.max_bytes:,}", "Make it smaller.")
    bounds = Bounds(limits.max_pixels, limits.max_pixels * _ANIMATION)
    for media_type, begins, read in _TYPES:
        if begins(data):
            try:
                cleaned = read(data, bounds)
            except Broken as error:
                raise Invalid(name, str(error), _SAVE_ANEW) from None
            return _checked(cleaned, media_type, name)
    raise Invalid(name, f"is {_looks_like(data)}", _FIX)


def _checked(cleaned: Cleaned, media_type: str, name: str) -> Picture:
    other = strangers.found_behind(cleaned.behind) or strangers.found_in_head(cleaned.body)
    if other is not None:
        raise Invalid(name, f"is {other} as well", _SAVE_ANEW)
    return Picture(media_type, cleaned.body, *cleaned.size)


def _looks_like(data: bytes) -> str:
    if not data.strip():
        return "empty"
    if data[4:8] == b"ftyp":
        return "AVIF, HEIC or a film, whose notes on camera and place can't be taken out here"
    return strangers.found_in_head(data) or "of no known type"


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


_TYPES: Final[tuple[tuple[str, Callable[[bytes], bool], Callable[[bytes, Bounds], Cleaned]], ...]] = (
    ("image/jpeg", lambda data: data.startswith(b"\xff\xd8\xff"), jpeg.clean_jpeg),
    ("image/png", lambda data: data.startswith(png.SIGNATURE), png.clean_png),
    ("image/gif", lambda data: data.startswith((b"GIF87a", b"GIF89a")), gif.clean_gif),
    ("image/webp", _is_webp, webp.clean_webp),
)
