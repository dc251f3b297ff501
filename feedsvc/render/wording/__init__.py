"""Give the words that pages are made of, in the reader's language: phrases, dates, and languages' own names.

Never touches an article's text, and asks no locale: the words are in the files beside this one, so that every host
says the same. A new language is a new file with the keys of en.toml.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

_AUTONYMS_FILE: Final = "autonyms.toml"


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's words. `{date}`, `{names}`, `{format}`, `{host}` stand for what the page knows."""

    language: str
    months: tuple[str, ...]
    day: str
    first_day: str
    names_last: str
    names_between: str
    skip: str
    all_feeds: str
    full: str
    summary: str
    headline: str
    published: str
    updated: str
    corrected: str
    by: str
    subscribe: str
    addresses: str
    copy: str
    copied: str
    copy_address: str
    open_with: str
    own_reader: str
    what_is: str
    what_is_answer: str
    latest: str
    nothing_yet: str
    feeds: str
    opml: str
    find: str
    none_found: str
    no_feeds: str
    corrections: str
    tags: str
    in_feeds: str
    elsewhere: str
    withdrawn: str
    withdrawn_on: str
    reason: str
    licence: str

    def date(self, day: date) -> str:
        """The day as a reader of this language writes it, such as "14 January 2025"."""
        number = self.first_day if day.day == 1 else str(day.day)
        return self.day.format(day=number, month=self.months[day.month - 1], year=day.year)

    def join(self, names: Iterable[str]) -> str:
        """The names as a list in a sentence: "A, B and C"."""
        *others, last = names
        return self.names_last.join([self.names_between.join(others), last]) if others else last


def wording_for(tag: str) -> Wording:
    """The words for a language tag (RFC 5646), by its language alone; English where there are none for it."""
    return _WORDINGS.get(primary(tag), _WORDINGS["en"])


def primary(tag: str) -> str:
    """The tag's language subtag in lower case: "hy" of "hy-AM"."""
    return tag.replace("_", "-").partition("-")[0].lower()


def autonym(tag: str) -> str:
    """What the language calls itself ("Հայերեն"), or the tag as it stands where that is not known."""
    key = tag.replace("_", "-").lower()
    return _AUTONYMS.get(key) or _AUTONYMS.get(primary(tag), tag)


def _load() -> tuple[Mapping[str, Wording], Mapping[str, str]]:
    wordings: dict[str, Wording] = {}
    autonyms: dict[str, str] = {}
    for file in resources.files(__name__).iterdir():
        if not file.name.endswith(".toml"):
            continue
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        if file.name == _AUTONYMS_FILE:
            autonyms.update(table)
        else:
            wording = Wording(**{**table, "months": tuple(table["months"])})
            wordings[wording.language] = wording
    return wordings, autonyms


_WORDINGS, _AUTONYMS = _load()
