"""Gives documents their validators, so that an entity tag stands for some bytes and a Last-Modified for one version.

Never touches a clock or the store: what was published before, and the time, come in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from feedsvc.conditional import entity_tag
from feedsvc.model import Document

ONE_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A document's name and validators, without its bytes; `packed_length` is that of its gzip variant."""

    filename: str
    entity_tag: str
    last_modified: datetime
    length: int
    packed_length: int | None = None


def stamp(bodies: Mapping[str, bytes], before: Iterable[Stamp], now: datetime) -> tuple[Document, ...]:
    """Give each document its validators: the old ones where its bytes are the old ones, else new ones.

    Last-Modified is a whole second, and grows by one at least with each change (RFC 9110 section 8.8.2.1).
    """
    known = {old.filename: old for old in before}
    fresh = now.replace(microsecond=0)
    newest = last_modified(known.values())
    if newest is not None:
        fresh = max(fresh, newest + ONE_SECOND)
    documents = []
    for filename, body in sorted(bodies.items()):
        tag = entity_tag(body)
        old = known.get(filename)
        unchanged = old is not None and old.entity_tag == tag
        documents.append(Document(filename, body, tag, old.last_modified if old and unchanged else fresh))
    return tuple(documents)


def changes(documents: Iterable[Document], before: Iterable[Stamp]) -> tuple[str, ...]:
    """Name the documents that changed, came or went, in the order of their names."""
    was = {(old.filename, old.entity_tag) for old in before}
    becomes = {(new.filename, new.entity_tag) for new in documents}
    return tuple(sorted({filename for filename, _ in was ^ becomes}))


def last_modified(stamps: Iterable[Stamp | Document]) -> datetime | None:
    """Give the newest Last-Modified of a feed's documents; None when there are none."""
    return max((one.last_modified for one in stamps), default=None)
