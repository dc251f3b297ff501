"""Several hosts in one process, each with connections of its own to one store, and threads that start at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from feedsvc.errors import Conflict, PreconditionFailed
from feedsvc.store import Store, open_store
from tests.newsroom import EmptyDatabase, Newsroom


@contextmanager
def stores_of(newsroom: Newsroom, count: int) -> Iterator[list[Store]]:
    """Open the newsroom's store as so many hosts would; they must not have waited for each other in a circle."""
    stores = [open_store(newsroom.url) for _ in range(count)]
    try:
        yield stores
    finally:
        for store in stores:
            store.close()
    if isinstance(newsroom.empty_store, EmptyDatabase):
        counted = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert newsroom.empty_store.server.execute(counted, str(newsroom.store.engine.url.database)) == [(0,)]


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run these at the same moment, each in a thread of its own; give what each came to, even if it was refused."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        start.wait()
        try:
            return work()
        except (Conflict, PreconditionFailed) as refused:
            return refused

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))
