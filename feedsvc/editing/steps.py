"""The steps of an article's life, each one transaction with every feed that it touches.

Order and transactions, nothing else: what a step means is decided by `lifecycle`, what a draft must be by `drafting`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from feedsvc import drafting, lifecycle
from feedsvc.content.slugs import slugify
from feedsvc.editing.placing import keep
from feedsvc.errors import PreconditionFailed
from feedsvc.lifecycle import Identity
from feedsvc.model import Article, Draft, Site
from feedsvc.store import Store, articles, entries, feeds
from feedsvc.store.articles import Kept


def mint() -> Identity:
    """Make an identity for a new article: random, so that nothing that can change is in it."""
    name = str(uuid.uuid4())
    return Identity(id=name, entry_id=f"urn:uuid:{name}")


def create_article(
    store: Store, site: Site, draft: Draft, *, now: datetime, identity: Identity | None = None, publish: bool = False
) -> Article:
    """Keep a new article: a draft, or published in the same transaction. Raises Invalid, naming the field."""
    draft = drafting.accept(draft)
    article = lifecycle.create(draft, identity or mint(), slugify(draft.title), now)
    with store.writing() as connection:
        kept = Kept(articles.add(connection, article), article)
        if publish:
            kept = keep(connection, site, kept, lifecycle.publish(kept.article, now), now)
    return kept.article


def edit_article(
    store: Store, site: Site, article_id: str, draft: Draft, *, based_on: int | None, now: datetime
) -> Article:
    """Change what an article says; after publication this is a minor edit, which readers are not told of."""
    draft = drafting.accept(draft)
    return _change(
        store, site, article_id, lambda article: lifecycle.edit(article, draft, now), based_on=based_on, now=now
    )


def schedule_article(
    store: Store, site: Site, article_id: str, publish_at: datetime, *, based_on: int | None, now: datetime
) -> Article:
    """Set the time at which an article comes out."""
    return _change(
        store,
        site,
        article_id,
        lambda article: lifecycle.schedule(article, publish_at, now),
        based_on=based_on,
        now=now,
    )


def publish_article(store: Store, site: Site, article_id: str, *, based_on: int | None, now: datetime) -> Article:
    """Bring an article out."""
    return _change(store, site, article_id, lambda article: lifecycle.publish(article, now), based_on=based_on, now=now)


def correct_article(
    store: Store, site: Site, article_id: str, draft: Draft, note: str, *, based_on: int | None, now: datetime
) -> Article:
    """Change what a published article says, with a note that readers see."""
    draft = drafting.accept(draft)
    return _change(
        store,
        site,
        article_id,
        lambda article: lifecycle.correct(article, draft, note, now),
        based_on=based_on,
        now=now,
    )


def withdraw_article(
    store: Store,
    site: Site,
    article_id: str,
    reason: str,
    *,
    notice: bool | None,
    based_on: int | None,
    now: datetime,
) -> Article:
    """Take a published article back."""
    return _change(
        store,
        site,
        article_id,
        lambda article: lifecycle.withdraw(article, reason, now, notice=notice),
        based_on=based_on,
        now=now,
    )


def publish_due(store: Store, site: Site, *, now: datetime, limit: int = 100) -> int:
    """Bring out the scheduled articles whose time has come, and show entries whose embargo has ended; give how many.

    An article comes out with the time that was set for it, however late this runs.
    """
    count = 0
    with store.writing() as connection:
        for kept in articles.find_scheduled(connection, now, limit):
            article = lifecycle.publish(kept.article, now, published_at=kept.article.publish_at)
            keep(connection, site, kept, article, now)
            count += 1
        shown = entries.show_due(connection, now)
        feeds.want(connection, shown)
    return count + len(shown)


def next_due(store: Store) -> datetime | None:
    """Give the time at which the next scheduled article or embargoed entry appears."""
    with store.reading() as connection:
        times = (articles.next_scheduled(connection), entries.next_visible(connection))
    return min((time for time in times if time is not None), default=None)


def _change(
    store: Store,
    site: Site,
    article_id: str,
    step: Callable[[Article], Article],
    *,
    based_on: int | None,
    now: datetime,
) -> Article:
    with store.writing() as connection:
        kept = articles.get(connection, article_id)
        current = kept.article.revision.number
        if based_on is not None and based_on != current:
            raise PreconditionFailed(
                f"article {article_id}",
                f"is at revision {current}, not {based_on}: it was changed meanwhile",
                "Read it again and apply your change to what it says now",
            )
        return keep(connection, site, kept, step(kept.article), now).article
