"""Finds the feeds that may be published now, and keeps other hosts from them while that is done.

Publishes nothing, and decides nothing about what is published.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from feedsvc.errors import Unavailable
from feedsvc.stamping import ONE_SECOND
from feedsvc.store import Store, leases, progress
from feedsvc.store.progress import Due

log = logging.getLogger(__name__)

# A feed that failed is tried again after this time, not every second.
RETRY_AFTER: Final = timedelta(seconds=30)


@contextmanager
def claimed(store: Store, host: str | None, now: datetime, limit: int) -> Iterator[list[Due]]:
    """Give feeds that are due, at most `limit`, and keep other hosts from them for the time of the block.

    Without a name of this `host` there are no others. A claim is a lease: who is slow may lose it without knowing, and
    must be right all the same.
    """
    mine: set[str] = set()
    due = find_due(store, host, now, limit)
    while host is not None and due and not mine:
        names = {leases.of_feed(each.number): each for each in due}
        with store.claiming() as connection:
            mine = leases.take(connection, names, host)
        # When another host was quicker with all of them, there may be others.
        due = [names[name] for name in names if name in mine] or find_due(store, host, now, limit)
    try:
        yield due
    finally:
        if host is not None and mine:
            with suppress(Unavailable), store.claiming() as connection:
                leases.give_back(connection, mine, host)


def put_off(store: Store, failures: Mapping[str, Exception], host: str | None, now: datetime) -> None:
    """Say which feeds could not be published, by their slugs, and have them tried again later.

    A host whose own folder failed has published all the same: the others show it, and this one tries again at once.
    """
    for slug, error in failures.items():
        log.error("feed '%s' could not be published; its last version stays up", slug, exc_info=error)
    faults = {
        slug: f"{type(error).__name__}: {error}"
        for slug, error in failures.items()
        if host is None or not isinstance(error, Unavailable)
    }
    if faults:
        with store.writing() as connection:
            progress.set_failures(connection, faults, now)


def find_due(store: Store, host: str | None, now: datetime, limit: int) -> list[Due]:
    """Find feeds with changes that may come out now, and that no other host is at work on."""
    with store.reading() as connection:
        candidates = progress.find_due(connection, host)
        return list(islice((due for due in candidates if _may_run(due, now)), limit))


def _may_run(due: Due, now: datetime) -> bool:
    if due.failure and _ran_within(RETRY_AFTER, due, now):
        return False
    newest = due.last_modified
    if newest is not None and newest > now + ONE_SECOND:
        # The clock was set back: news does not wait until it has caught up with the last publication.
        return not _ran_within(ONE_SECOND, due, now)
    return newest is None or newest < now.replace(microsecond=0)


def _ran_within(period: timedelta, due: Due, now: datetime) -> bool:
    return due.last_run_at is not None and timedelta(0) <= now - due.last_run_at < period
