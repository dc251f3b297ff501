"""Decides what becomes of each tag of foreign HTML: kept, renamed, made a link, or dropped.

It works on the flat run of tokens and builds no tree; nesting is put right afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedsvc.content.lazy import restored, without_twins
from feedsvc.content.links import srcset_candidates
from feedsvc.content.machinery import without_elements
from feedsvc.content.markup import VOID, EndTag, StartTag, Text, escape_text
from feedsvc.content.urls import LINK_SCHEMES, WEB_SCHEMES, permitted_url
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


def rewritten(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the tokens of article HTML that stand for those of any HTML; every tag is one that `vocabulary` allows."""
    unseen: StartTag | None = None
    kept_open: dict[str, list[bool]] = {name: [] for name in _NOTHING_WITHOUT}
    renamed = map(_renamed, without_elements(tokens, DROPPED_WITH_CONTENT))
    for token in without_twins([restored(token) for token in renamed]):
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


def _renamed(token: Token) -> Token:
    if isinstance(token, Text) or token.name not in ALIASES:
        return token
    return token._replace(name=ALIASES[token.name])


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


def _link_to_embed(token: StartTag, attribute: str) -> Iterator[Token]:
    source = permitted_url(token.attributes.get(attribute, ""), WEB_SCHEMES)
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
        return permitted_url(value, LINK_SCHEMES)
    if key in MEDIA_ATTRIBUTES:
        return permitted_url(value, WEB_SCHEMES)
    if key == "srcset":
        candidates = [(url, size) for url, size in srcset_candidates(value) if permitted_url(url, WEB_SCHEMES)]
        return ", ".join(f"{url} {size}".strip() for url, size in candidates) or None
    return value
