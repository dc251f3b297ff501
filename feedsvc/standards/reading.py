"""Reads the few facts of a feed that must be the same in every format: ids, titles, dates, links, hubs.

It judges nothing; a document that can't be read has no facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from feedsvc.standards import atom_values, dates, jsonfeed, xml_basics
from feedsvc.standards.decoding import decode
from feedsvc.standards.json_values import Json, Object
from feedsvc.standards.namespaces import ATOM
from feedsvc.standards.trees import Element, attribute, local, tag, text


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """One entry as a subscriber of any format sees it. `published` is to the second, as RSS has it."""

    id: str
    title: str
    link: str | None
    published: datetime | None


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """One feed as a subscriber of any format sees it; entries in the order of the document."""

    title: str
    entries: tuple[EntryFacts, ...]
    hubs: frozenset[str] = frozenset()
    own_addresses: frozenset[str] = frozenset()


def facts(data: bytes) -> FeedFacts | None:
    """The facts of an RSS, Atom or JSON Feed document, or None if it is none of them."""
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return _json(data)
    root = xml_basics.read(decode(data, None)).root
    if root is None:
        return None
    channel = root.find("channel")
    if local(root) == "rss" and channel is not None:
        return _rss(channel)
    return _atom(root) if root.tag == tag(ATOM, "feed") else None


def _rss(channel: Element) -> FeedFacts:
    entries = tuple(
        EntryFacts(
            text(item.find("guid")),
            _one_line(text(item.find("title"))),
            text(item.find("link")) or None,
            _second(dates.rfc822(text(item.find("pubDate"))).instant),
        )
        for item in channel.findall("item")
    )
    return FeedFacts(_one_line(text(channel.find("title"))), entries, _linked(channel, "hub"), _linked(channel, "self"))


def _atom(root: Element) -> FeedFacts:
    entries = tuple(
        EntryFacts(
            text(entry.find(tag(ATOM, "id"))),
            _atom_text(entry.find(tag(ATOM, "title"))),
            next(iter(sorted(_linked(entry, "alternate"))), None),
            _second(dates.rfc3339(text(entry.find(tag(ATOM, "published")))).instant),
        )
        for entry in root.findall(tag(ATOM, "entry"))
    )
    title = _atom_text(root.find(tag(ATOM, "title")))
    return FeedFacts(title, entries, _linked(root, "hub"), _linked(root, "self"))


def _json(data: bytes) -> FeedFacts | None:
    value = jsonfeed.read(data).value
    if not isinstance(value, dict) or not isinstance(value.get("items"), list):
        return None
    listed = value["items"]
    entries = tuple(_json_item(item) for item in (listed if isinstance(listed, list) else ()) if isinstance(item, dict))
    hubs = value.get("hubs")
    addresses = [hub.get("url") for hub in (hubs if isinstance(hubs, list) else ()) if isinstance(hub, dict)]
    return FeedFacts(
        _one_line(_words(value.get("title"))),
        entries,
        frozenset(address for address in addresses if isinstance(address, str)),
        frozenset({_words(value.get("feed_url"))} - {""}),
    )


def _json_item(item: Object) -> EntryFacts:
    return EntryFacts(
        _words(item.get("id")),
        _one_line(_words(item.get("title"))),
        _words(item.get("url")) or None,
        _second(dates.rfc3339(_words(item.get("date_published"))).instant),
    )


def _words(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _linked(parent: Element, rel: str) -> frozenset[str]:
    links = parent.findall(tag(ATOM, "link"))
    return frozenset(attribute(link, "href") or "" for link in links if atom_values.rel(link) == rel) - {""}


def _atom_text(element: Element | None) -> str:
    """A text construct as plain text: html and xhtml lose their markup."""
    if element is None:
        return ""
    if element.get("type") == "html":
        body = LexborHTMLParser(element.text or "").body
        return _one_line(body.text() if body is not None else "")
    return _one_line(text(element))


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _second(instant: datetime | None) -> datetime | None:
    return instant.replace(microsecond=0) if instant is not None else None
