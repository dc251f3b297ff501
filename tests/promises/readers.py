"""What subscribers make of a feed: every format read by two parsers that share nothing with each other or with us.

RSS and Atom by feedparser (expat, and its own reading of the formats) and by lxml (libxml2, the letter of the
formats); JSON Feed by Python's json and by pydantic's parser, which is written in Rust.
"""

from __future__ import annotations

import html
import json
from calendar import timegm
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import pydantic_core
from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"

FEEDS = ("rss.xml", "atom.xml", "feed.json")


@dataclass(frozen=True)
class Enclosure:
    """A file that a subscriber is offered beside the text. `length` is in bytes."""

    url: str
    media_type: str
    length: int | None


@dataclass(frozen=True)
class Item:
    """An entry as one parser read it: title and summary are plain text, content is HTML. Instants are UTC."""

    id: str
    title: str
    link: str
    published: datetime | None
    updated: datetime | None
    summary: str
    content: str
    authors: tuple[str, ...]
    words: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]


def rss_by_feedparser(document: bytes) -> list[Item]:
    return [_of_feedparser(entry, summary_is_html=True) for entry in _by_feedparser(document)]


def atom_by_feedparser(document: bytes) -> list[Item]:
    return [_of_feedparser(entry, summary_is_html=False) for entry in _by_feedparser(document)]


def rss_by_lxml(document: bytes) -> list[Item]:
    return [
        Item(
            id=item.findtext("guid", ""),
            title=item.findtext("title", ""),
            link=item.findtext("link", ""),
            published=_rfc822(item.findtext("pubDate", "")),
            updated=_rfc3339(item.findtext(f"{ATOM}updated", "")),
            summary=html.unescape(item.findtext("description", "")),
            content=item.findtext(f"{CONTENT}encoded", ""),
            authors=tuple(each.text or "" for each in item.findall(f"{DC}creator")),
            words=tuple(each.text or "" for each in item.findall("category")),
            enclosures=tuple(
                Enclosure(each.attrib["url"], each.attrib["type"], int(each.attrib["length"]))
                for each in item.findall("enclosure")
            ),
        )
        for item in parse_xml(document).findall("channel/item")
    ]


def atom_by_lxml(document: bytes) -> list[Item]:
    return [
        Item(
            id=entry.findtext(f"{ATOM}id", ""),
            title=entry.findtext(f"{ATOM}title", ""),
            link=next(each.attrib["href"] for each in _links(entry) if each.get("rel") == "alternate"),
            published=_rfc3339(entry.findtext(f"{ATOM}published", "")),
            updated=_rfc3339(entry.findtext(f"{ATOM}updated", "")),
            summary=entry.findtext(f"{ATOM}summary", ""),
            content=entry.findtext(f"{ATOM}content", ""),
            authors=tuple(each.findtext(f"{ATOM}name", "") for each in entry.findall(f"{ATOM}author")),
            words=tuple(each.attrib["term"] for each in entry.findall(f"{ATOM}category")),
            enclosures=tuple(
                Enclosure(each.attrib["href"], each.attrib["type"], int(each.attrib["length"]))
                for each in _links(entry)
                if each.get("rel") == "enclosure"
            ),
        )
        for entry in parse_xml(document).findall(f"{ATOM}entry")
    ]


def json_by_json(document: bytes) -> list[Item]:
    return [_of_json(item) for item in json.loads(document)["items"]]


def json_by_pydantic(document: bytes) -> list[Item]:
    return [_of_json(item) for item in pydantic_core.from_json(document)["items"]]


READERS: dict[str, tuple[str, Callable[[bytes], list[Item]]]] = {
    "RSS by feedparser": ("rss.xml", rss_by_feedparser),
    "RSS by lxml": ("rss.xml", rss_by_lxml),
    "Atom by feedparser": ("atom.xml", atom_by_feedparser),
    "Atom by lxml": ("atom.xml", atom_by_lxml),
    "JSON Feed by json": ("feed.json", json_by_json),
    "JSON Feed by pydantic": ("feed.json", json_by_pydantic),
}


def parse_xml(document: bytes) -> Any:
    """Parse XML strictly, with nothing looked up; a document that is not well-formed raises."""
    return etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))


def _by_feedparser(document: bytes) -> list[Any]:
    parsed = feedparser.parse(document, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.bozo_exception
    entries: list[Any] = parsed.entries
    return entries


def _of_feedparser(entry: Any, *, summary_is_html: bool) -> Item:
    # feedparser gives the text as the summary of an entry that has no summary of its own.
    content = entry.content[0].value if "content" in entry else ""
    summary = "" if entry.get("summary", "") == content else entry.get("summary", "")
    return Item(
        id=entry.id,
        title=entry.title,
        link=entry.link,
        published=_struct(entry.get("published_parsed")),
        updated=_struct(entry.get("updated_parsed") if "updated" in entry else None),
        summary=html.unescape(summary) if summary_is_html else summary,
        content=content,
        authors=tuple(each.name for each in entry.get("authors", []) if each),
        words=tuple(tag.term for tag in entry.get("tags", [])),
        enclosures=tuple(
            Enclosure(each.href, each.type, int(each.length)) for each in entry.get("enclosures", []) if "href" in each
        ),
    )


def _of_json(item: dict[str, Any]) -> Item:
    text = item.get("content_text", "")
    return Item(
        id=item["id"],
        title=item["title"],
        link=item["url"],
        published=_rfc3339(item.get("date_published", "")),
        updated=_rfc3339(item.get("date_modified", "")),
        # A feed without full texts has its summary, or its headline, as content_text (JSON-05).
        summary=item.get("summary", "" if text == item["title"] else text),
        content=item.get("content_html", ""),
        authors=tuple(author["name"] for author in item.get("authors", [])),
        words=tuple(item.get("tags", [])),
        enclosures=tuple(
            Enclosure(each["url"], each["mime_type"], each.get("size_in_bytes")) for each in item.get("attachments", [])
        ),
    )


def _links(entry: Any) -> list[Any]:
    found: list[Any] = entry.findall(f"{ATOM}link")
    return found


def _rfc822(text: str) -> datetime | None:
    return parsedate_to_datetime(text).astimezone(UTC) if text else None


def _rfc3339(text: str) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _struct(parsed: Any) -> datetime | None:
    return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
