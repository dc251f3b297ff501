"""P20: the right type, for every client.

Content-Type and charset of each format; HEAD = GET without the body; a client with `Accept: */*` or a text/html-first
browser header still gets the feed at a feed URL.

not yet: sitemaps.
"""

from __future__ import annotations

import gzip
import json
from email.message import Message

import pytest

from tests.promises.gazette import Gazette
from tests.service import Answer, Service

TYPES = {
    "/feeds/all/rss.xml": "application/rss+xml; charset=utf-8",
    "/feeds/all/atom.xml": "application/atom+xml; charset=utf-8",
    "/feeds/all/feed.json": "application/feed+json",
    "/opml.xml": "text/x-opml; charset=utf-8",
    "/feeds/all/": "text/html; charset=utf-8",
    "/": "text/html; charset=utf-8",
}
FEEDS = list(TYPES)[:3]

ACCEPTS = [
    None,
    "*/*",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    "text/html",
    "text/html, */*;q=0.1",
    "application/json",
    "application/rss+xml, application/atom+xml;q=0.8, application/xml;q=0.6, text/xml;q=0.6, */*;q=0.1",
    "application/atom+xml;q=1, application/rss+xml;q=0",
    "image/png",
    "text/*;q=0",
    "",
    "nonsense",
    ";;,q=",
]
AGENTS = [
    None,
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 16 subscribers)",
    "FreshRSS/1.26.0 (Linux; https://freshrss.org)",
    "NetNewsWire (RSS Reader; https://netnewswire.com/)",
    "curl/8.5.0",
    "",
]


@pytest.fixture(params=["in this process", "running"])
def place(request: pytest.FixtureRequest) -> Gazette | Service:
    """The application called directly, and the service over its socket."""
    if request.param == "running":
        service: Service = request.getfixturevalue("running")
        return service
    room: Gazette = request.getfixturevalue("gazette")
    room.write("Storm", f"<p>{'It rains. ' * 100}</p>")
    room.publish()
    room.pass_time(60)
    return room


def is_what_it_says(path: str, body: bytes) -> bool:
    """Whether the first bytes, where software that sniffs looks, are those of the format."""
    if path.endswith(".json"):
        return str(json.loads(body)["version"]).startswith("https://jsonfeed.org/version/1.1")
    root = {"rss.xml": b"<rss", "atom.xml": b"<feed", "opml.xml": b"<opml"}.get(path.rpartition("/")[2])
    if root is None:
        return body[:15].lower() == b"<!doctype html>"
    # XML-03, XML-06, XML-09: nothing before the declaration, the same encoding in it, the root within 512 bytes.
    head = body[:512]
    return head.startswith(b"<?xml ") and b"UTF-8" in head.partition(b"?>")[0].upper() and root in head


def but_for_date(headers: Message) -> list[tuple[str, str]]:
    return sorted((name.lower(), value) for name, value in headers.items() if name.lower() != "date")


def test_every_document_has_its_type_for_every_accept_and_every_client(place: Gazette | Service) -> None:
    for path, content_type in TYPES.items():
        first = place.get(path)
        assert first.status == 200
        assert is_what_it_says(path, first.body), path
        for accept in ACCEPTS:
            for agent in AGENTS:
                asked = {"Accept": accept, "User-Agent": agent}
                answer = place.get(path, {name: value for name, value in asked.items() if value is not None})
                assert answer.status == 200, (path, asked)
                assert answer.headers.get_all("Content-Type") == [content_type], (path, asked)
                assert answer.body == first.body, (path, asked)
                assert but_for_date(answer.headers) == but_for_date(first.headers), (path, asked)


def test_head_is_get_without_the_body(place: Gazette | Service) -> None:
    gone = ["/feeds/none/rss.xml", "/feeds/all/none.xml", "/nothing", "/feeds/all"]
    for path in [*TYPES, *gone]:
        for asked in ({}, {"Accept-Encoding": "gzip"}, {"If-None-Match": "*"}):
            got, head = place.get(path, asked), place.get(path, asked, "HEAD")
            assert head.body == b"", (path, asked)
            assert head.status == got.status, (path, asked)
            assert but_for_date(head.headers) == but_for_date(got.headers), (path, asked)
            if got.status == 200:
                assert head.headers["Content-Length"] == str(len(got.body)), (path, asked)


def test_nothing_is_left_to_guess(place: Gazette | Service) -> None:
    for path in TYPES:
        headers = place.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert "Content-Disposition" not in headers, path
        assert "Set-Cookie" not in headers, path
        # One address gives one format, so that caches need not tell clients apart.
        assert headers["Vary"] == "Accept-Encoding", path
        assert headers["Date"], path


def test_a_packed_document_is_the_same_document(place: Gazette | Service) -> None:
    for path in TYPES:
        plain, packed = place.get(path), place.get(path, {"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip", path
        assert packed.headers["Content-Type"] == plain.headers["Content-Type"], path
        assert gzip.decompress(packed.body) == plain.body, path


def test_an_error_at_a_feed_s_address_is_never_a_page(place: Gazette | Service) -> None:
    html_first = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    refused: list[tuple[str, Answer]] = [
        *((path, place.get(path, html_first)) for path in ("/feeds/none/rss.xml", "/feeds/all/none.xml")),
        *((path, place.get(path, html_first, "POST")) for path in FEEDS),
        *((path, place.get(path, {**html_first, "If-Match": '"x"'})) for path in FEEDS),
    ]
    for path, answer in refused:
        assert answer.status in {404, 405, 412}, path
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8", path
        assert b"<" not in answer.body, path
        assert answer.body, path


def test_a_feed_s_address_is_one_with_and_without_a_query(place: Gazette | Service) -> None:
    # Readers and campaigns add parameters; the feed is the same.
    for path in FEEDS:
        assert place.get(f"{path}?utm_source=x&format=html").body == place.get(path).body
