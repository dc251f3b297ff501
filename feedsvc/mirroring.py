"""Brings feeds/ to what the store says is published: one feed right after its publication, all of them after a crash.

Renders nothing and decides nothing: documents are mirrored as they stand in the store.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from feedsvc import folder as folders
from feedsvc.folder import Folder
from feedsvc.folder.mirroring import is_withdrawn
from feedsvc.model import Document
from feedsvc.stamping import Stamp
from feedsvc.store import Store, announcements, feeds, progress, publications
from feedsvc.store.feeds import FeedState, KeptFeed


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
    with store.reading() as connection:
        kept_feeds = [*feeds.all_feeds(connection), *feeds.own_documents(connection)]
        stamps = publications.live_stamps(connection)
        held = announcements.held(connection)
    stale = [
        kept.feed.slug
        for kept in kept_feeds
        if kept.number in held or not is_shown(folder, kept, stamps.get(kept.publication or 0, ()))
    ]
    for slug in stale:
        mirror_feed(store, folder, slug, now=now)
    return tuple(stale)


def is_shown(folder: Folder, kept: KeptFeed, stamps: tuple[Stamp, ...]) -> bool:
    """Say whether a feed's folder shows what is live of it; files are looked at, not read."""
    if kept.state is FeedState.REMOVED:
        return is_withdrawn(folder, kept.feed.slug)
    return kept.publication is None or folders.is_current(folder, kept.feed.slug, stamps)
