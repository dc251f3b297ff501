"""Manifests as the store keeps them, and what the articles on their lines said in the revisions that they name.

Nothing here knows whether a manifest was published, is held, or is still to come.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, Connection, Integer, Row, Select, String, and_, column, select, values

from feedsvc.model import ManifestLine
from feedsvc.store import codec
from feedsvc.store.tables import articles, from_microseconds, revisions, to_microseconds

# Two bound values a line; SQLite takes 32,766 in one statement, and a feed holds 1,000 entries at the most.
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Titled:
    """An article as a line of a manifest has it, for people."""

    article_id: str
    entry_id: str
    title: str
    published_at: datetime
    updated_at: datetime


def dump(lines: Iterable[ManifestLine]) -> bytes:
    """Write a manifest, compressed: one is kept with every publication for weeks."""
    rows = [
        [line.article_id, line.revision, to_microseconds(line.published_at), to_microseconds(line.updated_at)]
        for line in lines
    ]
    return zlib.compress(codec.dump(rows).encode())


def load(packed: bytes) -> tuple[ManifestLine, ...]:
    """Read what `dump` wrote."""
    return tuple(
        ManifestLine(article_id, revision, from_microseconds(published), from_microseconds(updated))
        for article_id, revision, published, updated in json.loads(zlib.decompress(packed))
    )


def titled(connection: Connection, lines: Iterable[ManifestLine]) -> tuple[Titled, ...]:
    """Give the lines with the titles that their revisions have, in the same order."""
    lines = tuple(lines)
    query = select(articles.c.id, articles.c.entry_id, revisions.c.title)
    found = {row.id: row for row in rows_of(connection, query, lines)}
    return tuple(
        Titled(
            line.article_id,
            found[line.article_id].entry_id,
            found[line.article_id].title,
            line.published_at,
            line.updated_at,
        )
        for line in lines
    )


def rows_of(connection: Connection, query: Select[Any], lines: Iterable[ManifestLine]) -> Iterator[Row[Any]]:
    """Run a query over articles joined to those of their revisions that the lines name; in no order."""
    wanted = [(line.article_id, line.revision) for line in lines]
    for start in range(0, len(wanted), _BATCH):
        named = _named(wanted[start : start + _BATCH])
        joined = query.select_from(named).join(articles, articles.c.id == named.c.article_id)
        exact = and_(revisions.c.article_number == articles.c.number, revisions.c.number == named.c.revision)
        yield from connection.execute(joined.join(revisions, exact))


def _named(wanted: list[tuple[str, int]]) -> CTE:
    # As a CTE: SQLite has no names for the columns of VALUES anywhere else.
    return values(column("article_id", String), column("revision", Integer), name="named").data(wanted).cte()
