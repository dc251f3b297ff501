"""The site's own list of feeds: published like a feed, whenever a feed comes, changes or goes."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Connection

from feedsvc.editing.defining import define_catalogue
from feedsvc.model import Site
from feedsvc.store import feeds
from feedsvc.store.feeds import CATALOGUE, Definition, KeptFeed


def list_feeds(connection: Connection, site: Site, now: datetime) -> None:
    """Have the list published once more if it is to change."""
    definition, kept = _definition(connection, site), feeds.find(connection, CATALOGUE)
    if kept is None:
        feeds.add(connection, definition, feed_id=f"urn:uuid:{uuid.uuid4()}", now=now)
    elif not _is(kept, definition):
        feeds.redefine(connection, kept.number, definition, defined_at=now, refill=False)


def is_listed(connection: Connection, site: Site) -> bool:
    """Say whether the list is of the feeds that there are."""
    kept = feeds.find(connection, CATALOGUE)
    return kept is not None and _is(kept, _definition(connection, site))


def _definition(connection: Connection, site: Site) -> Definition:
    listed = [(kept.feed.slug, kept.digest) for kept in feeds.all_feeds(connection, state=feeds.FeedState.LIVE)]
    return define_catalogue(site, CATALOGUE, listed)


def _is(kept: KeptFeed, definition: Definition) -> bool:
    return (kept.digest, kept.renderer) == (definition.digest, definition.renderer)
