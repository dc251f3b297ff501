"""Keeping the sitemaps wanted: published like feeds, whenever an article comes, changes or goes, and when news is old.

Order and transactions, nothing else: what stands in them is decided where they are loaded.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from feedsvc.editing.defining import define_sitemap
from feedsvc.model import Site
from feedsvc.store import Store, feeds, locks, retried, runs, sitemaps
from feedsvc.store.feeds import Definition
from feedsvc.store.own_documents import SITEMAPS
from feedsvc.store.sitemaps import KeptSitemap

# Under this name it is remembered until when old news was dropped.
NEWS = "news sitemap"


def list_sitemaps(connection: Connection, site: Site, now: datetime) -> None:
    """Have every sitemap that there is to be, and publish once more those that are to look different."""
    known = sitemaps.rows(connection)
    _make(connection, site, _all_slugs(connection) - set(known), now)
    wanted = define_sitemap(site, SITEMAPS)
    new = {row.number: define_sitemap(site, slug) for slug, row in known.items() if not _is(row, wanted)}
    feeds.hold(connection, new)
    for number, definition in new.items():
        feeds.redefine(connection, number, definition, defined_at=now, refill=False)


def are_listed(connection: Connection, site: Site) -> bool:
    """Say whether every sitemap is there, and as it is to be."""
    known = sitemaps.rows(connection)
    wanted = define_sitemap(site, SITEMAPS)
    same = all(_is(row, wanted) for row in known.values())
    return same and set(known) >= _all_slugs(connection)


def touch_sitemaps(connection: Connection, site: Site, article_numbers: Iterable[int], now: datetime) -> set[int]:
    """Give the numbers of the sitemaps that change with these articles; one that is new is made.

    The caller wants them, together with the feeds.
    """
    slugs = sitemaps.slugs_for(connection, article_numbers)
    known = sitemaps.rows(connection, slugs)
    if slugs - set(known):
        locks.hold(connection, locks.Subject.LIST_OF_FEEDS)
        # With the first part beyond the first, the first one is a part as well.
        _make(connection, site, _all_slugs(connection) - set(sitemaps.rows(connection)), now)
        known = sitemaps.rows(connection, slugs)
    return {row.number for row in known.values()}


def all_sitemaps(connection: Connection) -> set[int]:
    """Give the numbers of all sitemaps."""
    return {row.number for row in sitemaps.rows(connection).values()}


def drop_old_news(store: Store, site: Site, *, now: datetime) -> int:
    """Have published anew what tells of news that no longer is; give how many articles that are."""
    until = now - sitemaps.NEWS_FOR
    with store.reading() as connection:
        last = runs.last_run(connection, NEWS)
        old = sitemaps.find_old_news(connection, last, until) if last else []
    if last is None or old:
        _drop(store, site, until, now)
    return len(old)


@retried
def _drop(store: Store, site: Site, until: datetime, now: datetime) -> None:
    with store.writing() as connection:
        last = runs.last_run(connection, NEWS)
        runs.keep_run(connection, NEWS, until)
        if last is not None:
            old = sitemaps.find_old_news(connection, last, until)
            feeds.want(connection, touch_sitemaps(connection, site, old, now))


def _is(row: KeptSitemap, wanted: Definition) -> bool:
    return (row.digest, row.renderer) == (wanted.digest, wanted.renderer)


def _all_slugs(connection: Connection) -> set[str]:
    parts = sitemaps.count_parts(connection)
    return {SITEMAPS} | ({sitemaps.slug_of(part) for part in range(1, parts + 1)} if parts > 1 else set())


def _make(connection: Connection, site: Site, slugs: set[str], now: datetime) -> None:
    for slug in sorted(slugs):
        feeds.add(connection, define_sitemap(site, slug), feed_id=f"urn:uuid:{uuid.uuid4()}", now=now)
