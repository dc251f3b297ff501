"""Reads a plain-text article as a newsroom's page gives it: headline, paragraphs, and what the page had around them.

It changes no word and no quotation mark, and takes nothing for a by-line, a date or furniture that might be text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from feedsvc.content.characters import clean_line, clean_text
from feedsvc.content.html import text_to_html
from feedsvc.errors import Invalid
from feedsvc.model import Author, Refused
from feedsvc.parse.dates import read_date
from feedsvc.parse.decoding import decode_text
from feedsvc.parse.furniture import is_furniture
from feedsvc.parse.sources import Found

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

# A name of two to four capitalised words, alone on the line under the headline. A single word might be anything.
_WORD = r"[^\W\d_a-z][\w.’'-]*"
_NAME = rf"{_WORD}(?: (?:(?:al|bin|da|de|del|der|di|dos|du|el|la|le|van|von|y) )?{_WORD}){{1,3}}"
_BY_LINE = re.compile(rf"By:? ({_NAME}(?:(?:, | and | & ){_NAME}){{0,4}})\Z")
_BETWEEN_NAMES = re.compile(r", | and | & ")
_DATE_LINE = re.compile(
    r"(?:(?:Published|Posted)(?: on)?:? )?("
    r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?(?:Z| ?[+-]\d{2}:?\d{2})?)?"
    r"|(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}, \d{4}"
    r"|\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4})\Z"
)
# "Headline | The Site": a page's title, when the headline itself stands on the next line.
_SITE_SUFFIX = re.compile(r"\s+[|·»–—-]\s+\S.*\Z")
_LONG_LINE = 100
_WRAPPED_LINE = 50
_MIN_WRAPPED = 3
_MOST = 0.8


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    number: int


def read(name: str, data: bytes, zone: tzinfo) -> Found | Refused:
    """Return the article of a plain-text file. `zone` is that of a date under the headline. Raises Invalid.

    The first line that is not blank is the headline; the same line again, and site furniture, go from directly under
    it, and furniture from the very end. "By City Desk" and a whole date, alone on a line there, are author and date. A
    headline alone is an article without text.
    """
    text = clean_text(decode_text(name, data))
    lines = [_Line(clean_line(line), number) for number, line in enumerate(text.split("\n"), start=1)]
    filled = [line for line in lines if line.text]
    if not filled:
        raise Invalid(name, "is empty", "Give a file that holds at least a headline")
    title, filled = _headline(filled)
    authors, published_at, filled = _signature(filled, zone)
    filled = _without_repeated(title, filled)
    last = _last_of_text(filled)
    body = lines[filled[0].number - 1 : last.number] if last else []
    return Found(
        place=name,
        title=title,
        html=text_to_html(_paragraphs([line.text for line in body])),
        authors=authors,
        key=name,
        published_at=published_at,
    )


def _headline(filled: list[_Line]) -> tuple[str, list[_Line]]:
    title, rest = filled[0].text, filled[1:]
    if rest and title.startswith(rest[0].text) and _SITE_SUFFIX.match(title[len(rest[0].text) :]):
        title = rest[0].text
    return title, _without_repeated(title, rest)


def _without_repeated(title: str, filled: list[_Line]) -> list[_Line]:
    start = 0
    while start < len(filled) and (_same(filled[start].text, title) or is_furniture(filled[start].text)):
        start += 1
    return filled[start:]


def _same(line: str, title: str) -> bool:
    return line.casefold() == title.casefold()


def _signature(filled: list[_Line], zone: tzinfo) -> tuple[tuple[Author, ...], datetime | None, list[_Line]]:
    """Take a by-line and a date from directly under the headline, in either order, if text follows them."""
    authors: tuple[Author, ...] = ()
    published_at: datetime | None = None
    while len(filled) > 1:
        by_line, date_line = _BY_LINE.match(filled[0].text), _DATE_LINE.match(filled[0].text)
        if by_line and not authors:
            authors = tuple(Author(name) for name in _BETWEEN_NAMES.split(by_line[1]))
        elif date_line and published_at is None and (found := _date(date_line[1], zone)) is not None:
            published_at = found
        else:
            break
        filled = filled[1:]
    return authors, published_at, filled


def _date(text: str, zone: tzinfo) -> datetime | None:
    try:
        return read_date(text, "date", zone)
    except Invalid:
        return None


def _last_of_text(filled: list[_Line]) -> _Line | None:
    end = len(filled)
    while end and is_furniture(filled[end - 1].text):
        end -= 1
    return filled[end - 1] if end else None


def _paragraphs(lines: list[str]) -> str:
    """Return the text with a blank line between paragraphs and no line end inside one that only wrapped it."""
    inner = [line for line, following in pairwise(lines) if line and following]
    if not inner:
        return "\n".join(lines)
    if max(map(len, lines)) > _LONG_LINE:
        # Lines this long were never wrapped: each is a paragraph. Short ones beside each other are a list or a verse.
        return "\n".join(
            f"{line}\n" if len(line) > _LONG_LINE or len(following) > _LONG_LINE else line
            for line, following in zip(lines, [*lines[1:], ""], strict=True)
        )
    if len(inner) >= _MIN_WRAPPED and sum(len(line) >= _WRAPPED_LINE for line in inner) >= _MOST * len(inner):
        return "\n\n".join(block.replace("\n", " ") for block in "\n".join(lines).split("\n\n"))
    return "\n".join(lines)
