"""The order in which publications went live: what a host looks at to show what others have published.

A number is drawn before its transaction is committed, so that a lower one may appear after a higher one, or never.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, or_, select

from feedsvc.store.tables import live_changes

# Built once: building a statement takes SQLAlchemy longer than SQLite takes to answer it.
_NOTE = insert(live_changes)


@dataclass(frozen=True, slots=True)
class LiveChange:
    """A feed's live publication changed."""

    number: int
    feed_number: int


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers that are there: the oldest that is not forgotten, and the newest; both 0 when there is none."""

    oldest: int
    newest: int


def note(connection: Connection, live: Mapping[int, int]) -> None:
    """Tell every host which publications are live now, by the numbers of their feeds; 0 is none."""
    rows = [{"feed_number": feed, "publication_number": publication} for feed, publication in live.items()]
    if rows:
        connection.execute(_NOTE, rows)


def span(connection: Connection) -> Span:
    """Say which changes there are."""
    row = connection.execute(select(func.min(live_changes.c.number), func.max(live_changes.c.number))).one()
    return Span(row[0] or 0, row[1] or 0)


def after(connection: Connection, number: int, missing: Collection[int], limit: int) -> list[LiveChange]:
    """Give the changes after a number, at most `limit`, and those of the missing ones that have appeared."""
    columns = (live_changes.c.number, live_changes.c.feed_number)
    wanted = or_(live_changes.c.number > number, live_changes.c.number.in_(sorted(missing)))
    rows = connection.execute(select(*columns).where(wanted).order_by(live_changes.c.number).limit(limit))
    return [LiveChange(*row) for row in rows]


def forget_all_but(connection: Connection, count: int) -> None:
    """Forget all but the latest changes; a host that has missed more looks at every feed."""
    newest = select(func.max(live_changes.c.number)).scalar_subquery()
    connection.execute(delete(live_changes).where(live_changes.c.number <= newest - count))
