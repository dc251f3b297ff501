"""Says to operators and their monitors how the service is doing, within a bounded time.

It never waits for a store that does not answer, and feeds are served whatever it says.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, request

from feedsvc.conditional import http_date
from feedsvc.errors import FeedsvcError
from feedsvc.serving import Answer
from feedsvc.web.deps import Deps, FeedHealth, Health
from feedsvc.web.exchange import respond

log = logging.getLogger(__name__)

_OUT_OF_REACH = Health(reachable=False, problems=("The store is out of reach; the log says why.",))


def blueprint(deps: Deps) -> Blueprint:
    """Make the view."""
    views = Blueprint("health", __name__)
    look = Look(deps.health, deps.health_seconds)

    @views.get("/healthz")
    def healthz() -> Response:
        return respond(_answer(look(), request.method, deps.now()))

    return views


class Look:
    """Looks at the store with a deadline. While one look hangs, no other is begun: locked stores gather no threads."""

    def __init__(self, look: Callable[[], Health], seconds: float) -> None:
        self._look = look
        self._seconds = seconds
        self._lock = threading.Lock()
        self._running: _Attempt | None = None

    def __call__(self) -> Health:
        """Give what was found, or that nothing could be found."""
        with self._lock:
            if self._running is None or self._running.done.is_set():
                self._running = _Attempt(self._look)
            attempt = self._running
        if not attempt.done.wait(self._seconds):
            return Health(reachable=False, problems=("The store does not answer.",))
        return attempt.found


class _Attempt:
    """One look, in a thread of its own that does not keep the process from ending."""

    def __init__(self, look: Callable[[], Health]) -> None:
        self._look = look
        self.done = threading.Event()
        # The reason itself is not for everyone: it names hosts and folders.
        self.found = _OUT_OF_REACH
        threading.Thread(target=self._run, name="health", daemon=True).start()

    def _run(self) -> None:
        try:
            self.found = self._look()
        except FeedsvcError as error:
            log.warning("health: %s", error)
        except Exception:
            # The edge of a thread: whatever it was, the monitor gets its answer, and the log the whole of it.
            log.exception("health: a fault of ours")
        finally:
            self.done.set()


def _answer(health: Health, method: str, now: datetime) -> Answer:
    well = health.reachable and not health.problems
    status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
    content = {
        "status": "ok" if well else "failing",
        "store": {"reachable": health.reachable},
        "problems": list(health.problems),
        "feeds": {feed.slug: _feed(feed) for feed in health.feeds},
    }
    body = json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"
    headers = (
        ("Date", http_date(now)),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    )
    return Answer(status, headers, b"" if method == "HEAD" else body)


def _feed(feed: FeedHealth) -> dict[str, str | None]:
    return {
        "state": feed.state,
        "last_run": feed.last_run.isoformat() if feed.last_run else None,
        "next_run": feed.next_run.isoformat() if feed.next_run else None,
        "failure": feed.failure,
    }
