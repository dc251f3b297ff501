"""Decides which picture an <img> stands for: its real address, its twin, its caption.

It knows URLs and tokens alone; it never fetches a picture.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from feedsvc.content.markup import EndTag, StartTag, Text, decode_text, tokens
from feedsvc.content.summaries import plain_text
from feedsvc.content.urls import guess_image_type
from feedsvc.model import Image

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from feedsvc.content.markup import Token

_SCHEME = re.compile(r"(?:https?:)?//", re.IGNORECASE)
# WordPress writes photo-1024x683.jpg and photo-scaled.jpg for the sizes of photo.jpg.
_SIZE_SUFFIX = re.compile(r"(?:-\d{1,5}x\d{1,5}|-scaled)(?=\.[A-Za-z0-9]+$)")
_PIXELS = re.compile(r"\s*([0-9]{1,6})(?:px)?\s*")
_TRACKER_SIDE = 2
_EMOJI = re.compile(r"/images/core/emoji/|/smilies/|/emoji/", re.IGNORECASE)
_EMOJI_CLASSES = frozenset({"emoji", "wp-smiley"})
_LONGEST_EMOJI = 16
_WRAPPERS = frozenset({"a", "div", "figure", "p", "picture", "span"})


def picture_key(url: str) -> str:
    """Return what all addresses of one picture share: no scheme, no size in the file's name, no query.

    The query stays where the path names no picture: there it is what tells two pictures apart.
    """
    url = url.strip().partition("#")[0]
    if guess_image_type(url) is not None:
        url = url.partition("?")[0]
    return _SIZE_SUFFIX.sub("", unquote(_SCHEME.sub("", url, count=1)))


def first_image(html: str) -> Image | None:
    """Return the first picture of cleaned HTML that is one to look at: no tracking pixel, no emoji. None without one.

    Width and height are given when they are whole numbers of pixels; the caption is its figure's, as plain text.
    """
    stream = list(tokens(html))
    figures: list[int] = []
    for index, token in enumerate(stream):
        if isinstance(token, Text):
            continue
        if token.name == "figure":
            if isinstance(token, StartTag):
                figures.append(index)
            elif figures:
                figures.pop()
        elif isinstance(token, StartTag) and token.name == "img" and _is_to_look_at(token):
            attributes = token.attributes
            return Image(
                url=attributes["src"].strip(),
                alt=attributes.get("alt", ""),
                caption=_caption(html, stream[figures[-1] :]) if figures else "",
                width=_pixels(attributes.get("width")),
                height=_pixels(attributes.get("height")),
            )
    return None


def without_image(html: str, url: str) -> str:
    """Return cleaned HTML without the first <img> of `url`, so that a lead picture is shown once (PROMISES P15).

    Scheme, query and a size in the file's name make no difference; both addresses are absolute or both are not. A
    link, paragraph, picture or figure that held nothing else goes with it; a figure with a caption stays.
    """
    key = picture_key(url)
    stream = list(tokens(html))
    for index, token in enumerate(stream):
        if isinstance(token, StartTag) and token.name == "img" and picture_key(token.attributes.get("src", "")) == key:
            first, last = _emptied(stream, index)
            return html[: stream[first].start] + html[stream[last].end :]
    return html


def emoji_of(token: StartTag) -> str | None:
    """Return the characters that an <img> was made of, if it is an emoji or smiley, else None.

    WordPress writes each emoji of a feed as a picture, sized by a style that no reader keeps, its alt the character.
    """
    characters = token.attributes.get("alt", "").strip()
    classes = token.attributes.get("class", "").split()
    is_emoji = _EMOJI.search(token.attributes.get("src", "")) or not _EMOJI_CLASSES.isdisjoint(classes)
    return characters if is_emoji and 0 < len(characters) <= _LONGEST_EMOJI else None


def _is_to_look_at(token: StartTag) -> bool:
    source = token.attributes.get("src", "").strip()
    sides = [side for name in ("width", "height") if (side := _pixels(token.attributes.get(name))) is not None]
    return bool(source) and not _EMOJI.search(source) and not any(side <= _TRACKER_SIDE for side in sides)


def _pixels(value: str | None) -> int | None:
    found = _PIXELS.fullmatch(value or "")
    return int(found[1]) if found else None


def _caption(html: str, figure: list[Token]) -> str:
    depth = 0
    start: int | None = None
    for token in figure:
        if isinstance(token, Text):
            continue
        if token.name == "figure":
            depth += 1 if isinstance(token, StartTag) else -1
        elif token.name == "figcaption" and depth == 1:
            if start is not None:
                return plain_text(html[start : token.start])
            start = token.end
        if depth == 0:
            break
    return ""


def _emptied(stream: list[Token], index: int) -> tuple[int, int]:
    first = last = index
    while True:
        before, after = _next_to(stream, first, -1), _next_to(stream, last, 1)
        if _is_start(stream, before, {"source"}):
            first = before
        elif _is_start(stream, after, {"source"}):
            last = after
        elif _is_start(stream, after, {"figcaption"}) and _is_end(stream, _next_to(stream, after, 1), {"figcaption"}):
            last = _next_to(stream, after, 1)
        elif _is_start(stream, before, _WRAPPERS) and _is_end(stream, after, _WRAPPERS):
            first, last = before, after
        else:
            return first, last


def _next_to(stream: list[Token], index: int, step: int) -> int:
    index += step
    while 0 <= index < len(stream):
        token = stream[index]
        if not isinstance(token, Text) or decode_text(token.source).strip():
            break
        index += step
    return index


def _is_start(stream: list[Token], index: int, names: AbstractSet[str]) -> bool:
    token = stream[index] if 0 <= index < len(stream) else None
    return isinstance(token, StartTag) and token.name in names


def _is_end(stream: list[Token], index: int, names: AbstractSet[str]) -> bool:
    token = stream[index] if 0 <= index < len(stream) else None
    return isinstance(token, EndTag) and token.name in names
