"""What SQLite needs of a connection: durable commits, readers beside a writer, and writers that wait for their turn.

Nothing here knows what is kept in the store.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from feedsvc.errors import Conflict, FeedsvcError
from feedsvc.store.transactions import BUSY_SECONDS, Kind, OutOfReach

# SQLite takes its write lock at the start: a transaction that reads first and writes later would otherwise fail without
# waiting when another one wrote in between. FULL makes a commit survive a power cut, not only a crash of the process.
_BEGIN: Final = {
    Kind.READING: ("BEGIN",),
    Kind.WRITING: ("PRAGMA synchronous = FULL", "BEGIN IMMEDIATE"),
    Kind.CLAIMING: ("PRAGMA synchronous = NORMAL", "BEGIN IMMEDIATE"),
}


# Most of the store are documents of some hundred kilobytes: with these pages, of which a new file is made, a commit
# costs half of what it does with SQLite's 4 KB.
_PAGE_BYTES: Final = 8192
# A commit that finds a longer log than this moves it into the file itself, whoever waits for it; `settle` comes first.
_LOG_PAGES: Final = 4000


def make_engine(url: URL) -> Engine:
    """Make the engine of an SQLite file, and the file and its folder where they are missing."""
    if url.database and url.database != ":memory:":
        # What can't be made is told by the first transaction: opening a store reaches nothing and never fails.
        with suppress(OSError):
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
            # Drafts and hashes are no business of other users of the machine. SQLite gives its log the same mode.
            os.close(os.open(url.database, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def describe(url: URL) -> str:
    """Name the file for messages."""
    return f"sqlite:///{url.database or ''}"


def options(kind: Kind) -> dict[str, Any]:
    """Give the options of a connection that is to begin such a transaction."""
    return {"feedsvc_begin": _BEGIN[kind]}


def settle(engine: Engine) -> None:
    """Move what was committed from the log to the file, as far as nobody reads it there; waits for nobody."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


def meaning(store: str, error: DBAPIError) -> FeedsvcError | None:
    """Say what an error of the database means to a caller; None for one that only a fault of ours explains."""
    if isinstance(error, (OperationalError, InterfaceError)):
        return OutOfReach(store, str(error.orig), "Nothing was changed; try again when the database answers")
    if type(error) is DatabaseError:
        # SQLITE_NOTADB and SQLITE_CORRUPT, which the driver has no class for.
        return OutOfReach(store, str(error.orig), "Name the store's own file in [store] url, or put its copy there")
    if isinstance(error, IntegrityError) and "UNIQUE" in str(error.orig):
        return Conflict(store, f"there is one already: {error.orig}", "Look at what is there")
    return None


def _prepare(connection: Any, _entry: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling begins late and never IMMEDIATE; _begin does it instead.
    connection.isolation_level = None
    # SQLite's own knows the case of A to Z alone: a search for "москва" or "état" would miss "Москва" and "État".
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    # WAL lets readers go on while one writes. The size of pages is first, for WAL makes the file.
    for pragma in (
        f"page_size = {_PAGE_BYTES}",
        "journal_mode = WAL",
        f"wal_autocheckpoint = {_LOG_PAGES}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _begin(connection: Connection) -> None:
    for statement in connection.get_execution_options().get("feedsvc_begin", _BEGIN[Kind.READING]):
        connection.exec_driver_sql(statement)
