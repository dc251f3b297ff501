"""Writes the page `/`: the site's public feeds, for people and for software that looks for feeds.

Never decides which feeds are public: it lists the catalogue as it stands, in the operator's order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from feedsvc.model import Catalogue, Format
from feedsvc.render.addresses import feed_url
from feedsvc.render.discovery import alternates, feed_addresses
from feedsvc.render.webpage import Head, render
from feedsvc.render.wording import autonym

if TYPE_CHECKING:
    from feedsvc.model import Feed, Site
    from feedsvc.render.discovery import Address

FINDABLE: Final = 12
"""Above so many feeds the list gets a filter box, where script runs."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed as the list shows it."""

    title: str
    description: str
    language: str
    language_name: str
    page: str
    addresses: tuple[Address, ...]


def render_index(catalogue: Catalogue) -> bytes:
    """Render the list of public feeds in UTF-8, with autodiscovery links, the first feed's first (STANDARDS DISC-01).

    The same catalogue gives the same bytes everywhere. A feed costs about 0.4 KB, so that 2,000 feeds are a page of
    0.75 MB, some 35 KB when compressed.
    """
    site = catalogue.site
    head = Head(
        title=site.title,
        language=site.language,
        description=site.description,
        address=f"{site.base_url}/",
        alternates=alternates(site, catalogue.feeds),
    )
    feeds = tuple(_listed(feed, site) for feed in catalogue.feeds)
    return render("index.html", site, head, feeds=feeds, findable=len(feeds) > FINDABLE)


def _listed(feed: Feed, site: Site) -> Listed:
    language = feed.language or site.language
    return Listed(
        title=feed.title,
        description=feed.description,
        language=language,
        language_name=autonym(language),
        page=feed_url(site, feed.slug, Format.PAGE),
        addresses=feed_addresses(site, feed),
    )
