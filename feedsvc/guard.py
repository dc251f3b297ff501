"""Decides whether an edition may replace the last one, or would flood subscribers with news that is none (P33).

Never touches the store or a clock: manifests and limits in, Release or Hold out.

Three things make delivered entries look new, or gone, all at once: entries that are new to the feed although they are
old (a changed guid, an archive brought into a live feed), dates that move in bulk, and a count that collapses. News is
never counted, and neither is what a feed holds at first, nor a withdrawal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from feedsvc.model import GuardLimits, ManifestLine

# An article may be so late from its date to the feed and still be news: imports lag, transactions wait, clocks differ.
# For as long, what trickles in counts together.
LATE: Final = timedelta(minutes=10)
# A feed is moving in for so long after it was made, and until it has shown so many entries younger than itself.
MOVING_IN: Final = timedelta(days=7)
YOUNG_ENTRIES: Final = 3
# Fewer entries than these may go, however large a share of the feed they are.
FEW: Final = 3


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a publication shows, newest first, when it was made, and the articles that it could not show."""

    lines: tuple[ManifestLine, ...]
    made_at: datetime
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Coming:
    """What would be published next. `limit` is the most entries that the feed holds."""

    lines: tuple[ManifestLine, ...]
    limit: int
    embargo: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Headline:
    """By what a person takes two entries for the same."""

    article_id: str
    title: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Findings:
    """What a closer look found. Without one, everything is held against an edition.

    `earlier` is what new entries are measured against: the publication that stood `LATE` ago, or a later one that was
    let through as it was. `withdrawn` and `copies` are articles; a copy is an entry that is shown already under another
    identity. While a feed is `moving_in`, copies alone are counted as new.
    """

    earlier: Manifest | None = None
    withdrawn: frozenset[str] = frozenset()
    copies: frozenset[str] = frozenset()
    moving_in: bool = False


@dataclass(frozen=True, slots=True)
class Now:
    """An article of the last publication as it is now.

    `line` is what the feed would show of it, `noticed` whether a notice stays in its place here after a withdrawal,
    `corrected_at` its last correction.
    """

    line: ManifestLine
    withdrawn: bool = False
    noticed: bool = False
    corrected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """The edition may be published. `as_it_is`: what it brought was not counted, and the next ones build on it."""

    as_it_is: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """The edition may not be published: a sentence for each reason, and all the articles that were counted.

    `by_hand` is a person's hold, which no later edition ends.
    """

    reasons: tuple[str, ...]
    new: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    by_hand: bool = False


def assess(
    last: Manifest | None, coming: Coming, limits: GuardLimits, findings: Findings | None = None
) -> Release | Hold:
    """Say whether an edition may replace the last one.

    Without findings the answer errs on the side of Hold. A feed that showed nothing may show anything: a first edition
    never counts.
    """
    if last is None or not last.lines:
        return Release(as_it_is=True)
    findings = findings or Findings()
    new = _looking_new(last, coming, findings)
    moved = _moved(last, coming, findings)
    lost, of = _lost(last, coming, findings)
    reasons = []
    if len(new) > limits.new:
        reasons.append(f"{_entries(new)} would look new and {_are(new)} not; max_new is {limits.new}")
    if len(moved) > limits.moved:
        reasons.append(f"the dates of {_entries(moved)} would move at once; max_moved is {limits.moved}")
    if len(lost) >= FEW and len(lost) * 100 > limits.lost * of:
        reasons.append(f"{len(lost)} of {of} entries would go at once; max_lost is {limits.lost} percent")
    if reasons:
        return Hold(tuple(reasons), tuple(new), tuple(moved), tuple(lost))
    return Release(as_it_is=findings.moving_in and not new)


def is_harmless(last: Manifest | None, coming: Coming, limits: GuardLimits) -> bool:
    """Say whether an edition may be published for certain, so that nobody need look any closer.

    News, edits, corrections and the odd departure are; that is nearly every edition.
    """
    return isinstance(assess(last, coming, replace(limits, new=0)), Release)


def is_moving_in(last: Manifest | None, made_at: datetime, now: datetime) -> bool:
    """Say whether a feed that was made at `made_at` has shown hardly anything but what is older than itself.

    An archive that is imported in several steps, while the service runs, is no flood: nobody subscribes to it yet.
    """
    if now - made_at >= MOVING_IN:
        return False
    lines = last.lines if last else ()
    return sum(line.published_at >= made_at for line in lines) < YOUNG_ENTRIES


def find_copies(earlier: Iterable[Headline], later: Iterable[Headline]) -> frozenset[str]:
    """Find the later entries that subscribers have already under another identity: the same title at the same second.

    `earlier` is what editions are measured against, and no copy; of what has come since, the first of its kind is none.
    """
    known: set[str] = set()
    originals: dict[tuple[str, datetime], str] = {}
    for one in earlier:
        known.add(one.article_id)
        originals.setdefault(_face(one), one.article_id)
    return frozenset(
        one.article_id
        for one in later
        if one.article_id not in known and originals.setdefault(_face(one), one.article_id) != one.article_id
    )


def what_passes(
    last: Manifest, now: Mapping[str, Now], limits: GuardLimits, since: datetime | None = None
) -> tuple[ManifestLine, ...]:
    """Give the last publication's lines with what may not wait for a hold's end.

    Withdrawals always pass. Corrections made after `since` pass too, unless there are so many that they would be held
    themselves. Everything else stays as it was published.
    """
    corrected = {line.article_id for line in last.lines if _is_corrected(line, now.get(line.article_id), since)}
    if len(corrected) > limits.moved:
        corrected = set()
    return _lines(last.lines, now, corrected)


def less_withdrawn(lines: Iterable[ManifestLine], now: Mapping[str, Now]) -> tuple[ManifestLine, ...]:
    """Give the lines of an earlier publication without what was withdrawn since, or with the notice in its place."""
    return _lines(lines, now, ())


def _lines(lines: Iterable[ManifestLine], now: Mapping[str, Now], renewed: Collection[str]) -> tuple[ManifestLine, ...]:
    kept = []
    for line in lines:
        article = now.get(line.article_id)
        if article is None or not (article.withdrawn or line.article_id in renewed):
            kept.append(line)
        elif not article.withdrawn or article.noticed:
            kept.append(article.line)
    return tuple(kept)


def _is_corrected(line: ManifestLine, now: Now | None, since: datetime | None) -> bool:
    if now is None or now.withdrawn or now.corrected_at is None:
        return False
    return now.corrected_at > line.updated_at and (since is None or now.corrected_at > since)


def _looking_new(last: Manifest, coming: Coming, findings: Findings) -> list[str]:
    measure = findings.earlier or last
    known = {line.article_id for line in measure.lines} | measure.left_out | last.left_out
    # Below a feed that was full stands what left it long ago; it comes up again when others are withdrawn.
    was_full = len(measure.lines) + len(measure.left_out) >= coming.limit
    oldest = min((line.published_at for line in measure.lines), default=measure.made_at)
    new = []
    for line in coming.lines:
        if line.article_id in known:
            continue
        is_old = line.published_at + coming.embargo < measure.made_at
        comes_up = was_full and line.published_at < oldest
        if line.article_id in findings.copies or (is_old and not comes_up and not findings.moving_in):
            new.append(line.article_id)
    return new


def _moved(last: Manifest, coming: Coming, findings: Findings) -> list[str]:
    before = {line.article_id: (line.published_at, line.updated_at) for line in last.lines}
    return [
        line.article_id
        for line in coming.lines
        if line.article_id not in findings.withdrawn
        and before.get(line.article_id, (line.published_at, line.updated_at)) != (line.published_at, line.updated_at)
    ]


def _lost(last: Manifest, coming: Coming, findings: Findings) -> tuple[list[str], int]:
    """Give what would go, and out of how many: neither what was withdrawn counts, nor what newer entries push out."""
    there = {line.article_id for line in coming.lines}
    is_full = len(coming.lines) >= coming.limit
    oldest = min((line.published_at for line in coming.lines), default=None)
    gone = [
        line.article_id
        for line in last.lines
        if line.article_id not in there and not (is_full and oldest is not None and line.published_at <= oldest)
    ]
    lost = [article_id for article_id in gone if article_id not in findings.withdrawn]
    return lost, len(last.lines) - (len(gone) - len(lost))


def _face(one: Headline) -> tuple[str, datetime]:
    return " ".join(one.title.split()).casefold(), one.published_at.replace(microsecond=0)


def _entries(counted: list[str]) -> str:
    return "1 entry" if len(counted) == 1 else f"{len(counted)} entries"


def _are(counted: list[str]) -> str:
    return "is" if len(counted) == 1 else "are"
