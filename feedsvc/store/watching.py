"""Noticing that another process or thread has changed the store, without asking what.

A hint that makes things quick, never the guarantee: whoever watches looks by itself from time to time too.
"""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from feedsvc.store.engine import Store


class Watch:
    """One held connection that asks SQLite for its data_version, which changes with every commit of another connection.

    Not to be shared between threads. On other databases `changed` always says no.
    """

    def __init__(self, store: Store) -> None:
        self._connection = store.engine.raw_connection() if store.engine.dialect.name == "sqlite" else None
        self._seen: int | None = None

    def changed(self) -> bool:
        """Say whether anything was committed since the last call; some microseconds' work."""
        if self._connection is None:
            return False
        try:
            cursor = self._connection.cursor()
            (version,) = cursor.execute("PRAGMA data_version").fetchone()
            cursor.close()
        except (SQLAlchemyError, OSError):
            return False
        changed = self._seen is not None and version != self._seen
        self._seen = version
        return changed

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
