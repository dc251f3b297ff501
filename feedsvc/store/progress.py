"""How far feeds are published: which publication is live, and that all that was wanted is out.

Whatever is recorded here is recorded of feeds that the transaction has to itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, select, update

from feedsvc.errors import Conflict, NotFound
from feedsvc.store import live_changes
from feedsvc.store.feeds import FeedState, KeptFeed, hold
from feedsvc.store.tables import feeds

# Built once: building a statement takes SQLAlchemy longer than SQLite takes to answer it.
_LIVE = select(feeds.c.number, feeds.c.state, feeds.c.publication).where(feeds.c.slug == bindparam("slug"))
_PUBLICATIONS = select(feeds.c.number, feeds.c.publication).where(
    feeds.c.number.in_(bindparam("numbers", expanding=True))
)
_WANTED_THEN = bindparam("wanted_then", type_=feeds.c.wanted.type)
_SET_PUBLISHED = (
    update(feeds)
    .where(feeds.c.number == bindparam("this"))
    .values(
        publication=bindparam("live"),
        published=case((feeds.c.published < _WANTED_THEN, _WANTED_THEN), else_=feeds.c.published),
        due=case((feeds.c.due < _WANTED_THEN, _WANTED_THEN), else_=feeds.c.due),
        last_run_at=bindparam("now"),
        failure=None,
    )
)


@dataclass(frozen=True, slots=True)
class Live:
    """Which publication of a feed is live; None before the first."""

    number: int
    state: FeedState
    publication: int | None


def live(connection: Connection, slug: str) -> Live:
    """Say which publication of a feed is live. Raises NotFound."""
    row = connection.execute(_LIVE, {"slug": slug}).one_or_none()
    if row is None:
        raise NotFound(f"feed '{slug}'", "is not in the store", "List them: feedsvc feeds")
    return Live(row.number, FeedState(row.state), row.publication)


def require_publications(connection: Connection, known: Collection[KeptFeed], *, beside: Collection[int] = ()) -> None:
    """Have these feeds, and those beside, alone until the transaction ends.

    Raises Conflict when the live publication of one is no longer the one that is known of it.
    """
    numbers = [kept.number for kept in known]
    hold(connection, {*numbers, *beside})
    found = {row.number: row.publication for row in connection.execute(_PUBLICATIONS, {"numbers": numbers})}
    for kept in known:
        if found[kept.number] != kept.publication:
            raise Conflict(f"feed '{kept.feed.slug}'", "was published by another process meanwhile")


def set_published(connection: Connection, done: Iterable[KeptFeed], live: Mapping[int, int], now: datetime) -> None:
    """Remember that all that was wanted of these feeds is published; a number never goes back.

    `live` are the publications that are new, by their feeds' numbers, and every host is told of them. The feeds are
    held, by `require_publications`.
    """
    rows = [
        {"this": kept.number, "live": live.get(kept.number, kept.publication), "wanted_then": kept.wanted, "now": now}
        for kept in done
    ]
    connection.execute(_SET_PUBLISHED, rows)
    live_changes.note(connection, live)


def set_rolled_back(connection: Connection, number: int, now: datetime) -> None:
    """Remember when an earlier publication was put back."""
    connection.execute(update(feeds).where(feeds.c.number == number).values(rolled_back_at=now))


def set_failures(connection: Connection, failures: Mapping[str, str], now: datetime) -> None:
    """Remember why feeds could not be published, by their slugs."""
    for slug, failure in sorted(failures.items()):
        connection.execute(update(feeds).where(feeds.c.slug == slug).values(failure=failure, last_run_at=now))
