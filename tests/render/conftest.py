"""Editions to render, and parsers that nobody here wrote to read them back."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest

from feedsvc.model import Author, Edition, Entry, Feed, Site
from feedsvc.render.atom import render_atom
from feedsvc.render.jsonfeed import render_json
from feedsvc.render.rss import render_rss

NOON = datetime(2026, 8, 4, 12, 0, 0, tzinfo=UTC)

SITE = Site(title="Example Gazette", base_url="https://example.org", authors=(Author("City Desk"),))
FEED = Feed(slug="all", title="All news", description="Every article")
ENTRY = Entry(
    article_id="A1",
    entry_id="urn:uuid:00000000-0000-4000-8000-000000000001",
    entry_id_is_permalink=False,
    slug="bridge-reopens",
    revision=1,
    title="Bridge reopens",
    content_html="<p>The bridge is open again.</p>",
    summary="The bridge is open.",
    language="en",
    section="City",
    authors=(Author("Science Desk"),),
    tags=("bridge", "traffic"),
    url=None,
    image=None,
    published_at=NOON,
    updated_at=NOON,
    modified_at=NOON,
)


@dataclass(frozen=True)
class Reading:
    """What one parser made of one entry. Text is plain: what was HTML has been decoded once."""

    id: str
    title: str
    link: str
    summary: str
    content: str


@pytest.fixture(scope="session")
def make_entry() -> Callable[..., Entry]:
    """Make an entry; `number` gives it an identity of its own and a place in time."""

    def make(number: int = 1, **facts: Any) -> Entry:
        numbered = replace(
            ENTRY,
            article_id=f"A{number}",
            entry_id=f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
            published_at=NOON - timedelta(hours=number),
            updated_at=NOON - timedelta(hours=number),
            modified_at=NOON - timedelta(hours=number),
        )
        return replace(numbered, **facts)

    return make


@pytest.fixture(scope="session")
def make_edition() -> Callable[..., Edition]:
    """Make an edition of these entries; facts of the feed and of the site by their names, `site_` before the latter."""

    def make(*entries: Entry, **facts: Any) -> Edition:
        edition_facts = {name: facts.pop(name) for name in ("tombstones", "updated_at", "changed_at") if name in facts}
        site_facts = {name.removeprefix("site_"): facts.pop(name) for name in list(facts) if name.startswith("site_")}
        edition = Edition(
            site=replace(SITE, **site_facts),
            feed=replace(FEED, **facts),
            feed_id="urn:uuid:00000000-0000-4000-8000-00000000feed",
            entries=entries,
            tombstones=(),
            updated_at=NOON,
            changed_at=NOON + timedelta(minutes=5),
        )
        return replace(edition, **edition_facts)

    return make


@pytest.fixture(scope="session")
def read() -> Callable[[Edition], dict[str, list[Reading]]]:
    """Render an edition in every format and read it by feedparser, by expat and by json; entries in their order."""

    def read_all(edition: Edition) -> dict[str, list[Reading]]:
        rss, atom, feed = render_rss(edition), render_atom(edition), render_json(edition)
        return {
            "RSS by feedparser": _by_feedparser(rss, summary_is_html=True),
            "RSS by expat": _rss_by_expat(rss),
            "Atom by feedparser": _by_feedparser(atom, summary_is_html=False),
            "Atom by expat": _atom_by_expat(atom),
            "JSON Feed by json": _by_json(feed),
        }

    return read_all


def _by_feedparser(document: bytes, *, summary_is_html: bool) -> list[Reading]:
    parsed = feedparser.parse(document, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.bozo_exception
    return [
        Reading(
            id=entry.id,
            title=entry.title,
            link=entry.link,
            summary=html.unescape(entry.get("summary", "")) if summary_is_html else entry.get("summary", ""),
            content=entry.content[0].value if "content" in entry else "",
        )
        for entry in parsed.entries
    ]


def _rss_by_expat(document: bytes) -> list[Reading]:
    return [
        Reading(
            id=item.findtext("guid", ""),
            title=item.findtext("title", ""),
            link=item.findtext("link", ""),
            summary=html.unescape(item.findtext("description", "")),
            content=item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded", ""),
        )
        for item in ET.fromstring(document).iterfind("channel/item")
    ]


def _atom_by_expat(document: bytes) -> list[Reading]:
    atom = "{http://www.w3.org/2005/Atom}"
    return [
        Reading(
            id=entry.findtext(f"{atom}id", ""),
            title=entry.findtext(f"{atom}title", ""),
            link=next(
                link.attrib["href"] for link in entry.iterfind(f"{atom}link") if link.attrib["rel"] == "alternate"
            ),
            summary=entry.findtext(f"{atom}summary", ""),
            content=entry.findtext(f"{atom}content", ""),
        )
        for entry in ET.fromstring(document).iterfind(f"{atom}entry")
    ]


def _by_json(document: bytes) -> list[Reading]:
    return [
        Reading(
            id=item["id"],
            title=item["title"],
            link=item["url"],
            summary=item.get("summary", ""),
            content=item.get("content_html", ""),
        )
        for item in json.loads(document)["items"]
    ]
