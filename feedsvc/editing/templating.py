"""Feeds that a template makes: one of each section, tag or author, as articles bring them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from feedsvc.content.slugs import ascii_slug
from feedsvc.editing.catalogue import list_feeds
from feedsvc.editing.defining import define
from feedsvc.model import Feed, FeedTemplate, Revision, Site
from feedsvc.store import feeds, locks


def make_feeds(connection: Connection, site: Site, revision: Revision, now: datetime) -> None:
    """Make the feeds that templates ask for and that are not there yet."""
    if next(feeds_to_make(connection, revision), None) is None:
        return
    # Another host may be making one of them, or another one under the same slug: what it made is seen from here on.
    locks.hold(connection, locks.Subject.LIST_OF_FEEDS)
    made = False
    for template, value, feed in feeds_to_make(connection, revision):
        # No article had this word before, so there is nothing to fill the feed from.
        feeds.add(
            connection,
            define(feed, site),
            feed_id=f"urn:uuid:{uuid.uuid4()}",
            now=now,
            template=template.feed.slug,
            template_value=value.casefold(),
        )
        made = True
    if made:
        list_feeds(connection, site, now)


def feeds_to_make(connection: Connection, revision: Revision) -> Iterator[tuple[FeedTemplate, str, Feed]]:
    """Give the feeds that templates ask for and that are not there yet, each with its template and its word."""
    for template in feeds.all_templates(connection):
        for value in _values(template.for_each, revision):
            if feeds.find_made(connection, template.feed.slug, value.casefold()) is None:
                yield template, value, fill_in(template, value, _free_slug(connection, template, value))


def fill_in(template: FeedTemplate, value: str, slug: str) -> Feed:
    """Give the definition of a template's feed for one section, tag or author."""
    pattern = template.feed
    word = {"section": "sections", "tag": "tags", "author": "authors"}[template.for_each]
    words: dict[str, Any] = {word: (value,), "match": "all"}
    return replace(
        pattern,
        slug=slug,
        title=pattern.title.replace("{value}", value),
        description=pattern.description.replace("{value}", value),
        select=replace(pattern.select, **words),
    )


def _values(for_each: str, revision: Revision) -> tuple[str, ...]:
    if for_each == "section":
        return (revision.section,) if revision.section else ()
    if for_each == "tag":
        return revision.tags
    return tuple(author.name for author in revision.authors)


def _free_slug(connection: Connection, template: FeedTemplate, value: str) -> str:
    # Two words can come to one slug ("C" and "C++"); a slug in use is never given to another feed.
    slug = template.feed.slug.replace("{value}", ascii_slug(value))
    free, number = slug, 2
    while feeds.find(connection, free) is not None:
        free, number = f"{slug}-{number}", number + 1
    return free
