"""Leases: which host works on what at this moment, so that the others leave it alone, and take over when it dies.

A lease is no lock. Its holder may have lost it without knowing; whatever it does then must be right all the same, as
recording a publication is, by compare-and-set. Leases run by the database's clock.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, Text, cast, delete, exists, literal, select

from feedsvc.store.clock import DAY, SECOND, DatabaseClock
from feedsvc.store.tables import leases
from feedsvc.store.upserting import upsert

# What a host holds when it dies waits for others this long, in seconds.
LASTING: Final = 5


def of_feed(number: Any) -> Any:
    """Give the name of a feed's lease; for an expression, an expression."""
    return f"feed {number}" if isinstance(number, int) else literal("feed ") + cast(number, Text)


def take(connection: Connection, names: Collection[str], holder: str, seconds: float = LASTING) -> set[str]:
    """Take these leases, or have them for longer; give those that were free, run out or this holder's already."""
    if not names:
        return set()
    until = DatabaseClock() + int(seconds * SECOND)
    free = (leases.c.until <= DatabaseClock()) | (leases.c.holder == holder)
    # In one order, so that two hosts that want the same wait for each other at the first of them.
    rows = [{"name": name, "holder": holder, "until": until} for name in sorted(names)]
    taken = upsert(connection, leases).values(rows)
    taken = taken.on_conflict_do_update(
        index_elements=[leases.c.name], set_={"holder": holder, "until": until}, where=free
    )
    return set(connection.execute(taken.returning(leases.c.name)).scalars())


def give_back(connection: Connection, names: Collection[str], holder: str) -> None:
    """Give these leases back, but for those that are another's by now."""
    mine = leases.c.name.in_(sorted(names)) & (leases.c.holder == holder)
    connection.execute(delete(leases).where(mine))


def forget_old(connection: Connection) -> None:
    """Forget the leases that ran out a day ago."""
    connection.execute(delete(leases).where(leases.c.until < DatabaseClock() - DAY))


def held_by_another(name: Any, holder: str) -> Any:
    """Give the condition that somebody else has the lease of this name, which may be an expression."""
    others = (leases.c.holder != holder) & (leases.c.until > DatabaseClock())
    return exists(select(leases.c.name).where(leases.c.name == name, others))
