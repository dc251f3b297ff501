"""Brings feeds/ to what the store says is published: one feed right after its publication, all of them after a crash.

Renders nothing and decides nothing: documents are mirrored as they stand in the store.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from feedsvc import folder as folders
from feedsvc.errors import Unavailable
from feedsvc.folder import Folder
from feedsvc.folder.mirroring import is_withdrawn
from feedsvc.model import Document
from feedsvc.stamping import Stamp
from feedsvc.store import Store, announcements, feeds, progress, publications, retried
from feedsvc.store.feeds import FeedState
from feedsvc.store.progress import Live
from feedsvc.store.transactions import OutOfReach

log = logging.getLogger(__name__)

# Folders looked at in one go: a tenth of a second's work.
AT_ONCE: Final = 1000
# What was published so short a time ago may still be on its way to the folder, by another process or thread.
ON_ITS_WAY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What a look at the folders came to: the slugs of the feeds that were not there and are.

    `spoilt` are those of them that were there once, and that something else has changed since. `refused` are the
    numbers of those that could not be written.
    """

    brought: tuple[str, ...] = ()
    spoilt: tuple[str, ...] = ()
    refused: tuple[int, ...] = ()

    def __add__(self, other: Mirrored) -> Mirrored:
        return Mirrored(self.brought + other.brought, self.spoilt + other.spoilt, self.refused + other.refused)


def mirror_feed(store: Store, folder: Folder, slug: str, *, now: datetime) -> None:
    """Bring a feed's folder to what the store says is published, and let hubs be told of it."""
    number = show_feed(store, folder, slug)
    let_hubs_be_told(store, [number], now=now)


def show_feed(store: Store, folder: Folder, slug: str, *, at_hand: tuple[Document, ...] = ()) -> int:
    """Bring a feed's folder to what the store says is published; give the feed's number.

    Files that are right already are left untouched. The store is read under the folder's lock: of two publishers, the
    slower one can't put an older version back. Of compressed documents that are at hand, it is asked for the validators
    alone.
    """
    with folders.locked(folder, slug):
        with store.reading() as connection:
            live = progress.live(connection, slug)
            documents = publications.live_documents(connection, live.publication, at_hand)
        if live.state is FeedState.REMOVED:
            folders.withdraw(folder, slug)
        elif live.publication:
            folders.mirror(folder, slug, documents)
    return live.number


@retried
def let_hubs_be_told(store: Store, feed_numbers: Collection[int], *, now: datetime) -> None:
    """Let hubs be told of these feeds: one that fetches at once finds the new bytes."""
    with store.reading() as connection:
        held = announcements.held(connection).intersection(feed_numbers)
    if held:
        with store.writing() as connection:
            announcements.release(connection, held, now)


def mirror_all(store: Store, folder: Folder, *, now: datetime) -> Mirrored:
    """Bring the whole folder to what the store says. What the disk refuses is logged, and holds up no other feed.

    Files are looked at, not read: it costs a few system calls a feed where nothing is wrong. Raises Unavailable when
    the store is out of reach.
    """
    round_ = Round(store, folder)
    mirrored = round_.go_on(now=now)
    while not round_.is_complete:
        mirrored += round_.go_on(now=now)
    return mirrored


class Round:
    """Goes round the feeds' folders, some at a time, so that what a look at them costs does not grow with the feeds."""

    def __init__(self, store: Store, folder: Folder) -> None:
        self._store = store
        self._folder = folder
        self._last = 0

    @property
    def is_complete(self) -> bool:
        """Say whether the next look is at the first feeds again."""
        return self._last == 0

    def go_on(self, *, now: datetime) -> Mirrored:
        """Bring the next folders to what the store says, as `mirror_all` does.

        With them go all feeds whose announcements wait for their documents to be seen.
        """
        with self._store.reading() as connection:
            some = progress.live_after(connection, self._last, AT_ONCE)
            stamps = publications.all_stamps(connection, [live.publication for live in some])
            stale = feeds.slugs(connection, announcements.held(connection))
        spoilt: set[int] = set()
        for live in some:
            mine = stamps.get(live.publication or 0, ())
            if not is_shown(self._folder, live, mine):
                stale[live.number] = live.slug
                if _is_spoilt(self._folder, live, mine, now):
                    spoilt.add(live.number)
        refused = bring_each(stale, partial(mirror_feed, self._store, self._folder, now=now))
        for number, refusal in refused.items():
            log.warning("the files of feed '%s' are not what is published: %s", stale[number], refusal)
        self._last = some[-1].number if len(some) == AT_ONCE else 0
        return Mirrored(
            tuple(slug for number, slug in stale.items() if number not in refused),
            tuple(slug for number, slug in stale.items() if number in spoilt and number not in refused),
            tuple(refused),
        )


def bring_each(slugs: Mapping[int, str], bring: Callable[[str], object]) -> dict[int, Unavailable]:
    """Bring feeds' folders up to date, one by one; give the numbers of those that the disk refused, and its words.

    Raises OutOfReach when it is the store that can't be had: that concerns all of them.
    """
    refused: dict[int, Unavailable] = {}
    for number, slug in slugs.items():
        try:
            bring(slug)
        except OutOfReach:
            raise
        except Unavailable as refusal:
            refused[number] = refusal
    return refused


def is_shown(folder: Folder, live: Live, stamps: tuple[Stamp, ...]) -> bool:
    """Say whether a feed's folder shows what is live of it; files are looked at, not read."""
    if live.state is FeedState.REMOVED:
        return is_withdrawn(folder, live.slug)
    return live.publication is None or folders.is_current(folder, live.slug, stamps)


def _is_spoilt(folder: Folder, live: Live, stamps: tuple[Stamp, ...], now: datetime) -> bool:
    """Say whether something else has changed what a folder showed, and it is not merely behind the store."""
    if live.state is FeedState.REMOVED or live.made_at is None or abs(now - live.made_at) < ON_ITS_WAY:
        return False
    # Of a document that is just compressed better, the variant alone is behind.
    return not is_shown(folder, live, tuple(replace(stamp, packed_length=None) for stamp in stamps))
