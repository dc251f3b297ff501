"""Keeping an article's next state together with its place in every feed, inside one transaction.

The feeds are found under the article's terms and by the places it already has: no scan of feeds or articles.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from feedsvc.editing.mapping import touch_sitemaps
from feedsvc.editing.templating import make_feeds
from feedsvc.membership import Place, Standing, article_terms, place
from feedsvc.model import Article, Change, Site
from feedsvc.store import articles, entries, feeds, locks, pictures
from feedsvc.store.articles import Kept

# Changes that readers must not wait for, whatever a feed's schedule says.
HURRIED = (Change.CORRECTION, Change.WITHDRAWAL)


def keep(connection: Connection, site: Site, kept: Kept, after: Article, now: datetime) -> Kept:
    """Keep an article's next state and its new revision, and count one more change for each feed that it touches."""
    changed = replace(kept, article=after)
    keep_all(connection, site, [changed], now)
    return changed


def keep_all(connection: Connection, site: Site, changed: Iterable[Kept], now: datetime) -> None:
    """Keep the next states of articles as `keep` does, all together: a feed that several touch changes once."""
    changed = tuple(changed)
    for kept in changed:
        articles.save(connection, kept)
    put_in_feeds(connection, site, changed, now)
    for kept in changed:
        image = kept.article.revision.image
        if image is not None and image.length is None:
            pictures.expect(connection, image.url, now)


def put_in_feeds(connection: Connection, site: Site, changed: Iterable[Kept], now: datetime) -> None:
    """Give articles their places in the feeds that take them, and end their places in those that no longer do."""
    locks.share(connection, locks.Subject.DEFINITIONS)
    public = [kept for kept in changed if kept.article.published_at is not None]
    touched: set[int] = set()
    hurried: set[int] = set()
    for kept in public:
        seen_in = _put_in_feeds(connection, site, kept, now)
        touched |= seen_in
        hurried |= seen_in if kept.article.revision.change in HURRIED else set()
    touched |= touch_sitemaps(connection, site, [kept.number for kept in public], now)
    # All at the end and at once, so that hosts which touch the same feeds wait for each other in one order.
    feeds.want(connection, touched, at_once=hurried)


def _put_in_feeds(connection: Connection, site: Site, kept: Kept, now: datetime) -> set[int]:
    """Place one article; give the feeds in which subscribers see the change, or may see it."""
    article = kept.article
    make_feeds(connection, site, article.revision, now)
    before = entries.standings(connection, kept.number)
    touched: set[int] = set()
    moved: dict[int, Place] = {}
    for feed in feeds.touching(connection, article_terms(article.revision, site.language), before):
        old = before.get(feed.number)
        new = next_place(old, place(article, feed.feed, site.language, now))
        if new is not None and new != old:
            moved[feed.number] = new
        # What has left a feed may still be up: its departure waits for a schedule, or for the end of a hold.
        if is_seen(old) or is_seen(new) or (old is not None and article.revision.change in HURRIED):
            touched.add(feed.number)
    entries.put_in_feeds(connection, kept.number, moved, now)
    return touched


def next_place(old: Place | None, new: Place | None) -> Place | None:
    """Say what becomes of a place when the feed no longer takes the article: it has left, and is remembered.

    A feed that never held a withdrawn article has nothing to take back.
    """
    if new is None and old is not None:
        return replace(old, standing=Standing.LEFT)
    if old is None and new is not None and new.standing is Standing.WITHDRAWN:
        return None
    return new


def is_seen(place: Place | None) -> bool:
    """Say whether subscribers see this place."""
    return place is not None and place.standing is Standing.SHOWN
