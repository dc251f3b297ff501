"""Showing on this host what any host has published: its folder follows the store, change by change.

Nothing here renders or decides anything: documents are mirrored as they stand in the store.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from feedsvc import folder as folders
from feedsvc import mirroring
from feedsvc.folder import Folder
from feedsvc.store import Store, announcements, feeds, hosts, live_changes, progress, publications, retried
from feedsvc.store.hosts import Host
from feedsvc.store.live_changes import Span

log = logging.getLogger(__name__)

# Changes looked at in one go, and how many of the numbers below the newest may still be on their way at the start.
BATCH: Final = 500
# Seconds for which a number that is missing may still appear: no transaction lasts longer (see `store.postgresql`).
MAY_APPEAR: Final = 600.0
# Seconds for which others wait for what may appear; most missing numbers are of publications that were dropped.
HOLDS_UP: Final = 2.0
# Seconds between two signs of life when nothing has changed.
SIGN_OF_LIFE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a host has seen the changes: all up to `top`, but for the `missing` ones, noticed at those times."""

    top: int
    missing: Mapping[int, float] = field(default_factory=dict)

    def advanced(self, seen: Collection[int], now: float) -> Cursor:
        """Give the cursor after these numbers were seen, at this time in seconds of any clock that only goes forward.

        A number between those seen and the old top that is not among them is missing: it may be committed later.
        """
        top = max([self.top, *seen])
        skipped = set(range(max(self.top + 1, top - BATCH), top)) - set(seen)
        still = {number: since for number, since in self.missing.items() if now - since < MAY_APPEAR}
        missing = {number: since for number, since in still.items() if number not in seen} | dict.fromkeys(skipped, now)
        return Cursor(top, missing)

    def followed(self, now: float) -> int:
        """Give the number up to which everything was seen, as far as others are to wait for it."""
        fresh = [number for number, since in self.missing.items() if now - since < HOLDS_UP]
        return min(fresh, default=self.top + 1) - 1


@dataclass
class Follower:
    """One host's folder on its way behind the store. Not to be shared between threads.

    `name` is the host's, the same at each start.
    """

    store: Store
    folder: Folder
    name: str
    _cursor: Cursor | None = None
    # Feeds that changed and are not shown yet, each with the first of its changes.
    _behind: dict[int, int] = field(default_factory=dict)
    _failure: str | None = None
    _told: Host | None = None
    _told_at: float = 0.0

    def follow(self, *, now: datetime) -> None:
        """Bring the folder to what is live: at the first call every feed, later those that changed since the last one.

        What the disk refuses is tried again at the next call, and holds up no other feed. Raises Unavailable when the
        store is out of reach.
        """
        with self.store.reading() as connection:
            span = live_changes.span(connection)
        if self._cursor is None or not span.oldest - 1 <= self._cursor.top <= span.newest:
            # The first look; or more was missed than is kept; or the store was put back to an earlier time.
            self._cursor = self._begin(span, now)
        while self._look(self._cursor, span):
            pass
        self._mirror(now)
        self._tell(now)

    def leave(self) -> None:
        """Say that this host ends in good order: nobody waits for it."""
        with self.store.claiming() as connection:
            hosts.leave(connection, self.name)

    def _begin(self, span: Span, now: datetime) -> Cursor:
        oldest = max(span.oldest - 1, span.newest - BATCH, 0)
        with self.store.reading() as connection:
            recent = live_changes.after(connection, oldest, (), BATCH)
        at = time.monotonic()
        mirrored = mirroring.mirror_all(self.store, self.folder, now=now)
        # Until they can be written, this host shows nothing that came since.
        self._behind = dict.fromkeys(mirrored.refused, max(oldest, 1))
        return Cursor(oldest).advanced([change.number for change in recent], at)

    def _look(self, cursor: Cursor, span: Span) -> bool:
        """Note which feeds have changed; say whether there are more."""
        if cursor.top >= span.newest and not cursor.missing:
            return False
        with self.store.reading() as connection:
            found = live_changes.after(connection, cursor.top, cursor.missing, BATCH)
        self._cursor = cursor.advanced([change.number for change in found], time.monotonic())
        for change in found:
            self._behind.setdefault(change.feed_number, change.number)
        return len(found) == BATCH

    def _mirror(self, now: datetime) -> None:
        if not self._behind:
            return
        before = self._failure
        with self.store.reading() as connection:
            slugs = feeds.slugs(connection, self._behind)
        refused = mirroring.bring_each(slugs, partial(self._mirror_feed, now=now))
        self._behind = {number: since for number, since in self._behind.items() if number in refused}
        self._failure = next(map(str, refused.values()), None)
        if self._failure != before:
            log.warning("this host %s", f"lags behind: {self._failure}" if self._failure else "has caught up")

    def _mirror_feed(self, slug: str, *, now: datetime) -> None:
        # When this host has published it, it is being written at this moment: waited for, it is found to be done.
        with folders.locked(self.folder, slug), self.store.reading() as connection:
            live = progress.live(connection, slug)
            stamps = publications.stamps(connection, live.publication)
        if not mirroring.is_shown(self.folder, live, stamps):
            mirroring.mirror_feed(self.store, self.folder, slug, now=now)

    def _tell(self, now: datetime) -> None:
        """Give a sign of life, and let hubs be told of what every host shows by now."""
        at = time.monotonic()
        seen = self._cursor.followed(at) if self._cursor else 0
        shown = min([seen, *(number - 1 for number in self._behind.values())])
        host = Host(self.name, shown, self._failure)
        if host == self._told and at - self._told_at < SIGN_OF_LIFE:
            return
        with self.store.claiming() as connection:
            hosts.see(connection, host)
        self._told, self._told_at = host, at
        with self.store.reading() as connection:
            waiting = announcements.held(connection)
        if waiting:
            _release(self.store, waiting, now)


@retried
def _release(store: Store, waiting: Collection[int], now: datetime) -> None:
    with store.writing() as connection:
        announcements.release(connection, waiting, now)
