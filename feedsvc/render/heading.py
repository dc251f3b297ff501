"""Decides what a feed says of itself, above its entries: the same in every format.

Never writes a format, and never looks at an entry: an edition's head does not depend on what it holds.
"""

from __future__ import annotations

from dataclasses import dataclass

from feedsvc.content.characters import clean_line, clean_text
from feedsvc.content.urls import is_web_url
from feedsvc.model import Author, Edition, Format
from feedsvc.render.addresses import feed_link, feed_url, web_url
from feedsvc.render.presenting import language_of, shown_authors

GENERATOR = "feedsvc"
"""Written without a version: with one, every upgrade would change every feed, and every subscriber fetch it again."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A feed's own facts in plain, cleaned values.

    `authors` is never empty (RFC 4287 section 4.1.1 wants one). `icon` is the site's, `logo` the feed's own picture.
    `licence_url` is a licence that machines can read (RFC 4946), `licence_text` one for people; at most one is set.
    """

    title: str
    description: str
    link: str
    language: str
    authors: tuple[Author, ...]
    icon: str | None
    logo: str | None
    hubs: tuple[str, ...]
    licence_url: str | None
    licence_text: str | None


def heading_of(edition: Edition) -> Heading:
    """Gather what a feed says of itself."""
    site, feed = edition.site, edition.feed
    base = f"{site.base_url}/"
    title = clean_line(feed.title) or clean_line(site.title) or feed.slug
    licence = clean_line(site.licence or "")
    licence_url = licence if is_web_url(licence) else None
    return Heading(
        title=title,
        description=clean_text(feed.description).strip() or clean_text(site.description).strip() or title,
        link=feed_link(edition),
        language=language_of(edition),
        authors=shown_authors(site.authors, base) or (Author(clean_line(site.title) or title, url=base),),
        icon=web_url(site.icon, base),
        logo=web_url(feed.image, base),
        hubs=site.hubs,
        licence_url=licence_url,
        licence_text=None if licence_url else licence or None,
    )


def self_url(edition: Edition, format_: Format) -> str:
    """Give the address that a document calls itself: the one it is fetched from (STANDARDS PROF-01, WS-03)."""
    return feed_url(edition.site, edition.feed.slug, format_)


def other_language(language: str | None, heading: Heading) -> str | None:
    """Give an entry's language where it is not the feed's, else None. Tags are compared without regard to case."""
    return language if language and language.casefold() != heading.language.casefold() else None
