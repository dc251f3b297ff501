"""Filling feeds from the articles there are, a batch a transaction, each by one host.

A crash loses nothing: whoever looks next goes on from where the store says that it stopped.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from feedsvc.editing.mapping import touch_sitemaps
from feedsvc.editing.placing import is_seen, next_place, put_in_feeds
from feedsvc.membership import place
from feedsvc.model import Site
from feedsvc.store import Store, articles, entries, feeds, leases, locks, retried
from feedsvc.store.articles import Kept
from feedsvc.store.feeds import KeptFeed

# Articles looked at in one transaction: short enough that writers wait some milliseconds at the most.
BATCH = 500
TEMPLATES = "templates"


def fill_feeds(store: Store, site: Site, *, now: datetime) -> None:
    """Give every article its place in the feeds that are not filled yet, and make the feeds that templates ask for.

    What another host is filling is left to it.
    """
    with store.reading() as connection:
        new_templates = feeds.any_template_unfilled(connection)
    if new_templates:
        _fill_templates(store, site, now)
    with store.reading() as connection:
        unfilled = feeds.unfilled(connection)
    for kept in unfilled:
        with _lease(store, leases.of_feed(kept.number)) as lease:
            while lease.renew() and _fill_more(store, site, kept.feed.slug, now):
                pass


def _fill_templates(store: Store, site: Site, now: datetime) -> None:
    number: int | None = 0
    with _lease(store, TEMPLATES) as lease:
        while number is not None and lease.renew():
            number = _fill_templates_after(store, site, number, now)


@retried
def _fill_templates_after(store: Store, site: Site, number: int, now: datetime) -> int | None:
    """Make the feeds that a batch of articles asks for; give the number of its last, None when there was none."""
    with store.writing() as connection:
        batch = articles.batch_after(connection, number, BATCH)
        put_in_feeds(connection, site, batch, now)
        if batch:
            return batch[-1].number
        feeds.set_templates_filled(connection)
        return None


@retried
def _fill_more(store: Store, site: Site, slug: str, now: datetime) -> bool:
    """Place a batch of articles in a feed; say whether there may be more."""
    with store.writing() as connection:
        started_at = feeds.get(connection, slug).filled_to
        if started_at is None:
            return False
        batch = articles.batch_after(connection, started_at, BATCH)
        # The definition by which they are placed stays what it is until they are.
        locks.share(connection, locks.Subject.DEFINITIONS)
        kept = feeds.get(connection, slug)
        if kept.filled_to != started_at:
            return True
        if _place_all(connection, site, kept, batch, now):
            mapped = touch_sitemaps(connection, site, [one.number for one in batch], now)
            feeds.want(connection, {kept.number} | mapped, at_once={kept.number})
        feeds.set_filled(connection, kept.number, batch[-1].number if batch else None)
        return bool(batch)


def _place_all(connection: Connection, site: Site, kept: KeptFeed, batch: list[Kept], now: datetime) -> bool:
    """Give articles their places in one feed; say whether readers see any change."""
    before = entries.standing_in(connection, kept.number, [one.number for one in batch])
    places = {}
    for one in batch:
        new = next_place(before.get(one.number), place(one.article, kept.feed, site.language, now))
        if new is not None and new != before.get(one.number):
            places[one.number] = new
    entries.put_all(connection, kept.number, places, now)
    return any(is_seen(before.get(number)) or is_seen(new) for number, new in places.items())


class _Lease:
    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._name = name
        self._holder = secrets.token_hex(8)

    def renew(self) -> bool:
        """Have the lease for longer; say no when it is another's."""
        with self._store.claiming() as connection:
            return bool(leases.take(connection, {self._name}, self._holder))

    def give_back(self) -> None:
        with self._store.claiming() as connection:
            leases.give_back(connection, {self._name}, self._holder)


@contextmanager
def _lease(store: Store, name: str) -> Iterator[_Lease]:
    lease = _Lease(store, name)
    try:
        yield lease
    finally:
        lease.give_back()
