"""Decides what becomes of each tag of foreign HTML: kept, renamed, made a link, or dropped.

It works on the flat run of tokens and builds no tree; nesting is put right afterwards.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedsvc.content.links import srcset_candidates
from feedsvc.content.markup import EndTag, StartTag, Text, escape_text
from feedsvc.content.pictures import picture_key
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
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_MEDIA_SCHEMES = frozenset({"http", "https"})
_NOT_AN_ADDRESS = re.compile(r"[\s{}<>\"\\]")
_LARGEST_USEFUL_WIDTH = 2000


def rewritten(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the tokens of article HTML that stand for those of any HTML; every tag is one that `vocabulary` allows."""
    stream = _without_twins([_restored(token) for token in _without_machinery(list(tokens))])
    for token in stream:
        if isinstance(token, Text):
            yield token
        elif isinstance(token, EndTag):
            name = ALIASES.get(token.name, token.name)
            if name in TAGS or name == "br":
                yield EndTag(name, token.start, token.end)
        elif token.name in {"embed", "iframe"}:
            yield from _link_to_embed(token)
        else:
            yield from _allowed(token)


def _without_machinery(stream: list[Token]) -> Iterator[Token]:
    position = 0
    never_closed: set[str] = set()
    while position < len(stream):
        token = stream[position]
        position += 1
        if isinstance(token, StartTag) and token.name in DROPPED_WITH_CONTENT and token.name not in never_closed:
            end = _end_of(stream, position, token.name)
            if end is None:
                # Half a button must not swallow the article behind it.
                never_closed.add(token.name)
            else:
                position = end
            continue
        yield token


def _end_of(stream: list[Token], position: int, name: str) -> int | None:
    depth = 1
    for index in range(position, len(stream)):
        token = stream[index]
        if isinstance(token, StartTag):
            depth += token.name == name
        elif isinstance(token, EndTag) and token.name == name:
            depth -= 1
            if depth == 0:
                return index + 1
    return None


def _restored(token: Token) -> Token:
    if not isinstance(token, StartTag):
        return token
    name = ALIASES.get(token.name, token.name)
    if name not in _LAZY_TAGS:
        return token
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
    shown = {picture_key(token.attributes.get("src", "")) for token, inside in _images(stream) if not inside}
    shown.discard("")
    result: list[Token] = []
    inside = False
    placeholder: int | None = None
    for token in stream:
        if isinstance(token, (StartTag, EndTag)) and token.name == "noscript":
            inside = isinstance(token, StartTag)
            continue
        if isinstance(token, StartTag) and token.name == "img":
            if inside and picture_key(token.attributes.get("src", "")) in shown:
                continue
            if inside and placeholder is not None:
                del result[placeholder]
            placeholder = None if inside else len(result)
        elif not isinstance(token, Text) or token.source.strip():
            placeholder = None
        result.append(token)
    return result


def _images(stream: list[Token]) -> Iterator[tuple[StartTag, bool]]:
    inside = False
    for token in stream:
        if isinstance(token, (StartTag, EndTag)) and token.name == "noscript":
            inside = isinstance(token, StartTag)
        elif isinstance(token, StartTag) and token.name == "img":
            yield token, inside


def _link_to_embed(token: StartTag) -> Iterator[Token]:
    source = _allowed_url(token.attributes.get("src", ""), _MEDIA_SCHEMES)
    if source:
        words = token.attributes.get("title", "").strip() or source
        yield StartTag("a", {"href": source}, token.start, token.end)
        yield Text(escape_text(words), token.start, token.end)
        yield EndTag("a", token.start, token.end)


def _allowed(token: StartTag) -> Iterator[StartTag]:
    name = ALIASES.get(token.name, token.name)
    if name not in TAGS:
        return
    known = ATTRIBUTES["*"] | ATTRIBUTES.get(name, frozenset())
    attributes: dict[str, str] = {}
    for key, value in token.attributes.items():
        kept = _allowed_value(key, value) if key in known else None
        if kept is not None:
            attributes[key] = kept
    if name == "img" and "src" not in attributes:
        return
    if name in {"audio", "video"}:
        # Without controls and without script nobody could start it.
        attributes.setdefault("controls", "")
    yield StartTag(name, attributes, token.start, token.end)


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
    url = re.sub("[\t\n\r]", "", value).strip("".join(map(chr, range(0x21))))
    scheme = _SCHEME.match(url)
    if scheme is not None and scheme[1].lower() not in schemes:
        return None
    return url or None
