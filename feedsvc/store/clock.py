"""The database's own clock: one for all hosts, for what must not depend on how well theirs agree.

In microseconds since 1970 UTC. Nothing that readers see is dated by it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, select, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from feedsvc.store.tables import Instant

SECOND: Final = 1_000_000
DAY: Final = 86_400 * SECOND


class DatabaseClock(FunctionElement[int]):
    """What time it is in the database at this moment."""

    inherit_cache = True
    type = BigInteger()
    name = "database_clock"


def tell(connection: Connection) -> datetime:
    """Say what time it is by the database's clock."""
    return connection.execute(select(type_coerce(DatabaseClock(), Instant))).scalar_one()


@compiles(DatabaseClock, "sqlite")
def _on_sqlite(_element: DatabaseClock, _compiler: Any, **_: Any) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"


@compiles(DatabaseClock, "postgresql")
def _on_postgresql(_element: DatabaseClock, _compiler: Any, **_: Any) -> str:
    # Not now(), which is the time at which the transaction began.
    return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
