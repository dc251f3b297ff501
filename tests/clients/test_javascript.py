"""JavaScript's parsers: feedsmith, which speaks all three formats, and rss-parser, which speaks RSS and Atom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.clients.programs import node
from tests.clients.seen import Entry, differences, instant, only, read_html
from tests.service import Service

Picture = tuple[str, str, int | None]


def feedsmith_rss(item: dict[str, Any], feed: dict[str, Any]) -> Entry:
    published = parsedate_to_datetime(item["pubDate"]).astimezone(UTC)
    updated = item.get("atom", {}).get("updated")
    return {
        "id": item["guid"]["value"],
        "link": item["link"],
        "title": item["title"],
        "published": published,
        "updated": instant(updated) if updated else published,
        "authors": item["dc"]["creators"],
        "tags": [category["name"] for category in item["categories"]],
        "summary": read_html(item["description"]).text,
        "content": read_html(item["content"]["encoded"]),
        "picture": media_picture(item),
        "language": item["dc"].get("languages", [feed["language"]])[0],
    }


def feedsmith_atom(entry: dict[str, Any], _feed: dict[str, Any]) -> Entry:
    assert (entry["title"]["type"], entry["summary"]["type"], entry["content"]["type"]) == ("text", "text", "html")
    (link,) = [link for link in entry["links"] if link["rel"] == "alternate"]
    return {
        "id": entry["id"],
        "link": link["href"],
        "title": entry["title"]["value"],
        "published": instant(entry["published"]),
        "updated": instant(entry["updated"]),
        "authors": [author["name"] for author in entry["authors"]],
        "tags": [category["term"] for category in entry["categories"]],
        "summary": entry["summary"]["value"],
        "content": read_html(entry["content"]["value"]),
        "picture": media_picture(entry),
        "language": link["hreflang"],
    }


def feedsmith_json(item: dict[str, Any], feed: dict[str, Any]) -> Entry:
    picture = None
    if "image" in item:
        (attached,) = item["attachments"]
        assert attached["url"] == item["image"]
        picture = (attached["url"], attached["mime_type"], attached.get("size_in_bytes"))
    return {
        "id": item["id"],
        "link": item["url"],
        "title": item["title"],
        "published": instant(item["date_published"]),
        "updated": instant(item["date_modified"]),
        "authors": [author["name"] for author in item["authors"]],
        "tags": item["tags"],
        "summary": item["summary"],
        "content": read_html(item["content_html"]),
        "picture": picture,
        "language": item.get("language", feed["language"]),
    }


def media_picture(item: dict[str, Any]) -> Picture | None:
    if "media" not in item:
        return None
    (content,) = item["media"]["contents"]
    assert content["medium"] == "image"
    return content["url"], content["type"], content.get("fileSize")


@pytest.mark.parametrize(
    ("format_", "items", "read"),
    [("rss", "items", feedsmith_rss), ("atom", "entries", feedsmith_atom), ("json", "items", feedsmith_json)],
)
def test_feedsmith_reads_every_field_as_it_was_written(
    service: Service, articles: list[Entry], format_: str, items: str, read: Callable[..., Entry]
) -> None:
    name = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}[format_]
    parsed = node("read.mjs", "feedsmith", f"{service.base_url}/feeds/world/{name}")
    assert parsed["format"] == format_
    assert differences([read(item, parsed["feed"]) for item in parsed["feed"][items]], articles) == []


def test_a_summary_feed_in_json_shows_the_summary_and_not_the_text(service: Service, articles: list[Entry]) -> None:
    parsed = node("read.mjs", "feedsmith", f"{service.base_url}/feeds/world-summaries/feed.json")
    items = parsed["feed"]["items"]
    assert [item["content_text"] for item in items] == [article["summary"] for article in articles]
    assert [item for item in items if "content_html" in item] == []


def rss_parser_rss(item: dict[str, Any]) -> Entry:
    media = item.get("media:content")
    return {
        "id": item["guid"],
        "link": item["link"],
        "title": item["title"],
        "published": instant(item["isoDate"]),
        "authors": item["creators"],
        "tags": item["categories"],
        "summary": item["contentSnippet"],
        "content": read_html(item["content:encoded"]),
        "picture": rss_parser_picture(media),
    }


def rss_parser_atom(item: dict[str, Any]) -> Entry:
    return {
        "id": item["id"],
        "link": item["link"],
        "title": item["title"],
        "published": instant(item["isoDate"]),
        "authors": [name for author in item["authors"] for name in author["name"]],
        "summary": item["summary"],
        "content": read_html(item["content"]),
        "picture": rss_parser_picture(item.get("media:content")),
    }


def rss_parser_picture(media: dict[str, Any] | None) -> Picture | None:
    if media is None:
        return None
    facts = media["$"]
    return facts["url"], facts["type"], int(facts["fileSize"]) if "fileSize" in facts else None


@pytest.mark.parametrize(
    ("name", "read", "untold"),
    [
        ("rss.xml", rss_parser_rss, {"updated", "language"}),
        ("atom.xml", rss_parser_atom, {"updated", "language", "tags"}),
    ],
)
def test_rss_parser_reads_every_field_that_it_knows_as_it_was_written(
    service: Service, articles: list[Entry], name: str, read: Callable[[dict[str, Any]], Entry], untold: set[str]
) -> None:
    parsed = node("read.mjs", "rss-parser", f"{service.base_url}/feeds/world/{name}")
    assert (parsed["title"], parsed["link"]) == ("World & Sea: <news>", f"{service.base_url}/feeds/world/")
    assert parsed["feedUrl"] == f"{service.base_url}/feeds/world/{name}"
    told = [field for field in articles[0] if field not in untold]
    assert differences([read(item) for item in parsed["items"]], only(articles, told)) == []
