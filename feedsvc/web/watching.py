"""Stands before all that makes answers: gives requests their ids, counts them, tells of those somebody may ask about.

It changes no answer but for the id, and keeps nothing of who asked: no address, no user agent, no path.
"""

from __future__ import annotations

import itertools
import logging
import re
import secrets
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Protocol

from flask import Flask, request

from feedsvc.logs import REQUEST_ID

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("feedsvc.requests")

HEADER: Final = "X-Request-ID"
KEY: Final = "HTTP_X_REQUEST_ID"
"""The same, as WSGI names it."""
_ROUTE: Final = "feedsvc.route"
# What proxies make: UUIDs, hexadecimal numbers, and forms with separators; nothing that breaks a header or a log.
_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._:=+/-]{1,128}", re.ASCII)
_LONGEST_METHOD: Final = 20

_FAMILIES: Final = {
    "feeds": "feed", "articles": "article", "media": "media", "api": "api", "newsroom": "newsroom",
    "healthz": "health", "metrics": "metrics",
    "opml.xml": "site", "robots.txt": "site", "favicon.ico": "site",
}  # fmt: skip
_SITEMAP: Final = re.compile(r"(?:news-)?sitemap(?:-\d+)?\.xml", re.ASCII)
# Of these somebody may ask what became of them: each request is told of.
_TOLD: Final = frozenset({"api", "newsroom"})
# What a shared cache may keep carries the id of one request only if that request brought it.
_PUBLIC: Final = frozenset({"feed", "site", "sitemap", "article", "media", "other"})
_FAULT: Final = "5"


class Tally(Protocol):
    """What counts requests. Words are those of `metrics`."""

    def count(self, family: str, status: str) -> None:
        """Count one."""

    def time(self, family: str, seconds: float) -> None:
        """Note how long one took."""


class Nobody:
    """Counts nothing."""

    def count(self, family: str, status: str) -> None:
        """Count nothing."""

    def time(self, family: str, seconds: float) -> None:
        """Note nothing."""


class Watched:
    """The application that the server calls. Threads may share it."""

    def __init__(self, behind: WSGIApplication, tally: Tally) -> None:
        self._behind = behind
        self._tally = tally
        # Unlike in every process, and next to nothing to make.
        self._prefix = secrets.token_hex(6)
        self._numbers = itertools.count(1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        given = environ.get(KEY)
        if given is not None and not _WELL_FORMED.fullmatch(given):
            given = None
        name = given or f"{self._prefix}-{next(self._numbers):x}"
        family = family_of(environ["PATH_INFO"])
        shown = given is not None or family not in _PUBLIC
        answered = ""

        def start(status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None, /) -> object:
            nonlocal answered
            answered = status[:3]
            self._tally.count(family, class_of(status))
            if shown or answered[:1] == _FAULT:
                headers = [*headers, (HEADER, name)]
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        token = REQUEST_ID.set(name)
        began = time.perf_counter()
        try:
            return self._behind(environ, start)  # type: ignore[arg-type]
        finally:
            seconds = time.perf_counter() - began
            self._tally.time(family, seconds)
            if family in _TOLD or answered[:1] == _FAULT:
                _tell(environ, family, answered, seconds)
            REQUEST_ID.reset(token)


def family_of(path: str) -> str:
    """Say what a path is for, in a word of `metrics.FAMILIES`."""
    if path == "/":
        return "site"
    first = path[1:].partition("/")[0]
    family = _FAMILIES.get(first)
    if family is not None:
        return family
    return "sitemap" if _SITEMAP.fullmatch(first) else "other"


def class_of(status: str) -> str:
    """Say how a request was answered, in a word of `metrics.CLASSES`, from its status line."""
    return "304" if status.startswith("304") else f"{status[:1]}xx"


def note_route(app: Flask) -> None:
    """Have the rule that a request went by told with it: the rule names no article."""

    @app.before_request
    def note() -> None:
        request.environ[_ROUTE] = request.url_rule.rule if request.url_rule else None


def _tell(environ: WSGIEnvironment, family: str, status: str, seconds: float) -> None:
    facts = {
        "method": environ["REQUEST_METHOD"][:_LONGEST_METHOD],
        "route": environ.get(_ROUTE) or family,
        "status": status or "none",
        "milliseconds": round(seconds * 1000, 1),
    }
    log.log(logging.WARNING if status[:1] in {_FAULT, ""} else logging.INFO, "request", extra=facts)
