"""What the newsroom's people and programs look up: articles in whatever state, their history, the feeds and what they
hold.

Each is one consistent view of the store; nothing is changed, and nothing here is for readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from feedsvc import scheduling
from feedsvc.errors import Conflict, Gone, NotFound
from feedsvc.model import Article, Edition, Feed, Revision, Site
from feedsvc.reporting import FeedReport, report_feed
from feedsvc.store import Store, articles, editions, feeds, listings
from feedsvc.store.feeds import FeedState, KeptFeed
from feedsvc.store.listings import ArticleLine, Position, RevisionLine, Wanted


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of articles, and where the next one begins; None at the end."""

    articles: tuple[ArticleLine, ...]
    next: Position | None


@dataclass(frozen=True, slots=True)
class History:
    """A page of an article's revisions, the newest first; the next one begins after the number `next`."""

    revisions: tuple[RevisionLine, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class FeedView:
    """A feed's definition, and how it is doing."""

    feed: Feed
    report: FeedReport


@dataclass(frozen=True, slots=True)
class FeedViews:
    """A page of feeds in the order of their slugs; the next one begins after the slug `next`."""

    feeds: tuple[FeedView, ...]
    next: str | None


def find_article(store: Store, article_id: str) -> Article:
    """Give an article. Raises NotFound."""
    with store.reading() as connection:
        return articles.get(connection, article_id).article


def find_by_external_id(store: Store, external_id: str) -> Article | None:
    """Give the article that its own system knows by this id."""
    with store.reading() as connection:
        kept = articles.find_by_external_id(connection, external_id)
    return kept.article if kept else None


def list_articles(store: Store, wanted: Wanted, *, after: Position | None, limit: int) -> Listed:
    """List articles, a page at a time."""
    with store.reading() as connection:
        found = listings.list_articles(connection, wanted, after=after, limit=limit + 1)
    page = tuple(found[:limit])
    return Listed(page, page[-1].position if len(found) > limit else None)


def list_revisions(store: Store, article_id: str, *, after: int | None, limit: int) -> History:
    """List an article's revisions, a page at a time. Raises NotFound."""
    with store.reading() as connection:
        found = listings.list_revisions(connection, article_id, after=after, limit=limit + 1)
    page = tuple(found[:limit])
    return History(page, page[-1].number if len(found) > limit else None)


def find_revision(store: Store, article_id: str, number: int) -> Revision:
    """Give one revision of an article. Raises NotFound."""
    with store.reading() as connection:
        return articles.get_revision(connection, article_id, number)


def list_feeds(store: Store, site: Site, *, after: str | None, limit: int, now: datetime) -> FeedViews:
    """List the feeds that are served, a page at a time."""
    due = scheduling.next_runs(store, ZoneInfo(site.time_zone), now=now)
    with store.reading() as connection:
        found = feeds.page(connection, after=after, limit=limit + 1)
        page = tuple(FeedView(kept.feed, report_feed(connection, site, kept, due)) for kept in found[:limit])
    return FeedViews(page, page[-1].feed.slug if len(found) > limit else None)


def find_feed(store: Store, site: Site, slug: str, *, now: datetime) -> FeedView:
    """Give a feed. Raises NotFound, Gone for one that was removed."""
    due = scheduling.next_runs(store, ZoneInfo(site.time_zone), now=now)
    with store.reading() as connection:
        kept = feeds.get(connection, slug)
        _refuse_unserved(kept)
        return FeedView(kept.feed, report_feed(connection, site, kept, due))


def preview_feed(store: Store, site: Site, slug: str) -> Edition:
    """Give what a feed would hold if it were published now.

    Raises NotFound, Gone for one that was removed, Conflict for one that is not filled from the articles yet.
    """
    with store.reading() as connection:
        kept = feeds.get(connection, slug)
        _refuse_unserved(kept)
        if kept.filled_to is not None:
            raise Conflict(f"feed '{slug}'", "is still being filled from the articles", "Try again in a moment")
        return editions.load(connection, kept, site)


def _refuse_unserved(kept: KeptFeed) -> None:
    if kept.is_catalogue:
        raise NotFound(f"feed '{kept.feed.slug}'", "is not in the store", "List them: feedsvc feeds")
    if kept.state is FeedState.REMOVED:
        raise Gone(f"feed '{kept.feed.slug}'", "was removed from the configuration", "Its slug stays taken")
