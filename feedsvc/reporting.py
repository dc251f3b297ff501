"""How the feeds are doing, for operators: what each holds, when it ran and will run, what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from feedsvc import scheduling
from feedsvc.model import Format, Site, Visibility
from feedsvc.render.addresses import feed_url
from feedsvc.store import Store, feeds, holds, publications
from feedsvc.store.feeds import FeedState, KeptFeed


@dataclass(frozen=True, slots=True)
class FeedReport:
    """One feed's health.

    `state` is published, changed (waits for its time), held (waits for a person), filling, failed, removed or new.
    `held` says why, a sentence for each reason. The addresses of a removed feed answer 410, and it
    has no next run.
    """

    slug: str
    title: str
    state: str
    entries: int
    last_run: datetime | None
    next_run: datetime | None
    failure: str | None
    addresses: tuple[str, ...]
    held: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PUBLIC

    def as_dict(self) -> dict[str, Any]:
        """Give the report as plain data."""
        return asdict(self)


def report_feeds(store: Store, site: Site, *, now: datetime) -> tuple[FeedReport, ...]:
    """Give every feed's health. Raises Unavailable when the store is out of reach."""
    due = scheduling.next_runs(store, ZoneInfo(site.time_zone), now=now)
    with store.reading() as connection:
        return tuple(report_feed(connection, site, kept, due) for kept in feeds.all_feeds(connection))


def report_feed(connection: Connection, site: Site, kept: KeptFeed, due: Mapping[str, datetime]) -> FeedReport:
    """Give one feed's health; `due` says when each schedule runs next."""
    is_there = kept.state is not FeedState.REMOVED
    held = holds.reasons(connection, kept.number) if is_there else ()
    schedules = kept.feed.publish if is_there else ()
    return FeedReport(
        slug=kept.feed.slug,
        title=kept.feed.title,
        state=_state(kept, is_held=bool(held)),
        entries=publications.entry_count(connection, kept.publication) if kept.publication else 0,
        last_run=kept.last_run_at,
        next_run=min((due[text] for text in schedules if text in due), default=None),
        failure=kept.failure,
        addresses=tuple(feed_url(site, kept.feed.slug, one) for one in (*kept.feed.formats, Format.PAGE)),
        held=held,
        visibility=kept.feed.visibility,
    )


def _state(kept: KeptFeed, *, is_held: bool) -> str:
    if kept.state is FeedState.REMOVED:
        return "removed"
    if kept.failure:
        return "failed"
    if kept.filled_to is not None:
        return "filling"
    if is_held:
        return "held"
    if kept.publication is None:
        return "new"
    return "published" if kept.published >= kept.wanted else "changed"
