"""Says where the formats of one feed disagree (SAME-*): entries, order, titles, dates, links.

It compares facts that `reading` read; which format is right is not for it to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest

from feedsvc.standards.findings import Finding, finding, shown
from feedsvc.standards.reading import EntryFacts, FeedFacts

_FIX = "Publish all formats of a feed from one edition, at once."


def compare(formats: Mapping[str, FeedFacts]) -> tuple[Finding, ...]:
    """Every disagreement of the formats, each told against the first one. Keys name the documents in messages."""
    names = list(formats)
    found: list[Finding] = []
    for name in names[1:]:
        found += _pair(names[0], formats[names[0]], name, formats[name])
    return tuple(found)


def _pair(first: str, one: FeedFacts, second: str, other: FeedFacts) -> Iterator[Finding]:
    if one.title != other.title:
        message = f"the feed's title is {shown(one.title)} in {first}, {shown(other.title)} in {second}"
        yield finding("SAME-02", second, message, _FIX)
    yield from _same_entries(first, one, second, other)
    by_id = {entry.id: entry for entry in one.entries}
    for number, entry in enumerate(other.entries, 1):
        twin = by_id.get(entry.id)
        if twin is not None:
            place = f"{second}, entry {number} {shown(entry.title, 40)}"
            for rule in ENTRY_RULES:
                yield from rule(place, first, twin, entry)


def _same_entries(first: str, one: FeedFacts, second: str, other: FeedFacts) -> Iterator[Finding]:
    mine, its = [entry.id for entry in one.entries], [entry.id for entry in other.entries]
    missing, extra = _without(mine, its), _without(its, mine)
    for names, has, lacks in ((missing, first, second), (extra, second, first)):
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            yield finding("SAME-01", second, f"{shown(names[0])}{more} is in {has} but not in {lacks}", _FIX)
    if not missing and not extra and mine != its:
        place = next(number for number, (left, right) in enumerate(zip_longest(mine, its), 1) if left != right)
        message = f"{second} has another order or number of entries than {first}, from entry {place} on"
        yield finding("SAME-01", second, message, _FIX)


def _without(ids: list[str], others: list[str]) -> list[str]:
    known = set(others)
    return [identifier for identifier in ids if identifier not in known]


def _same_title(place: str, first: str, one: EntryFacts, other: EntryFacts) -> Iterator[Finding]:
    if one.title != other.title:
        yield finding("SAME-02", place, f"the title is {shown(one.title)} in {first}", _FIX)


def _same_date(place: str, first: str, one: EntryFacts, other: EntryFacts) -> Iterator[Finding]:
    if one.published != other.published:
        dates = [entry.published.isoformat() if entry.published else "missing" for entry in (one, other)]
        yield finding("SAME-03", place, f"the publication date is {dates[1]} here, {dates[0]} in {first}", _FIX)


def _same_link(place: str, first: str, one: EntryFacts, other: EntryFacts) -> Iterator[Finding]:
    if one.link != other.link:
        message = f"the link is {shown(other.link or '')} here, {shown(one.link or '')} in {first}"
        yield finding("SAME-04", place, message, _FIX)


ENTRY_RULES: tuple[Callable[[str, str, EntryFacts, EntryFacts], Iterator[Finding]], ...] = (
    _same_title,
    _same_date,
    _same_link,
)
