"""Bringing articles in from other places: each article one transaction, all of it or nothing.

What a file says is read by `parse`; here it meets the store. The same thing imported twice changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from feedsvc import drafting, lifecycle
from feedsvc.content.slugs import slugify
from feedsvc.editing import mint
from feedsvc.editing.placing import keep
from feedsvc.errors import FeedsvcError, Unavailable
from feedsvc.lifecycle import Identity
from feedsvc.model import Article, Draft, Imported, Refused, Site, Status
from feedsvc.store import Store, articles, codec, retried
from feedsvc.store.articles import Kept


class Result(StrEnum):
    """What became of one article of a source."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """One article of a source and what became of it; `reason` says why it was refused."""

    place: str
    result: Result
    title: str = ""
    article_id: str | None = None
    reason: str = ""


def import_articles(
    store: Store, site: Site, source: Iterable[Imported | Refused], *, now: datetime, dry_run: bool = False
) -> Iterator[Taken]:
    """Bring in the articles of one source, and say of each what became of it.

    A source lists its newest first; the last one is taken first, so that articles of one instant keep their order.
    `dry_run` goes all the way and then takes it back. Raises Unavailable when the store is out of reach: what was
    reported before that is in the store.
    """
    for item in reversed(list(source)):
        if isinstance(item, Refused):
            yield Taken(item.place, Result.REFUSED, reason=item.reason)
        else:
            yield _take(store, site, item, now, dry_run=dry_run)


def _take(store: Store, site: Site, item: Imported, now: datetime, *, dry_run: bool) -> Taken:
    try:
        item = replace(item, draft=drafting.accept(item.draft))
        taken = _keep_or_rehearse(store, site, item, now, dry_run=dry_run)
    except Unavailable:
        raise
    except FeedsvcError as error:
        return Taken(item.place, Result.REFUSED, item.draft.title, reason=str(error))
    return replace(taken, article_id=None) if dry_run and taken.result is Result.NEW else taken


@retried
def _keep_or_rehearse(store: Store, site: Site, item: Imported, now: datetime, *, dry_run: bool) -> Taken:
    with store.rehearsing() if dry_run else store.writing() as connection:
        return _keep(connection, site, item, now)


def _keep(connection: Connection, site: Site, item: Imported, now: datetime) -> Taken:
    digest = _digest(item)
    origin = articles.find_origin(connection, item.key)
    known = articles.get(connection, origin.article_id) if origin else _find(connection, item)
    if known is None:
        kept, result = _add(connection, item, now), Result.NEW
    elif origin is not None and origin.digest == digest:
        return Taken(item.place, Result.UNCHANGED, item.draft.title, known.article.id)
    else:
        kept, result = known, Result.UNCHANGED
        draft = _completed(item.draft, known.article)
        if not lifecycle.says_the_same(known.article.revision, draft):
            changed = lifecycle.edit(known.article, draft, now)
            kept, result = keep(connection, site, known, changed, now), Result.CHANGED
    kept = _bring_out(connection, site, kept, item, now)
    articles.keep_origin(connection, item.key, kept.number, digest)
    return Taken(item.place, result, item.draft.title, kept.article.id)


def _find(connection: Connection, item: Imported) -> Kept | None:
    if item.guid is not None and (known := articles.find_by_entry_id(connection, item.guid)):
        return known
    if item.draft.external_id is not None:
        return articles.find_by_external_id(connection, item.draft.external_id)
    return None


def _completed(draft: Draft, article: Article) -> Draft:
    """Leave what a source does not say as it is: a plain text knows no section, and erases none.

    When the article is to come out is seen to once it says what it should.
    """
    revision = article.revision
    publish_at = (draft.publish_at or article.publish_at) if article.status is Status.DRAFT else None
    silent = {
        name: getattr(revision, name)
        for name in ("summary", "language", "section", "authors", "tags", "url", "image")
        if not getattr(draft, name)
    }
    return replace(draft, publish_at=publish_at, **silent)


def _add(connection: Connection, item: Imported, now: datetime) -> Kept:
    identity = mint()
    if item.guid is not None:
        # Subscribers know the article by this already: kept byte for byte, or it comes back to them as new (P17).
        identity = Identity(identity.id, item.guid, item.guid_is_permalink)
    article = lifecycle.create(item.draft, identity, slugify(item.draft.title), now)
    return Kept(articles.add(connection, article), article)


def _bring_out(connection: Connection, site: Site, kept: Kept, item: Imported, now: datetime) -> Kept:
    """Publish or schedule an article that is not out yet, as its source has it."""
    article = kept.article
    if item.status is Status.DRAFT or article.status not in (Status.DRAFT, Status.SCHEDULED):
        return kept
    first = item.draft.publish_at or item.published_at or now
    if first > now:
        if article.status is Status.SCHEDULED and article.publish_at == first:
            return kept
        return keep(connection, site, kept, lifecycle.schedule(article, first, now), now)
    out = lifecycle.publish(article, now, published_at=first, updated_at=item.updated_at)
    return keep(connection, site, kept, out, now)


def _digest(item: Imported) -> str:
    """Give the digest of what a source says of an article, wherever it stands in the file."""
    said = codec.dump({**asdict(replace(item, place="")), "status": item.status.value})
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
