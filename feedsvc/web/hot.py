"""Stands before everything: gives an answer of this second again to whoever asks in the same words, and counts it.

It makes no answer itself. What it has none for, and what comes with a request id, goes on to what is behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from feedsvc.errors import FeedsvcError
from feedsvc.web.deps import Deps
from feedsvc.web.places import is_odd
from feedsvc.web.ready import Given, Ready, words_of
from feedsvc.web.watching import KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Hot:
    """The application that the server calls. Threads may share it."""

    def __init__(self, deps: Deps, ready: Ready, behind: WSGIApplication) -> None:
        # On its way every microsecond counts: it is most of what readers ask for.
        self._now = deps.now
        self._look = deps.shelf.look
        self._count = deps.tally.count
        self._recall = ready.recall
        self._behind = behind

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        given = self._recall(words_of(environ), self._now())
        if given is None or KEY in environ or is_odd("", environ.get("QUERY_STRING", "")) or not self._stands(given):
            return self._behind(environ, start_response)
        self._count(given.family, given.outcome)
        # A list of its own each time: a server may do with it as it likes.
        start_response(given.status, list(given.headers))
        return [given.body]

    def _stands(self, given: Given) -> bool:
        try:
            return self._look(given.path) == given.state
        except FeedsvcError:
            return False
