"""Decides which picture an <img> stands for: its real address, its twin, its caption.

It knows URLs and tokens alone; it never fetches a picture.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedsvc.content.markup import VOID, EndTag, StartTag, Text, decode_text, tokens
from feedsvc.content.summaries import plain_text
from feedsvc.model import Image

if TYPE_CHECKING:
    from feedsvc.content.markup import Token

_SCHEME = re.compile(r"(?:https?:)?//", re.IGNORECASE)
# WordPress writes photo-1024x683.jpg and photo-scaled.jpg for the sizes of photo.jpg.
_SIZE_SUFFIX = re.compile(r"(?:-\d{1,5}x\d{1,5}|-scaled)(?=\.[A-Za-z0-9]+$)")
_TRACKER_SIDE = 2
# Pictures of a word's size: smilies that a text converter made of characters.
_EMOJI = re.compile(r"/images/core/emoji/|/smilies/|/emoji/", re.IGNORECASE)
_WRAPPERS = frozenset({"a", "div", "figcaption", "figure", "p", "picture", "span"})


def picture_key(url: str) -> str:
    """Return what is the same for all addresses of one picture: no scheme, no query, no size in the file's name."""
    path = re.split("[?#]", _SCHEME.sub("", url.strip(), count=1), maxsplit=1)[0]
    return _SIZE_SUFFIX.sub("", path)


def first_image(html: str) -> Image | None:
    """Return the first picture of cleaned HTML that is one to look at: no tracking pixel, no emoji. None without one.

    Width and height are given when they are whole numbers of pixels; the caption is its figure's, as plain text.
    """
    stream = list(tokens(html))
    for index, token in enumerate(stream):
        if isinstance(token, StartTag) and token.name == "img" and is_real_picture(token):
            attributes = token.attributes
            return Image(
                url=attributes["src"].strip(),
                alt=attributes.get("alt", ""),
                caption=_caption(html, stream, index),
                width=_pixels(attributes.get("width")),
                height=_pixels(attributes.get("height")),
            )
    return None


def without_image(html: str, url: str) -> str:
    """Return cleaned HTML without the first <img> of `url`, so that a lead picture is not shown twice.

    Scheme, query and a size in the file's name make no difference. A link, paragraph, picture or figure that held
    nothing else goes with it; a figure with a caption stays.
    """
    key = picture_key(url)
    stream = list(tokens(html))
    for index, token in enumerate(stream):
        if isinstance(token, StartTag) and token.name == "img" and picture_key(token.attributes.get("src", "")) == key:
            first, last = _emptied(stream, index)
            return html[: stream[first].start] + html[stream[last].end :]
    return html


def is_real_picture(token: StartTag) -> bool:
    """Say whether an <img> shows something: it has an address, and is neither a tracking pixel nor an emoji."""
    source = token.attributes.get("src", "").strip()
    sides = [side for name in ("width", "height") if (side := _pixels(token.attributes.get(name))) is not None]
    return bool(source) and not _EMOJI.search(source) and not any(side <= _TRACKER_SIDE for side in sides)


def _pixels(value: str | None) -> int | None:
    found = re.fullmatch(r"\s*([0-9]{1,6})(?:px)?\s*", value or "", re.ASCII)
    return int(found[1]) if found else None


def _emptied(stream: list[Token], index: int) -> tuple[int, int]:
    first = last = index
    while True:
        before = _significant(stream, first - 1, -1)
        after = _significant(stream, last + 1, 1)
        opening = stream[before] if before is not None else None
        closing = stream[after] if after is not None else None
        if before is not None and isinstance(opening, StartTag) and opening.name == "source":
            first = before
        elif after is not None and isinstance(closing, StartTag) and closing.name == "source":
            last = after
        elif (
            before is not None
            and after is not None
            and isinstance(opening, StartTag)
            and isinstance(closing, EndTag)
            and opening.name == closing.name
            and opening.name in _WRAPPERS
        ):
            first, last = before, after
        else:
            return first, last


def _significant(stream: list[Token], index: int, step: int) -> int | None:
    while 0 <= index < len(stream):
        token = stream[index]
        if not isinstance(token, Text) or decode_text(token.source).strip():
            return index
        index += step
    return None


def _caption(html: str, stream: list[Token], index: int) -> str:
    depth = 0
    for place in range(index, len(stream)):
        token = stream[place]
        if isinstance(token, StartTag) and token.name == "figcaption":
            return plain_text(html[token.end : _end_of(stream, place)]).strip()
        if isinstance(token, StartTag) and token.name not in VOID:
            depth += 1
        elif isinstance(token, EndTag):
            depth -= 1
            if token.name == "figure":
                break
    return ""


def _end_of(stream: list[Token], index: int) -> int:
    for token in stream[index + 1 :]:
        if isinstance(token, EndTag) and token.name == "figcaption":
            return token.start
    return stream[-1].end
