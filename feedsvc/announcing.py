"""Announcing publications to hubs: what was noted with each publication is sent after it, and marked when it was taken.

An announcement is noted once and sent at least once: a second time only if its sender died between sending and marking,
or was cut off from the store for longer than its claim lasts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedsvc import hubs
from feedsvc.errors import FeedsvcError
from feedsvc.fetching import Fetcher
from feedsvc.store import Store, announcements, retried
from feedsvc.store.announcements import Announcement

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
BATCH = 50
# Longer than a fetcher takes, and than most cuts of a network: what was sent can be marked by its sender after one.
CLAIMED_FOR = timedelta(minutes=1)


@dataclass
class Sender:
    """Whoever sends announcements, of one process. It remembers what it has sent and could not mark yet.

    `now` gives the time in UTC, each time that it is asked.
    """

    store: Store
    fetcher: Fetcher
    now: Callable[[], datetime]
    told: set[int] = field(default_factory=set)

    def send_due(self) -> int:
        """Send what is due; give how many were taken.

        A hub that can't be reached is told again later, twice as late each time. Nothing is due before its documents
        are visible, so that a hub that fetches at once finds the new bytes.
        """
        for number in sorted(self.told):
            self._mark(number)
        with self.store.reading() as connection:
            if not announcements.any_due(connection, self.now()):
                return 0
        sent = 0
        for _ in range(BATCH):
            announcement = _claim(self.store, self.now())
            if announcement is None:
                break
            sent += self._send(announcement)
        return sent

    def _send(self, announcement: Announcement) -> bool:
        try:
            hubs.ping(announcement.hub, announcement.topic, self.fetcher)
        except FeedsvcError as error:
            wait = min(FIRST_WAIT * 2 ** (announcement.attempts - 1), LONGEST_WAIT)
            log.warning("hub not told of %s, again in %s: %s", announcement.topic, wait, error)
            _put_off(self.store, announcement.number, str(error), self.now() + wait)
            return False
        self.told.add(announcement.number)
        self._mark(announcement.number)
        return True

    def _mark(self, number: int) -> None:
        _mark(self.store, number, self.now())
        self.told.discard(number)


def send_due(store: Store, fetcher: Fetcher, *, now: datetime) -> int:
    """Send what is due as a sender does that has sent nothing yet."""
    return Sender(store, fetcher, lambda: now).send_due()


@retried
def _claim(store: Store, now: datetime) -> Announcement | None:
    with store.writing() as connection:
        return announcements.claim(connection, now, now + CLAIMED_FOR)


@retried
def _put_off(store: Store, number: int, failure: str, due_at: datetime) -> None:
    with store.writing() as connection:
        announcements.set_failure(connection, number, failure, due_at)


@retried
def _mark(store: Store, number: int, now: datetime) -> None:
    with store.writing() as connection:
        announcements.set_sent(connection, number, now)
