"""Says to operators and their monitors how the service is doing, within a bounded time.

It never waits for a store that does not answer, and feeds are served whatever it says.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, request

from feedsvc.conditional import http_date
from feedsvc.serving import Answer
from feedsvc.web.deps import Deps, FeedHealth, Health
from feedsvc.web.exchange import respond
from feedsvc.web.looking import Look
from feedsvc.web.metrics import is_local

# The reason itself is not for everyone: it names hosts and folders.
_OUT_OF_REACH: Final = Health(reachable=False, problems=("The store is out of reach; the log says why.",))


def blueprint(deps: Deps) -> Blueprint:
    """Make the view."""
    views = Blueprint("health", __name__)
    look = Look(deps.health, deps.health_seconds)

    @views.get("/healthz")
    def healthz() -> Response:
        health = look() or _OUT_OF_REACH
        if not is_local(request.environ):
            health = replace(health, feeds=tuple(feed for feed in health.feeds if feed.listed))
        return respond(_answer(health, request.method, deps.now()))

    return views


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
