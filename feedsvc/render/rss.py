"""Writes an edition as RSS 2.0, through feedgen.

Never writes what RSS has no right place for: no e-mail address (RSS-14), no ttl (it delays news), no build time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING

# feedgen.feed and feedgen.entry only: feedgen 1.0.0 can't import its own feedgen.util before lxml.etree.
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml.etree import SubElement

from feedsvc.content.urls import guess_image_type
from feedsvc.model import FORMATS, Format
from feedsvc.render.dates import rfc822, rfc3339
from feedsvc.render.heading import GENERATOR, Heading, heading_of, other_language, self_url
from feedsvc.render.media import add_media
from feedsvc.render.namespaces import ATOM, CONTENT, DC, MEDIA, named
from feedsvc.render.presenting import Presented, present
from feedsvc.render.splicing import Marks, Parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.etree import _Element

    from feedsvc.model import Edition

DOCS = "https://www.rssboard.org/rss-specification"
_IMAGE_TYPES = frozenset({"image/gif", "image/jpeg", "image/png"})
_MARKS = Marks(b"<item>", b"</item>", b"</channel></rss>")


def render_rss(edition: Edition) -> bytes:
    """Write an edition as RSS 2.0 in UTF-8 (RSS Advisory Board, version 2.0.11, with its best-practice profile).

    Titles are plain text, escaped once, as the specification says: `a<b` arrives as `a<b` after an XML parser.
    Readers that decode a title once more show `&#39;` as an apostrophe; escaping it twice would show `&amp;` to all
    others (STANDARDS PROF-05). An item's description is HTML by the specification, so a plain-text summary is
    written there as HTML text: `a<b` as `a&lt;b`, and then escaped for XML.

    Raises ValueError for an entry that can't be shown.
    """
    return write_rss(edition, [present(entry, edition.site, edition.feed.content) for entry in edition.entries])


def rss_parts(edition: Edition, shown: Sequence[Presented]) -> Parts:
    """Write an edition with these entries in the place of its own, and part it."""
    return _MARKS.cut(write_rss(edition, shown), len(shown))


def write_rss(edition: Edition, shown: Iterable[Presented]) -> bytes:
    """Write an edition's head and, in place of its own entries, these, in this order.

    An item depends on its entry and on the edition's setting (`pieces.Setting`), and on nothing else.
    """
    heading = heading_of(edition)
    feed = _channel(edition, heading)
    for presented in shown:
        repairs = ItemRepairs(presented, other_language(presented.language, heading))
        feed.add_entry(_item(repairs), order="append")
    document: bytes = feed.rss_str(pretty=False)
    return document


class _Unwritten(datetime):
    """An instant that counts as false, so that feedgen 1.0.0 leaves out the date that it would write.

    feedgen dates a channel with the moment of its making unless it is given another, and formats dates by setting
    the process's locale, which threads see and may be left with. The repairs below write dates instead.
    """

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class ChannelRepairs:
    """What feedgen 1.0.0 can't write of a channel: its date, and every atom:link but the first rel=self (FG-02)."""

    changed_at: datetime
    hubs: tuple[str, ...]
    licence_url: str | None

    def extend_ns(self) -> dict[str, str]:
        """Declare the namespaces once, on the root; feedgen itself declares atom and content."""
        return {"dc": DC, "media": MEDIA}

    def extend_rss(self, rss: _Element) -> _Element:
        """Complete the channel before feedgen appends the items (PROF-02)."""
        channel = rss[0]
        SubElement(channel, "lastBuildDate").text = rfc822(self.changed_at)
        for hub in self.hubs:
            SubElement(channel, named(ATOM, "link"), {"rel": "hub", "href": hub})
        if self.licence_url:
            SubElement(channel, named(ATOM, "link"), {"rel": "license", "href": self.licence_url})
        return rss


@dataclass(frozen=True, slots=True)
class ItemRepairs:
    """What feedgen 1.0.0 can't write of an item. All that an item's XML depends on is in here.

    `language` is the item's, where it is not the channel's.
    """

    presented: Presented
    language: str | None

    def extend_rss(self, item: _Element) -> _Element:
        """Complete the item."""
        shown, entry = self.presented, self.presented.entry
        if shown.content_html:
            # FG-07: feedgen writes content:encoded only beside a description, else as description.
            SubElement(item, named(CONTENT, "encoded")).text = shown.content_html
        for author in shown.authors:
            SubElement(item, named(DC, "creator")).text = author.name
        SubElement(item, "pubDate").text = rfc822(entry.published_at)
        if rfc3339(entry.updated_at) > rfc3339(entry.published_at):
            SubElement(item, named(ATOM, "updated")).text = rfc3339(entry.updated_at)
        if self.language:
            SubElement(item, named(DC, "language")).text = self.language
        add_media(item, shown)
        return item


def _channel(edition: Edition, heading: Heading) -> FeedGenerator:
    feed = FeedGenerator()
    repairs = ChannelRepairs(edition.changed_at, heading.hubs, heading.licence_url)
    feed.register_extension("feedsvc", lambda: repairs, atom=False)
    feed.title(heading.title)
    feed.description(heading.description)
    media_type = FORMATS[Format.RSS].content_type.partition(";")[0]
    feed.link(href=self_url(edition, Format.RSS), rel="self", type=media_type)
    # FG-03: the channel's link is whatever link was given last.
    feed.link(href=heading.link, rel="alternate")
    feed.language(heading.language)
    feed.generator(GENERATOR)
    feed.docs(DOCS)
    feed.lastBuildDate(_Unwritten(1970, 1, 1, tzinfo=UTC))
    if heading.licence_text:
        feed.copyright(heading.licence_text)
    picture = next((url for url in (heading.logo, heading.icon) if url and guess_image_type(url) in _IMAGE_TYPES), None)
    if picture:
        # RSS-15, RSS-17. No size: unknown here, and 144 by 400 at most (RSS-16).
        feed.image(url=picture, title=heading.title, link=heading.link)
    return feed


def _item(repairs: ItemRepairs) -> FeedEntry:
    shown = repairs.presented
    item = FeedEntry()
    item.register_extension("feedsvc", lambda: repairs, atom=False)
    item.title(shown.title)
    item.link(href=shown.link, rel="alternate")
    item.guid(shown.entry.entry_id, permalink=shown.entry.entry_id_is_permalink)
    if shown.summary:
        item.description(escape(shown.summary, quote=False))
    item.category([{"term": tag} for tag in shown.tags])
    image = shown.image
    if image and image.media_type and image.length:
        item.enclosure(url=image.url, length=image.length, type=image.media_type)
    return item
