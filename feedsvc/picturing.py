"""Measuring the pictures that articles name, so that feeds can tell their true type and length (P15).

A picture is fetched after its article is published and holds up nothing: the feeds are published again when it is
known.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from feedsvc.errors import FeedsvcError, Unavailable
from feedsvc.fetching import Fetcher, PictureFacts, measure_picture
from feedsvc.membership import Standing
from feedsvc.store import Store, articles, entries, feeds, pictures, retried

log = logging.getLogger(__name__)

BATCH = 20
# Longer than it takes to fetch a batch: a picture whose host died over it is fetched by another one after this.
CLAIMED_FOR = timedelta(minutes=5)
# A picture that could not be reached is tried again after these times, and then no more.
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 10, 60, 360, 1440))


def measure_due(store: Store, fetcher: Fetcher, *, now: datetime) -> int:
    """Measure the pictures that wait for it; give how many were measured. Raises Unavailable for the store alone."""
    with store.reading() as connection:
        waiting = pictures.find_due(connection, now, BATCH)
    measured = 0
    for picture in waiting:
        with store.claiming() as connection:
            mine = pictures.claim(connection, picture, now, now + CLAIMED_FOR)
        if not mine:
            continue
        try:
            facts = measure_picture(picture.url, fetcher)
        except FeedsvcError as error:
            _put_off(store, picture, error, now)
        else:
            _keep(store, picture.url, facts, now)
            measured += 1
    return measured


@retried
def _keep(store: Store, url: str, facts: PictureFacts, now: datetime) -> None:
    """Keep what was measured, and have every feed that shows the picture published once more."""
    with store.writing() as connection:
        pictures.keep_measure(
            connection,
            url,
            media_type=facts.media_type,
            length=facts.length,
            width=facts.width,
            height=facts.height,
            now=now,
        )
        showing = {
            feed
            for kept in articles.find_by_image(connection, url)
            for feed, place in entries.standings(connection, kept.number).items()
            if place.standing is Standing.SHOWN
        }
        feeds.want(connection, showing)


@retried
def _put_off(store: Store, picture: pictures.Waiting, error: FeedsvcError, now: datetime) -> None:
    again = isinstance(error, Unavailable) and picture.attempts < len(RETRIES)
    due_at = now + RETRIES[picture.attempts] if again else None
    log.warning("picture not measured, %s: %s", f"again at {due_at:%H:%M}" if due_at else "given up", error)
    with store.writing() as connection:
        pictures.keep_failure(connection, picture.url, str(error), due_at)
