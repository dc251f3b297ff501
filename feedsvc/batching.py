"""Has feeds take the same steps together, so that a transaction serves several; one that fails drops out alone.

Publishes nothing, and knows no step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from feedsvc.store.progress import Due
from feedsvc.store.transactions import OutOfReach

# So many feeds share a transaction: what it costs counts little then, and no writer waits for it longer than for a
# blink. Their documents, some megabytes a feed, are in memory together.
TOGETHER: Final = 8
# So many are written to the disk at a time, which does several things at once; more would only wait for each other.
HANDS: Final = 4

Before = TypeVar("Before")
After = TypeVar("After")


def batches(due: Iterable[Due]) -> Iterator[list[str]]:
    """Part feeds into batches, in their order; give the slugs of each.

    The site's own documents tell of each other (the list of sitemaps of its parts), and go one after the other.
    """
    together: list[str] = []
    for each in due:
        if together and (len(together) == TOGETHER or each.is_own_document):
            yield together
            together = []
        together.append(each.slug)
        if each.is_own_document:
            yield together
            together = []
    if together:
        yield together


class Batch:
    """Feeds on their way, by their slugs, and what became of those that dropped out."""

    def __init__(self) -> None:
        self.failures: dict[str, Exception] = {}

    def each(self, feeds: Mapping[str, Before], step: Callable[[Before], After]) -> dict[str, After]:
        """Have each feed take a step; give what came of it for those that have taken it.

        Raises what the database says: that concerns all of them.
        """
        return self._taken({slug: partial(step, before) for slug, before in feeds.items()})

    def each_at_once(self, feeds: Mapping[str, Before], step: Callable[[Before], After]) -> dict[str, After]:
        """Have each feed take a step, as `each` does, but several of them at a time, in threads.

        For a step that waits for the disk, or works on large bytes: Python goes on meanwhile.
        """
        if len(feeds) == 1:
            return self.each(feeds, step)
        with ThreadPoolExecutor(HANDS) as pool:
            return self._taken({slug: pool.submit(step, before).result for slug, before in feeds.items()})

    def _taken(self, steps: Mapping[str, Callable[[], After]]) -> dict[str, After]:
        taken: dict[str, After] = {}
        for slug, step in steps.items():
            try:
                taken[slug] = step()
            except (OutOfReach, SQLAlchemyError):
                raise
            except Exception as error:  # noqa: BLE001  (whatever is wrong with one feed, the others do not wait for it)
                self.failures[slug] = error
        return taken
