"""Holding editions back: the guard asked with all that the store knows, and what an operator sees and decides of it.

Renders and publishes nothing; what is decided here is carried out by `publishing`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from feedsvc import guard
from feedsvc.errors import Conflict, NotFound
from feedsvc.guard import Coming, Findings, Headline, Hold, Manifest, Release
from feedsvc.model import Edition, ManifestLine, Publication, Site
from feedsvc.store import Store, editions, feeds, holds, manifests, publications, retried
from feedsvc.store.feeds import FeedState, KeptFeed
from feedsvc.store.holds import HeldEdition
from feedsvc.store.manifests import Titled


@dataclass(frozen=True, slots=True)
class Moved:
    """An entry whose dates would move; `was` has those that subscribers see now."""

    becomes: Titled
    was: Titled


@dataclass(frozen=True, slots=True)
class Difference:
    """What a feed's held edition would change of what subscribers have, newest first.

    `counted` are the articles that the guard counted; others are news that waits with them. `edited` says something
    else under the same dates. Without a hold there is nothing to show.
    """

    slug: str
    hold: HeldEdition | None = None
    new: tuple[Titled, ...] = ()
    lost: tuple[Titled, ...] = ()
    moved: tuple[Moved, ...] = ()
    edited: tuple[Titled, ...] = ()
    counted: frozenset[str] = field(default_factory=frozenset)


def examine(
    store: Store,
    kept: KeptFeed,
    edition: Edition,
    *,
    last: Manifest | None,
    held: HeldEdition | None,
    now: datetime,
) -> Release | Hold:
    """Say whether an edition may replace what was published last.

    What a person has released is the measure, and passes with whatever has come since that would pass after it. What a
    person has held passes by a person's word alone.
    """
    if held and held.verdict.by_hand and not held.released:
        return held.verdict
    is_released = held is not None and held.released
    if held and is_released:
        last = Manifest(held.lines, held.made_at)
    feed = kept.feed
    coming = Coming(lines_of(edition), feed.limit, feed.embargo)
    findings = None
    if last and last.lines and not guard.is_harmless(last, coming, feed.guard):
        with store.reading() as connection:
            earlier = None if is_released else _measure(connection, kept.number, now)
            moving_in = guard.is_moving_in(last, kept.created_at, now)
            findings = _look_closer(connection, kept, edition, last, Findings(earlier, moving_in=moving_in))
    verdict = guard.assess(last, coming, feed.guard, findings)
    return Release(as_it_is=True) if is_released and isinstance(verdict, Release) else verdict


def _measure(connection: Connection, feed_number: int, now: datetime) -> Manifest | None:
    """Give what the feed's next edition is measured against, as of a time that the clock has shown."""
    before = now - guard.LATE
    found = publications.measure(connection, feed_number, before)
    if found is None or found.made_at <= now:
        return found
    # The clock was set back since: against a date that is still to come, all that is written now would be old.
    return replace(found, made_at=publications.last_made(connection, feed_number, before) or before)


def what_passes(
    store: Store, site: Site, kept: KeptFeed, *, last: Manifest | None, held: HeldEdition | None, is_up: bool = True
) -> Edition | None:
    """Give what goes out while a feed is held: the last publication with later withdrawals and corrections, if any.

    One that is not up any more, of a feed that was removed and is back, goes out in any case.
    """
    if last is None:
        return None
    since = kept.rolled_back_at if held and held.verdict.by_hand else None
    with store.reading() as connection:
        now = editions.look_up(connection, kept, [line.article_id for line in last.lines])
        lines = guard.what_passes(last, now, kept.feed.guard, since)
        edition = editions.load_manifest(connection, kept, site, lines)
    # What is not shown any more is withdrawn by its tombstone alone.
    is_told = all(one.withdrawn_at <= last.made_at for one in edition.tombstones)
    return None if is_up and is_told and lines == last.lines else edition


def put_back(store: Store, site: Site, kept: KeptFeed, number: int | None) -> tuple[int, Edition]:
    """Give the number of the publication to put back, and what it showed, less what was withdrawn since.

    Without a number it is the last one that showed something else than the live one. Raises NotFound when the feed has
    none of this number, or it is forgotten, Conflict when there is none to go back to, or it went back already.
    """
    with store.reading() as connection:
        earlier = _find_earlier(connection, kept, number)
        now = editions.look_up(connection, kept, [line.article_id for line in earlier.manifest])
        lines = guard.less_withdrawn(earlier.manifest, now)
        return earlier.number, editions.load_manifest(connection, kept, site, lines)


def lines_of(edition: object) -> tuple[ManifestLine, ...]:
    """Give the manifest of an edition; nothing else has one."""
    if not isinstance(edition, Edition):
        return ()
    return tuple(
        ManifestLine(entry.article_id, entry.revision, entry.published_at, entry.updated_at)
        for entry in edition.entries
    )


def newly_shown(lines: Iterable[ManifestLine], last: Manifest | None) -> set[str]:
    """Give the articles of a manifest that the last publication did not show."""
    before = last.lines if last else ()
    return {line.article_id for line in lines} - {line.article_id for line in before}


@retried
def release(store: Store, slug: str) -> None:
    """Let a feed's held edition go: the next run publishes it. Raises NotFound, and Conflict when nothing is held."""
    with store.writing() as connection:
        kept = feeds.get(connection, slug)
        # The feed first, as whoever publishes it does: in two orders both would wait for each other.
        feeds.hold(connection, {kept.number})
        if holds.find(connection, kept.number) is None:
            raise Conflict(f"feed '{slug}'", "is not held", "List what is: feedsvc held")
        holds.release(connection, kept.number)
        feeds.want(connection, {kept.number}, at_once={kept.number})


def list_held(store: Store) -> list[HeldEdition]:
    """Give every held edition, the one that has waited longest first."""
    with store.reading() as connection:
        return holds.all_held(connection)


def list_publications(store: Store, slug: str) -> tuple[int | None, list[Publication]]:
    """Give the number of a feed's live publication, and every one that is kept, the newest first. Raises NotFound."""
    with store.reading() as connection:
        kept = feeds.get(connection, slug)
        return kept.publication, publications.history(connection, kept.number)


def compare(store: Store, slug: str) -> Difference:
    """Say what a feed's held edition would change. Raises NotFound."""
    with store.reading() as connection:
        kept = feeds.get(connection, slug)
        held = holds.find(connection, kept.number)
        if held is None or kept.publication is None:
            return Difference(slug)
        last = {line.article_id: line for line in publications.manifest(connection, kept.publication).lines}
        coming = {line.article_id: line for line in held.lines}
        both = [line for line in held.lines if line.article_id in last and last[line.article_id] != line]
        moved = [line for line in both if _dates(line) != _dates(last[line.article_id])]
        return Difference(
            slug,
            held,
            new=manifests.titled(connection, (line for line in held.lines if line.article_id not in last)),
            lost=manifests.titled(connection, (line for line in last.values() if line.article_id not in coming)),
            moved=tuple(
                map(
                    Moved,
                    manifests.titled(connection, moved),
                    manifests.titled(connection, (last[line.article_id] for line in moved)),
                )
            ),
            edited=manifests.titled(connection, (line for line in both if line not in moved)),
            counted=frozenset((*held.verdict.new, *held.verdict.moved, *held.verdict.lost)),
        )


def _find_earlier(connection: Connection, kept: KeptFeed, number: int | None) -> Publication:
    slug = kept.feed.slug
    # The site's own documents have slugs that no feed can have.
    if kept.state is FeedState.REMOVED or slug.startswith("_"):
        raise Conflict(f"feed '{slug}'", "has no entries to put back")
    past = publications.history(connection, kept.number)
    if number is not None:
        for publication in past:
            if publication.number == number:
                return publication
        raise NotFound(
            f"publication {number} of feed '{slug}'",
            "is not in the store",
            f"List them: feedsvc rollback {slug} --list",
        )
    held = holds.find(connection, kept.number)
    if held and held.verdict.by_hand:
        # The last one that showed something else is the one that was just taken back.
        raise Conflict(f"feed '{slug}'", "was rolled back already", f"Name another: feedsvc rollback {slug} --list")
    live = next((one.manifest for one in past if one.number == kept.publication), ())
    for publication in past:
        is_earlier = kept.publication is not None and publication.number < kept.publication
        if is_earlier and publication.manifest and publication.manifest != live:
            return publication
    raise Conflict(f"feed '{slug}'", "has no earlier publication that shows anything else")


def _look_closer(
    connection: Connection, kept: KeptFeed, edition: Edition, last: Manifest, findings: Findings
) -> Findings:
    earlier = findings.earlier or last
    coming = (Headline(entry.article_id, entry.title, entry.published_at) for entry in edition.entries)
    shown = {line.article_id for manifest in (earlier, last) for line in manifest.lines}
    articles = editions.look_up(connection, kept, shown | {entry.article_id for entry in edition.entries})
    return replace(
        findings,
        withdrawn=frozenset(article_id for article_id, article in articles.items() if article.withdrawn),
        copies=guard.find_copies(
            _headlines(connection, earlier), itertools.chain(_headlines(connection, last), coming)
        ),
    )


def _headlines(connection: Connection, manifest: Manifest) -> list[Headline]:
    return [
        Headline(one.article_id, one.title, one.published_at) for one in manifests.titled(connection, manifest.lines)
    ]


def _dates(line: ManifestLine) -> tuple[datetime, datetime]:
    return line.published_at, line.updated_at
