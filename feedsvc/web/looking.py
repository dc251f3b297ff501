"""Looks at something that may not answer, with a deadline.

While one look hangs, no other is begun: a locked store gathers no threads.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from feedsvc.errors import FeedsvcError

log = logging.getLogger(__name__)

T = TypeVar("T")


class Look(Generic[T]):
    """A look that takes so many seconds at the most. Threads may share it."""

    def __init__(self, look: Callable[[], T], seconds: float) -> None:
        self._look = look
        self._seconds = seconds
        self._lock = threading.Lock()
        self._running: _Attempt[T] | None = None

    def __call__(self) -> T | None:
        """Give what was found; None when it failed, or does not answer in time. The log says why."""
        with self._lock:
            if self._running is None or self._running.done.is_set():
                self._running = _Attempt(self._look)
            attempt = self._running
        if not attempt.done.wait(self._seconds):
            log.warning("no answer in %s s", self._seconds)
            return None
        return attempt.found


class _Attempt(Generic[T]):
    """One look, in a thread of its own that does not keep the process from ending."""

    def __init__(self, look: Callable[[], T]) -> None:
        self._look = look
        self.done = threading.Event()
        self.found: T | None = None
        threading.Thread(target=self._run, name="look", daemon=True).start()

    def _run(self) -> None:
        try:
            self.found = self._look()
        except FeedsvcError as error:
            log.warning("%s", error)
        except Exception:
            # The edge of a thread: whatever it was, the monitor gets its answer, and the log the whole of it.
            log.exception("a fault of ours")
        finally:
            self.done.set()
