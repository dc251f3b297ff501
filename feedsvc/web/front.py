"""Stands in front of Flask: answers requests for published documents, and hands everything else on.

No store and no rendering on its path. It decides nothing about documents, `serving` does; what it answered is kept for
`hot` to give again in the same second.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from feedsvc import serving
from feedsvc.errors import FeedsvcError
from feedsvc.serving import ALLOWED, CORS, Answer, FeedRequest
from feedsvc.web.deps import Deps
from feedsvc.web.errors import answer_to, refusal
from feedsvc.web.exchange import asked_by, moved_to, status_line
from feedsvc.web.places import Moved, Place, find_place, is_odd
from feedsvc.web.ready import Given, Ready, words_of
from feedsvc.web.watching import class_of, family_of

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
    """Flask with its front. Threads may share it."""

    def __init__(self, deps: Deps, ready: Ready, behind: WSGIApplication, *, at_once: int = AT_ONCE) -> None:
        self._deps = deps
        self._ready = ready
        self._behind = behind
        self._room = threading.BoundedSemaphore(at_once)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        path = environ["PATH_INFO"]
        if is_odd(path, environ.get("QUERY_STRING", "")):
            return self._hand_on(environ, start_response)
        place = find_place(path)
        if place is None:
            return self._hand_on(environ, start_response)
        return _send(self._answer(environ, place), start_response)

    def _answer(self, environ: WSGIEnvironment, place: Place | Moved) -> Answer:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        try:
            if method not in _METHODS:
                headers = (("Allow", ALLOWED),)
                return refusal(self._deps, method, path, HTTPStatus.METHOD_NOT_ALLOWED, headers=headers)
            if method == "OPTIONS":
                return serving.preflight(self._deps.now())
            if isinstance(place, Moved):
                return moved_to(self._deps.site, place.path, environ.get("QUERY_STRING", ""), CORS)
            return self._document(environ, place)
        except FeedsvcError as error:
            return answer_to(error, self._deps, method, path)
        except Exception:
            # As Flask does for what is behind: the reader gets a clean answer, and the log the whole of it.
            log.exception("a fault of ours at %r", path)
            return refusal(self._deps, method, path, HTTPStatus.INTERNAL_SERVER_ERROR)

    def _document(self, environ: WSGIEnvironment, place: Place) -> Answer:
        shelf, now = self._deps.shelf, self._deps.now()
        path = shelf.locate(place.slug, place.filename)
        # Before it is answered: whatever changes from here on shows as another state.
        state = shelf.look(path) if path else None
        answer = serving.answer(shelf, self._deps.site, FeedRequest(place.slug, place.filename, asked_by(environ)), now)
        if path and state and answer.status in _LASTING:
            line = status_line(answer)
            counted = family_of(environ["PATH_INFO"]), class_of(line)
            self._ready.keep(words_of(environ), now, Given(line, answer.headers, answer.body, path, state, *counted))
        return answer

    def _hand_on(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._room.acquire(blocking=False):
            method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
            return _send(refusal(self._deps, method, path, HTTPStatus.SERVICE_UNAVAILABLE), start_response)
        try:
            return self._behind(environ, start_response)
        finally:
            self._room.release()


def _send(answer: Answer, start_response: StartResponse) -> list[bytes]:
    start_response(status_line(answer), list(answer.headers))
    return [answer.body]
