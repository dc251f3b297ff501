"""Tells the rows that stand for the site's own documents from the feeds that people read.

The list of feeds and the sitemaps are published as feeds are, under slugs that no feed can have.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement

from feedsvc.store.tables import feeds


def are_feeds() -> ColumnElement[bool]:
    """Give the condition of a real feed: a feed's slug begins with a letter or a digit, ours with an underscore."""
    return feeds.c.slug.not_like("\\_%", escape="\\")
