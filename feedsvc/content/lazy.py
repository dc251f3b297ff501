"""Decides which address a picture has that a script was to load, and which of two twins is shown.

It knows the habits of lazy-loading scripts; it never fetches anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedsvc.content.links import srcset_candidates
from feedsvc.content.markup import StartTag, Text, escape_text
from feedsvc.content.pictures import emoji_of, picture_key
from feedsvc.content.urls import WEB_SCHEMES, permitted_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedsvc.content.markup import Token

# lazysizes and most others, WP Rocket, jQuery Lazy Load, slick, Cloudflare Mirage.
_LAZY_SOURCES = ("data-src", "data-lazy-src", "data-original", "data-lazy", "data-cfsrc")
_LAZY_SOURCE_SETS = ("data-srcset", "data-lazy-srcset")
_LAZY_TAGS = frozenset({"audio", "embed", "iframe", "img", "source", "video"})
_PLACEHOLDER = re.compile(r"blank|placeholder|spacer|transparent|1x1|loading", re.IGNORECASE)
_NOT_AN_ADDRESS = re.compile(r"[\s{}<>\"\\]")
_LARGEST_USEFUL_WIDTH = 2000


def restored(token: Token) -> Token:
    """Return a picture, film or frame with the address that a script would have given it; other tokens as they are.

    A picture without an address gets one from its srcset; a picture of an emoji becomes its characters.
    """
    if not isinstance(token, StartTag) or token.name not in _LAZY_TAGS:
        return token
    if token.name == "img" and (emoji := emoji_of(token)) is not None:
        return Text(escape_text(emoji), token.start, token.end)
    attributes = dict(token.attributes)
    for lazy, real in ((_LAZY_SOURCES, "src"), (_LAZY_SOURCE_SETS, "srcset"), (("data-poster",), "poster")):
        value = next((attributes[key] for key in lazy if _is_address(attributes.get(key, ""), real)), None)
        if value is not None:
            attributes[real] = value
    if token.name == "img" and not permitted_url(attributes.get("src", ""), WEB_SCHEMES):
        best = _best_candidate(attributes.get("srcset", ""))
        if best is not None:
            attributes["src"] = best
    return token._replace(attributes=attributes)


def _is_address(value: str, attribute: str) -> bool:
    if attribute == "srcset":
        return any(permitted_url(url, WEB_SCHEMES) for url, _ in srcset_candidates(value))
    value = value.strip()
    return (
        bool(permitted_url(value, WEB_SCHEMES)) and not _NOT_AN_ADDRESS.search(value) and bool(re.search("[./]", value))
    )


def _best_candidate(srcset: str) -> str | None:
    sized: list[tuple[float, str]] = []
    for url, descriptor in srcset_candidates(srcset):
        if permitted_url(url, WEB_SCHEMES):
            size = float(descriptor.split(" ")[0][:-1]) if descriptor else 1.0
            sized.append((size, url))
    if not sized:
        return None
    useful = [candidate for candidate in sized if candidate[0] <= _LARGEST_USEFUL_WIDTH]
    return max(useful, key=lambda found: found[0])[1] if useful else min(sized, key=lambda found: found[0])[1]


def without_twins(stream: list[Token]) -> list[Token]:
    """Return the tokens without <noscript> tags, and without the second of two pictures that are one.

    Beside a picture that a script loads stands the same in <noscript>, for readers without script, as a feed's are.
    """
    if not any(token.name == "noscript" for token in stream if isinstance(token, StartTag)):
        return stream
    shown = {picture_key(token.attributes.get("src", "")) for token, inside in _images(stream) if not inside} - {""}
    result: list[Token] = []
    inside = False
    placeholder: int | None = None
    for token in stream:
        if isinstance(token, Text):
            placeholder = None if token.source.strip() else placeholder
        elif token.name == "noscript":
            inside = isinstance(token, StartTag)
            continue
        elif isinstance(token, StartTag) and token.name == "img":
            if inside and picture_key(token.attributes.get("src", "")) in shown:
                continue
            if inside and placeholder is not None:
                del result[placeholder]
            placeholder = len(result) if not inside and _is_placeholder(token) else None
        else:
            placeholder = None
        result.append(token)
    return result


def _images(stream: list[Token]) -> Iterator[tuple[StartTag, bool]]:
    inside = False
    for token in stream:
        if isinstance(token, Text):
            continue
        if token.name == "noscript":
            inside = isinstance(token, StartTag)
        elif token.name == "img" and isinstance(token, StartTag):
            yield token, inside


def _is_placeholder(token: StartTag) -> bool:
    source = token.attributes.get("src", "")
    return (
        permitted_url(source, WEB_SCHEMES) is None
        or "lazy" in token.attributes.get("class", "").lower()
        or _PLACEHOLDER.search(source) is not None
    )
