"""Announcing publications to hubs: what was noted with each publication is sent after it, and marked when it was taken.

An announcement is noted once and sent at least once: a second time only if this process died between the two.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from feedsvc import hubs
from feedsvc.errors import FeedsvcError
from feedsvc.fetching import Fetcher
from feedsvc.store import Store, announcements

log = logging.getLogger(__name__)

BATCH = 50
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)


def send_due(store: Store, fetcher: Fetcher, *, now: datetime) -> int:
    """Send what is due; give how many were taken.

    A hub that can't be reached is told again later, twice as late each time. Nothing is due before its documents are
    visible, so that a hub that fetches at once finds the new bytes.
    """
    with store.reading() as connection:
        due = announcements.find_due(connection, now, BATCH)
    sent = 0
    for announcement in due:
        try:
            hubs.ping(announcement.hub, announcement.topic, fetcher)
        except FeedsvcError as error:
            wait = min(FIRST_WAIT * 2**announcement.attempts, LONGEST_WAIT)
            log.warning("hub not told of %s, again in %s: %s", announcement.topic, wait, error)
            with store.writing() as connection:
                announcements.set_failure(connection, announcement.number, str(error), now + wait)
        else:
            with store.writing() as connection:
                announcements.set_sent(connection, announcement.number, now)
            sent += 1
    return sent
