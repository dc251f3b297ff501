"""The rules of JSON Feed 1.1 (JSON-*): the bytes, the feed, the items.

Single members (dates, addresses, authors) are in `json_values`.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from feedsvc.standards import html_fragments, json_values, uris
from feedsvc.standards.findings import Finding, finding, shown
from feedsvc.standards.json_values import Json, Object, Part, kind
from feedsvc.standards.rules import Level

VERSION = "https://jsonfeed.org/version/1.1"
_EARLIER = "https://jsonfeed.org/version/1"
_BURDEN = 1_000_000
_FEED_MEMBERS = frozenset(
    [
        "version",
        "title",
        "home_page_url",
        "feed_url",
        "description",
        "user_comment",
        "next_url",
        "icon",
        "favicon",
        "authors",
        "author",
        "language",
        "expired",
        "hubs",
        "items",
    ]
)
_ITEM_MEMBERS = frozenset(
    [
        "id",
        "url",
        "external_url",
        "title",
        "content_html",
        "content_text",
        "summary",
        "image",
        "banner_image",
        "date_published",
        "date_modified",
        "authors",
        "author",
        "tags",
        "language",
        "attachments",
    ]
)


@dataclass(frozen=True, slots=True)
class JsonFeed:
    """A JSON Feed as the rules see it. `url` is the address it was fetched from."""

    feed: Part
    items: tuple[Part, ...]
    url: str | None
    size: int
    version: str


@dataclass(frozen=True, slots=True)
class Read:
    """What came of reading the bytes: the value, unless it is beyond reading, and the findings so far."""

    value: Json
    readable: bool
    found: tuple[Finding, ...]


def read(data: bytes) -> Read:
    """Read JSON strictly (RFC 8259), with every fault of the bytes themselves."""
    found: list[Finding] = []
    if data.startswith(codecs.BOM_UTF8):
        found.append(finding("JSON-16", "line 1", "a byte order mark stands in front", "Write UTF-8 without it."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the byte 0x{data[error.start]:02X} is not valid UTF-8"
        found.append(finding("JSON-16", f"line {line}", message, "Write the document in UTF-8."))
        text = data.decode("utf-8", "replace")
    doubled: list[str] = []
    try:
        value = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, doubled), parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        message = f"not well-formed: {error.msg}. Nothing further was checked"
        found.append(finding("JSON-21", place, message, "Write the document with a JSON library."))
        return Read(None, readable=False, found=tuple(found))
    except (ValueError, RecursionError) as error:
        reason = "too deeply nested" if isinstance(error, RecursionError) else str(error)
        message = f"not readable: {reason}. Nothing further was checked"
        found.append(finding("JSON-21", "feed", message, "Write the document with a JSON library."))
        return Read(None, readable=False, found=tuple(found))
    for name in dict.fromkeys(doubled):
        message = f"the name {shown(name)} stands twice in one object, and readers differ in which they take"
        found.append(finding("JSON-21", name, message, "Keep one of them."))
    return Read(value, readable=True, found=tuple(found))


def check(value: Object, size: int, url: str | None) -> Iterator[Finding]:
    """Every finding in a JSON Feed that could be read. `size` is that of the document in bytes."""
    feed = Part(value)
    listed = value.get("items")
    items = tuple(
        Part(item, _item_words(number, item))
        for number, item in enumerate(listed if isinstance(listed, list) else (), 1)
        if isinstance(item, dict)
    )
    version = value.get("version")
    document = JsonFeed(feed, items, url, size, version if isinstance(version, str) else "")
    for rule in FEED_RULES:
        yield from rule(document)
    seen: dict[str, str] = {}
    for item in items:
        for item_rule in ITEM_RULES:
            yield from item_rule(item)
        yield from _author_of_1_0(item, document.version)
        yield from _unique(item, seen)
    yield from _nulls(feed, items)


def _object(pairs: list[tuple[str, Json]], doubled: list[str]) -> dict[str, Json]:
    made: dict[str, Json] = {}
    for key, value in pairs:
        if key in made:
            doubled.append(key)
        made[key] = value
    return made


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _item_words(number: int, item: Object) -> str:
    title = item.get("title")
    return f"item {number} {shown(title, 40)}" if isinstance(title, str) and title.strip() else f"item {number}"


def _version(document: JsonFeed) -> Iterator[Finding]:
    version = document.feed.members.get("version")
    if version == VERSION:
        return
    level = Level.ADVICE if version in (_EARLIER, _EARLIER + "/") else None
    found = "is missing" if version is None else f"is {kind(version)}"
    yield finding("JSON-01", "version", f"the version {found}", f'Write "{VERSION}".', level)


def _title_and_items(document: JsonFeed) -> Iterator[Finding]:
    members = document.feed.members
    title, items = members.get("title"), members.get("items")
    if not isinstance(title, str) or not title.strip():
        found = "there is no title" if title is None else f"the title is {kind(title)}"
        yield finding("JSON-02", document.feed.place("title"), found, "Give the feed a title.")
    if not isinstance(items, list):
        found = "there are no items" if items is None else f"items is {kind(items)}"
        yield finding("JSON-02", document.feed.place("items"), found, "Write items as an array, [] if it is empty.")
        return
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            yield finding("JSON-02", f"item {number}", f"the item is {kind(item)}", "Write every item as an object.")


def _own_addresses(document: JsonFeed) -> Iterator[Finding]:
    members = document.feed.members
    for key in ("home_page_url", "feed_url"):
        if members.get(key) is None:
            yield finding("JSON-03", key, f"there is no {key}", f"Add {key} with the full address.")
    yield from json_values.addresses(document.feed, ("home_page_url", "feed_url"), "JSON-03")
    own = members.get("feed_url")
    if isinstance(own, str) and document.url is not None and own != document.url and not uris.fault(own):
        message = f"feed_url is {shown(own)}, but the feed came from {shown(document.url)}"
        yield finding("JSON-03", "feed_url", message, "Name the address that readers are to use, and serve it there.")


def _next_page(document: JsonFeed) -> Iterator[Finding]:
    following = document.feed.members.get("next_url")
    if following is not None and following in (document.feed.members.get("feed_url"), document.url):
        yield finding("JSON-10", "next_url", "next_url is the feed's own address", "Leave it out on the last page.")


def _feed_members(document: JsonFeed) -> Iterator[Finding]:
    feed = document.feed
    yield from json_values.texts(feed, ("description", "user_comment"), "JSON-06")
    yield from json_values.plain(feed, ("title", "description"))
    yield from json_values.addresses(feed, ("next_url", "icon", "favicon"))
    yield from json_values.authors(feed)
    yield from _author_of_1_0(feed, document.version)
    expired = feed.members.get("expired")
    if expired is not None and not isinstance(expired, bool):
        message = f"expired is {kind(expired)}"
        yield finding("JSON-06", "expired", message, "Write true, or leave it out.")
    yield from _extensions(feed, _FEED_MEMBERS)


def _language(document: JsonFeed) -> Iterator[Finding]:
    if document.feed.members.get("language") is None and document.version == VERSION:
        fix = 'Add "language", such as "en".'
        yield finding("JSON-14", "language", "the feed does not name its language", fix)
    yield from json_values.language(document.feed)


def _hubs(document: JsonFeed) -> Iterator[Finding]:
    hubs = document.feed.members.get("hubs")
    if hubs is not None and not isinstance(hubs, list):
        yield finding("JSON-13", "hubs", f"hubs is {kind(hubs)}", "Write an array of objects.")
    for hub in document.feed.parts("hubs"):
        for key in ("type", "url"):
            if not isinstance(hub.members.get(key), str) or not hub.members.get(key):
                yield finding("JSON-13", hub.place(key), f"the hub has no {key}", "Give each hub a type and a url.")
        yield from json_values.addresses(hub, ("url",), "JSON-13") if hub.members.get("url") else ()


def _size(document: JsonFeed) -> Iterator[Finding]:
    if document.size > _BURDEN:
        message = f"the feed has {document.size} bytes"
        yield finding("JSON-17", "feed", message, "Hold fewer items, or shorten their content.")


def _identity(item: Part) -> Iterator[Finding]:
    value = item.members.get("id")
    if isinstance(value, str) and value.strip():
        return
    found = "the item has no id" if value is None else f"the id is {kind(value)}"
    yield finding("JSON-04", item.place("id"), found, "Give every item an id that never changes, as a text.")


def _unique(item: Part, seen: dict[str, str]) -> Iterator[Finding]:
    value = item.members.get("id")
    if not isinstance(value, str) or not value.strip():
        return
    earlier = seen.setdefault(value, item.place())
    if earlier != item.place():
        message = f"the id {shown(value)} is that of {earlier} too"
        yield finding(
            "JSON-04", item.place("id"), message, "Give each item its own id: readers show only one of the two."
        )


def _content(item: Part) -> Iterator[Finding]:
    members = item.members
    if members.get("content_html") is None and members.get("content_text") is None:
        message = "the item has neither content_html nor content_text"
        yield finding("JSON-05", item.place(), message, "Add one of them.")
    html = members.get("content_html")
    if isinstance(html, str):
        for fault in html_fragments.check(html):
            yield finding(fault.rule, item.place("content_html"), fault.message, fault.fix)


def _item_members(item: Part) -> Iterator[Finding]:
    yield from json_values.texts(item, ("title", "summary", "content_html", "content_text"), "JSON-06")
    yield from json_values.plain(item, ("title", "summary"))
    yield from json_values.instants(item, ("date_published", "date_modified"))
    yield from json_values.addresses(item, ("url", "external_url", "image", "banner_image"))
    yield from json_values.authors(item)
    yield from json_values.language(item)
    yield from _extensions(item, _ITEM_MEMBERS)


def _attachments(item: Part) -> Iterator[Finding]:
    value = item.members.get("attachments")
    if value is not None and not isinstance(value, list):
        yield finding(
            "JSON-09", item.place("attachments"), f"attachments is {kind(value)}", "Write an array of objects."
        )
    for attachment in item.parts("attachments"):
        for key in ("url", "mime_type"):
            if not isinstance(attachment.members.get(key), str) or not attachment.members.get(key):
                message = f"the attachment has no {key}"
                yield finding("JSON-09", attachment.place(key), message, "Give each attachment a url and a mime_type.")
        if attachment.members.get("url"):
            yield from json_values.addresses(attachment, ("url",), "JSON-09")
        for key in ("size_in_bytes", "duration_in_seconds"):
            number = attachment.members.get(key)
            if number is not None and not json_values.is_size(number):
                message = f"{key} is {kind(number)}"
                yield finding("JSON-09", attachment.place(key), message, "Write a number, without quotation marks.")


def _tags(item: Part) -> Iterator[Finding]:
    value = item.members.get("tags")
    if value is None:
        return
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        message = f"tags is {kind(value)}" if not isinstance(value, list) else "tags holds something that is no text"
        yield finding("JSON-20", item.place("tags"), message, 'Write an array of texts, such as ["sport", "football"].')


def _author_of_1_0(part: Part, version: str) -> Iterator[Finding]:
    author = part.members.get("author")
    if author is None:
        return
    if version == VERSION and part.members.get("authors") is None:
        message = "author is the form of version 1.0, and authors is missing"
        yield finding("JSON-08", part.place("author"), message, "Write authors, an array; author may stay beside it.")
    yield from json_values.author_object(part.place("author"), author)


def _extensions(part: Part, known: frozenset[str]) -> Iterator[Finding]:
    for key, value in part.members.items():
        if key in known:
            continue
        named = key[:1] == "_" and key[1:2].isalpha() and "." not in key
        if not named:
            message = f"JSON Feed has no {shown(key)} here"
            fix = "Put members of your own under a name that starts with an underscore and a letter."
            yield finding("JSON-15", part.place(key), message, fix)
        elif not isinstance(value, dict):
            message = f"{key} is {kind(value)}"
            yield finding("JSON-15", part.place(key), message, "Make it an object that holds your members.")


def _nulls(feed: Part, items: tuple[Part, ...]) -> Iterator[Finding]:
    for part in (feed, *items):
        for key, value in part.members.items():
            if value is None:
                yield finding("JSON-20", part.place(key), f"{key} is null", "Leave out what has no value.")


FEED_RULES: tuple[Callable[[JsonFeed], Iterator[Finding]], ...] = (
    _version,
    _title_and_items,
    _own_addresses,
    _next_page,
    _feed_members,
    _language,
    _hubs,
    _size,
)
ITEM_RULES: tuple[Callable[[Part], Iterator[Finding]], ...] = (
    _identity,
    _content,
    _item_members,
    _attachments,
    _tags,
)
