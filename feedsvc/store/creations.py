"""What programs made under an Idempotency-Key: kept for a day, so that a request sent again is answered as before.

Only what is not in the article's first revisions is kept here; nothing decides what is to be made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from feedsvc.model import Article, Draft, Status
from feedsvc.store import articles, codec
from feedsvc.store.articles import Kept
from feedsvc.store.tables import articles as articles_table
from feedsvc.store.tables import creations

KEPT_FOR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Once:
    """Whose key it is, and the key: any text of up to 255 characters."""

    token_id: str
    key: str


@dataclass(frozen=True, slots=True)
class Creation:
    """What was made under a key: the digest of what was asked for, and the article as it was then."""

    digest: str
    article: Article


def digest(draft: Draft, status: Status) -> str:
    """Give the digest of what a caller asks for."""
    asked = codec.dump({**asdict(draft), "status": status.value})
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()


def find(connection: Connection, once: Once, now: datetime) -> Creation | None:
    """Find what was made under a key within the last day; what is older is forgotten on the way."""
    connection.execute(delete(creations).where(creations.c.created_at <= now - KEPT_FOR))
    query = (
        select(creations, articles_table.c.id)
        .join(articles_table, articles_table.c.number == creations.c.article_number)
        .where(creations.c.token_id == once.token_id, creations.c.key == once.key)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    as_now = articles.get(connection, row.id).article
    state: dict[str, Any] = {name: _READ[name](value) for name, value in json.loads(row.state).items()}
    revision = articles.get_revision(connection, row.id, row.revision)
    unknown_then: dict[str, Any] = {"withdrawn_at": None, "withdrawal_reason": None, "notice": None, "working": None}
    return Creation(row.digest, replace(as_now, revision=revision, **unknown_then, **state))


def keep(connection: Connection, once: Once, digest_: str, made: Kept, now: datetime) -> None:
    """Remember what was made under a key. Of two requests with it at one moment, the store lets one through."""
    article = made.article
    row = {
        "token_id": once.token_id,
        "key": once.key,
        "digest": digest_,
        "article_number": made.number,
        "revision": article.revision.number,
        "state": codec.dump({name: getattr(article, name) for name in _READ}),
        "created_at": now,
    }
    connection.execute(insert(creations).values(**row))


def _instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _as_it_is(value: str | None) -> str | None:
    return value


# What may change of an article after it was made, and is in no revision.
_READ: Final[dict[str, Callable[[Any], object]]] = {
    "slug": _as_it_is,
    "status": Status,
    "external_id": _as_it_is,
    "modified_at": _instant,
    "published_at": _instant,
    "updated_at": _instant,
    "publish_at": _instant,
}
