"""Writes the dated notes of an entry's corrections, newest first, as HTML and as plain text.

Never adds a word of its own: a label would be English in an Armenian article. A note says what was wrong, and its date
is written in digits, in UTC.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from feedsvc.content.characters import clean_line
from feedsvc.render.dates import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from feedsvc.model import Correction


def notes_html(corrections: Iterable[Correction]) -> str:
    """Write the notes to stand on top of a body; "" if there are none."""
    return "".join(
        f'<aside class="correction"><p><time datetime="{rfc3339(at)}">{_day(at)}</time>: '
        f"{escape(note, quote=False)}</p></aside>"
        for at, note in _newest_first(corrections)
    )


def notes_text(corrections: Iterable[Correction]) -> str:
    """Write the notes to stand before a summary; "" if there are none."""
    return " ".join(f"{_day(at)}: {note}" for at, note in _newest_first(corrections))


def _newest_first(corrections: Iterable[Correction]) -> Iterator[tuple[datetime, str]]:
    for correction in sorted(corrections, key=lambda each: each.at, reverse=True):
        yield correction.at, clean_line(correction.note)


def _day(instant: datetime) -> str:
    return rfc3339(instant).partition("T")[0]
