"""Announcements: an outbox of what hubs are to be told, written with the publication and sent after it.

An announcement is claimed before it is sent, for a time that is longer than sending takes: nobody else sends it
meanwhile, and somebody will when its sender died over it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update

from feedsvc.store import hosts
from feedsvc.store.tables import announcements, publications

# Built once: somebody asks all the time.
_ANY_DUE = select(
    select(announcements.c.number)
    .where(announcements.c.sent_at.is_(None), announcements.c.due_at <= bindparam("now"))
    .exists()
)
_HELD = (
    select(publications.c.feed_number)
    .join(announcements, announcements.c.publication_number == publications.c.number)
    .where(announcements.c.due_at.is_(None))
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Announcement:
    """One topic that one hub is to be told of. `attempts` counts how often it was begun, this time included."""

    number: int
    topic: str
    hub: str
    attempts: int


def add(connection: Connection, topics: Mapping[int, Iterable[str]], hubs: Collection[str]) -> None:
    """Note what each hub is to be told of publications, by their numbers, once it is `release`d."""
    rows = [
        {"publication_number": number, "topic": topic, "hub": hub, "attempts": 0}
        for number, changed in topics.items()
        for hub in hubs
        for topic in changed
    ]
    if rows:
        connection.execute(insert(announcements), rows)


def held(connection: Connection) -> set[int]:
    """Give the numbers of the feeds whose announcements wait for their documents to be visible."""
    return set(connection.execute(_HELD).scalars())


def release(connection: Connection, feed_numbers: Collection[int], now: datetime) -> None:
    """Let these feeds' announcements be sent: their documents are visible here, and on every other host alive."""
    mine = select(publications.c.number).where(publications.c.feed_number.in_(sorted(feed_numbers)))
    waiting = announcements.c.due_at.is_(None) & announcements.c.publication_number.in_(mine)
    waiting &= ~hosts.any_without(announcements.c.publication_number)
    connection.execute(update(announcements).where(waiting).values(due_at=now))


def any_due(connection: Connection, now: datetime) -> bool:
    """Say whether anything is to be sent now."""
    return connection.execute(_ANY_DUE, {"now": now}).scalar_one()


def claim(connection: Connection, now: datetime, until: datetime) -> Announcement | None:
    """Claim what is to be sent now, the oldest; it is due again at `until` unless it is marked before."""
    oldest = _due(now).order_by(announcements.c.due_at, announcements.c.number).limit(1)
    claimed = announcements.c.number == oldest.with_for_update(skip_locked=True).scalar_subquery()
    values = {"due_at": until, "attempts": announcements.c.attempts + 1}
    row = connection.execute(update(announcements).where(claimed).values(**values).returning(announcements)).first()
    return None if row is None else Announcement(row.number, row.topic, row.hub, row.attempts)


def count_unsent(connection: Connection) -> int:
    """Count what is still to be sent."""
    unsent = select(func.count()).select_from(announcements).where(announcements.c.sent_at.is_(None))
    return connection.execute(unsent).scalar_one()


def set_sent(connection: Connection, number: int, now: datetime) -> None:
    """Remember that a hub was told."""
    connection.execute(update(announcements).where(announcements.c.number == number).values(sent_at=now, failure=None))


def set_failure(connection: Connection, number: int, failure: str, due_at: datetime) -> None:
    """Remember why a hub could not be told, and when to try again."""
    mine = announcements.c.number == number
    connection.execute(update(announcements).where(mine).values(failure=failure, due_at=due_at))


def _due(now: datetime) -> Select[tuple[int]]:
    return select(announcements.c.number).where(announcements.c.sent_at.is_(None), announcements.c.due_at <= now)
