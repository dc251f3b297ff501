"""Publications in the store: what was published, why and when, with the bytes of each document.

The store is the truth and `feeds/` its mirror: any host can write the folder anew from here without rendering anything.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from feedsvc.errors import NotFound
from feedsvc.guard import Manifest
from feedsvc.model import Document, LeftOut, ManifestLine, Publication
from feedsvc.stamping import Stamp
from feedsvc.store import codec, live_changes, manifests
from feedsvc.store.tables import announcements, documents, feeds, publications, repacking

# Built once: building a statement takes SQLAlchemy longer than SQLite takes to answer it.
_STAMP = (
    documents.c.filename,
    documents.c.entity_tag,
    documents.c.last_modified,
    documents.c.length,
    func.length(documents.c.body),
)
_STAMPS = select(*_STAMP).where(documents.c.publication_number == bindparam("number")).order_by(documents.c.filename)
_STAMPS_OF = (
    select(documents.c.publication_number, *_STAMP)
    .where(documents.c.publication_number.in_(bindparam("numbers", expanding=True)))
    .order_by(documents.c.publication_number, documents.c.filename)
)
_MANIFEST = select(publications.c.manifest, publications.c.made_at, publications.c.left_out).where(
    publications.c.number == bindparam("number")
)
_NEWEST = (
    select(publications.c.number)
    .where(publications.c.feed_number == bindparam("feed"))
    .order_by(publications.c.number.desc())
    .limit(bindparam("keep"))
)
_RECORD = insert(publications).returning(publications.c.number, sort_by_parameter_order=True)
_KEEP = insert(documents)
_REPACK = insert(repacking)
_NEVER_REPACK = delete(repacking).where(repacking.c.publication_number == bindparam("before"))
_TO_REPACK = (
    select(documents.c.publication_number, feeds.c.number, feeds.c.slug, documents.c.filename, documents.c.body)
    .join(
        repacking,
        (repacking.c.publication_number == documents.c.publication_number)
        & (repacking.c.filename == documents.c.filename),
    )
    .join(feeds, feeds.c.publication == documents.c.publication_number)
    .where(repacking.c.due_at <= bindparam("now"))
    .order_by(repacking.c.due_at, repacking.c.publication_number, repacking.c.filename)
    .limit(bindparam("limit"))
)
_FORGET = delete(documents).where(
    documents.c.publication_number.in_(
        select(publications.c.number).where(publications.c.feed_number == bindparam("feed"))
    ),
    documents.c.publication_number.not_in(_NEWEST.scalar_subquery()),
)


class Measure(StrEnum):
    """When later editions are measured against a publication.

    At once where it was let through as it was; later where it was measured itself, so that what trickles in counts
    together; never where it was made in a hold and shows an older state.
    """

    AT_ONCE = "at once"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Repackable:
    """A live document that was compressed quickly and has stood since, as it is kept now."""

    publication: int
    feed_number: int
    slug: str
    filename: str
    body: bytes
    gzip: bytes | None


@dataclass(frozen=True, slots=True)
class NewPublication:
    """A publication to be kept, of a feed whose live one is `before`.

    Of its `documents`, those that are compressed are new; they are due to be compressed better at `repack_at`. The
    others have not changed, and are taken over as they stand in the publication `before`.
    """

    feed_number: int
    before: int | None
    reason: str
    made_at: datetime
    last_modified: datetime
    manifest: tuple[ManifestLine, ...]
    left_out: tuple[LeftOut, ...]
    documents: tuple[Document, ...]
    repack_at: datetime | None = None
    measure: Measure = Measure.LATER


def record(connection: Connection, coming: Sequence[NewPublication]) -> list[int]:
    """Keep publications and their documents; give their numbers. They go live by `feeds.set_published`."""
    if not coming:
        return []
    numbers = list(connection.execute(_RECORD, [_row(one) for one in coming]).scalars())
    fresh = [
        {
            "publication_number": number,
            "filename": document.filename,
            "entity_tag": document.entity_tag,
            "last_modified": document.last_modified,
            "length": len(document.body),
            "body": document.gzip,
        }
        for number, one in zip(numbers, coming, strict=True)
        for document in one.documents
        if document.gzip is not None
    ]
    if fresh:
        connection.execute(_KEEP, fresh)
    for number, one in zip(numbers, coming, strict=True):
        _carry(connection, one.before, number, [each.filename for each in one.documents if each.gzip is None])
    # What is no longer sent is not worth more work.
    connection.execute(_NEVER_REPACK, [{"before": one.before} for one in coming])
    rows = [
        {"publication_number": number, "filename": document.filename, "due_at": one.repack_at}
        for number, one in zip(numbers, coming, strict=True)
        for document in one.documents
        if document.gzip is not None and one.repack_at is not None
    ]
    if rows:
        connection.execute(_REPACK, rows)
    return numbers


def _row(one: NewPublication) -> dict[str, Any]:
    return {
        "feed_number": one.feed_number,
        "reason": one.reason,
        "made_at": one.made_at,
        "last_modified": one.last_modified,
        "manifest": manifests.dump(one.manifest),
        "left_out": codec.dump([[article.article_id, article.reason] for article in one.left_out]),
        "measure": one.measure.value,
    }


def _carry(connection: Connection, before: int | None, number: int, carried: Collection[str]) -> None:
    if carried:
        old = documents.c.publication_number == before
        rest = [column for column in documents.c if column is not documents.c.publication_number]
        taken = select(literal(number), *rest).where(old, documents.c.filename.in_(sorted(carried)))
        connection.execute(insert(documents).from_select([documents.c.publication_number, *rest], taken))
        pending = (repacking.c.publication_number == before) & repacking.c.filename.in_(sorted(carried))
        connection.execute(update(repacking).where(pending).values(publication_number=number))


def get(connection: Connection, number: int) -> Publication:
    """Give a publication with its documents, as far as their bytes are still kept. Raises NotFound."""
    row = connection.execute(_with_slug().where(publications.c.number == number)).one_or_none()
    if row is None:
        raise NotFound(f"publication {number}", "is not in the store; manifests are kept for a time only")
    return _publication(row, live_documents(connection, number))


def history(connection: Connection, feed_number: int) -> list[Publication]:
    """Give the publications of a feed, the newest first, without their documents."""
    mine = _with_slug().where(publications.c.feed_number == feed_number)
    return [_publication(row, ()) for row in connection.execute(mine.order_by(publications.c.number.desc()))]


def manifest(connection: Connection, number: int) -> Manifest:
    """Give what a publication shows, and what it could not show."""
    return _manifest(connection.execute(_MANIFEST, {"number": number}).one())


def last_shown(connection: Connection, feed_number: int) -> Manifest | None:
    """Give what subscribers of a feed have seen last of it, whatever it has come to since: the newest that showed any.

    None where nothing of that is kept.
    """
    mine = select(publications.c.manifest, publications.c.made_at, publications.c.left_out)
    newest = mine.where(publications.c.feed_number == feed_number).order_by(publications.c.number.desc())
    found = (_manifest(row) for row in connection.execute(newest))
    return next((manifest for manifest in found if manifest.lines), None)


def measure(connection: Connection, feed_number: int, before: datetime) -> Manifest | None:
    """Give what a feed's next edition is measured against.

    It is the newest publication that was let through as it was, or was made before an instant, else the oldest there
    is; one made in a hold is none.
    """
    mine = select(publications).where(
        publications.c.feed_number == feed_number, publications.c.measure != Measure.NEVER.value
    )
    fit = or_(publications.c.measure == Measure.AT_ONCE.value, publications.c.made_at <= before)
    newest = mine.where(fit).order_by(publications.c.number.desc())
    for query in (newest, mine.order_by(publications.c.number)):
        row = connection.execute(query.limit(1)).one_or_none()
        if row is not None:
            return _manifest(row)
    return None


def last_made(connection: Connection, feed_number: int, before: datetime) -> datetime | None:
    """Say when a feed was published last before an instant, whatever has become of the clock since."""
    last = select(func.max(publications.c.made_at))
    mine = last.where(publications.c.feed_number == feed_number, publications.c.made_at <= before)
    return connection.execute(mine).scalar()


def live_documents(
    connection: Connection, number: int | None, at_hand: Iterable[Document] = ()
) -> tuple[Document, ...]:
    """Give a publication's documents with their bytes, in the order of their names.

    Those that are at hand, compressed as they are kept, are not read.
    """
    known = {_stamp(document): document for document in at_hand}
    found = {stamp.filename: known.get(stamp) for stamp in stamps(connection, number)}
    missing = [filename for filename, document in found.items() if document is None]
    if missing:
        mine = (documents.c.publication_number == number) & documents.c.filename.in_(missing)
        for row in connection.execute(select(documents).where(mine)):
            found[row.filename] = Document(
                row.filename, _unpacked(row.body), row.entity_tag, row.last_modified, _gzip(row.body)
            )
    return tuple(document for document in found.values() if document is not None)


def stamps(connection: Connection, number: int | None) -> tuple[Stamp, ...]:
    """Give the validators of a publication's documents, without reading their bytes."""
    return tuple(Stamp(*row) for row in connection.execute(_STAMPS, {"number": number}))


def all_stamps(connection: Connection, numbers: Iterable[int | None]) -> dict[int, tuple[Stamp, ...]]:
    """Give the validators of some publications' documents, by the publications' numbers."""
    found: dict[int, list[Stamp]] = {}
    for number, *stamp in connection.execute(_STAMPS_OF, {"numbers": [each for each in numbers if each is not None]}):
        found.setdefault(number, []).append(Stamp(*stamp))
    return {number: tuple(stamps) for number, stamps in found.items()}


def find_to_repack(connection: Connection, now: datetime, limit: int, enough: int) -> list[Repackable]:
    """Find live documents that are due to be compressed again and better: no more once they have `enough` bytes."""
    found: list[Repackable] = []
    for row in connection.execute(_TO_REPACK, {"now": now, "limit": limit}):
        body = _unpacked(row.body)
        found.append(Repackable(row.publication_number, row.number, row.slug, row.filename, body, _gzip(row.body)))
        enough -= len(body)
        if enough <= 0:
            break
    return found


def claim_to_repack(connection: Connection, found: Repackable, now: datetime, until: datetime) -> bool:
    """Claim a document that is due; it is due again at `until`. Says no when another host was quicker."""
    due = _repacking(found) & (repacking.c.due_at <= now)
    return connection.execute(update(repacking).where(due).values(due_at=until)).rowcount == 1


def repack(connection: Connection, found: Repackable, packed: bytes) -> None:
    """Keep a document's better compression, and tell every host; what it is, and its validators, stay."""
    mine = (documents.c.publication_number == found.publication) & (documents.c.filename == found.filename)
    connection.execute(update(documents).where(mine).values(body=packed))
    connection.execute(delete(repacking).where(_repacking(found)))
    live_changes.note(connection, {found.feed_number: found.publication})


def left_out(connection: Connection, number: int) -> tuple[LeftOut, ...]:
    """Give the articles that a publication could not show."""
    text = connection.execute(select(publications.c.left_out).where(publications.c.number == number)).scalar_one()
    return tuple(LeftOut(*pair) for pair in json.loads(text))


def entry_count(connection: Connection, number: int) -> int:
    """Count the entries that a publication holds."""
    packed = connection.execute(select(publications.c.manifest).where(publications.c.number == number)).scalar_one()
    return len(manifests.load(packed))


def forget_bytes(connection: Connection, feed_numbers: Iterable[int], keep: int) -> None:
    """Drop the documents' bytes of all but the last `keep` publications of each feed; their manifests stay."""
    rows = [{"feed": number, "keep": keep} for number in feed_numbers]
    if rows:
        connection.execute(_FORGET, rows)


def forget_before(connection: Connection, instant: datetime) -> int:
    """Drop what is known of publications that were replaced before an instant; give how many.

    Those whose bytes are kept stay, however old they are.
    """
    later = publications.alias("later")
    replaced = (
        select(later.c.number)
        .where(later.c.feed_number == publications.c.feed_number, later.c.number > publications.c.number)
        .where(later.c.made_at < instant)
        .exists()
    )
    with_bytes = select(documents.c.publication_number)
    old = (publications.c.made_at < instant) & replaced & publications.c.number.not_in(with_bytes)
    told = select(publications.c.number).where(old)
    connection.execute(delete(announcements).where(announcements.c.publication_number.in_(told)))
    return connection.execute(delete(publications).where(old)).rowcount


def _repacking(found: Repackable) -> ColumnElement[bool]:
    return (repacking.c.publication_number == found.publication) & (repacking.c.filename == found.filename)


def _stamp(document: Document) -> Stamp:
    packed = None if document.gzip is None else len(document.gzip)
    return Stamp(document.filename, document.entity_tag, document.last_modified, len(document.body), packed)


def _unpacked(packed: bytes) -> bytes:
    # Either wrapping: gzip, or the zlib of release 0.1.
    return zlib.decompress(packed, wbits=zlib.MAX_WBITS + 32)


def _gzip(packed: bytes) -> bytes | None:
    return packed if packed.startswith(b"\x1f\x8b") else None


def _with_slug() -> Select[Any]:
    return select(publications, feeds.c.slug).join(feeds, feeds.c.number == publications.c.feed_number)


def _publication(row: Row[Any], with_documents: tuple[Document, ...]) -> Publication:
    return Publication(
        number=row.number,
        slug=row.slug,
        reason=row.reason,
        made_at=row.made_at,
        last_modified=row.last_modified,
        manifest=manifests.load(row.manifest),
        documents=with_documents,
    )


def _manifest(row: Row[*tuple[Any, ...]]) -> Manifest:
    unseen = frozenset(article_id for article_id, _ in json.loads(row.left_out))
    return Manifest(manifests.load(row.manifest), row.made_at, unseen)
