"""feedparser, by which most Python programs read feeds. It speaks RSS and Atom."""

from __future__ import annotations

from calendar import timegm
from datetime import UTC, datetime
from time import struct_time
from typing import Any

import feedparser
import pytest

from tests.clients.articles import WIRED
from tests.clients.seen import Entry, differences, guessed, read_html
from tests.service import Service

BOTH = pytest.mark.parametrize("name", ["rss.xml", "atom.xml"])


def fetch(service: Service, name: str, feed: str = "world", **known: str) -> Any:
    return feedparser.parse(f"{service.base_url}/feeds/{feed}/{name}", **known)


def read(entry: Any, language: str) -> Entry:
    return {
        "id": entry.id,
        "link": entry.link,
        "title": plain(entry.title_detail),
        "published": instant(entry.published_parsed),
        "updated": instant(entry.updated_parsed if "updated_parsed" in entry else entry.published_parsed),
        "authors": [author.name for author in entry.authors],
        "tags": [tag.term for tag in entry.tags],
        "summary": plain(entry.summary_detail),
        "content": read_html(entry.content[0].value),
        "picture": picture(entry),
        "language": entry.get("language") or entry.content[0].language or language,
    }


def plain(detail: Any) -> str:
    text: str = read_html(detail.value).text if detail.type == "text/html" else detail.value
    return text


def instant(parsed: struct_time) -> datetime:
    return datetime.fromtimestamp(timegm(parsed), UTC)


def picture(entry: Any) -> tuple[str, str, int | None] | None:
    for content in entry.get("media_content", []):
        length = content.get("filesize")
        return content["url"], content["type"], int(length) if length else None
    return None


@BOTH
def test_every_field_of_every_article_is_as_it_was_written(service: Service, articles: list[Entry], name: str) -> None:
    parsed = fetch(service, name)
    assert not parsed.bozo, parsed.get("bozo_exception")
    if name == "rss.xml":
        articles = [{**article, "title": guessed(article["title"])} for article in articles]
    assert differences([read(entry, parsed.feed.language) for entry in parsed.entries], articles) == []


@BOTH
def test_the_feed_says_what_it_is(service: Service, name: str) -> None:
    feed = fetch(service, name).feed
    assert (plain(feed.title_detail), plain(feed.subtitle_detail)) == ("World & Sea: <news>", "What happens & where.")
    assert feed.link == f"{service.base_url}/feeds/world/"
    assert [link.href for link in feed.links if link.rel == "self"] == [f"{service.base_url}/feeds/world/{name}"]
    assert feed.language == "en"


@BOTH
def test_a_picture_of_known_length_is_an_enclosure_too(service: Service, name: str) -> None:
    enclosures = [
        (entry.id, one.href, one.type, one.length) for entry in fetch(service, name).entries for one in entry.enclosures
    ]
    picture = WIRED.picture
    assert picture is not None
    assert enclosures == [(WIRED.guid, picture.url, picture.media_type, str(picture.length))]


@BOTH
def test_a_summary_feed_shows_the_summary_and_not_the_text(service: Service, articles: list[Entry], name: str) -> None:
    entries = fetch(service, name, feed="world-summaries").entries
    assert [plain(entry.summary_detail) for entry in entries] == [article["summary"] for article in articles]
    assert [entry for entry in entries if "content" in entry] == []


@BOTH
def test_who_has_the_feed_already_is_told_so(service: Service, name: str) -> None:
    first = fetch(service, name)
    assert first.status == 200
    for known in (
        {"etag": first.etag},
        {"modified": first.modified},
        {"etag": first.etag, "modified": first.modified},
    ):
        again = fetch(service, name, **known)
        assert (again.status, again.entries) == (304, [])
        assert again.etag == first.etag
