"""Noticing that another process, thread or host has changed the store, without asking what.

A hint that makes things quick, never the guarantee: whoever watches looks by itself from time to time too.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from sqlalchemy import PoolProxiedConnection
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.store.engine import Store
from feedsvc.store.postgresql import CHANNEL

try:
    from inotify_simple import INotify, flags
except ImportError:  # a system other than Linux
    INotify = None

log = logging.getLogger(__name__)

# Seconds that a watcher waits in one go, so that it ends soon after it is told to, and between two connections.
_PATIENCE: Final = 0.5
_BEFORE_THE_NEXT: Final = 1.0
# Seconds between two looks at a file that is being written, and for how long after it was: a commit shows itself once
# the disk has it.
_LOOK_EVERY: Final = 0.01
_WRITTEN: Final = 0.25
# Seconds between two looks where the system does not tell of writing.
_LOOK_ANYWAY: Final = 0.05


class Watch:
    """Watches a store from when it is made, and calls `tell` soon after others have committed something.

    Once for many commits that come together. `tell` is called in a thread of its own, and is to be quick.
    """

    def __init__(self, store: Store, tell: Callable[[], None]) -> None:
        self._kind: _Kind = _Listening(store, tell) if store.shared else _Asking(store, tell)

    def close(self) -> None:
        """Tell no more, and give the connection back."""
        self._kind.close()


class _Kind(Protocol):
    def close(self) -> None: ...


class _Asking:
    """One held connection that asks SQLite for its data_version, which changes with each commit of another one.

    It asks when Linux says that the file is being written, and now and then. A file that can't be read for a while is
    asked again, and what was missed meanwhile counts as a change.
    """

    def __init__(self, store: Store, tell: Callable[[], None]) -> None:
        self._store = store
        self._tell = tell
        self._connection: PoolProxiedConnection | None = None
        self._seen: int | None = None
        self._missed = False
        self._stop = threading.Event()
        self._pen = _Pen(Path(store.engine.url.database or ""))
        # What comes after this counts.
        self._changed()
        self._thread = threading.Thread(target=self._run, name="watching", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._pen.close()
        if self._connection is not None:
            self._connection.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._pen.wait(self._stop)
            if self._changed():
                self._tell()

    def _changed(self) -> bool:
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

    def _ask(self) -> int:
        if self._connection is None:
            self._connection = self._store.engine.raw_connection()
        cursor = self._connection.cursor()
        cursor.execute("PRAGMA data_version")
        (version,) = cursor.fetchone() or (0,)
        cursor.close()
        return int(version)


class _Pen:
    """Says when it is time to look at a file: at once and often while somebody writes it, seldom while nobody does."""

    def __init__(self, path: Path) -> None:
        # SQLite's log stands beside the file itself, wherever a link to it stands.
        self._path = path.resolve()
        self._written_until = 0.0
        self._events = _events_of(self._path.parent)

    def close(self) -> None:
        if self._events is not None:
            self._events.close()

    def wait(self, stop: threading.Event) -> None:
        """Wait until the next look; not much longer than `stop` is not set."""
        if self._events is None:
            stop.wait(_LOOK_ANYWAY)
            return
        if time.monotonic() < self._written_until:
            stop.wait(_LOOK_EVERY)
            return
        names = [event.name for event in self._events.read(timeout=_PATIENCE * 1000)]
        if any(name.startswith(self._path.name) for name in names):
            self._written_until = time.monotonic() + _WRITTEN
        elif names:
            # Somebody else's file, which may be written all the time.
            stop.wait(_LOOK_ANYWAY)


def _events_of(folder: Path) -> Any:
    """Have the system tell of writing in a folder; None where it does not, or has no more watches to give."""
    if INotify is None:
        return None
    try:
        events = INotify()
    except OSError:
        return None
    try:
        events.add_watch(folder, flags.MODIFY | flags.CREATE | flags.MOVED_TO)
    except OSError:
        events.close()
        return None
    return events


class _Listening:
    """One connection of its own that PostgreSQL tells of each commit; a lost one is replaced, however long it takes.

    What was missed meanwhile counts as a change.
    """

    def __init__(self, store: Store, tell: Callable[[], None]) -> None:
        self._store = store
        self._tell = tell
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listening", daemon=True)
        self._thread.start()

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
            self._tell()
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
                        self._tell()
        except self._store.engine.dialect.loaded_dbapi.Error as error:
            log.warning("the store is out of hearing: %s", " ".join(str(error).split()))
