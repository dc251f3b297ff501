"""Decides what a title or a text means: plain text, HTML, or HTML that was escaped once too often.

It cleans nothing; what comes out is as the source meant it.
"""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5
from typing import TYPE_CHECKING

from lxml import etree

from feedsvc.content.html import text_to_html
from feedsvc.content.summaries import plain_text
from feedsvc.parse.elements import attribute, children_of, first_text, holds_markup, local_name, markup_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedsvc.parse.elements import Children

_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|([A-Za-z][A-Za-z0-9]{1,31}));")
_BARE_AMPERSAND = re.compile(r"&(?!(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)")
_INLINE = re.compile(
    r"<(a|abbr|b|bdi|cite|code|em|font|i|mark|q|s|small|span|strong|sub|sup|tt|u)(?:\s[^<>]*)?>.*</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
_BLANK_LINES = re.compile(r"\n[ \t\r]*\n")
_LINE_END = re.compile(r"[ \t\r]*+\n[ \t]*")
# No headline is longer; it bounds the search for a closing tag.
_LONGEST_MARKUP_TITLE = 2_000
_HTML_TYPES = frozenset({"html", "xhtml", "text/html", "application/xhtml+xml"})


def escaped_twice(titles: Iterable[str]) -> bool:
    """Say whether a feed's titles were escaped once too often, given all of them after XML decoding.

    RSS says that a title is plain text (STANDARDS RSS-24); many writers put HTML's escapes into it all the same, so
    that "&amp;" is meant as "&" (PROF-05). A writer who leaves one ampersand bare escapes once; of one who never does,
    every reference is taken for a character.
    """
    return not any(_BARE_AMPERSAND.search(title) for title in titles)


def plain_title(text: str, *, twice: bool) -> str:
    """Return an RSS title as plain text, given its text after XML decoding.

    With `twice` references are decoded once more, and markup goes if it is markup beyond doubt: a known inline element
    that is closed again. "a<b>c" and "<3" stay as written.
    """
    if not twice:
        return text
    if len(text) <= _LONGEST_MARKUP_TITLE and _INLINE.search(text):
        return plain_text(text)
    return decode_references(text)


def decode_references(text: str) -> str:
    """Return text with HTML's character references decoded, those that end in ";": for names and words.

    A name that holds "&#38;" was escaped once too often, by WordPress for one; no name is spelled so.
    """
    return _REFERENCE.sub(
        lambda found: unescape(found[0]) if not found[1] or f"{found[1]};" in html5 else found[0], text
    )


def html_of_either(text: str) -> str:
    """Return text that is HTML or plain, as RSS's description is, as HTML: plain text becomes paragraphs."""
    return text if holds_markup(text) else _paragraphs(unescape(text))


def atom_text(element: etree._Element) -> str:
    """Return an Atom text construct as plain text (RFC 4287 section 3.1; for 0.3 its `mode`)."""
    return plain_text(markup_of(_xhtml_or_self(element))) if _type_of(element) in _HTML_TYPES else text_of(element)


def atom_html(element: etree._Element) -> str:
    """Return an Atom text construct or content as HTML (RFC 4287 section 4.1.3.3); "" for a type that is not text.

    Plain text becomes paragraphs. A child element under a type that allows none (unescaped HTML in "text/html", seen in
    the wild) is HTML as well.
    """
    kind = _type_of(element)
    if kind in _HTML_TYPES or len(element):
        return markup_of(_xhtml_or_self(element)) if kind in _HTML_TYPES | {"text"} else ""
    return _paragraphs(text_of(element)) if kind == "text" or kind.startswith("text/") else ""


def described_by_media(children: Children) -> str:
    """Return what Media RSS says of an item's media, as HTML; for items without any text of their own."""
    groups = [*children.get("media:group", ()), *children.get("media:content", ())]
    texts = (first_text(children_of(group), "media:description") for group in groups)
    text = next(filter(None, texts), "")
    return text if holds_markup(text) else text_to_html(unescape(text))


def _paragraphs(text: str) -> str:
    # RFC 4287 section 3.1.1.1, and every reader for RSS: a line end in an XML text is white space, often of its layout.
    return text_to_html("\n\n".join(_LINE_END.sub(" ", part) for part in _BLANK_LINES.split(text)))


def _type_of(element: etree._Element) -> str:
    kind = attribute(element, "type").lower().partition(";")[0].strip()
    mode = attribute(element, "mode").lower()
    if mode == "base64":
        return "base64"
    if mode == "escaped" and kind in ("", "text/plain", "text/html"):
        # Atom 0.3: escaped markup is declared by mode, and "text/plain" was its default type.
        return "html" if kind == "text/html" else "text"
    return kind or "text"


def _xhtml_or_self(element: etree._Element) -> etree._Element:
    # RFC 4287 section 3.1.1.3: the div that carries XHTML is not part of the content.
    only = element[0] if len(element) == 1 else None
    if only is not None and local_name(only) == "div" and not (element.text or "").strip():
        return only if not (only.tail or "").strip() else element
    return element
