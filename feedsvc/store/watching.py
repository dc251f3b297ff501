"""Noticing that another process, thread or host has changed the store, without asking what.

A hint that makes things quick, never the guarantee: whoever watches looks by itself from time to time too.
"""

from __future__ import annotations

import logging
import threading
from typing import Any, Final, Protocol

from sqlalchemy import PoolProxiedConnection
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.store.engine import Store
from feedsvc.store.postgresql import CHANNEL

log = logging.getLogger(__name__)

# Seconds that a listener waits in one go, so that it ends soon after it is told to, and between two connections.
_PATIENCE: Final = 0.5
_BEFORE_THE_NEXT: Final = 1.0


class Watch:
    """Watches a store from when it is made. Not to be shared between threads."""

    def __init__(self, store: Store) -> None:
        self._kind: _Kind = _Listening(store) if store.shared else _Asking(store)

    def changed(self) -> bool:
        """Say whether anything was committed since the last call, as far as is known; some microseconds' work."""
        return self._kind.changed()

    def close(self) -> None:
        """Give the connection back."""
        self._kind.close()


class _Kind(Protocol):
    def changed(self) -> bool: ...

    def close(self) -> None: ...


class _Asking:
    """One held connection that asks SQLite for its data_version, which changes with each commit of another one.

    A file that can't be read for a while is asked again, and what was missed meanwhile counts as a change.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: PoolProxiedConnection | None = None
        self._seen: int | None = None
        self._missed = False

    def changed(self) -> bool:
        try:
            version = self._ask()
        except (SQLAlchemyError, self._store.engine.dialect.loaded_dbapi.Error, OSError):
            if self._connection is not None:
                self._connection.invalidate()
                self._connection = None
            self._missed = True
            return False
        changed = self._missed or (self._seen is not None and version != self._seen)
        self._seen, self._missed = version, False
        return changed

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self) -> int:
        if self._connection is None:
            self._connection = self._store.engine.raw_connection()
        cursor = self._connection.cursor()
        cursor.execute("PRAGMA data_version")
        (version,) = cursor.fetchone() or (0,)
        cursor.close()
        return int(version)


class _Listening:
    """One connection of its own that PostgreSQL tells of each commit; a lost one is replaced, however long it takes.

    What was missed meanwhile counts as a change.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changed = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listening", daemon=True)
        self._thread.start()

    def changed(self) -> bool:
        if not self._changed.is_set():
            return False
        self._changed.clear()
        return True

    def close(self) -> None:
        self._stop.set()
        # It may be on its way to a database that does not answer; nothing is lost when it is left alone with that.
        self._thread.join(2 * _PATIENCE)

    def _run(self) -> None:
        lost = False
        while not self._stop.is_set():
            try:
                connection = self._connect()
            except (SQLAlchemyError, self._store.engine.dialect.loaded_dbapi.Error):
                self._stop.wait(_BEFORE_THE_NEXT)
                continue
            if lost:
                log.info("listening to the store again")
            self._changed.set()
            self._listen(connection)
            lost = True

    def _connect(self) -> Any:
        """Make a connection that is no other's, and that no pool counts."""
        pooled = self._store.engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()
        return connection

    def _listen(self, connection: Any) -> None:
        try:
            with connection:
                connection.autocommit = True
                connection.execute(f"LISTEN {CHANNEL}")
                while not self._stop.is_set():
                    for _ in connection.notifies(timeout=_PATIENCE, stop_after=1):
                        self._changed.set()
        except self._store.engine.dialect.loaded_dbapi.Error as error:
            log.warning("the store is out of hearing: %s", " ".join(str(error).split()))
