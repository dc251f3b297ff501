"""The hosts that publish from this store: which are alive, and how far their folders show what is live.

Each writes of itself alone. Times are the database's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, delete, exists, select

from feedsvc.store.clock import DAY, SECOND, DatabaseClock
from feedsvc.store.tables import hosts, live_changes
from feedsvc.store.upserting import upsert

# Seconds after which a host that gives no sign is taken to be down, or cut off: nobody waits for it any longer.
GONE_AFTER: Final = 6


@dataclass(frozen=True, slots=True)
class Host:
    """A host that is alive; `failure` says why its folder does not show everything that is live."""

    name: str
    followed: int
    failure: str | None


def see(connection: Connection, host: Host) -> None:
    """Keep a host's sign of life."""
    row = {"seen_at": DatabaseClock(), "followed": host.followed, "failure": host.failure}
    seen = upsert(connection, hosts).values(name=host.name, **row)
    connection.execute(seen.on_conflict_do_update(index_elements=[hosts.c.name], set_=row))


def leave(connection: Connection, name: str) -> None:
    """Forget a host that ends in good order."""
    connection.execute(delete(hosts).where(hosts.c.name == name))


def alive(connection: Connection) -> list[Host]:
    """Give the hosts that are alive, by their names."""
    rows = connection.execute(select(hosts.c.name, hosts.c.followed, hosts.c.failure).where(_alive()))
    return sorted((Host(*row) for row in rows), key=lambda host: host.name)


def forget_gone(connection: Connection) -> None:
    """Forget the hosts that have given no sign for a day."""
    connection.execute(delete(hosts).where(hosts.c.seen_at < DatabaseClock() - DAY))


def any_without(publication: Any) -> Any:
    """Give the condition that a host is alive and does not show a publication, of which an expression is the number."""
    behind = (live_changes.c.publication_number == publication) & (hosts.c.followed < live_changes.c.number)
    return exists(select(hosts.c.name).where(_alive(), behind))


def _alive() -> Any:
    return hosts.c.seen_at > DatabaseClock() - GONE_AFTER * SECOND
