"""Checks the HTML inside feeds: relative addresses, active content, balance, whole pages, cut tags.

Each kind of fault is reported once for a fragment, with a count, so that one bad template does not drown the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from feedsvc.standards import html_tokens, uris
from feedsvc.standards.findings import shown
from feedsvc.standards.html_tokens import Cut, Declaration, Tag, Token

_VOID = frozenset(
    [
        "area",
        "base",
        "basefont",
        "bgsound",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "img",
        "input",
        "keygen",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
# HTML section 13.1.2.4: their end tags may be left out.
_OPTIONAL_END = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "rt",
        "rp",
        "optgroup",
        "option",
        "colgroup",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "html",
        "head",
        "body",
    ]
)
_ACTIVE = frozenset(
    ["script", "object", "embed", "applet", "iframe", "frame", "frameset", "meta", "link", "style", "base"]
)
_FOREIGN = frozenset({"svg", "math"})
_PAGE = frozenset({"html", "head", "body"})
_ADDRESSES = frozenset(["href", "src", "poster", "data", "action", "cite", "longdesc", "background", "formaction"])
_ENDS_OF_TEXT = re.compile(r"&(?:#[xX]?[0-9A-Fa-f]*|[A-Za-z]{2,8})$")
_COMMON_REFERENCES = [
    "amp",
    "quot",
    "apos",
    "nbsp",
    "hellip",
    "mdash",
    "ndash",
    "lsquo",
    "rsquo",
    "ldquo",
    "rdquo",
    "laquo",
    "raquo",
    "eacute",
    "egrave",
    "agrave",
    "ccedil",
    "auml",
    "ouml",
    "uuml",
    "szlig",
    "euro",
    "copy",
]


class HtmlFault(NamedTuple):
    """One fault of a fragment: the rule, what is wrong, what to do."""

    rule: str
    message: str
    fix: str


class _Found(NamedTuple):
    rule: str
    kind: str
    example: str


_FIXES = {
    "relative": ("the address {} is relative", "Write it in full, with https:// and the host."),
    "active": ("the HTML holds {}", "Take it out: readers strip it or refuse the entry."),
    "handler": ("the HTML holds the event handler {}", "Take it out: readers strip it or refuse the entry."),
    "style": ("the HTML holds inline styles, {}", "Take the style attributes out."),
    "javascript": ("the HTML holds the script address {}", "Take the link out."),
    "page": ("the HTML is a whole page: it holds {}", "Send only what is inside the page's body."),
    "cut": ("the HTML ends inside {}", "Shorten the text before it becomes HTML, or cut between tags."),
    "unclosed": ("{} is never closed", "Close every element that is opened."),
    "stray": ("{} closes nothing that is open", "Remove it, or close elements in the order they were opened."),
}


def check(html: str, *, has_base: bool = False) -> Iterator[HtmlFault]:
    """The faults of an HTML fragment. With a base (xml:base), relative addresses are not reported."""
    cut = list(html_tokens.tokens(html))
    found: dict[tuple[str, str], list[str]] = {}
    for check_part in _CHECKS:
        for fault in check_part(html, cut):
            found.setdefault((fault.rule, fault.kind), []).append(fault.example)
    for (rule, kind), examples in found.items():
        if kind == "relative" and has_base:
            continue
        template, fix = _FIXES[kind]
        more = f" (and {len(examples) - 1} more like it)" if len(examples) > 1 else ""
        yield HtmlFault(rule, template.format(examples[0]) + more, fix)


def _relative_addresses(_html: str, cut: list[Token]) -> Iterator[_Found]:
    for tag in _starts(cut):
        for name, value in tag.attributes:
            for address in _addresses(name, value):
                if uris.is_relative(address):
                    yield _Found("PROF-06", "relative", f"{shown(address)} in {tag.name}@{name}")


def _addresses(attribute: str, value: str) -> Iterator[str]:
    if attribute in _ADDRESSES:
        # Browsers drop tabs and line breaks from addresses (URL standard, basic URL parser).
        yield re.sub(r"[\t\n\r]", "", value).strip()
    elif attribute == "srcset":
        # Candidates are separated by a comma and white space; a comma inside a data: address is followed by neither.
        yield from (part.split()[0] for part in re.split(r",\s+", value.strip()) if part.split())


def _active_content(_html: str, cut: list[Token]) -> Iterator[_Found]:
    for tag in _starts(cut):
        if tag.name in _ACTIVE:
            yield _Found("PROF-10", "active", f"<{tag.name}>")
        for name, value in tag.attributes:
            if name.startswith("on") and len(name) > len("on"):
                yield _Found("PROF-10", "handler", f"{tag.name}@{name}")
            elif name == "style":
                yield _Found("PROF-10", "style", f"{tag.name}@style {shown(value, 40)}")
            elif _is_script(name, value):
                yield _Found("PROF-10", "javascript", f"{shown(value, 40)} in {tag.name}@{name}")


def _is_script(attribute: str, value: str) -> bool:
    # Browsers drop white space and control characters before they look at the scheme.
    bare = re.sub(r"[\x00-\x20]", "", value).lower()
    return attribute in _ADDRESSES and bare.startswith(("javascript:", "vbscript:"))


def _whole_page(_html: str, cut: list[Token]) -> Iterator[_Found]:
    for token in cut:
        if isinstance(token, Declaration):
            yield _Found("PROF-17", "page", "a DOCTYPE")
        elif isinstance(token, Tag) and not token.closing and token.name in _PAGE:
            yield _Found("PROF-17", "page", f"<{token.name}>")


def _cut_off(html: str, cut: list[Token]) -> Iterator[_Found]:
    if cut and isinstance(cut[-1], Cut):
        yield _Found("PROF-17", "cut", f"a tag or comment, {shown(cut[-1].text, 40)}")
        return
    tail = _ENDS_OF_TEXT.search(html.rstrip()[-12:])
    if tail and _is_half_a_reference(tail[0][1:]):
        yield _Found("PROF-17", "cut", f"a character reference, {shown(tail[0])}")


def _is_half_a_reference(name: str) -> bool:
    if name.startswith("#"):
        return True
    return any(known.startswith(name) and known != name for known in _COMMON_REFERENCES)


def _balance(_html: str, cut: list[Token]) -> Iterator[_Found]:
    opened = _Opened()
    for token in cut:
        if not isinstance(token, Tag) or token.name in _VOID or token.name in _PAGE:
            continue
        if not token.closing:
            opened.open(token)
        elif opened.holds(token.name):
            yield from _unclosed(opened.close(token.name))
        else:
            yield _Found("PROF-17", "stray", f"</{token.name}>")
    yield from _unclosed(opened.names)


class _Opened:
    """The open elements, with a count of each name: a page of a million tags costs no more than its length."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._counts: Counter[str] = Counter()

    def open(self, tag: Tag) -> None:
        if tag.self_closing and any(self.holds(name) for name in _FOREIGN):
            return  # in SVG and MathML, as in XML, a slash closes
        self.names.append(tag.name)
        self._counts[tag.name] += 1

    def holds(self, name: str) -> bool:
        return self._counts[name] > 0

    def close(self, name: str) -> list[str]:
        """Close the innermost element of that name; return what was still open inside it."""
        inside = []
        while (last := self.names.pop()) != name:
            self._counts[last] -= 1
            inside.append(last)
        self._counts[name] -= 1
        return inside


def _unclosed(names: Iterable[str]) -> Iterator[_Found]:
    return (_Found("PROF-17", "unclosed", f"<{name}>") for name in names if name not in _OPTIONAL_END)


def _starts(cut: list[Token]) -> Iterator[Tag]:
    return (token for token in cut if isinstance(token, Tag) and not token.closing)


_CHECKS: tuple[Callable[[str, list[Token]], Iterator[_Found]], ...] = (
    _relative_addresses,
    _active_content,
    _whole_page,
    _cut_off,
    _balance,
)
