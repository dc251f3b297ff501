"""What the web asks of the store, as plain functions: an article for its permalink, and how the feeds are doing.

The store is reached when something is asked, never at start: feeds are served without it (P32).
"""

from __future__ import annotations

from datetime import datetime

from feedsvc import reporting
from feedsvc.errors import NotFound
from feedsvc.model import Site, Visibility
from feedsvc.reporting import FeedReport
from feedsvc.store import Store, articles, editions, measures
from feedsvc.store.measures import Measures
from feedsvc.web.deps import ArticlePage, FeedHealth, Health


def find_article(store: Store, article_id: str) -> ArticlePage | None:
    """Find an article, in whatever state it is, with the public feeds that show it. Raises Unavailable."""
    with store.reading() as connection:
        try:
            article = articles.get(connection, article_id).article
        except NotFound:
            return None
        return ArticlePage(article, editions.feeds_of(connection, article_id))


def look(store: Store, site: Site, now: datetime) -> Health:
    """Look at how the feeds are doing: a feed that failed needs a person. Raises Unavailable."""
    reports = reporting.report_feeds(store, site, now=now)
    return Health(
        feeds=tuple(
            # The failure itself is in the log: it may name folders and hosts, and this is shown to whoever asks.
            FeedHealth(
                report.slug,
                report.state,
                report.last_run,
                report.next_run,
                report.failure and "see the log",
                report.visibility is Visibility.PUBLIC,
            )
            for report in reports
        ),
        problems=tuple(f"{_named(report)} could not be published" for report in reports if report.failure),
    )


def _named(report: FeedReport) -> str:
    return f"feed '{report.slug}'" if report.visibility is Visibility.PUBLIC else "a feed that is not listed"


def measure(store: Store) -> Measures:
    """Give the store's numbers. Raises Unavailable."""
    with store.reading() as connection:
        return measures.measure(connection)
