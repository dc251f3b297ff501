"""Opening the store: one engine, transactions for reading and for writing, and what the database's errors mean.

Nothing here knows what is kept in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from feedsvc.errors import Invalid, Unavailable

BUSY_SECONDS = 10


@dataclass(frozen=True)
class Store:
    """An open store.

    Transactions are short: none is held while something is rendered, fetched or written to a folder.
    """

    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give one consistent view of the store; nothing can be changed through it.

        Raises Unavailable when the database is out of reach or locked for more than BUSY_SECONDS.
        """
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give one transaction that is committed, durably, when the block ends, and rolled back when it raises.

        SQLite takes its write lock at the start (BEGIN IMMEDIATE): a transaction that reads first and writes later
        would otherwise fail without waiting when another one wrote in between. Raises Unavailable as `reading` does.
        """
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def rehearsing(self) -> Iterator[Connection]:
        """Give a transaction as `writing` does, and take it back when the block ends: nothing is kept."""
        with self._transaction("BEGIN IMMEDIATE", keep=False) as connection:
            yield connection

    @contextmanager
    def _transaction(self, begin: str, *, keep: bool = True) -> Iterator[Connection]:
        try:
            options = {"feedsvc_begin": begin}
            with self.engine.connect().execution_options(**options) as connection, connection.begin() as transaction:
                yield connection
                if not keep:
                    transaction.rollback()
        except (OperationalError, InterfaceError) as error:
            raise _unavailable(self.engine, error) from error

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Open the store at a database URL, making the folder of an SQLite file where it is missing.

    No connection is made yet. Raises Invalid for a URL that names no known database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise Invalid("store.url", "is not a database URL", "Write sqlite:///data/feedsvc.db, for example") from error
    if parsed.get_backend_name() != "sqlite":
        return Store(create_engine(parsed, pool_pre_ping=True, pool_timeout=BUSY_SECONDS))
    if parsed.database and parsed.database != ":memory:":
        # What can't be made is told by the first transaction: opening a store reaches nothing and never fails.
        with suppress(OSError):
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Store(engine)


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling begins late and never IMMEDIATE; _begin_sqlite does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    # WAL lets readers go on while one writes; FULL makes a commit survive a power cut, not only a crash of the process.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("feedsvc_begin", "BEGIN"))


def _unavailable(engine: Engine, error: OperationalError | InterfaceError) -> Unavailable:
    # The URL as shown hides its password; the driver's own words can hold no secret but name the cause.
    return Unavailable(
        f"store {engine.url.render_as_string(hide_password=True)}",
        str(error.orig),
        "Nothing was changed; try again when the database answers",
    )
