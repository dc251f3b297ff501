"""Loading an edition: a feed with its ordered entries, complete, in one consistent view of the store.

Its cost follows the feed's limit, not the number of articles or feeds.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from feedsvc.membership import Standing
from feedsvc.model import Catalogue, Edition, Entry, Feed, Image, Site, Tombstone, Visibility
from feedsvc.store import codec, feeds
from feedsvc.store.feeds import FeedState, KeptFeed
from feedsvc.store.tables import articles, entries, pictures, revisions
from feedsvc.store.tables import feeds as feeds_table

# RFC 6721 asks for tombstones as long as a subscriber may be away; this many of the latest stay.
TOMBSTONES = 50


def load(connection: Connection, kept: KeptFeed, site: Site) -> Edition:
    """Give a feed's edition as it stands now."""
    window = [_entry(row) for row in connection.execute(_window(kept))]
    tombstones = _tombstones(connection, kept.number)
    shown_since = window[-1].published_at if len(window) >= kept.feed.limit else None
    left_at = _last_departure(connection, kept.number, shown_since)
    defined = [kept.defined_at]
    left = [left_at] if left_at else []
    return Edition(
        site=site,
        feed=kept.feed,
        feed_id=kept.id,
        entries=tuple(window),
        tombstones=tombstones,
        updated_at=max(defined + left + [entry.updated_at for entry in window]),
        changed_at=max(defined + left + [entry.modified_at for entry in window]),
    )


def load_catalogue(connection: Connection, site: Site, defined_at: datetime) -> Catalogue:
    """Give the site's public feeds, in the order in which they were first defined."""
    listed = [
        kept.feed
        for kept in feeds.all_feeds(connection, state=FeedState.LIVE)
        if kept.feed.visibility is Visibility.PUBLIC
    ]
    newest = connection.execute(select(func.max(feeds_table.c.defined_at))).scalar()
    return Catalogue(site, tuple(listed), max(defined_at, newest or defined_at))


def feeds_of(connection: Connection, article_id: str) -> tuple[Feed, ...]:
    """Give the public feeds that show an article, in the order in which they were first defined."""
    query = (
        select(feeds_table.c.definition)
        .join(entries, entries.c.feed_number == feeds_table.c.number)
        .join(articles, articles.c.number == entries.c.article_number)
        .where(articles.c.id == article_id, entries.c.state == Standing.SHOWN.value)
        .where(feeds_table.c.state == FeedState.LIVE.value)
        .order_by(feeds_table.c.number)
    )
    found = (codec.load_feed(definition) for definition in connection.execute(query).scalars())
    return tuple(feed for feed in found if feed.visibility is Visibility.PUBLIC)


def _window(kept: KeptFeed) -> Any:
    shown = and_(entries.c.feed_number == kept.number, entries.c.state == Standing.SHOWN.value)
    # Newest first, and of one instant the one that came last: a total order, the same on every run (P09).
    newest = (
        select(entries.c.article_number, entries.c.published_at)
        .where(shown)
        .order_by(entries.c.published_at.desc(), entries.c.article_number.desc())
        .limit(kept.feed.limit)
        .subquery()
    )
    live = and_(revisions.c.article_number == articles.c.number, revisions.c.number == articles.c.live_revision)
    return (
        select(
            articles,
            *(column.label(f"revision_{column.name}") for column in revisions.c),
            pictures.c.media_type.label("picture_type"),
            pictures.c.length.label("picture_length"),
            pictures.c.width.label("picture_width"),
            pictures.c.height.label("picture_height"),
        )
        .join(newest, newest.c.article_number == articles.c.number)
        .join(revisions, live)
        .outerjoin(pictures, and_(pictures.c.url == articles.c.image_url, pictures.c.measured_at.is_not(None)))
        .order_by(newest.c.published_at.desc(), articles.c.number.desc())
    )


def _last_departure(connection: Connection, feed_number: int, since: datetime | None) -> datetime | None:
    # Only a departure out of the window changed what the feed shows.
    gone = entries.c.state.in_((Standing.LEFT.value, Standing.WITHDRAWN.value))
    query = select(func.max(entries.c.left_at)).where(entries.c.feed_number == feed_number, gone, _was_seen())
    if since is not None:
        query = query.where(entries.c.published_at >= since)
    return connection.execute(query).scalar()


def _was_seen() -> ColumnElement[bool]:
    # What went before the end of its embargo was never in the feed, and leaves no trace in it (P10).
    return entries.c.left_at >= entries.c.visible_at


def _tombstones(connection: Connection, feed_number: int) -> tuple[Tombstone, ...]:
    query = (
        select(articles.c.entry_id, entries.c.left_at)
        .join(articles, articles.c.number == entries.c.article_number)
        .where(entries.c.feed_number == feed_number, entries.c.state == Standing.WITHDRAWN.value, _was_seen())
        .order_by(entries.c.left_at.desc(), articles.c.number.desc())
        .limit(TOMBSTONES)
    )
    return tuple(Tombstone(row.entry_id, row.left_at) for row in connection.execute(query))


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        article_id=row.id,
        entry_id=row.entry_id,
        entry_id_is_permalink=row.entry_id_is_permalink,
        slug=row.slug,
        revision=row.live_revision,
        title=row.revision_title,
        content_html=row.revision_content_html,
        summary=row.revision_summary,
        language=row.revision_language,
        section=row.revision_section,
        authors=codec.load_authors(row.revision_authors),
        tags=codec.load_words(row.revision_tags),
        url=row.revision_url,
        image=_measured(codec.load_image(row.revision_image), row),
        published_at=row.published_at,
        updated_at=row.updated_at,
        modified_at=row.modified_at,
        corrections=codec.load_corrections(row.revision_corrections),
    )


def _measured(image: Image | None, row: Row[Any]) -> Image | None:
    # What was measured at the picture's address is truer than what a source said of it.
    if image is None or row.picture_length is None:
        return image
    return replace(
        image,
        media_type=row.picture_type or image.media_type,
        length=row.picture_length,
        width=row.picture_width or image.width,
        height=row.picture_height or image.height,
    )
