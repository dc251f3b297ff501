"""Articles and their revisions, in the store.

Plain reads and writes: what a step of an article's life means is decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, insert, select, update

from feedsvc.errors import Conflict, NotFound
from feedsvc.model import Article, Change, Revision, Status
from feedsvc.store import codec, locks
from feedsvc.store.tables import articles, origins, revisions

_working = revisions.alias("working")


@dataclass(frozen=True, slots=True)
class Kept:
    """An article as the store keeps it: `number` is the store's own, and orders articles of one instant."""

    number: int
    article: Article


@dataclass(frozen=True, slots=True)
class Origin:
    """What an imported article was known by, and the digest of what it said."""

    article_id: str
    digest: str


def get(connection: Connection, article_id: str) -> Kept:
    """Give an article with the revision that readers see. Raises NotFound."""
    kept = _one(connection, articles.c.id == article_id)
    if kept is None:
        raise NotFound(f"article {article_id}", "is not in the store", "List them: feedsvc articles")
    return kept


def find_by_entry_id(connection: Connection, entry_id: str) -> Kept | None:
    """Find the article that has this identity in feeds."""
    return _one(connection, articles.c.entry_id == entry_id)


def find_by_external_id(connection: Connection, external_id: str) -> Kept | None:
    """Find the article that its own system knows by this id."""
    return _one(connection, articles.c.external_id == external_id)


def claim_scheduled(connection: Connection, now: datetime, limit: int) -> list[Kept]:
    """Find the scheduled articles whose time has come, the earliest first, but for those that another host brings out.

    Until the transaction ends nobody else changes them.
    """
    due = select(articles.c.number).where(_scheduled(), articles.c.publish_at <= now)
    claimed = due.order_by(articles.c.publish_at, articles.c.number).limit(limit)
    numbers = connection.execute(claimed.with_for_update(skip_locked=True, key_share=True)).scalars().all()
    # Looked at again once they are held: what a statement finds while it takes a lock may be of two states.
    rows = connection.execute(_query().where(articles.c.number.in_(numbers)))
    found = {row.number: _kept(row) for row in rows}
    return [found[number] for number in numbers]


def next_scheduled(connection: Connection) -> datetime | None:
    """Give the time at which the next scheduled article comes out."""
    soonest = select(func.min(articles.c.publish_at)).where(_scheduled())
    return connection.execute(soonest).scalar()


def find_by_image(connection: Connection, url: str) -> list[Kept]:
    """Find the articles whose lead picture is at this address."""
    return [_kept(row) for row in connection.execute(_query().where(articles.c.image_url == url))]


def search(
    connection: Connection,
    *,
    words: str = "",
    status: Status | None = None,
    section: str | None = None,
    limit: int = 20,
) -> list[Kept]:
    """List articles, the last modified first, whose title holds all the words."""
    query = _query().order_by(articles.c.modified_at.desc(), articles.c.number.desc()).limit(limit)
    for word in words.split():
        query = query.where(revisions.c.title.icontains(word, autoescape=True))
    if status is not None:
        query = query.where(articles.c.status == status.value)
    if section is not None:
        query = query.where(func.lower(revisions.c.section) == section.lower())
    return [_kept(row) for row in connection.execute(query)]


def batch_after(connection: Connection, number: int, limit: int) -> list[Kept]:
    """Give published and withdrawn articles in the store's own order, from the one after `number` on.

    Until the transaction, which is a writing one, ends, nobody changes them.
    """
    after = select(articles.c.number).where(articles.c.number > number, articles.c.published_at.is_not(None))
    batch = articles.c.number.in_(connection.execute(after.order_by(articles.c.number).limit(limit)).scalars().all())
    locks.keep_rows(connection, articles, batch)
    return [_kept(row) for row in connection.execute(_query().where(batch).order_by(articles.c.number))]


def count(connection: Connection) -> int:
    """Count all articles."""
    return connection.execute(select(func.count()).select_from(articles)).scalar_one()


def history(connection: Connection, article_id: str) -> tuple[Revision, ...]:
    """Give every revision of an article, the oldest first."""
    query = (
        select(revisions)
        .join(articles, articles.c.number == revisions.c.article_number)
        .where(articles.c.id == article_id)
        .order_by(revisions.c.number)
    )
    return tuple(_revision(row) for row in connection.execute(query))


def get_revision(connection: Connection, article_id: str, number: int) -> Revision:
    """Give one revision of an article. Raises NotFound."""
    query = (
        select(revisions)
        .join(articles, articles.c.number == revisions.c.article_number)
        .where(articles.c.id == article_id, revisions.c.number == number)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"revision {number} of article {article_id}", "is not in the store", "List its revisions")
    return _revision(row)


def add(connection: Connection, article: Article) -> int:
    """Keep a new article with its first revision; give its number. Raises Conflict where its external id is taken."""
    row = {"id": article.id, "entry_id": article.entry_id, "entry_id_is_permalink": article.entry_id_is_permalink}
    added = insert(articles).values(**row, created_at=article.created_at, **_state(article))
    _refuse_taken(connection, article)
    number = int(connection.execute(added.returning(articles.c.number)).scalar_one())
    _append(connection, number, article.revision)
    return number


def save(connection: Connection, kept: Kept) -> None:
    """Keep an article's new state and append its newest revision. Raises Conflict where its external id is taken."""
    changed = update(articles).where(articles.c.number == kept.number).values(**_state(kept.article))
    _refuse_taken(connection, kept.article)
    connection.execute(changed)
    _append(connection, kept.number, kept.article.newest)


def find_origin(connection: Connection, key: str) -> Origin | None:
    """Find what an import brought in under this key."""
    query = select(articles.c.id, origins.c.digest).join(articles, articles.c.number == origins.c.article_number)
    row = connection.execute(query.where(origins.c.key == key)).one_or_none()
    return None if row is None else Origin(row.id, row.digest)


def keep_origin(connection: Connection, key: str, number: int, digest: str) -> None:
    """Remember what an import brought in under this key."""
    values = {"article_number": number, "digest": digest}
    if connection.execute(update(origins).where(origins.c.key == key).values(**values)).rowcount == 0:
        connection.execute(insert(origins).values(key=key, **values))


def _scheduled() -> Any:
    # Written out, not bound: only so does SQLite see that the partial index serves.
    return articles.c.status == bindparam(None, Status.SCHEDULED.value, literal_execute=True)


def _one(connection: Connection, condition: Any) -> Kept | None:
    row = connection.execute(_query().where(condition)).one_or_none()
    return None if row is None else _kept(row)


def _refuse_taken(connection: Connection, article: Article) -> None:
    # Taken by another process in between, the store itself refuses it, and the step is done again.
    same = select(articles.c.id).where(articles.c.external_id == article.external_id, articles.c.id != article.id)
    if article.external_id is not None and connection.execute(same).first() is not None:
        raise Conflict(
            "external_id", f"{article.external_id!r} is another article's", "Change that article, or give another id"
        )


def _query() -> Select[Any]:
    live = and_(revisions.c.article_number == articles.c.number, revisions.c.number == articles.c.live_revision)
    waits = and_(
        articles.c.head_revision != articles.c.live_revision,
        _working.c.article_number == articles.c.number,
        _working.c.number == articles.c.head_revision,
    )
    columns = (
        *(column.label(f"revision_{column.name}") for column in revisions.c),
        *(column.label(f"working_{column.name}") for column in _working.c),
    )
    return select(articles, *columns).join(revisions, live).outerjoin(_working, waits)


def _append(connection: Connection, article_number: int, revision: Revision) -> None:
    connection.execute(
        insert(revisions).values(
            article_number=article_number,
            number=revision.number,
            change=revision.change.value,
            saved_at=revision.saved_at,
            title=revision.title,
            content_html=revision.content_html,
            summary=revision.summary,
            language=revision.language,
            section=revision.section,
            authors=codec.dump_authors(revision.authors),
            tags=codec.dump(revision.tags),
            url=revision.url,
            image=codec.dump_image(revision.image),
            corrections=codec.dump_corrections(revision.corrections),
        )
    )


def _state(article: Article) -> dict[str, object]:
    return {
        "slug": article.slug,
        "status": article.status.value,
        "live_revision": article.revision.number,
        "head_revision": (article.working or article.revision).number,
        "external_id": article.external_id,
        "image_url": article.revision.image.url if article.revision.image else None,
        "modified_at": article.modified_at,
        "published_at": article.published_at,
        "updated_at": article.updated_at,
        "publish_at": article.publish_at,
        "withdrawn_at": article.withdrawn_at,
        "withdrawal_reason": article.withdrawal_reason,
        "notice": article.notice,
    }


def _kept(row: Row[Any]) -> Kept:
    article = Article(
        id=row.id,
        entry_id=row.entry_id,
        entry_id_is_permalink=row.entry_id_is_permalink,
        slug=row.slug,
        status=Status(row.status),
        revision=_revision(row, "revision_"),
        created_at=row.created_at,
        modified_at=row.modified_at,
        published_at=row.published_at,
        updated_at=row.updated_at,
        publish_at=row.publish_at,
        withdrawn_at=row.withdrawn_at,
        withdrawal_reason=row.withdrawal_reason,
        notice=row.notice,
        external_id=row.external_id,
        working=None if row.working_number is None else _revision(row, "working_"),
    )
    return Kept(row.number, article)


def _revision(row: Row[Any], prefix: str = "") -> Revision:
    value = {column.name: getattr(row, prefix + column.name) for column in revisions.c}
    return Revision(
        number=value["number"],
        change=Change(value["change"]),
        saved_at=value["saved_at"],
        title=value["title"],
        content_html=value["content_html"],
        summary=value["summary"],
        language=value["language"],
        section=value["section"],
        authors=codec.load_authors(value["authors"]),
        tags=codec.load_words(value["tags"]),
        url=value["url"],
        image=codec.load_image(value["image"]),
        corrections=codec.load_corrections(value["corrections"]),
    )
