"""Publications in the store: what was published, why and when, with the bytes of each document.

The store is the truth and `feeds/` its mirror: any host can write the folder anew from here without rendering anything.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from feedsvc.model import Document, LeftOut, ManifestLine, Publication
from feedsvc.store import codec
from feedsvc.store.tables import announcements, documents, feeds, publications


@dataclass(frozen=True, slots=True)
class Stamp:
    """A document's name and validators, without its bytes."""

    filename: str
    entity_tag: str
    last_modified: datetime
    length: int


def record(
    connection: Connection,
    *,
    feed_number: int,
    reason: str,
    made_at: datetime,
    last_modified: datetime,
    manifest: Iterable[ManifestLine],
    left_out: Iterable[LeftOut],
    released: Iterable[Document],
) -> int:
    """Keep a publication and its documents; give its number. It is not the live one before `feeds.set_publication`."""
    lines = [[line.article_id, line.revision] for line in manifest]
    number = int(
        connection.execute(
            insert(publications)
            .values(
                feed_number=feed_number,
                reason=reason,
                made_at=made_at,
                last_modified=last_modified,
                manifest=zlib.compress(codec.dump(lines).encode()),
                left_out=codec.dump([[article.article_id, article.reason] for article in left_out]),
            )
            .returning(publications.c.number)
        ).scalar_one()
    )
    for document in released:
        connection.execute(
            insert(documents).values(
                publication_number=number,
                filename=document.filename,
                entity_tag=document.entity_tag,
                last_modified=document.last_modified,
                length=len(document.body),
                body=zlib.compress(document.body, 1),
            )
        )
    return number


def get(connection: Connection, number: int) -> Publication:
    """Give a publication with its documents, as far as their bytes are still kept."""
    row = connection.execute(
        select(publications, feeds.c.slug)
        .join(feeds, feeds.c.number == publications.c.feed_number)
        .where(publications.c.number == number)
    ).one()
    return Publication(
        number=row.number,
        slug=row.slug,
        reason=row.reason,
        made_at=row.made_at,
        last_modified=row.last_modified,
        manifest=_manifest(row),
        documents=live_documents(connection, number),
    )


def live_documents(connection: Connection, number: int) -> tuple[Document, ...]:
    """Give a publication's documents with their bytes, in the order of their names."""
    query = select(documents).where(documents.c.publication_number == number).order_by(documents.c.filename)
    return tuple(
        Document(row.filename, zlib.decompress(row.body), row.entity_tag, row.last_modified)
        for row in connection.execute(query)
    )


def stamps(connection: Connection, number: int | None) -> tuple[Stamp, ...]:
    """Give the validators of a publication's documents, without reading their bytes."""
    query = select(documents.c.filename, documents.c.entity_tag, documents.c.last_modified, documents.c.length)
    rows = connection.execute(query.where(documents.c.publication_number == number).order_by(documents.c.filename))
    return tuple(Stamp(row.filename, row.entity_tag, row.last_modified, row.length) for row in rows)


def left_out(connection: Connection, number: int) -> tuple[LeftOut, ...]:
    """Give the articles that a publication could not show."""
    text = connection.execute(select(publications.c.left_out).where(publications.c.number == number)).scalar_one()
    return tuple(LeftOut(*pair) for pair in json.loads(text))


def entry_count(connection: Connection, number: int) -> int:
    """Count the entries that a publication holds."""
    row = connection.execute(select(publications.c.manifest).where(publications.c.number == number)).one()
    return len(_manifest(row))


def forget_bytes(connection: Connection, feed_number: int, keep: int) -> None:
    """Drop the documents' bytes of all but the last `keep` publications of a feed; their manifests stay."""
    mine = select(publications.c.number).where(publications.c.feed_number == feed_number)
    kept = mine.order_by(publications.c.number.desc()).limit(keep)
    connection.execute(
        delete(documents).where(
            documents.c.publication_number.in_(mine), documents.c.publication_number.not_in(kept.scalar_subquery())
        )
    )


def forget_before(connection: Connection, instant: datetime) -> int:
    """Drop what is known of publications made before an instant, except those whose bytes are kept; give how many."""
    with_bytes = select(documents.c.publication_number)
    old = (publications.c.made_at < instant) & publications.c.number.not_in(with_bytes)
    told = select(publications.c.number).where(old)
    connection.execute(delete(announcements).where(announcements.c.publication_number.in_(told)))
    return connection.execute(delete(publications).where(old)).rowcount


def _manifest(row: Row[Any]) -> tuple[ManifestLine, ...]:
    return tuple(ManifestLine(*line) for line in json.loads(zlib.decompress(row.manifest)))
