"""Bringing the store's feeds to what the configuration defines.

New feeds are made, changed ones published anew, removed ones retired. What that means for articles is in `filling`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from feedsvc.editing.catalogue import is_listed, list_feeds
from feedsvc.editing.defining import define
from feedsvc.editing.filling import fill_feeds
from feedsvc.editing.mapping import all_sitemaps, are_listed, list_sitemaps
from feedsvc.editing.templating import fill_in
from feedsvc.model import Feed, FeedTemplate, Site
from feedsvc.store import Store, feeds, locks, retried
from feedsvc.store.feeds import Definition, FeedState, KeptFeed


@dataclass(frozen=True, slots=True)
class _Change:
    """What becomes of a feed: it is made (nothing `kept` of it), defined anew, or taken away (no `definition`)."""

    kept: KeptFeed | None
    definition: Definition | None


def apply_feeds(
    store: Store, site: Site, defined: Iterable[Feed], templates: Iterable[FeedTemplate], *, now: datetime
) -> None:
    """Bring the store's feeds to the configuration's; whoever publishes calls this before it starts.

    A changed definition, site or renderer wants one more publication. A changed selection is filled anew from the
    articles, and goes on where it stopped after a crash. A feed that is no longer defined answers 410, and its slug
    stays taken. Where nothing has changed nothing is written, and no writer is held up.
    """
    defined, templates = tuple(defined), tuple(templates)
    with store.reading() as connection:
        changes = any(_changes(connection, site, defined, templates))
        same = not changes and feeds.has_templates(connection, templates) and is_listed(connection, site)
        same = same and are_listed(connection, site)
    if not same:
        _apply(store, site, defined, templates, now)
    fill_feeds(store, site, now=now)


@retried
def _apply(
    store: Store, site: Site, defined: tuple[Feed, ...], templates: tuple[FeedTemplate, ...], now: datetime
) -> None:
    with store.writing() as connection:
        # Looked at again: another host may have been quicker with the same configuration.
        locks.hold(connection, locks.Subject.DEFINITIONS)
        changes = list(_changes(connection, site, defined, templates))
        feeds.hold(connection, [change.kept.number for change in changes if change.kept])
        for change in changes:
            _carry_out(connection, change, now)
        feeds.keep_templates(connection, templates)
        list_feeds(connection, site, now)
        list_sitemaps(connection, site, now)
        if any(_shows_others(change) for change in changes):
            feeds.want(connection, all_sitemaps(connection))


def _changes(
    connection: Connection, site: Site, defined: tuple[Feed, ...], templates: tuple[FeedTemplate, ...]
) -> Iterator[_Change]:
    known = {kept.feed.slug: kept for kept in feeds.all_feeds(connection)}
    by_slug = {template.feed.slug: template for template in templates}
    named = {feed.slug for feed in defined}
    for kept in known.values():
        if kept.feed.slug in named:
            continue
        template = by_slug.get(kept.template or "")
        if template is not None and kept.template_value is not None:
            definition = define(fill_in(template, _spelled(template, kept), kept.feed.slug), site)
            if not _is(kept, definition):
                yield _Change(kept, definition)
        elif kept.state is FeedState.LIVE:
            yield _Change(kept, None)
    for feed in defined:
        definition = define(feed, site)
        old = known.get(feed.slug)
        if old is None or not _is(old, definition):
            yield _Change(old, definition)


def _shows_others(change: _Change) -> bool:
    """Say whether articles are shown to the public by this change alone, or hidden: sitemaps follow."""
    kept, definition = change.kept, change.definition
    if kept is None or definition is None:
        return kept is not None
    return kept.state is FeedState.REMOVED or kept.feed.visibility is not definition.feed.visibility


def _is(kept: KeptFeed, definition: Definition) -> bool:
    known = (kept.digest, kept.renderer, kept.feed.guard)
    same = known == (definition.digest, definition.renderer, definition.feed.guard)
    return same and kept.state is not FeedState.REMOVED


def _carry_out(connection: Connection, change: _Change, now: datetime) -> None:
    kept, definition = change.kept, change.definition
    if kept is None and definition is not None:
        feeds.add(connection, definition, feed_id=f"urn:uuid:{uuid.uuid4()}", now=now, filled_to=0)
    elif kept is not None and definition is None:
        feeds.remove(connection, kept.number, now)
    elif kept is not None and definition is not None:
        revived = kept.state is FeedState.REMOVED
        feeds.redefine(
            connection,
            kept.number,
            definition,
            # A new renderer or other limits of the guard alone change no date that readers see.
            defined_at=kept.defined_at if kept.digest == definition.digest and not revived else now,
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
