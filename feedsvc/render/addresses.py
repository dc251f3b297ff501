"""The addresses that documents name: of a feed in each format, of its page, of an article.

Never invents a form of its own: these are the addresses that the service promises to keep for ever.
"""

from __future__ import annotations

from urllib.parse import quote

from feedsvc.content.characters import clean_text
from feedsvc.content.urls import absolute_url, is_web_url
from feedsvc.model import FORMATS, Edition, Entry, Format, Site


def feed_url(site: Site, slug: str, format_: Format) -> str:
    """Give the canonical address of a feed's document: its `self` link and its WebSub topic, byte for byte."""
    folder = f"{site.base_url}/feeds/{_segment(slug)}/"
    return folder if format_ is Format.PAGE else folder + FORMATS[format_].filename


def feed_link(edition: Edition) -> str:
    """Give the page that lists the same items for people (STANDARDS DISC-05): the feed's own link, else its page."""
    page = feed_url(edition.site, edition.feed.slug, Format.PAGE)
    return web_url(edition.feed.link, page) or page


def article_url(entry: Entry, site: Site) -> str:
    """Give the article's canonical page elsewhere, or its permalink here; always absolute."""
    return web_url(entry.url, f"{site.base_url}/") or permalink(site, entry.article_id, entry.slug)


def permalink(site: Site, article_id: str, slug: str) -> str:
    """Give the address of an article's page here."""
    return f"{site.base_url}/articles/{_segment(article_id)}/{_segment(slug)}"


def sitemap_url(site: Site, filename: str, part: int | None = None) -> str:
    """Give the address of a sitemap: `sitemap.xml`, or of one of its parts, `sitemap-3.xml`."""
    name, _, extension = filename.partition(".")
    return f"{site.base_url}/{filename}" if part is None else f"{site.base_url}/{name}-{part}.{extension}"


def media_url(site: Site, filename: str) -> str:
    """Give the address of an uploaded picture by its file's name."""
    return f"{site.base_url}/media/{_segment(filename)}"


def web_url(url: str | None, base: str) -> str | None:
    """Make a link absolute; None if there is none or it is no http or https address (RSS-05, JSON-19)."""
    absolute = absolute_url(url, base) if url else None
    return absolute if absolute and is_web_url(absolute) else None


def _segment(text: str) -> str:
    return quote(clean_text(text), safe="")
