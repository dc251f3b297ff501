"""Reads HTML as a flat run of tokens: text, start tags and end tags, each with its place in the source.

It builds no tree and drops nothing but comments, declarations and the content of script-like elements. One pass, linear
in the input whatever that is: the tree builders measured (html5ever, lexbor) are quadratic on unclosed elements, and
let 25 kB of unclosed <b> grow to 19 MB, so no hostile markup may reach them unbounded.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from html.entities import html5
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from feedsvc.content.characters import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterator

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
# WHATWG HTML section 13.2.6.4: elements whose content is no markup. Not <noscript>: without script, as in a feed
# reader, it holds markup; not the obsolete <xmp> and <plaintext>, whose words would be lost.
_CODE = frozenset({"script", "style"})
_RAW_TEXT = frozenset({"iframe", "noembed", "noframes", "textarea", "title", *_CODE})
_RAW_TEXT_ENDS = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE) for name in _RAW_TEXT}

# A tag without attributes is read in one step (its name is group 2), anything else from where the search stopped.
_MARKUP = re.compile(r"<(?:(/?)([A-Za-z][A-Za-z0-9]*+)>|(?=[A-Za-z/!?]))")
_TAG_NAME = re.compile(r"[A-Za-z][^\t\n\f\r />]*")
_ATTRIBUTE_NAME = re.compile(r"[\t\n\f\r /]*+(?:(>)|([^\t\n\f\r />][^\t\n\f\r />=]*+))")
_ATTRIBUTE_VALUE = re.compile(r"""[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"([^"]*+)"|'([^']*+)'|(?=>)|([^\t\n\f\r >"'][^\t\n\f\r >]*+))""")  # fmt: skip # noqa: E501
_EQUALS = re.compile(r"[\t\n\f\r ]*+=")
_COMMENT_END = re.compile(r"--!?>")
_REFERENCE = re.compile(r"&(?:#([0-9]++)|#[xX]([0-9A-Fa-f]++)|([A-Za-z][A-Za-z0-9]*+));?")
_LAST_CODE_POINT = 0x10FFFF
_MOST_DIGITS = 7
_LONGEST_BARE_NAME = max(len(name) for name in html5 if not name.endswith(";"))
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class Text(NamedTuple):
    """Characters between tags, as written: references not decoded, and a "<" that begins no tag left as it is."""

    source: str
    start: int
    end: int


class StartTag(NamedTuple):
    """A start tag: lower-case name, attributes decoded (the first of a name counts), its place in the source."""

    name: str
    attributes: Mapping[str, str]
    start: int
    end: int


class EndTag(NamedTuple):
    """An end tag: lower-case name and its place in the source."""

    name: str
    start: int
    end: int


Token = Text | StartTag | EndTag
_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


def tokens(source: str) -> Iterator[Token]:
    """Yield the tokens of an HTML fragment (WHATWG HTML section 13.2.5), in order.

    A tag that the input ends inside of is text to the end, so that a stray "<" loses no words.
    """
    position, length = 0, len(source)
    never_closed: set[str] = set()
    token: Token | None
    while position < length:
        found = _MARKUP.search(source, position)
        start = length if found is None else found.start()
        if start > position:
            yield Text(source[position:start], position, start)
        if found is None:
            return
        slash, name = found.groups()
        if name is not None:
            position = found.end()
            token = (EndTag if slash else _bare_start_tag)(name.lower(), start, position)
        else:
            token, position = _markup_at(source, start)
        if token is None:
            continue
        yield token
        if isinstance(token, StartTag) and token.name in _RAW_TEXT and token.name not in never_closed:
            end = _end_of_raw_text(source, token.name, position)
            if end is None:
                never_closed.add(token.name)
            else:
                position = end


def decode_text(source: str) -> str:
    """Return text with its character references decoded."""
    return _REFERENCE.sub(_decoded, source) if "&" in source else source


def decode_attribute(source: str) -> str:
    """Return an attribute's value with its character references decoded.

    Not as in text: "&copy=1" and "&region" stay, so that a query in a URL survives (WHATWG HTML section 13.2.5.73).
    """
    return _REFERENCE.sub(_decoded_in_attribute, source) if "&" in source else source


def escape_text(text: str) -> str:
    """Return text as HTML writes it where no markup is meant (WHATWG HTML section 13.3, "escaping a string")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\xa0", "&nbsp;")


def start_tag(name: str, attributes: Mapping[str, str]) -> str:
    """Write a start tag."""
    if not attributes:
        return f"<{name}>"
    written = [f' {key}="{escape_text(value).replace(chr(34), "&quot;")}"' for key, value in attributes.items()]
    return f"<{name}{''.join(written)}>"


def _bare_start_tag(name: str, start: int, end: int) -> StartTag:
    return StartTag(name, _NO_ATTRIBUTES, start, end)


def _markup_at(source: str, start: int) -> tuple[Token | None, int]:
    following = source[start + 1]
    if source.startswith("<![CDATA[", start):
        # In HTML it is a comment up to the next ">", which would take words and tags with it.
        return Text("<![CDATA[", start, start + 9), start + 9
    if following in "!?":
        return None, _end_of_comment(source, start)
    closes = following == "/"
    written = _TAG_NAME.match(source, start + 1 + closes)
    if written is None:
        # "</>" is nothing; "</" before anything else begins a bogus comment.
        return None, _after(source, ">", start)
    tag, end = _start_tag_at(source, start, written)
    return (EndTag(tag.name, start, end) if closes and isinstance(tag, StartTag) else tag), end


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


def _end_of_raw_text(source: str, name: str, start: int) -> int | None:
    if source.endswith("/>", 0, start):
        # XHTML's <iframe src="x"/> is complete; to an HTML parser it would swallow the rest of the article.
        return start
    end = _RAW_TEXT_ENDS[name].search(source, start)
    if end is not None:
        return end.start()
    return len(source) if name in _CODE else None


def _decoded(found: re.Match[str]) -> str:
    if found[3] is None:
        return _character(found)
    whole = html5.get(found[0][1:])
    if whole is not None:
        return whole
    # "&ampx" and "&notit;" are a bare name and more letters.
    for length in range(min(len(found[3]), _LONGEST_BARE_NAME), 1, -1):
        if (character := html5.get(found[3][:length])) is not None:
            return character + found[0][1 + length :]
    return found[0]


def _decoded_in_attribute(found: re.Match[str]) -> str:
    if found[3] is None:
        return _character(found)
    if not found[0].endswith(";") and found.string[found.end() : found.end() + 1] == "=":
        return found[0]
    return html5.get(found[0][1:], found[0])


def _character(found: re.Match[str]) -> str:
    digits, base = (found[1], 10) if found[1] is not None else (found[2], 16)
    digits = digits.lstrip("0")
    number = int(digits or "0", base) if len(digits) <= _MOST_DIGITS else _LAST_CODE_POINT + 1
    # The standard's table of Windows-1252 numbers and what it makes of impossible ones.
    return clean_text(html.unescape(f"&#{number};"))
