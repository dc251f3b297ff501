"""Decides how a page names a feed's addresses: for people to copy, and for software that looks for feeds.

Never decides which feeds a page may name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from feedsvc.model import FORMATS, Feed, Format, Site
from feedsvc.render.addresses import feed_url

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT_NAMES: Final = {Format.RSS: "RSS", Format.ATOM: "Atom", Format.JSON: "JSON"}
"""The formats that reader software takes, in the order in which pages name them; the first that a feed has leads."""


@dataclass(frozen=True, slots=True)
class Address:
    """A feed in one format, as a page names it. `title` tells it from every other feed of the site."""

    name: str
    address: str
    media_type: str
    title: str


def feed_addresses(site: Site, feed: Feed) -> tuple[Address, ...]:
    """Give a feed's addresses for reader software, the leading format first; none if it is only a page."""
    of_site = "" if feed.title.startswith(site.title) else f"{site.title}: "
    return tuple(
        Address(
            name=name,
            address=feed_url(site, feed.slug, format_),
            media_type=FORMATS[format_].content_type.partition(";")[0],
            title=f"{of_site}{feed.title} ({name})",
        )
        for format_, name in FORMAT_NAMES.items()
        if format_ in feed.formats
    )


def alternates(site: Site, feeds: Iterable[Feed], limit: int = 50) -> tuple[Address, ...]:
    """Give the autodiscovery links of a page (STANDARDS DISC-01, -02): the first feed in every format, then the others.

    Each of the others stands once, in its leading format: a reader's chooser with three lines a feed can't be used,
    and the links of thousands of feeds would be most of the page. Beyond `limit` links the OPML list has them.
    """
    found: list[Address] = []
    for number, feed in enumerate(feeds):
        addresses = feed_addresses(site, feed)
        found.extend(addresses if number == 0 else addresses[:1])
        if len(found) >= limit:
            break
    return tuple(found[:limit])
