"""Writes the list of the site's public feeds in OPML 2.0, which feed readers take in one step (STANDARDS section 13).

Never decides which feeds are public, and never asks the clock: dateModified follows the catalogue.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from feedsvc.content.characters import clean_line
from feedsvc.model import Catalogue, Feed, Format, Site
from feedsvc.render.addresses import feed_url
from feedsvc.render.dates import rfc822
from feedsvc.render.discovery import FORMAT_NAMES

DOCS: Final = "https://opml.org/spec2.opml"
"""Where the format is described; the head says so (OPML 2.0, head, docs)."""


def render_opml(catalogue: Catalogue) -> bytes:
    """Render the catalogue as OPML 2.0 in UTF-8: one subscription a feed, in the operator's order.

    `xmlUrl` is the RSS document, else the Atom, else the JSON one: a reader finds out by itself, and `type` is "rss"
    for all (OPML-03). `version` is there for RSS alone. A feed without any of them is not in the list. Raises
    ValueError for an instant without a time zone.
    """
    site = catalogue.site
    opml = etree.Element("opml", version="2.0")
    head = etree.SubElement(opml, "head")
    for name, value in (("title", site.title), ("dateModified", rfc822(catalogue.changed_at)), ("docs", DOCS)):
        etree.SubElement(head, name).text = clean_line(value)
    body = etree.SubElement(opml, "body")
    for feed in catalogue.feeds:
        leading = next((format_ for format_ in FORMAT_NAMES if format_ in feed.formats), None)
        if leading is not None:
            etree.SubElement(body, "outline", _outline(feed, leading, site))
    if len(body) == 0:
        # OPML-01: a body has at least one outline, and the list of a new site is empty.
        etree.SubElement(body, "outline", {"text": clean_line(site.title)})
    etree.indent(opml)
    return etree.tostring(opml, xml_declaration=True, encoding="UTF-8") + b"\n"


def _outline(feed: Feed, leading: Format, site: Site) -> dict[str, str]:
    title = clean_line(feed.title)
    attributes = {
        "type": "rss",
        # Some readers show `text`, some `title` (OPML 2.0, subscription lists: text should be the title).
        "text": title,
        "title": title,
        "xmlUrl": feed_url(site, feed.slug, leading),
        "htmlUrl": feed_url(site, feed.slug, Format.PAGE),
        "language": clean_line(feed.language or site.language),
    }
    if feed.description:
        attributes["description"] = clean_line(feed.description)
    if leading is Format.RSS:
        attributes["version"] = "RSS2"
    return attributes
