"""Writes an edition as Atom 1.0, through feedgen.

Never writes a title or a summary as HTML: text constructs here are plain text, which every reader shows as written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

# feedgen.feed and feedgen.entry only: feedgen 1.0.0 can't import its own feedgen.util before lxml.etree.
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml.etree import SubElement

from feedsvc.model import FORMATS, Author, Format
from feedsvc.render.dates import rfc3339
from feedsvc.render.heading import GENERATOR, Heading, heading_of, other_language, self_url
from feedsvc.render.media import add_media
from feedsvc.render.namespaces import MEDIA, TOMBSTONES, XML, named
from feedsvc.render.presenting import Presented, is_writable, present
from feedsvc.render.splicing import Marks, Parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from lxml.etree import _Element

    from feedsvc.model import Edition, Tombstone

# An entry's own language stands in its start tag.
_MARKS = Marks(b"<entry", b"</entry>", b"</feed>")


def render_atom(edition: Edition) -> bytes:
    """Write an edition as Atom 1.0 in UTF-8 (RFC 4287), with its tombstones (RFC 6721).

    Raises ValueError for an entry that can't be shown.
    """
    return write_atom(edition, [present(entry, edition.site, edition.feed.content) for entry in edition.entries])


def atom_parts(edition: Edition, shown: Sequence[Presented]) -> Parts:
    """Write an edition with these entries in the place of its own, and part it."""
    return _MARKS.cut(write_atom(edition, shown), len(shown))


def write_atom(edition: Edition, shown: Iterable[Presented]) -> bytes:
    """Write an edition's head and, in place of its own entries, these, in this order.

    An entry's XML depends on the entry and on the edition's setting (`pieces.Setting`), and on nothing else.
    """
    heading = heading_of(edition)
    feed = _feed(edition, heading)
    for presented in shown:
        language = other_language(presented.language, heading)
        repairs = EntryRepairs(presented, language, heading.licence_url, heading.licence_text)
        feed.add_entry(_entry(repairs), order="append")
    document: bytes = feed.atom_str(pretty=False)
    return document


@dataclass(frozen=True, slots=True)
class FeedRepairs:
    """What feedgen 1.0.0 can't write of a feed: dates with a Z, the text constructs' type, tombstones."""

    updated_at: datetime
    tombstones: tuple[Tombstone, ...]

    def extend_ns(self) -> dict[str, str]:
        """Declare the namespaces once, on the root."""
        return {"media": MEDIA, "at": TOMBSTONES} if self.tombstones else {"media": MEDIA}

    def extend_atom(self, feed: _Element) -> _Element:
        """Complete the feed's head before feedgen appends the entries."""
        _child(feed, "title").set("type", "text")
        _child(feed, "subtitle").set("type", "text")
        _child(feed, "updated").text = rfc3339(self.updated_at)
        for tombstone in self.tombstones:
            marks = {"ref": tombstone.entry_id, "when": rfc3339(tombstone.withdrawn_at)}
            SubElement(feed, named(TOMBSTONES, "deleted-entry"), marks)
        return feed


@dataclass(frozen=True, slots=True)
class EntryRepairs:
    """What feedgen 1.0.0 can't write of an entry. All that an entry's XML depends on is in here.

    `language` is the entry's, where it is not the feed's.
    """

    presented: Presented
    language: str | None
    licence_url: str | None
    licence_text: str | None

    def extend_atom(self, entry: _Element) -> _Element:
        """Complete the entry."""
        shown = self.presented
        if self.language:
            entry.set(named(XML, "lang"), self.language)
        _child(entry, "title").set("type", "text")
        _child(entry, "updated").text = rfc3339(shown.entry.updated_at)
        _child(entry, "published").text = rfc3339(shown.entry.published_at)
        # FG-01: feedgen writes an entry's links without rel, type and length, so that an enclosure becomes a second
        # alternate. It is given the alternate alone, and that is completed here.
        link = _child(entry, "link")
        link.set("rel", "alternate")
        link.set("type", "text/html")
        if shown.language:
            link.set("hreflang", shown.language)
        self._add_enclosure(entry)
        if self.licence_url:
            SubElement(entry, "link", {"rel": "license", "href": self.licence_url})
        add_media(entry, shown)
        return entry

    def _add_enclosure(self, entry: _Element) -> None:
        image = self.presented.image
        if image and image.media_type and image.length:
            facts = {"rel": "enclosure", "type": image.media_type, "length": str(image.length), "href": image.url}
            SubElement(entry, "link", facts)


def _feed(edition: Edition, heading: Heading) -> FeedGenerator:
    feed = FeedGenerator()
    repairs = FeedRepairs(edition.updated_at, _tombstones(edition))
    feed.register_extension("feedsvc", lambda: repairs, rss=False)
    feed.id(edition.feed_id)
    feed.title(heading.title)
    feed.subtitle(heading.description)
    feed.updated(edition.updated_at)
    feed.language(heading.language)
    feed.author([_person(author) for author in heading.authors])
    media_type = FORMATS[Format.ATOM].content_type.partition(";")[0]
    feed.link(href=self_url(edition, Format.ATOM), rel="self", type=media_type)
    feed.link(href=heading.link, rel="alternate", type="text/html", hreflang=heading.language)
    for hub in heading.hubs:
        feed.link(href=hub, rel="hub")
    if heading.licence_url:
        feed.link(href=heading.licence_url, rel="license")
    if heading.licence_text:
        feed.rights(heading.licence_text)
    feed.generator(GENERATOR)
    feed.icon(heading.icon)
    feed.logo(heading.logo)
    return feed


def _tombstones(edition: Edition) -> tuple[Tombstone, ...]:
    """Give each tombstone once (RFC 6721 section 3), but none of an entry that came back or could never be shown."""
    present_ids = {entry.entry_id for entry in edition.entries}
    return tuple(
        dict.fromkeys(
            each for each in edition.tombstones if each.entry_id not in present_ids and is_writable(each.entry_id)
        )
    )


def _entry(repairs: EntryRepairs) -> FeedEntry:
    shown = repairs.presented
    entry = FeedEntry()
    entry.register_extension("feedsvc", lambda: repairs, rss=False)
    entry.id(shown.entry.entry_id)
    entry.title(shown.title)
    entry.updated(shown.entry.updated_at)
    entry.published(shown.entry.published_at)
    entry.author([_person(author) for author in shown.authors])
    entry.link(href=shown.link, rel="alternate")
    if shown.summary:
        entry.summary(shown.summary, type="text")
    if shown.content_html:
        entry.content(shown.content_html, type="html")
    entry.category([{"term": tag} for tag in shown.tags])
    if repairs.licence_text:
        entry.rights(repairs.licence_text)
    return entry


def _person(author: Author) -> dict[str, str]:
    return {"name": author.name, "uri": author.url} if author.url else {"name": author.name}


def _child(element: _Element, name: str) -> _Element:
    child = element.find(name)
    if child is None:
        raise LookupError(f"feedgen wrote no <{name}> in <{element.tag}>")
    return child
