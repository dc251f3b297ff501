"""Bringing the store's feeds to what the configuration defines.

New feeds are made, changed ones published anew, removed ones retired; each is filled from the articles in batches.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from feedsvc.editing.catalogue import list_feeds
from feedsvc.editing.defining import define
from feedsvc.editing.placing import is_seen, next_place, put_in_feeds
from feedsvc.editing.templating import fill_in
from feedsvc.membership import place
from feedsvc.model import Feed, FeedTemplate, Site
from feedsvc.store import Store, articles, entries, feeds
from feedsvc.store.feeds import Definition, FeedState, KeptFeed

# Articles looked at in one transaction: short enough that writers wait some milliseconds at the most.
BATCH = 500


def apply_feeds(
    store: Store, site: Site, defined: Iterable[Feed], templates: Iterable[FeedTemplate], *, now: datetime
) -> None:
    """Bring the store's feeds to the configuration's; whoever publishes calls this before it starts.

    A changed definition, site or renderer wants one more publication. A changed selection is filled anew from the
    articles, and goes on where it stopped after a crash. A feed that is no longer defined answers 410, and its slug
    stays taken.
    """
    templates = tuple(templates)
    with store.writing() as connection:
        _apply_defined(connection, site, {feed.slug: feed for feed in defined}, templates, now)
        new_templates = feeds.keep_templates(connection, templates)
        list_feeds(connection, site, now)
    if new_templates:
        _fill_templates(store, site, now)
    with store.reading() as connection:
        unfilled = feeds.unfilled(connection)
    for kept in unfilled:
        _fill(store, site, kept, now)


def _apply_defined(
    connection: Connection, site: Site, defined: dict[str, Feed], templates: tuple[FeedTemplate, ...], now: datetime
) -> None:
    known = {kept.feed.slug: kept for kept in feeds.all_feeds(connection)}
    by_slug = {template.feed.slug: template for template in templates}
    for kept in known.values():
        if kept.feed.slug in defined:
            continue
        template = by_slug.get(kept.template or "")
        if template is not None and kept.template_value is not None:
            value = _spelled(template, kept)
            _redefine(connection, kept, define(fill_in(template, value, kept.feed.slug), site), now)
        elif kept.state is FeedState.LIVE:
            feeds.remove(connection, kept.number, now)
    for slug, feed in defined.items():
        if slug in known:
            _redefine(connection, known[slug], define(feed, site), now)
        else:
            definition = define(feed, site)
            feeds.add(connection, definition, feed_id=f"urn:uuid:{uuid.uuid4()}", now=now, filled_to=0)


def _redefine(connection: Connection, kept: KeptFeed, definition: Definition, now: datetime) -> None:
    same = kept.digest == definition.digest
    revived = kept.state is FeedState.REMOVED
    if same and kept.renderer == definition.renderer and not revived:
        return
    feeds.redefine(
        connection,
        kept.number,
        definition,
        # A new renderer alone changes no date that readers see.
        defined_at=kept.defined_at if same and not revived else now,
        refill=revived or kept.filled_to is not None or kept.selection != definition.selection,
    )


def _spelled(template: FeedTemplate, kept: KeptFeed) -> str:
    # The word as its first article spelled it is kept in the feed's own selection.
    words = {
        "section": kept.feed.select.sections,
        "tag": kept.feed.select.tags,
        "author": kept.feed.select.authors,
    }[template.for_each]
    return words[0] if words else str(kept.template_value)


def _fill_templates(store: Store, site: Site, now: datetime) -> None:
    """Make the feeds of new templates from the articles there are, and place those in them."""
    number = 0
    while True:
        with store.writing() as connection:
            batch = articles.batch_after(connection, number, BATCH)
            put_in_feeds(connection, site, batch, now)
            if not batch:
                feeds.set_templates_filled(connection)
                return
        number = batch[-1].number


def _fill(store: Store, site: Site, kept: KeptFeed, now: datetime) -> None:
    """Give every article its place in one feed, a batch a transaction, from where an earlier run stopped."""
    number = kept.filled_to or 0
    while True:
        with store.writing() as connection:
            batch = articles.batch_after(connection, number, BATCH)
            before = entries.standing_in(connection, kept.number, [one.number for one in batch])
            changed = False
            for one in batch:
                old = before.get(one.number)
                new = next_place(old, place(one.article, kept.feed, site.language, now))
                if new is not None and new != old:
                    entries.put(connection, kept.number, one.number, new, now)
                    changed = changed or is_seen(old) or is_seen(new)
            feeds.set_filled(connection, kept.number, batch[-1].number if batch else None)
            if changed:
                feeds.want(connection, {kept.number}, at_once={kept.number})
            if not batch:
                return
        number = batch[-1].number
