"""Lists of articles and of their revisions, a page at a time, without their text.

A page begins after the last line of the one before it, wherever that stands by now: nothing is skipped and nothing
comes twice, unless it was changed meanwhile and the list is ordered by changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, tuple_

from feedsvc.errors import NotFound
from feedsvc.model import Author, Change, Status
from feedsvc.store import codec
from feedsvc.store.tables import articles, revisions


class Order(StrEnum):
    """Which articles come first: those made last, or those changed last."""

    CREATED = "created"
    MODIFIED = "modified"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles to list. All of `words` must stand in title or summary; section and language are whole."""

    words: str = ""
    status: Status | None = None
    section: str | None = None
    language: str | None = None
    external_id: str | None = None
    order: Order = Order.CREATED


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended: the number of its last article, and when that had been changed."""

    number: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article without its text, as readers see it or will see it.

    `working` is the number of a change saved beside it; it `waits` if it is the newest and says something else.
    """

    position: Position
    id: str
    entry_id: str
    slug: str
    status: Status
    revision: int
    working: int | None
    waits: bool
    title: str
    summary: str
    language: str | None
    section: str | None
    authors: tuple[Author, ...]
    tags: tuple[str, ...]
    url: str | None
    external_id: str | None
    created_at: datetime
    modified_at: datetime
    published_at: datetime | None
    updated_at: datetime | None
    publish_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """A revision without its text."""

    number: int
    change: Change
    saved_at: datetime
    title: str


_REVISION = ("title", "summary", "language", "section", "authors", "tags", "url")
_SAID = (*_REVISION, "content_html", "image")
_newest = revisions.alias("newest")


def list_articles(connection: Connection, wanted: Wanted, *, after: Position | None, limit: int) -> list[ArticleLine]:
    """List articles after a position, at most `limit`."""
    live = and_(revisions.c.article_number == articles.c.number, revisions.c.number == articles.c.live_revision)
    newer = and_(
        articles.c.head_revision > articles.c.live_revision,
        _newest.c.article_number == articles.c.number,
        _newest.c.number == articles.c.head_revision,
    )
    differs = or_(*(_newest.c[name].is_distinct_from(revisions.c[name]) for name in _SAID))
    waits = and_(_newest.c.number.is_not(None), differs).label("waits")
    query = select(articles, *(revisions.c[name] for name in _REVISION), waits)
    query = query.join(revisions, live).outerjoin(_newest, newer)
    query = query.where(*_conditions(wanted))
    if wanted.order is Order.MODIFIED:
        query = query.order_by(articles.c.modified_at.desc(), articles.c.number.desc())
        if after is not None:
            place = tuple_(articles.c.modified_at, articles.c.number)
            query = query.where(place < (after.modified_at, after.number))
    else:
        query = query.order_by(articles.c.number.desc())
        if after is not None:
            query = query.where(articles.c.number < after.number)
    return [_line(row) for row in connection.execute(query.limit(limit))]


def list_revisions(connection: Connection, article_id: str, *, after: int | None, limit: int) -> list[RevisionLine]:
    """List the revisions of an article, the newest first, below the number `after`. Raises NotFound."""
    number = connection.execute(select(articles.c.number).where(articles.c.id == article_id)).scalar()
    if number is None:
        raise NotFound(f"article {article_id}", "is not in the store", "List them: feedsvc articles")
    columns = (revisions.c.number, revisions.c.change, revisions.c.saved_at, revisions.c.title)
    query = select(*columns).where(revisions.c.article_number == number)
    if after is not None:
        query = query.where(revisions.c.number < after)
    rows = connection.execute(query.order_by(revisions.c.number.desc()).limit(limit))
    return [RevisionLine(row.number, Change(row.change), row.saved_at, row.title) for row in rows]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        or_(revisions.c.title.icontains(word, autoescape=True), revisions.c.summary.icontains(word, autoescape=True))
        for word in wanted.words.split()
    ]
    if wanted.status is not None:
        conditions.append(articles.c.status == wanted.status.value)
    if wanted.section is not None:
        conditions.append(func.lower(revisions.c.section) == wanted.section.lower())
    if wanted.language is not None:
        conditions.append(func.lower(revisions.c.language) == wanted.language.lower())
    if wanted.external_id is not None:
        conditions.append(articles.c.external_id == wanted.external_id)
    return conditions


def _line(row: Row[Any]) -> ArticleLine:
    return ArticleLine(
        position=Position(row.number, row.modified_at),
        id=row.id,
        entry_id=row.entry_id,
        slug=row.slug,
        status=Status(row.status),
        revision=row.live_revision,
        working=row.head_revision if row.head_revision != row.live_revision else None,
        waits=bool(row.waits),
        title=row.title,
        summary=row.summary,
        language=row.language,
        section=row.section,
        authors=codec.load_authors(row.authors),
        tags=codec.load_words(row.tags),
        url=row.url,
        external_id=row.external_id,
        created_at=row.created_at,
        modified_at=row.modified_at,
        published_at=row.published_at,
        updated_at=row.updated_at,
        publish_at=row.publish_at,
        withdrawn_at=row.withdrawn_at,
    )
