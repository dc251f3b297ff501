"""The steps of an article's life, each one transaction with every feed that it touches.

Order and transactions, nothing else: what a step means is decided by `lifecycle`, what a draft must be by `drafting`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from feedsvc import drafting, lifecycle
from feedsvc.content.slugs import slugify
from feedsvc.editing.mapping import touch_sitemaps
from feedsvc.editing.placing import keep, keep_all
from feedsvc.errors import Invalid, PreconditionFailed
from feedsvc.lifecycle import Announcement, Identity
from feedsvc.model import Article, Draft, Site, Status
from feedsvc.render.wording import primary, wording_for
from feedsvc.store import Store, articles, creations, entries, feeds, retried
from feedsvc.store.articles import Kept
from feedsvc.store.creations import Once


def mint() -> Identity:
    """Make an identity for a new article: random, so that nothing that can change is in it."""
    name = str(uuid.uuid4())
    return Identity(id=name, entry_id=f"urn:uuid:{name}")


@retried
def create_article(
    store: Store,
    site: Site,
    draft: Draft,
    *,
    now: datetime,
    identity: Identity | None = None,
    publish: bool = False,
    schedule: bool = False,
    once: Once | None = None,
) -> Article:
    """Keep a new article: a draft, or published or scheduled for its `publish_at` in the same transaction.

    With `once`, a caller that sends the same again within a day gets the article as it was made the first time. Raises
    Invalid, naming the field, Conflict for an external id that is another article's.
    """
    accepted = drafting.accept(draft)
    status = Status.PUBLISHED if publish else Status.SCHEDULED if schedule else Status.DRAFT
    article = lifecycle.create(accepted, identity or mint(), slugify(accepted.title), now)
    with store.writing() as connection:
        if once is None:
            return _add(connection, site, article, status, now).article
        digest = creations.digest(draft, status)
        made = creations.find(connection, once, now)
        if made is None:
            kept = _add(connection, site, article, status, now)
            creations.keep(connection, once, digest, kept, now)
            return kept.article
        if made.digest != digest:
            raise Invalid("Idempotency-Key", "was sent before with another article", "Send a new key with each article")
        return made.article


@retried
def put_article(
    store: Store,
    site: Site,
    external_id: str,
    draft: Draft,
    *,
    status: Status | None,
    based_on: int | None,
    now: datetime,
) -> tuple[Article, bool]:
    """Make the article that its own system knows by this id say this; give it, and whether it is new.

    What says the same already is left alone. `status` is where it is to stand: None leaves it, or makes a draft. A
    `based_on` of 0 is for an article that is not there yet. Raises Conflict for a step that is none of its life.
    """
    draft = drafting.accept(replace(draft, external_id=external_id))
    if draft.external_id is None:
        raise Invalid("external_id", "is empty", "Give the id by which your own system knows the article")
    with store.writing() as connection:
        known = articles.find_by_external_id(connection, draft.external_id)
        _check(f"the article with external_id {external_id!r}", known.article if known else None, based_on)
        if known is None:
            article = lifecycle.create(draft, mint(), slugify(draft.title), now)
            return _add(connection, site, article, status or Status.DRAFT, now).article, True
        if _says_more(known.article, draft):
            known = _keep(connection, site, known, lifecycle.edit(known.article, draft, now), now)
        return _bring_to(connection, site, known, status or known.article.status, now).article, False


def edit_article(
    store: Store, site: Site, article_id: str, draft: Draft, *, based_on: int | None, now: datetime, live: bool = True
) -> Article:
    """Change what an article says; after publication this is a minor edit, which readers are not told of.

    Not `live`, the change is saved beside what readers see, until `publish_article` releases it.
    """
    draft = drafting.accept(draft)
    step = lifecycle.edit if live else lifecycle.save_working
    return _change(store, site, article_id, lambda article: step(article, draft, now), based_on=based_on, now=now)


def schedule_article(
    store: Store, site: Site, article_id: str, publish_at: datetime | None, *, based_on: int | None, now: datetime
) -> Article:
    """Set the time at which an article comes out; None keeps the one that it has."""
    return _change(
        store,
        site,
        article_id,
        lambda article: lifecycle.schedule(article, publish_at, now),
        based_on=based_on,
        now=now,
    )


def unschedule_article(store: Store, site: Site, article_id: str, *, based_on: int | None, now: datetime) -> Article:
    """Keep a scheduled article back: a draft again."""
    return _change(
        store, site, article_id, lambda article: lifecycle.unschedule(article, now), based_on=based_on, now=now
    )


def publish_article(store: Store, site: Site, article_id: str, *, based_on: int | None, now: datetime) -> Article:
    """Bring an article out, or release the change that waits beside what readers see."""
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
        lambda article: lifecycle.withdraw(
            article, reason, now, notice=notice, announcement=_announce_withdrawal(article, site)
        ),
        based_on=based_on,
        now=now,
    )


def _announce_withdrawal(article: Article, site: Site) -> Announcement:
    language = article.revision.language or site.language
    wording = wording_for(language)
    return Announcement(wording.withdrawn, None if primary(language) == wording.language else wording.language)


def publish_due(store: Store, site: Site, *, now: datetime, limit: int = 100) -> int:
    """Bring out the scheduled articles whose time has come, and show entries whose embargo has ended; give how many.

    An article comes out with the time that was set for it, however late this runs.
    """
    due = next_due(store)
    if due is None or due > now:
        return 0
    return _bring_out(store, site, now, limit) + _show_due(store, site, now)


@retried
def _bring_out(store: Store, site: Site, now: datetime, limit: int) -> int:
    with store.writing() as connection:
        coming = [
            replace(kept, article=lifecycle.publish(kept.article, now, published_at=kept.article.publish_at))
            for kept in articles.claim_scheduled(connection, now, limit)
        ]
        keep_all(connection, site, coming, now)
    return len(coming)


@retried
def _show_due(store: Store, site: Site, now: datetime) -> int:
    with store.writing() as connection:
        shown = entries.show_due(connection, now)
        mapped = touch_sitemaps(connection, site, {article for _, article in shown}, now)
        feeds.want(connection, mapped | {feed for feed, _ in shown})
    return len(shown)


def next_due(store: Store) -> datetime | None:
    """Give the time at which the next scheduled article or embargoed entry appears."""
    with store.reading() as connection:
        times = (articles.next_scheduled(connection), entries.next_visible(connection))
    return min((time for time in times if time is not None), default=None)


@retried
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
        _check(f"article {article_id}", kept.article, based_on)
        return _keep(connection, site, kept, step(kept.article), now).article


def _check(thing: str, article: Article | None, based_on: int | None) -> None:
    current = article.newest.number if article else 0
    if based_on is not None and based_on != current:
        raise PreconditionFailed(
            thing,
            f"is at revision {current}, not {based_on}: it was changed meanwhile",
            "Read it again and apply your change to what it says now",
        )


def _keep(connection: Connection, site: Site, kept: Kept, after: Article, now: datetime) -> Kept:
    if after.revision.number != kept.article.revision.number:
        return keep(connection, site, kept, after, now)
    # A change that waits beside what readers see concerns no feed.
    waiting = replace(kept, article=after)
    articles.save(connection, waiting)
    return waiting


def _add(connection: Connection, site: Site, article: Article, status: Status, now: datetime) -> Kept:
    return _bring_to(connection, site, Kept(articles.add(connection, article), article), status, now)


def _bring_to(connection: Connection, site: Site, kept: Kept, status: Status, now: datetime) -> Kept:
    article = kept.article
    if status is article.status:
        return kept
    if status is Status.PUBLISHED:
        return keep(connection, site, kept, lifecycle.publish(article, now), now)
    if status is Status.SCHEDULED:
        return keep(connection, site, kept, lifecycle.schedule(article, None, now), now)
    return keep(connection, site, kept, lifecycle.unschedule(article, now), now)


def _says_more(article: Article, draft: Draft) -> bool:
    same = lifecycle.says_the_same(article.revision, draft) and draft.publish_at in {None, article.publish_at}
    return not same
