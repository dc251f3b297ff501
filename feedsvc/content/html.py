"""Decides what HTML an article may hold, and rewrites it: safe, well-nested, with absolute links.

It never fetches what a link or a picture points at, and never changes the words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import nh3
from markdown_it import MarkdownIt

from feedsvc.content.characters import clean_text
from feedsvc.content.links import absolute_html
from feedsvc.content.markup import escape_text, tokens
from feedsvc.content.nesting import nested
from feedsvc.content.pictures import first_image, without_image
from feedsvc.content.rewriting import rewritten
from feedsvc.content.summaries import plain_text
from feedsvc.content.vocabulary import ATTRIBUTES, TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["absolute_html", "clean_html", "first_image", "markdown_to_html", "text_to_html", "without_image"]

# Parsing and writing HTML is not idempotent (tables push stray text out, for one); each round comes closer.
_ROUNDS = 8
_WALL = nh3.Cleaner(
    tags=set(TAGS),
    attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)
# html5ever under nh3 0.3 takes time quadratic in these references of one text. They pass it as characters that
# `clean_text` has taken out of all text before.
_STAND_INS = {"&amp;": "\ufffe", "&nbsp;": "\uffff"}
_TAG = re.compile(r"(<[^>]*>)")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_OUTER_SPACE = " \n\t"
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def clean_html(html: str) -> str:
    """Return `html` as a safe, balanced fragment of article HTML; cleaning it again changes nothing.

    Kept is what `vocabulary` lists, with http, https, mailto, tel and relative URLs. Out go scripts, styles, forms,
    event and style attributes, comments (STANDARDS PROF-10) and characters that no feed may hold. An iframe or embed
    becomes a link to its source, lazy-loading attributes become src and srcset, a <noscript> twin is not shown twice.
    Words and typography stay. Elements nested deeper than 100 lose their tags, not their text. Time and output are
    linear in the input.
    """
    current = html
    for _ in range(_ROUNDS):
        shaped = nested(rewritten(tokens(clean_text(current))))
        cleaned = _walled(shaped)
        if cleaned in (shaped, current):
            return cleaned.strip(_OUTER_SPACE)
        current = cleaned
    return text_to_html(plain_text(current))


def _walled(shaped: str) -> str:
    parts = _TAG.split(shaped)
    for reference, stand_in in _STAND_INS.items():
        parts[::2] = [text.replace(reference, stand_in) for text in parts[::2]]
    cleaned = _WALL.clean("".join(parts))
    for reference, stand_in in _STAND_INS.items():
        cleaned = cleaned.replace(stand_in, reference)
    return cleaned


def text_to_html(text: str) -> str:
    """Return plain text as paragraphs: blank lines part them, single line ends become <br>; all is escaped."""
    return "\n".join(_paragraphs(clean_text(text)))


def markdown_to_html(markdown: str) -> str:
    """Return Markdown (CommonMark 0.31, with tables and strikethrough) as cleaned HTML."""
    return clean_html(_MARKDOWN.render(clean_text(markdown)))


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in _BLANK_LINES.split(text):
        if paragraph.strip():
            # Not every white space: a Japanese paragraph begins with an ideographic space.
            yield f"<p>{escape_text(paragraph.strip(_OUTER_SPACE)).replace(chr(10), '<br>')}</p>"
