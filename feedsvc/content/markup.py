"""Reads HTML as a flat run of tokens: text, start tags and end tags, each with its place in the source.

It builds no tree and drops nothing but comments, declarations and the content of script-like elements. One pass, linear
in the input whatever that is: the tree builders measured (html5ever, lexbor) are quadratic on unclosed elements, and
let 25 kB of unclosed <b> grow to 19 MB, so no hostile markup may reach them unbounded.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from html.entities import html5
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
# WHATWG HTML section 13.2.6.4: elements whose content is no markup. noscript is not one of them here: without script,
# as in a feed reader, its content is markup.
_RAW_TEXT = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes", "textarea", "title"})

_MARKUP = re.compile(r"<(?=[A-Za-z/!?])")
_TAG_NAME = re.compile(r"[A-Za-z][^\t\n\f\r />]*")
_ATTRIBUTE_NAME = re.compile(r"[\t\n\f\r /]*+(?:(>)|([^\t\n\f\r />][^\t\n\f\r />=]*+))")
_ATTRIBUTE_VALUE = re.compile(r"""[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"([^"]*+)"|'([^']*+)'|(?=>)|([^\t\n\f\r >"'][^\t\n\f\r >]*+))""")  # fmt: skip # noqa: E501
_EQUALS = re.compile(r"[\t\n\f\r ]*+=")
_COMMENT_END = re.compile(r"--!?>")
_REFERENCE = re.compile(r"&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]*;?)(?=(=?))")
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True, slots=True)
class Text:
    """Characters between tags, as written: references not decoded, and a "<" that begins no tag left as it is."""

    source: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class StartTag:
    """A start tag: lower-case name, attributes decoded (the first of a name counts), its place in the source."""

    name: str
    attributes: dict[str, str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EndTag:
    """An end tag: lower-case name and its place in the source."""

    name: str
    start: int
    end: int


Token = Text | StartTag | EndTag


def tokens(source: str) -> Iterator[Token]:
    """Yield the tokens of an HTML fragment (WHATWG HTML section 13.2.5), in order.

    A tag that the input ends inside of is text to the end, so that a stray "<" loses no words.
    """
    position = 0
    length = len(source)
    while position < length:
        found = _MARKUP.search(source, position)
        if found is None:
            yield Text(source[position:], position, length)
            return
        if found.start() > position:
            yield Text(source[position : found.start()], position, found.start())
        token, position = _markup_at(source, found.start())
        if token is not None:
            yield token
        if isinstance(token, StartTag) and token.name == "plaintext":
            yield Text(source[position:], position, length)
            return
        if isinstance(token, StartTag) and token.name in _RAW_TEXT:
            position = _end_of_raw_text(source, token.name, position)


def decode_text(source: str) -> str:
    """Return text with its character references decoded."""
    return html.unescape(source) if "&" in source else source


def decode_attribute(source: str) -> str:
    """Return an attribute's value with its character references decoded.

    Not as in text: "&copy=1" and "&region" stay, so that a query in a URL survives (WHATWG HTML section 13.2.5.73).
    """
    return _REFERENCE.sub(_decoded_in_attribute, source) if "&" in source else source


def escape_text(text: str) -> str:
    """Return text as it is written in HTML, where no markup is meant."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def escape_attribute(value: str) -> str:
    """Return a value as it is written between double quotes."""
    return escape_text(value).replace('"', "&quot;").replace("\xa0", "&nbsp;")


def start_tag(name: str, attributes: dict[str, str]) -> str:
    """Write a start tag."""
    written = [f' {key}="{escape_attribute(value)}"' for key, value in attributes.items()]
    return f"<{name}{''.join(written)}>"


def _markup_at(source: str, start: int) -> tuple[Token | None, int]:
    following = source[start + 1]
    if following in "!?":
        return None, _end_of_comment(source, start)
    name = _TAG_NAME.match(source, start + 2 if following == "/" else start + 1)
    if following != "/":
        assert name is not None  # noqa: S101  (the search asked for a letter)
        return _start_tag_at(source, start, name)
    if name is None:
        # "</>" is nothing; "</" before anything else begins a bogus comment.
        return None, _after(source, ">", start)
    tag, end = _start_tag_at(source, start, name)
    return (EndTag(tag.name, start, end) if isinstance(tag, StartTag) else tag), end


def _start_tag_at(source: str, start: int, name: re.Match[str]) -> tuple[StartTag | Text, int]:
    attributes: dict[str, str] = {}
    position = name.end()
    while True:
        attribute = _ATTRIBUTE_NAME.match(source, position)
        if attribute is None:
            return Text(source[start:], start, len(source)), len(source)
        position = attribute.end()
        if attribute[1]:
            return StartTag(name[0].translate(_LOWER), attributes, start, position), position
        value = _ATTRIBUTE_VALUE.match(source, position)
        if value is not None:
            position = value.end()
        elif _EQUALS.match(source, position):
            return Text(source[start:], start, len(source)), len(source)
        written = "" if value is None else value[1] or value[2] or value[3] or ""
        attributes.setdefault(attribute[2].translate(_LOWER), decode_attribute(written))


def _end_of_comment(source: str, start: int) -> int:
    if not source.startswith("<!--", start):
        return _after(source, ">", start)
    if source.startswith((">", "->"), start + 4):
        return source.index(">", start) + 1
    end = _COMMENT_END.search(source, start + 4)
    return len(source) if end is None else end.end()


def _after(source: str, mark: str, start: int) -> int:
    found = source.find(mark, start)
    return len(source) if found < 0 else found + len(mark)


def _end_of_raw_text(source: str, name: str, start: int) -> int:
    end = re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE).search(source, start)
    return len(source) if end is None else end.start()


def _decoded_in_attribute(found: re.Match[str]) -> str:
    reference = found[1]
    if reference.startswith("#") or (reference.endswith(";") and reference in html5):
        return html.unescape(found[0])
    return html5[reference] if reference in html5 and not found[2] else found[0]
