"""Keeps the answers of the running second, to be given again to whoever asks in the same words.

It decides nothing and looks at no file: who recalls an answer checks that its document still stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from feedsvc.folder import State
from feedsvc.serving import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Words = tuple[str | None, ...]
"""All of a request that its answer depends on."""

_MOST_ANSWERS: Final = 4096
_MOST_WORDS: Final = 1000  # characters of one request; real ones have under 200


@dataclass(frozen=True, slots=True)
class Given:
    """An answer in the form that WSGI takes, and how it is counted: words of `metrics`.

    `path` is its document's, `state` how that stood before the answer was made.
    """

    status: str
    headers: Headers
    body: bytes
    path: str
    state: State
    family: str
    outcome: str


class Ready:
    """The answers given within one second. Threads may share it.

    Besides the document and the request, an answer depends on the clock's second alone: by Date, and by whether
    Last-Modified is still to come. So the next second begins with an empty table. `max_bytes` bounds the bodies, most
    of which are the folder's own table's anyway; the rest takes under 15 MB.
    """

    def __init__(self, *, max_bytes: int = 64 * 1024 * 1024) -> None:
        self._max_bytes = max_bytes
        self._table = _Table()

    def recall(self, words: Words, now: datetime) -> Given | None:
        """Give the answer to a request of these very words in this second, if there was one."""
        table = self._table
        given = table.answers.get(words)
        return given if given is not None and table.second == int(now.timestamp()) else None

    def keep(self, words: Words, now: datetime, given: Given) -> None:
        """Remember an answer, unless it or the request is uncommonly long. A full table is begun anew."""
        if len(given.body) > self._max_bytes or sum(len(word) for word in words if word) > _MOST_WORDS:
            return
        table = self._table
        second = int(now.timestamp())
        full = len(table.answers) >= _MOST_ANSWERS or table.weight + len(given.body) > self._max_bytes
        if full or table.second != second:
            self._table = table = _Table(second)
        # Two threads may both count here; a bound that is out by an answer is a bound all the same.
        table.weight += len(given.body)
        table.answers[words] = given


def words_of(environ: WSGIEnvironment) -> Words:
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


@dataclass
class _Table:
    second: int = 0
    weight: int = 0
    answers: dict[Words, Given] = field(default_factory=dict)
