"""Uploaded pictures in the store: their bytes, known by their SHA-256, and what feeds say of them.

The store is the only place that has every picture: each host's folder holds those that it has served.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from feedsvc.store.tables import media


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture without its bytes. `length` is in bytes, width and height are in pixels as shown."""

    digest: str
    media_type: str
    length: int
    width: int
    height: int
    uploaded_at: datetime
    removed_at: datetime | None = None


def find(connection: Connection, digest: str) -> KeptPicture | None:
    """Find a picture, one that was taken down too."""
    columns = [column for column in media.c if column.name != "body"]
    row = connection.execute(select(*columns).where(media.c.digest == digest)).one_or_none()
    if row is None:
        return None
    return KeptPicture(
        row.digest, row.media_type, row.length, row.width, row.height, row.uploaded_at, removed_at=row.removed_at
    )


def add(connection: Connection, picture: KeptPicture, body: bytes) -> None:
    """Keep a picture that is not there yet."""
    values = {"digest": picture.digest, "media_type": picture.media_type, "length": picture.length}
    size = {"width": picture.width, "height": picture.height}
    connection.execute(insert(media).values(**values, **size, uploaded_at=picture.uploaded_at, body=body))


def read(connection: Connection, digest: str) -> bytes | None:
    """Give a picture's bytes; None for one that is not there or was taken down."""
    body = connection.execute(select(media.c.body).where(media.c.digest == digest)).scalar()
    return bytes(body) if body is not None else None


def remove(connection: Connection, digest: str, now: datetime) -> None:
    """Take a picture down: its bytes go, and that there was one stays known."""
    connection.execute(update(media).where(media.c.digest == digest).values(body=None, removed_at=now))


def restore(connection: Connection, digest: str, body: bytes) -> None:
    """Keep a picture again that was taken down."""
    connection.execute(update(media).where(media.c.digest == digest).values(body=body, removed_at=None))


def removed_since(connection: Connection, instant: datetime) -> list[KeptPicture]:
    """Give the pictures that were taken down from this instant on."""
    digests = connection.execute(select(media.c.digest).where(media.c.removed_at >= instant)).scalars().all()
    return [kept for digest in digests if (kept := find(connection, digest)) is not None]


def count(connection: Connection) -> int:
    """Count the pictures that are kept."""
    kept = select(func.count()).select_from(media).where(media.c.removed_at.is_(None))
    return connection.execute(kept).scalar_one()
