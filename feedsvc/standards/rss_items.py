"""The rules of RSS 2.0 for items: one by one, and against each other.

The channel's rules are in `rss`, extensions in `modules`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from feedsvc.standards import dates, grammars, html_fragments, namespaces, rss_values, uris
from feedsvc.standards.findings import shown
from feedsvc.standards.trees import Element, Fault, Places, attribute, name, tag, text

_ENCODED = tag(namespaces.CONTENT, "encoded")
_FEED_PATH = re.compile(r"(?:/feed/?|\.(?:rss|atom)|/(?:rss|atom|feed)\.xml|/feed\.json)$", re.IGNORECASE)
_MOST_SLUG = 60


def check(items: tuple[Element, ...], places: Places, now: datetime | None) -> Iterator[Fault]:
    """Every fault of the items, alone and together."""
    for item in items:
        for rule in ITEM_RULES:
            yield from rule(item)
        if now is not None:
            yield from _future(item, now)
    yield from _unique_guids(items, places)
    yield from _unique_links(items, places)
    yield from _unique_titles(items, places)


def _title_or_description(item: Element) -> Iterator[Fault]:
    if not text(item.find("title")) and not text(item.find("description")):
        message = "the item has neither a title nor a description"
        yield Fault("RSS-03", item, "", message, "Add a title, a description, or both.")


def _addresses(item: Element) -> Iterator[Fault]:
    for link in item.findall("link"):
        yield from rss_values.address(link)
    for comments in item.findall("comments"):
        yield from rss_values.address(comments, "RSS-22")
        if _FEED_PATH.search(uris.split(text(comments)).path):
            message = f"comments links to a feed, {shown(text(comments))}"
            yield Fault("RSS-22", comments, "", message, "Link to the page; the feed belongs in wfw:commentRss.")


def _dates(item: Element) -> Iterator[Fault]:
    for element in item.findall("pubDate"):
        yield from rss_values.date(element)


def _future(item: Element, now: datetime) -> Iterator[Fault]:
    element = item.find("pubDate")
    instant = dates.rfc822(text(element)).instant
    if element is not None and instant is not None and instant > now:
        message = f"pubDate {shown(text(element))} is in the future: readers may show the item now, later or never"
        yield Fault("RSS-12", element, "", message, "Leave the item out of the feed until then.")


def _guid(item: Element) -> Iterator[Fault]:
    guid = item.find("guid")
    if guid is None or not text(guid):
        at = item if guid is None else guid
        message = "the item has no guid" if guid is None else "the guid is empty"
        yield Fault("RSS-09", at, "", message, "Add a guid that never changes: a tag: or urn:uuid: URI, or the URL.")
        return
    permalink = guid.get("isPermaLink")
    if permalink not in {None, "true", "false"}:
        message = f"isPermaLink is {shown(permalink or '')}"
        yield Fault("RSS-08", guid, "isPermaLink", message, "Write true or false.")
        return
    yield from _permalink(guid) if permalink != "false" else _opaque(guid)


def _permalink(guid: Element) -> Iterator[Fault]:
    value = text(guid)
    reason = uris.fault(value, web_only=True)
    if reason:
        relative = uris.split(value).scheme is None
        message = (
            f"the guid {shown(value)} counts as a permalink, but it {'is no full address' if relative else reason}"
        )
        yield Fault("RSS-08", guid, "", message, 'Add isPermaLink="false", and leave the guid itself as it is.')
        return
    yield from _canonical(guid)


def _opaque(guid: Element) -> Iterator[Fault]:
    value = text(guid)
    if uris.split(value).scheme is None and len(value) <= _MOST_SLUG and _is_common(value):
        message = f"the guid {shown(value)} is a number or word that another feed may use too"
        fix = "Give new items a tag: or urn:uuid: URI; leave guids that are out as they are."
        yield Fault("PROF-13", guid, "", message, fix)
        return
    yield from _canonical(guid)


def _is_common(value: str) -> bool:
    """A small number or a slug. One that holds a hash or a UUID is unique."""
    return not re.search(r"[0-9a-fA-F-]{24,}", value) and re.fullmatch(r"[\w-]+", value) is not None


def _canonical(guid: Element) -> Iterator[Fault]:
    reason = uris.canonical_fault(text(guid))
    if reason:
        fix = "Give new items canonical addresses; leave guids that are out as they are."
        yield Fault("PROF-14", guid, "", f"the guid {shown(text(guid))} is not canonical: {reason}", fix)


def _enclosures(item: Element) -> Iterator[Fault]:
    enclosures = item.findall("enclosure")
    for extra in enclosures[1:]:
        message = "a second enclosure in one item"
        yield Fault("PROF-03", extra, "", message, "Keep one enclosure; put the others into media:content.")
    for enclosure in enclosures:
        yield from _enclosure_url(enclosure)
        yield from _enclosure_length(enclosure)
        yield from _enclosure_type(enclosure)


def _enclosure_url(enclosure: Element) -> Iterator[Fault]:
    url = attribute(enclosure, "url")
    if not url:
        yield Fault("RSS-10", enclosure, "url", "the enclosure has no url", "Add the address of the file.")
        return
    reason = uris.fault(url, web_only=True)
    if reason:
        message = f"the enclosure's address {shown(url)} {reason}"
        yield Fault("RSS-11", enclosure, "url", message, "Write a full address, such as https://…")


def _enclosure_length(enclosure: Element) -> Iterator[Fault]:
    length = attribute(enclosure, "length")
    if length is None:
        fix = "Add the size of the file in bytes, or 0 if it is not known."
        yield Fault("RSS-10", enclosure, "length", "the enclosure has no length", fix)
    elif length == "" or re.fullmatch(r"-[0-9]+", length):
        message = f"the length {shown(length)} stands for unknown"
        yield Fault("PROF-04", enclosure, "length", message, "Write the size in bytes, or 0 if it is not known.")
    elif not grammars.is_number(length):
        message = f"the length {shown(length)} is no whole number of bytes"
        yield Fault("RSS-10", enclosure, "length", message, "Write the size in bytes, or 0 if it is not known.")


def _enclosure_type(enclosure: Element) -> Iterator[Fault]:
    media_type = attribute(enclosure, "type")
    if not media_type:
        yield Fault("RSS-10", enclosure, "type", "the enclosure has no type", "Add the media type, such as image/jpeg.")
    elif not grammars.is_media_type(media_type):
        message = f"the type {shown(media_type)} is no media type"
        yield Fault("RSS-10", enclosure, "type", message, "Write a media type, such as image/jpeg or audio/mpeg.")


def _source(item: Element) -> Iterator[Fault]:
    for source in item.findall("source"):
        url = attribute(source, "url")
        reason = uris.fault(url) if url else None
        if not url or reason:
            message = f"the source's address {shown(url)} {reason}" if url else "the source has no url"
            yield Fault("RSS-13", source, "url", message, "Give the full address of the feed that the item came from.")


def _author(item: Element) -> Iterator[Fault]:
    for author in item.findall("author"):
        yield from rss_values.person(author)


def _plain_text(item: Element) -> Iterator[Fault]:
    for key in ("title", "category"):
        for element in item.findall(key):
            yield from rss_values.plain(element)


def _html(item: Element) -> Iterator[Fault]:
    for key in ("description", _ENCODED):
        for element in item.findall(key):
            for fault in html_fragments.check(text(element)):
                yield Fault(fault.rule, element, "", fault.message, fault.fix)


def _content_last(item: Element) -> Iterator[Fault]:
    description, encoded = item.find("description"), item.find(_ENCODED)
    if description is not None and encoded is not None and item.index(encoded) < item.index(description):
        message = f"{name(encoded)} comes before description, and some readers then take the description as the text"
        yield Fault("PROF-07", encoded, "", message, "Write description first.")


def _content_once(item: Element) -> Iterator[Fault]:
    found = item.findall(_ENCODED)
    for element in found:
        if not text(element):
            yield Fault("NS-01", element, "", f"{name(element)} is empty", "Leave it out when there is no text.")
    for extra in found[1:]:
        yield Fault("NS-01", extra, "", f"a second {name(extra)} in one item", "Keep one.")


def _said_twice(item: Element) -> Iterator[Fault]:
    yield from rss_values.said_twice(item)


def _unique_guids(items: tuple[Element, ...], places: Places) -> Iterator[Fault]:
    first: dict[str, Element] = {}
    for item in items:
        guid = item.find("guid")
        if guid is None or not text(guid):
            continue
        earlier = first.setdefault(text(guid), item)
        if earlier is not item:
            message = f"the guid {shown(text(guid))} is that of item {places.number(earlier)} too"
            yield Fault("RSS-09", guid, "", message, "Give each item its own guid: readers show only one of the two.")


def _unique_links(items: tuple[Element, ...], places: Places) -> Iterator[Fault]:
    first: dict[str, Element] = {}
    for item in items:
        link = item.find("link")
        if link is None or not text(link) or _same_guid(item, first.get(text(link))):
            continue
        earlier = first.setdefault(text(link), item)
        if earlier is not item:
            message = f"the link {shown(text(link))} is that of item {places.number(earlier)} too"
            yield Fault("PROF-12", link, "", message, "Give each item the address of its own page.")


def _unique_titles(items: tuple[Element, ...], places: Places) -> Iterator[Fault]:
    first: dict[tuple[str, str], Element] = {}
    for item in items:
        key = (text(item.find("title")), text(item.find("pubDate")))
        if not all(key) or _same_guid(item, first.get(key)):
            continue
        earlier = first.setdefault(key, item)
        if earlier is not item:
            message = f"title and date are those of item {places.number(earlier)} too"
            yield Fault("PROF-12", item, "", message, "Leave out the one that repeats the other.")


def _same_guid(item: Element, other: Element | None) -> bool:
    """Two items of one guid are reported for that alone."""
    return other is not None and text(item.find("guid")) != "" and text(item.find("guid")) == text(other.find("guid"))


ITEM_RULES: tuple[Callable[[Element], Iterator[Fault]], ...] = (
    _title_or_description,
    _addresses,
    _dates,
    _guid,
    _enclosures,
    _source,
    _author,
    _plain_text,
    _html,
    _content_last,
    _content_once,
    _said_twice,
)
