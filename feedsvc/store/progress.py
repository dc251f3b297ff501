"""How far feeds are published: which are due, which publication is live, and that all that was wanted is out.

Whatever is recorded here is recorded of feeds that the transaction has to itself. No definition is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, case, select, update

from feedsvc.errors import Conflict, NotFound
from feedsvc.store import leases, live_changes, locks
from feedsvc.store.feeds import FeedState, KeptFeed, hold
from feedsvc.store.own_documents import are_sitemaps
from feedsvc.store.tables import feeds, publications

# Feeds read at once where all that are due are looked at.
PAGE = 100
# Built once: building a statement takes SQLAlchemy longer than SQLite takes to answer it.
_EACH_LIVE = select(feeds.c.number, feeds.c.slug, feeds.c.state, feeds.c.publication, publications.c.made_at).outerjoin(
    publications, publications.c.number == feeds.c.publication
)
_LIVE = _EACH_LIVE.where(feeds.c.slug == bindparam("slug"))
_LIVE_AFTER = _EACH_LIVE.where(feeds.c.number > bindparam("after")).order_by(feeds.c.number).limit(bindparam("limit"))
_DUE = (
    select(feeds.c.number, feeds.c.slug, publications.c.last_modified, feeds.c.last_run_at, feeds.c.failure)
    .outerjoin(publications, publications.c.number == feeds.c.publication)
    .where(feeds.c.due > feeds.c.published, feeds.c.filled_to.is_(None))
)
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
    """Which publication of a feed is live, and when it was made; None before the first."""

    number: int
    slug: str
    state: FeedState
    publication: int | None
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """A feed with changes that may come out; `last_modified` is that of its newest document, None before the first."""

    number: int
    slug: str
    last_modified: datetime | None
    last_run_at: datetime | None
    failure: str | None

    @property
    def is_own_document(self) -> bool:
        """Say whether this is one of the site's own documents: their slugs are such as no feed can have."""
        return self.slug.startswith("_")


def find_due(connection: Connection, host: str | None = None) -> Iterator[Due]:
    """Find feeds with changes that may be published now, and that are filled, as far as they are asked for.

    With the name of a host, those that another one is at work on are left out. Sitemaps come last, at most so many as
    are read at once: their parts, which may be a thousand, before the list of them.
    """
    some, last = _find_due(host)
    number = 0
    while page := connection.execute(some, {"after": number}).all():
        yield from (Due(*row) for row in page)
        number = page[-1].number
        if len(page) < PAGE:
            break
    yield from (Due(*row) for row in connection.execute(last))


@lru_cache(maxsize=4)
def _find_due(host: str | None) -> tuple[Select[Any], Select[Any]]:
    every = _DUE if host is None else _DUE.where(~leases.held_by_another(leases.of_feed(feeds.c.number), host))
    some = every.where(~are_sitemaps(), feeds.c.number > bindparam("after")).order_by(feeds.c.number).limit(PAGE)
    return some, every.where(are_sitemaps()).order_by(feeds.c.number.desc()).limit(PAGE)


def live(connection: Connection, slug: str) -> Live:
    """Say which publication of a feed is live. Raises NotFound."""
    row = connection.execute(_LIVE, {"slug": slug}).one_or_none()
    if row is None:
        raise NotFound(f"feed '{slug}'", "is not in the store", "List them: feedsvc feeds")
    return _live(row)


def live_after(connection: Connection, number: int, limit: int) -> list[Live]:
    """Say which publications of the feeds after this number are live, and of the site's own documents."""
    return [_live(row) for row in connection.execute(_LIVE_AFTER, {"after": number, "limit": limit})]


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
    # In the order of their numbers, as everyone takes several.
    locks.hold_rows(connection, feeds, feeds.c.slug.in_(sorted(failures)))
    for slug, failure in sorted(failures.items()):
        connection.execute(update(feeds).where(feeds.c.slug == slug).values(failure=failure, last_run_at=now))


def _live(row: Row[*tuple[Any, ...]]) -> Live:
    return Live(row.number, row.slug, FeedState(row.state), row.publication, row.made_at)
