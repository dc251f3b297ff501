"""JSON Feed 1.1: its members, their order, and nothing that isn't known."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from feedsvc.model import Author, Edition, Entry, Image
from feedsvc.render.jsonfeed import render_json


def test_a_feed_says_what_it_is_in_the_order_of_the_specification(make_edition: Callable[..., Edition]) -> None:
    edition = make_edition(
        language="hy",
        image="/logo.png",
        site_icon="/icon.png",
        site_hubs=("https://hub.example.com/",),
        site_authors=(Author("City Desk", email="city@example.org", url="/desks/city"),),
    )
    feed = json.loads(render_json(edition))
    assert list(feed.items()) == [
        ("version", "https://jsonfeed.org/version/1.1"),
        ("title", "All news"),
        ("home_page_url", "https://example.org/feeds/all/"),
        ("feed_url", "https://example.org/feeds/all/feed.json"),
        ("description", "Every article"),
        ("icon", "https://example.org/logo.png"),
        ("favicon", "https://example.org/icon.png"),
        ("authors", [{"name": "City Desk", "url": "https://example.org/desks/city"}]),
        ("language", "hy"),
        ("hubs", [{"type": "WebSub", "url": "https://hub.example.com/"}]),
        ("items", []),
    ]


def test_an_item_says_all_that_is_known_of_an_entry(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    edition = make_edition(make_entry(language="ka", image=Image("/a.png", length=7)))
    (item,) = json.loads(render_json(edition))["items"]
    assert list(item.items()) == [
        ("id", "urn:uuid:00000000-0000-4000-8000-000000000001"),
        ("url", "https://example.org/articles/A1/bridge-reopens"),
        ("title", "Bridge reopens"),
        (
            "content_html",
            '<figure><img src="https://example.org/a.png" alt=""></figure><p>The bridge is open again.</p>',
        ),
        ("summary", "The bridge is open."),
        ("image", "https://example.org/a.png"),
        ("date_published", "2026-08-04T11:00:00Z"),
        ("date_modified", "2026-08-04T11:00:00Z"),
        ("authors", [{"name": "Science Desk"}]),
        ("tags", ["City", "bridge", "traffic"]),
        ("language", "ka"),
        ("attachments", [{"url": "https://example.org/a.png", "mime_type": "image/png", "size_in_bytes": 7}]),
    ]


def test_what_is_not_known_is_not_there(make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]) -> None:
    bare = make_entry(content_html="", summary="", section=None, authors=(), tags=(), language=None)
    feed = json.loads(render_json(make_edition(bare, site_authors=())))
    assert set(feed) == {"version", "title", "home_page_url", "feed_url", "description", "authors", "language", "items"}
    assert set(feed["items"][0]) == {"id", "url", "title", "content_text", "date_published", "date_modified"}


@pytest.mark.parametrize("text", ["Երևան", "👩‍👩‍👧‍👦", "</script>", '"\\\n\t'])
def test_text_is_written_in_utf_8_and_as_itself(
    text: str, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    document = render_json(make_edition(make_entry(summary=f"a{text}b")))
    assert json.loads(document)["items"][0]["summary"] == f"a{text}b"
    assert b"\\u" not in document
