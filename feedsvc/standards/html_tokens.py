"""Cuts an HTML fragment into tags, in one pass that never looks back, whatever the input.

It does not build a tree and repairs nothing: what is wrong with the tags must stay visible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

_ATTRIBUTE = re.compile(r"([^\s=/>\"']+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]*))?")
_TAG_NAME = re.compile(r"[A-Za-z][^\s/>]*")
_QUOTE_OR_END = re.compile(r"=\s*[\"']|>")
_RAW_TEXT = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag. `name` and the attributes' names are in lower case, values unescaped."""

    name: str
    closing: bool = False
    self_closing: bool = False
    attributes: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Cut:
    """The fragment ends inside a tag or comment that starts with `text`."""

    text: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """A DOCTYPE: the mark of a whole page."""


Token = Tag | Cut | Declaration


def tokens(html: str) -> Iterator[Token]:
    """The tags of a fragment in order; a `Cut` ends the series. Text and comments are passed over."""
    at = html.find("<")
    while at != -1:
        end, token = _markup(html, at)
        if token is not None:
            yield token
        if end == -1:
            return
        at = html.find("<", end)


def _markup(html: str, at: int) -> tuple[int, Token | None]:
    if html.startswith("<!--", at):
        end = html.find("-->", at + 4)
        return (end, Cut("<!--")) if end == -1 else (end + 3, None)
    if html.startswith("<!", at):
        end = html.find(">", at)
        declared = html[at + 2 : at + 9].lower() == "doctype"
        return end, Declaration() if declared else None
    closing = html.startswith("</", at)
    name = _TAG_NAME.match(html, at + (2 if closing else 1))
    if name is None:
        return at + 1, None
    end = _tag_end(html, name.end())
    if end == -1:
        return -1, Cut(html[at : at + 40])
    tag = _tag(name[0].lower(), html[name.end() : end], closing=closing)
    return _after(html, end + 1, tag), tag


def _tag_end(html: str, at: int) -> int:
    """Where the `>` of a tag stands; one inside a quoted value does not count. -1 if it never comes."""
    while True:
        match = _QUOTE_OR_END.search(html, at)
        if match is None:
            return -1
        if match[0] == ">":
            return match.start()
        closed = html.find(match[0][-1], match.end())
        if closed == -1:
            return -1
        at = closed + 1


def _tag(name: str, inside: str, *, closing: bool) -> Tag:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(inside):
        value = match[2] or ""
        quoted = value[:1] in {'"', "'"}
        found.setdefault(match[1].lower(), unescape(value[1:-1] if quoted else value))
    return Tag(name, closing, inside.rstrip().endswith("/"), tuple(found.items()))


def _after(html: str, at: int, tag: Tag) -> int:
    """Where to go on: behind a script's or style's text, in which `<` means nothing."""
    if tag.closing or tag.name not in _RAW_TEXT:
        return at
    end = re.compile(rf"</{tag.name}\b", re.IGNORECASE).search(html, at)
    return end.start() if end else len(html)
