"""Tells the rows that stand for the site's own documents from the feeds that people read.

The list of feeds and the sitemaps are published as feeds are, under slugs that no feed can have.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement

from feedsvc.store.tables import feeds

SITEMAPS: Final = "_sitemap"
"""The slug of the sitemap, or of the list of its parts; that of a part adds its number."""


def are_feeds() -> ColumnElement[bool]:
    """Give the condition of a real feed: a feed's slug begins with a letter or a digit, ours with an underscore."""
    return feeds.c.slug.not_like("\\_%", escape="\\")


def are_sitemaps() -> ColumnElement[bool]:
    """Give the condition of the sitemaps."""
    return feeds.c.slug.startswith(SITEMAPS, autoescape=True)
