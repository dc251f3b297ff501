"""Brings feeds/ to what the store says is published: one feed right after its publication, all of them after a crash.

Renders nothing and decides nothing: documents are mirrored as they stand in the store.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from feedsvc import folder as folders
from feedsvc.folder import Folder
from feedsvc.folder.mirroring import is_withdrawn
from feedsvc.model import Document
from feedsvc.stamping import Stamp
from feedsvc.store import Store, announcements, feeds, progress, publications
from feedsvc.store.feeds import FeedState
from feedsvc.store.progress import Live

# Folders looked at in one go: a tenth of a second's work.
AT_ONCE: Final = 1000


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


def let_hubs_be_told(store: Store, feed_numbers: Collection[int], *, now: datetime) -> None:
    """Let hubs be told of these feeds: one that fetches at once finds the new bytes."""
    with store.reading() as connection:
        held = announcements.held(connection).intersection(feed_numbers)
    if held:
        with store.writing() as connection:
            announcements.release(connection, held, now)


def mirror_all(store: Store, folder: Folder, *, now: datetime) -> tuple[str, ...]:
    """Bring the whole folder to what the store says; give the slugs of the feeds that were not there.

    Files are looked at, not read: it costs a few system calls a feed where nothing is wrong.
    """
    round_ = Round(store, folder)
    stale = round_.go_on(now=now)
    while not round_.is_complete:
        stale += round_.go_on(now=now)
    return stale


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

    def go_on(self, *, now: datetime) -> tuple[str, ...]:
        """Bring the next folders to what the store says; give the slugs of the feeds that were not there.

        With them go all feeds whose announcements wait for their documents to be seen.
        """
        with self._store.reading() as connection:
            some = progress.live_after(connection, self._last, AT_ONCE)
            stamps = publications.all_stamps(connection, [live.publication for live in some])
            stale = dict.fromkeys(feeds.slugs(connection, announcements.held(connection)).values())
        for live in some:
            if not is_shown(self._folder, live, stamps.get(live.publication or 0, ())):
                stale[live.slug] = None
        for slug in stale:
            mirror_feed(self._store, self._folder, slug, now=now)
        self._last = some[-1].number if len(some) == AT_ONCE else 0
        return tuple(stale)


def is_shown(folder: Folder, live: Live, stamps: tuple[Stamp, ...]) -> bool:
    """Say whether a feed's folder shows what is live of it; files are looked at, not read."""
    if live.state is FeedState.REMOVED:
        return is_withdrawn(folder, live.slug)
    return live.publication is None or folders.is_current(folder, live.slug, stamps)
