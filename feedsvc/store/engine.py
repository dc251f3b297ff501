"""Opening the store: one engine, transactions for reading, writing and claiming, and what the database's errors mean.

Nothing here knows what is kept in it. What differs between the databases is in `sqlite` and `postgresql`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from feedsvc.errors import FeedsvcError, Invalid
from feedsvc.store import postgresql, sqlite
from feedsvc.store.transactions import BUSY_SECONDS, Kind, OutOfReach


@dataclass(frozen=True)
class Store:
    """An open store.

    Transactions are short: none is held while something is rendered, fetched or written to a folder.
    """

    engine: Engine

    @property
    def shared(self) -> bool:
        """Say whether other hosts may work on the same store."""
        return self.engine.dialect.name == "postgresql"

    @property
    def name(self) -> str:
        """Name the store for messages, without a user and without a password."""
        describe = postgresql.describe if self.shared else sqlite.describe
        return f"store {describe(self.engine.url)}"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give one consistent view of the store; nothing can be changed through it.

        Raises Unavailable when the database is out of reach or locked for more than BUSY_SECONDS.
        """
        with self._transaction(Kind.READING) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give one transaction that is committed, durably, when the block ends, and rolled back when it raises.

        On SQLite it has the store to itself (BEGIN IMMEDIATE); on PostgreSQL others write beside it, see `postgresql`.
        Raises Unavailable as `reading` does; of these `Interrupted`, when nothing but another writer or a lost
        connection was in the way, and `Overtaken` (a Conflict) are for `retried` to try again.
        """
        with self._transaction(Kind.WRITING) as connection:
            yield connection

    @contextmanager
    def claiming(self) -> Iterator[Connection]:
        """Give a transaction as `writing` does, for what may be lost if the database's machine fails.

        It waits for no disk, and nobody is told of it: leases, and signs of life.
        """
        with self._transaction(Kind.CLAIMING) as connection:
            yield connection

    @contextmanager
    def rehearsing(self) -> Iterator[Connection]:
        """Give a transaction as `writing` does, and take it back when the block ends: nothing is kept."""
        with self._transaction(Kind.WRITING, keep=False) as connection:
            yield connection

    @contextmanager
    def _transaction(self, kind: Kind, *, keep: bool = True) -> Iterator[Connection]:
        options = postgresql.options(kind) if self.shared else sqlite.options(kind)
        connected = committing = False
        try:
            with self.engine.connect() as plain:
                connected = True
                connection = plain.execution_options(**options)
                with connection.begin() as transaction:
                    yield connection
                    committing = keep
                    if keep:
                        transaction.commit()
                    else:
                        transaction.rollback()
                if self.shared and keep and kind is Kind.WRITING:
                    postgresql.notify(connection)
        except DBAPIError as error:
            meaning = self._meaning(error, committing=committing, connected=connected)
            if meaning is None:
                raise
            raise meaning from error
        except PoolExhausted as error:
            raise OutOfReach(self.name, f"no connection was free for {BUSY_SECONDS} s", "Try again later") from error

    def settle(self) -> None:
        """Do what the database leaves to do after commits, so that no commit has to wait for it: best when idle.

        Raises Unavailable as `reading` does. PostgreSQL does it by itself.
        """
        if not self.shared:
            try:
                sqlite.settle(self.engine)
            except (DBAPIError, sqlite3.Error) as error:
                raise OutOfReach(self.name, str(error), "Nothing is lost; it is tried again") from error

    def _meaning(self, error: DBAPIError, *, committing: bool, connected: bool) -> FeedsvcError | None:
        if self.shared:
            return postgresql.meaning(self.name, error, committing=committing, connected=connected)
        return sqlite.meaning(self.name, error)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Open the store at a database URL, making the folder of an SQLite file where it is missing.

    No connection is made yet. Raises Invalid for a URL that names no known database.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise Invalid("store.url", "is not a database URL", "Write sqlite:///data/feedsvc.db, for example") from error
    if backend == "sqlite":
        return Store(sqlite.make_engine(parsed))
    if backend == "postgresql":
        return Store(postgresql.make_engine(parsed.set(drivername="postgresql+psycopg")))
    raise Invalid("store.url", f"{backend!r} is no database that feedsvc knows", "Take SQLite or PostgreSQL")
