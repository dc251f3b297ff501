"""Stands in front of Flask: answers requests for published documents, and hands everything else on.

No store and no rendering on its path. It decides nothing about documents: `serving` does, once for all requests of the
same words in one second.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from feedsvc import serving
from feedsvc.errors import FeedsvcError
from feedsvc.serving import ALLOWED, CORS, Answer, FeedRequest
from feedsvc.web.deps import Deps
from feedsvc.web.errors import answer_to, refusal
from feedsvc.web.exchange import asked_by, moved_to, status_line
from feedsvc.web.places import Moved, Place, find_place, is_odd
from feedsvc.web.ready import Given, Ready, Words

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

AT_ONCE: Final = 24
"""How many requests one process lets through to Flask at once; more are told to come again (503).

The server has more threads than that: whatever the store keeps waiting, feeds are answered (P32).
"""

_METHODS: Final = frozenset(ALLOWED.split(", "))
_LASTING: Final = frozenset({HTTPStatus.OK, HTTPStatus.NOT_MODIFIED})


class Front:
    """The application that the server calls. Threads may share it."""

    def __init__(self, deps: Deps, behind: WSGIApplication, *, at_once: int = AT_ONCE) -> None:
        self._deps = deps
        self._behind = behind
        self._room = threading.BoundedSemaphore(at_once)
        self._ready = Ready()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        path = environ["PATH_INFO"]
        if is_odd(path, environ.get("QUERY_STRING", "")):
            return self._hand_on(environ, start_response)
        now = self._deps.now()
        words = _words(environ)
        given = self._ready.recall(words, now)
        if given is not None and self._stands(given):
            start_response(given.status, list(given.headers))
            return [given.body]
        place = find_place(path)
        if place is None:
            return self._hand_on(environ, start_response)
        return _send(self._answer(environ, place, words, now), start_response)

    def _stands(self, given: Given) -> bool:
        try:
            return self._deps.shelf.look(given.place.slug, given.place.filename) == given.state
        except FeedsvcError:
            return False

    def _answer(self, environ: WSGIEnvironment, place: Place | Moved, words: Words, now: datetime) -> Answer:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        try:
            if method not in _METHODS:
                headers = (("Allow", ALLOWED),)
                return refusal(self._deps, method, path, HTTPStatus.METHOD_NOT_ALLOWED, headers=headers)
            if method == "OPTIONS":
                return serving.preflight(now)
            if isinstance(place, Moved):
                return moved_to(self._deps.site, place.path, environ.get("QUERY_STRING", ""), CORS)
            return self._document(environ, place, words, now)
        except FeedsvcError as error:
            return answer_to(error, self._deps, method, path)
        except Exception:
            # As Flask does for what is behind: the reader gets a clean answer, and the log the whole of it.
            log.exception("a fault of ours at %r", path)
            return refusal(self._deps, method, path, HTTPStatus.INTERNAL_SERVER_ERROR)

    def _document(self, environ: WSGIEnvironment, place: Place, words: Words, now: datetime) -> Answer:
        # Before it is answered: whatever changes from here on shows as another state.
        state = self._deps.shelf.look(place.slug, place.filename)
        request = FeedRequest(place.slug, place.filename, asked_by(environ))
        answer = serving.answer(self._deps.shelf, self._deps.site, request, now)
        if state is not None and answer.status in _LASTING:
            self._ready.keep(words, now, Given(status_line(answer), answer.headers, answer.body, place, state))
        return answer

    def _hand_on(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._room.acquire(blocking=False):
            method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
            return _send(refusal(self._deps, method, path, HTTPStatus.SERVICE_UNAVAILABLE), start_response)
        try:
            return self._behind(environ, start_response)
        finally:
            self._room.release()


def _words(environ: WSGIEnvironment) -> Words:
    """Take from a request all that the answer for a document depends on; `serving.Asked` has the same fields."""
    get = environ.get
    return (
        environ["REQUEST_METHOD"],
        environ["PATH_INFO"],
        get("HTTP_ACCEPT_ENCODING"),
        get("HTTP_IF_NONE_MATCH"),
        get("HTTP_IF_MODIFIED_SINCE"),
        get("HTTP_IF_MATCH"),
        get("HTTP_IF_UNMODIFIED_SINCE"),
    )


def _send(answer: Answer, start_response: StartResponse) -> list[bytes]:
    start_response(status_line(answer), list(answer.headers))
    return [answer.body]
