"""What is known of the pictures that articles only name: true length and type, measured at their addresses.

A picture is claimed before it is fetched, for longer than that takes, so that one host fetches it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from feedsvc.store.tables import pictures
from feedsvc.store.upserting import upsert


@dataclass(frozen=True, slots=True)
class Waiting:
    """A picture that waits to be measured."""

    url: str
    attempts: int


def expect(connection: Connection, url: str, now: datetime) -> None:
    """Have a picture measured, unless it is known or waits already."""
    expected = upsert(connection, pictures).values(url=url, due_at=now, attempts=0)
    connection.execute(expected.on_conflict_do_nothing())


def find_due(connection: Connection, now: datetime, limit: int) -> list[Waiting]:
    """Find pictures to measure now."""
    due = select(pictures.c.url, pictures.c.attempts).where(pictures.c.due_at <= now)
    return [Waiting(row.url, row.attempts) for row in connection.execute(due.order_by(pictures.c.due_at).limit(limit))]


def claim(connection: Connection, picture: Waiting, now: datetime, until: datetime) -> bool:
    """Claim a picture that is due; it is due again at `until` unless something is kept of it before.

    Says no when another host was quicker.
    """
    due = (pictures.c.url == picture.url) & (pictures.c.due_at <= now)
    return connection.execute(update(pictures).where(due).values(due_at=until)).rowcount == 1


def keep_measure(
    connection: Connection,
    url: str,
    *,
    media_type: str,
    length: int,
    width: int | None,
    height: int | None,
    now: datetime,
) -> None:
    """Keep what was measured."""
    measured = {"media_type": media_type, "length": length, "width": width, "height": height, "measured_at": now}
    connection.execute(update(pictures).where(pictures.c.url == url).values(**measured, due_at=None, failure=None))


def keep_failure(connection: Connection, url: str, failure: str, due_at: datetime | None) -> None:
    """Remember why a picture could not be measured, and when to try again (None: never)."""
    values = {"failure": failure, "due_at": due_at, "attempts": pictures.c.attempts + 1}
    connection.execute(update(pictures).where(pictures.c.url == url).values(**values))
