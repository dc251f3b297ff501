"""Decides what becomes of each tag of foreign HTML: kept, renamed, made a link, or dropped.

It works on the flat run of tokens and builds no tree; nesting is put right afterwards.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedsvc.content.links import srcset_candidates
from feedsvc.content.machinery import without_elements
from feedsvc.content.markup import VOID, EndTag, StartTag, Text, escape_text
from feedsvc.content.pictures import emoji_of, picture_key
from feedsvc.content.vocabulary import (
    ALIASES,
    ATTRIBUTES,
    DROPPED_WITH_CONTENT,
    LINK_ATTRIBUTES,
    MEDIA_ATTRIBUTES,
    TAGS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedsvc.content.markup import Token

_LAZY_SOURCES = ("data-src", "data-lazy-src", "data-original")
_LAZY_SOURCE_SETS = ("data-srcset", "data-lazy-srcset")
_LAZY_TAGS = frozenset({"audio", "embed", "iframe", "img", "source", "video"})
_EMBEDS = frozenset({"embed", "iframe"})
_PLAYERS = frozenset({"audio", "video"})
# What is nothing to a reader without one of these: a picture without an address, an anchor, a hook for styles.
_NOTHING_WITHOUT = {
    "a": frozenset({"href"}),
    "img": frozenset({"src"}),
    "source": frozenset({"src", "srcset"}),
    "span": frozenset({"dir", "lang"}),
}
_EVERYWHERE = ATTRIBUTES["*"]
_OUTER = "".join(map(chr, range(0x21)))
_LINE_BREAKS = re.compile("[\t\n\r]")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_MEDIA_SCHEMES = frozenset({"http", "https"})
_NOT_AN_ADDRESS = re.compile(r"[\s{}<>\"\\]")
_LARGEST_USEFUL_WIDTH = 2000


def rewritten(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the tokens of article HTML that stand for those of any HTML; every tag is one that `vocabulary` allows."""
    unseen: StartTag | None = None
    kept_open: dict[str, list[bool]] = {name: [] for name in _NOTHING_WITHOUT}
    for token in _without_twins([_restored(token) for token in without_elements(tokens, DROPPED_WITH_CONTENT)]):
        if isinstance(token, Text):
            unseen = None if token.source.strip() else unseen
            yield token
        elif token.name == "object":
            # What an <object> holds is shown in its place; one that holds nothing becomes a link.
            if isinstance(token, StartTag):
                unseen = token
            elif unseen is not None:
                yield from _link_to_embed(unseen, "data")
                unseen = None
        elif token.name in TAGS:
            allowed = _with_allowed_attributes(token) if isinstance(token, StartTag) else token
            if _is_kept(allowed, kept_open):
                unseen = None
                yield allowed
        elif token.name in _EMBEDS and isinstance(token, StartTag):
            unseen = None
            yield from _link_to_embed(token, "src")


def _is_kept(token: StartTag | EndTag, kept_open: dict[str, list[bool]]) -> bool:
    needed = _NOTHING_WITHOUT.get(token.name)
    if needed is None:
        return True
    if isinstance(token, EndTag):
        return kept_open[token.name].pop() if kept_open[token.name] else False
    kept = not needed.isdisjoint(token.attributes)
    if token.name not in VOID:
        kept_open[token.name].append(kept)
    return kept


def _restored(token: Token) -> Token:
    if isinstance(token, Text):
        return token
    name = ALIASES.get(token.name, token.name)
    if isinstance(token, EndTag):
        return token if name == token.name else EndTag(name, token.start, token.end)
    if name not in _LAZY_TAGS:
        return token if name == token.name else StartTag(name, token.attributes, token.start, token.end)
    if name == "img" and (emoji := emoji_of(token)) is not None:
        return Text(escape_text(emoji), token.start, token.end)
    attributes = dict(token.attributes)
    for lazy, real in ((_LAZY_SOURCES, "src"), (_LAZY_SOURCE_SETS, "srcset"), (("data-poster",), "poster")):
        value = next((attributes[key] for key in lazy if _is_address(attributes.get(key, ""), real)), None)
        if value is not None:
            attributes[real] = value
    if name == "img" and not _allowed_url(attributes.get("src", ""), _MEDIA_SCHEMES):
        best = _best_candidate(attributes.get("srcset", ""))
        if best is not None:
            attributes["src"] = best
    return StartTag(name, attributes, token.start, token.end)


def _is_address(value: str, attribute: str) -> bool:
    if attribute == "srcset":
        return any(_allowed_url(url, _MEDIA_SCHEMES) for url, _ in srcset_candidates(value))
    value = value.strip()
    return (
        bool(_allowed_url(value, _MEDIA_SCHEMES))
        and not _NOT_AN_ADDRESS.search(value)
        and bool(re.search("[./]", value))
    )


def _best_candidate(srcset: str) -> str | None:
    sized: list[tuple[float, str]] = []
    for url, descriptor in srcset_candidates(srcset):
        if _allowed_url(url, _MEDIA_SCHEMES):
            size = float(descriptor.split(" ")[0][:-1]) if descriptor else 1.0
            sized.append((size, url))
    if not sized:
        return None
    useful = [candidate for candidate in sized if candidate[0] <= _LARGEST_USEFUL_WIDTH]
    return max(useful, key=lambda found: found[0])[1] if useful else min(sized, key=lambda found: found[0])[1]


def _without_twins(stream: list[Token]) -> list[Token]:
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
            placeholder = None if inside else len(result)
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


def _link_to_embed(token: StartTag, attribute: str) -> Iterator[Token]:
    source = _allowed_url(token.attributes.get(attribute, ""), _MEDIA_SCHEMES)
    if source:
        title = token.attributes.get("title", "").strip() or token.attributes.get("aria-label", "").strip()
        yield StartTag("a", {"href": source}, token.start, token.end)
        yield Text(escape_text(title or source), token.start, token.end)
        yield EndTag("a", token.start, token.end)


def _with_allowed_attributes(token: StartTag) -> StartTag:
    name = token.name
    if not token.attributes and name not in _PLAYERS:
        return token
    known = ATTRIBUTES.get(name, _EVERYWHERE)
    attributes: dict[str, str] = {}
    for key, value in token.attributes.items():
        kept = _allowed_value(key, value) if key in known or key in _EVERYWHERE else None
        if kept is not None:
            attributes[key] = kept
    if name in _PLAYERS:
        # Without controls and without script nobody could start it.
        attributes.setdefault("controls", "")
    return StartTag(name, attributes, token.start, token.end)


def _allowed_value(key: str, value: str) -> str | None:
    if key in LINK_ATTRIBUTES:
        return _allowed_url(value, _LINK_SCHEMES)
    if key in MEDIA_ATTRIBUTES:
        return _allowed_url(value, _MEDIA_SCHEMES)
    if key == "srcset":
        candidates = [(url, size) for url, size in srcset_candidates(value) if _allowed_url(url, _MEDIA_SCHEMES)]
        return ", ".join(f"{url} {size}".strip() for url, size in candidates) or None
    return value


def _allowed_url(value: str, schemes: frozenset[str]) -> str | None:
    # WHATWG URL section 4.4: a browser takes these out before it looks at the scheme.
    url = _LINE_BREAKS.sub("", value).strip(_OUTER)
    scheme = _SCHEME.match(url)
    if scheme is not None and scheme[1].lower() not in schemes:
        return None
    return url or None
