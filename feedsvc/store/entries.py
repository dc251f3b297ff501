"""Entries in the store: which article stands in which feed, and how.

A row a place, written in the transaction of the change, so that no request and no publication ever scans the articles.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_, update

from feedsvc.membership import Place, Standing
from feedsvc.store.tables import articles, entries
from feedsvc.store.upserting import Upsert, upserts


def standings(connection: Connection, article_number: int) -> dict[int, Place]:
    """Give an article's place in each feed that has ever held it, by the feeds' numbers."""
    rows = connection.execute(select(entries).where(entries.c.article_number == article_number))
    return {row.feed_number: Place(Standing(row.state), row.published_at, row.visible_at) for row in rows}


def standing_in(connection: Connection, feed_number: int, article_numbers: list[int]) -> dict[int, Place]:
    """Give the places of these articles in one feed, by the articles' numbers."""
    mine = entries.c.feed_number == feed_number
    rows = connection.execute(select(entries).where(mine, entries.c.article_number.in_(article_numbers)))
    return {row.article_number: Place(Standing(row.state), row.published_at, row.visible_at) for row in rows}


def put_in_feeds(connection: Connection, article_number: int, places: Mapping[int, Place], now: datetime) -> None:
    """Give one article its places in feeds, by their numbers."""
    _put_rows(connection, [_row(feed, article_number, place, now) for feed, place in places.items()])


def put_all(connection: Connection, feed_number: int, places: Mapping[int, Place], now: datetime) -> None:
    """Give many articles, by their numbers, their places in one feed."""
    _put_rows(connection, [_row(feed_number, article, place, now) for article, place in places.items()])


def note_seen(connection: Connection, shown: Mapping[int, Collection[str]]) -> None:
    """Remember that feeds, by their numbers, show these articles from now on.

    To be called before the feeds are held, as whoever puts articles in them holds them last: in two orders both would
    wait for each other.
    """
    named = sorted(set().union(*shown.values()))
    if named:
        query = select(articles.c.id, articles.c.number).where(articles.c.id.in_(named))
        numbers = {row.id: row.number for row in connection.execute(query)}
        places = sorted((numbers[article_id], feed) for feed, new in shown.items() for article_id in new)
        connection.execute(_SEE, [{"article": article, "feed": feed} for article, feed in places])


def show_due(connection: Connection, now: datetime) -> set[tuple[int, int]]:
    """Show the entries whose embargo has ended, but for those that another host changes.

    Gives the number of the feed and of the article of each.
    """
    place = (entries.c.feed_number, entries.c.article_number)
    over = select(*place).where(_waiting(), entries.c.visible_at <= now).with_for_update(skip_locked=True)
    shown = update(entries).where(tuple_(*place).in_(over)).values(state=Standing.SHOWN.value)
    rows = connection.execute(shown.returning(entries.c.feed_number, entries.c.article_number))
    return {(row.feed_number, row.article_number) for row in rows}


def next_visible(connection: Connection) -> datetime | None:
    """Give the time at which the next embargo ends."""
    waiting = select(entries.c.visible_at).where(_waiting())
    return connection.execute(waiting.order_by(entries.c.visible_at).limit(1)).scalar()


def _put(insert: Upsert) -> Upsert:
    rows = insert.values({column.name: bindparam(column.name) for column in entries.c})
    # What was seen once was seen, whatever becomes of its place.
    changed = {name: rows.excluded[name] for name in ("state", "published_at", "visible_at", "left_at")}
    return rows.on_conflict_do_update(index_elements=list(entries.primary_key.columns), set_=changed)


# Built once: building a statement takes SQLAlchemy longer than SQLite takes to answer it.
_PUT = upserts(entries, _put)
_SEE = (
    update(entries)
    .where(entries.c.feed_number == bindparam("feed"), entries.c.article_number == bindparam("article"))
    .where(entries.c.seen.is_(False))
    .values(seen=True)
)


def _put_rows(connection: Connection, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.execute(_PUT[connection.dialect.name], rows)


def _row(feed_number: int, article_number: int, place: Place, now: datetime) -> dict[str, object]:
    gone = place.standing in {Standing.LEFT, Standing.WITHDRAWN}
    return {
        "feed_number": feed_number,
        "article_number": article_number,
        "state": place.standing.value,
        "published_at": place.published_at,
        "visible_at": place.visible_at,
        "left_at": now if gone else None,
        "seen": False,
    }


def _waiting() -> Any:
    # Written out, not bound: only so does SQLite see that the partial index serves.
    return entries.c.state == bindparam(None, Standing.WAITING.value, literal_execute=True)
