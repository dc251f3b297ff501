"""`feedsvc check` behind its door: a file, a published feed, an address on a server that answers well or badly."""

from __future__ import annotations

import gzip
import json
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedsvc.checking import check_file, check_published, check_url
from feedsvc.errors import Forbidden, Invalid, NotFound, Unavailable
from feedsvc.fetching import Fetcher
from feedsvc.standards import Level
from tests.fetching.servers import answer, serve

NOW = datetime(2026, 8, 10, tzinfo=UTC)
BASE = "https://news.example.org"
LOCAL = Fetcher(allow_private_hosts=True)

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Harbour</title><link>{base}/</link>
<description>News</description><language>en</language>
<atom:link rel="self" type="application/rss+xml" href="{base}/feeds/all/rss.xml"/>
<item><title>A ship</title><link>{base}/1</link><guid isPermaLink="false">tag:example.org,2026:1</guid>
<pubDate>Tue, 04 Aug 2026 09:00:00 GMT</pubDate></item></channel></rss>
"""
ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Harbour</title><id>tag:example.org,2026:f</id>
<updated>2026-08-04T09:00:00Z</updated><author><name>City Desk</name></author>
<link rel="self" href="{base}/feeds/all/atom.xml"/>
<entry><title>A ship</title><id>tag:example.org,2026:1</id><link href="{base}/1"/><summary>A ship.</summary>
<published>2026-08-04T09:00:00Z</published><updated>2026-08-04T09:00:00Z</updated></entry></feed>
"""


def json_feed(base: str = BASE, **item: object) -> str:
    entry = {
        "id": "tag:example.org,2026:1",
        "title": "A ship",
        "url": f"{base}/1",
        "content_text": "A ship.",
        "date_published": "2026-08-04T09:00:00Z",
    }
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Harbour",
        "language": "en",
        "home_page_url": f"{base}/",
        "feed_url": f"{base}/feeds/all/feed.json",
        "items": [{**entry, **item}],
    }
    return json.dumps(feed)


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    (tmp_path / "all").mkdir()
    (tmp_path / "all" / "rss.xml").write_text(RSS.format(base=BASE))
    (tmp_path / "all" / "atom.xml").write_text(ATOM.format(base=BASE))
    (tmp_path / "all" / "feed.json").write_text(json_feed())
    (tmp_path / "all" / "index.html").write_text("<!DOCTYPE html><title>Harbour</title>")
    return tmp_path


def test_a_file_is_reported_under_its_name() -> None:
    report = check_file("rss.xml", RSS.format(base=BASE).replace("<language>en", "<language>xx").encode(), now=NOW)
    assert (report.subject, report.documents) == ("rss.xml", ("rss.xml",))
    assert [found.rule for found in report.findings] == ["RSS-21"]
    assert report.counts == {Level.ERROR: 0, Level.WARNING: 1, Level.ADVICE: 0}


def test_a_published_feed_that_is_right_has_no_findings(feeds: Path) -> None:
    report = check_published(feeds, "all", base_url=BASE, now=NOW)
    assert report.findings == ()
    assert report.documents == ("rss.xml", "atom.xml", "feed.json")


def test_a_fault_in_one_format_is_told_with_its_file(feeds: Path) -> None:
    (feeds / "all" / "atom.xml").write_text(ATOM.format(base=BASE).replace("T09:00:00Z</published>", "</published>"))
    report = check_published(feeds, "all", base_url=BASE, now=NOW)
    assert [(found.rule, found.place.split(",")[0]) for found in report.findings] == [
        ("ATOM-10", "atom.xml"),
        ("SAME-03", "atom.xml"),
    ]


def test_formats_that_do_not_agree_are_told(feeds: Path) -> None:
    (feeds / "all" / "feed.json").write_text(json_feed(title="A boat"))
    report = check_published(feeds, "all", base_url=BASE, now=NOW)
    assert [(found.rule, found.place) for found in report.findings] == [("SAME-02", "feed.json, entry 1 «A boat»")]


def test_the_own_address_of_each_document_is_compared_with_the_true_one(feeds: Path) -> None:
    report = check_published(feeds, "all", base_url="https://other.example.org", now=NOW)
    assert [found.rule for found in report.findings] == ["PROF-01", "ATOM-03", "JSON-03"]
    assert check_published(feeds, "all", now=NOW).findings == ()


def test_a_feed_of_one_format_is_checked_alone(feeds: Path) -> None:
    (feeds / "all" / "rss.xml").unlink()
    (feeds / "all" / "feed.json").unlink()
    assert check_published(feeds, "all", base_url=BASE, now=NOW).documents == ("atom.xml",)


def test_the_list_of_feeds_is_checked_as_the_site(feeds: Path) -> None:
    (feeds / "_site").mkdir()
    (feeds / "_site" / "opml.xml").write_text('<opml version="2.0"><head/><body><outline text=""/></body></opml>')
    report = check_published(feeds, "_site", base_url=BASE, now=NOW)
    assert [(found.rule, found.place) for found in report.findings] == [
        ("OPML-02", "opml.xml, outline 1, text, line 1")
    ]


def test_a_feed_that_is_not_there_is_not_found(feeds: Path) -> None:
    with pytest.raises(NotFound, match="feedsvc publish sport"):
        check_published(feeds, "sport")


@pytest.mark.parametrize("slug", ["..", "../all", "/etc", "a/b", "", "All"])
def test_a_slug_never_leads_out_of_the_folder(feeds: Path, slug: str) -> None:
    with pytest.raises(Invalid):
        check_published(feeds, slug)


def test_a_disk_that_refuses_is_told(feeds: Path) -> None:
    (feeds / "all" / "atom.xml").unlink()
    (feeds / "all" / "atom.xml").mkdir()
    with pytest.raises(Unavailable, match=r"atom\.xml"):
        check_published(feeds, "all")


# --- an address


class Site:
    """A server for one feed that keeps the rules of HTTP, but for the named fault."""

    def __init__(self, fault: str = "") -> None:
        self.fault = fault
        self.answered = 0
        self.base = ""

    def __call__(self, connection: socket.socket, request: str) -> None:
        self.answered += 1
        line, _, rest = request.partition("\r\n")
        asked = dict(field.lower().split(": ", 1) for field in rest.strip().split("\r\n"))
        if self.fault == "no HEAD" and line.startswith("HEAD"):
            return
        status, fields, body = self.reply(asked)
        if "if-none-match" not in asked and self.fault == "date as 400" and asked.get("if-modified-since"):
            status = "400 Bad Request"
        head = "".join(f"{field}\r\n" for field in fields)
        length = "" if status.startswith("304") else f"Content-Length: {len(body)}\r\n"
        payload = b"" if line.startswith("HEAD") or status.startswith("304") else body
        connection.sendall(f"HTTP/1.1 {status}\r\n{head}{length}Connection: close\r\n\r\n".encode() + payload)

    def reply(self, asked: dict[str, str]) -> tuple[str, list[str], bytes]:
        body = RSS.format(base=self.base).encode()
        tag = f'W/"{self.answered}"' if self.fault == "new tag" else '"one"'
        fields = ["Date: Tue, 04 Aug 2026 10:00:00 GMT", "Last-Modified: Tue, 04 Aug 2026 09:00:00 GMT"]
        fields += ["Content-Type: application/rss+xml; charset=utf-8", "Cache-Control: public, max-age=1"]
        if self.fault == "build time":
            second = self.answered % 10
            body = body.replace(
                b"<language>",
                b"<lastBuildDate>Tue, 04 Aug 2026 09:00:0%d GMT</lastBuildDate><language>" % second,
            )
        vary = [] if self.fault == "no vary" else ["Vary: Accept-Encoding"]
        if self.unchanged(asked, tag):
            return "304 Not Modified", [f"ETag: {tag}", "Cache-Control: public, max-age=1", *vary], b""
        if "gzip" in asked.get("accept-encoding", ""):
            coded_tag = tag if self.fault == "one strong tag" else '"one-gzip"'
            return "200 OK", [*fields, *vary, "Content-Encoding: gzip", f"ETag: {coded_tag}"], gzip.compress(body)
        return "200 OK", [*fields, *vary, f"ETag: {tag}"], body

    def unchanged(self, asked: dict[str, str], tag: str) -> bool:
        known = asked.get("if-none-match", "")
        if self.fault == "no 304":
            return False
        if self.fault == "exact tags only":
            return known == tag
        if self.fault == "date first" and "if-modified-since" in asked:
            return asked["if-modified-since"] == "tue, 04 aug 2026 09:00:00 gmt"
        return tag.removeprefix("W/") in known


def rules_of(site: Site) -> list[str]:
    with serve(site) as server:
        site.base = server.url("")
        report = check_url(server.url("/feeds/all/rss.xml"), LOCAL, now=NOW)
    return [found.rule for found in report.findings]


def test_a_server_that_keeps_the_rules_has_no_findings_and_few_requests() -> None:
    site = Site()
    assert rules_of(site) == []
    assert site.answered <= 8


@pytest.mark.parametrize(
    ("fault", "rules"),
    [
        ("no vary", ["HTTP-09"]),
        ("one strong tag", ["HTTP-08"]),
        ("no 304", ["HTTP-04"]),
        ("exact tags only", ["HTTP-04"]),
        ("date first", ["HTTP-05"]),
        ("date as 400", ["HTTP-06"]),
        ("build time", ["RSS-27"]),
        ("new tag", ["HTTP-10", "HTTP-04", "HTTP-17"]),
        ("no HEAD", ["HTTP-20"]),
    ],
)
def test_a_fault_of_the_server_is_found_and_nothing_else(fault: str, rules: list[str]) -> None:
    assert rules_of(Site(fault)) == rules


def test_an_address_that_answers_404_is_told_without_looking_at_its_page() -> None:
    with serve(answer(b"<html>not here", "Content-Type: text/html", status="404 Not Found")) as server:
        report = check_url(server.url(), LOCAL)
    assert [(found.rule, found.level) for found in report.findings] == [("HTTP-20", Level.ERROR)]
    assert len(server.requests) == 1


def test_a_web_page_in_place_of_a_feed_is_told() -> None:
    with serve(answer(b"<!DOCTYPE html><p>Hello", "Content-Type: text/html")) as server:
        report = check_url(server.url(), LOCAL)
    assert "DOC-01" in {found.rule for found in report.findings}


def test_a_feed_without_a_content_type_is_told() -> None:
    with serve(answer(RSS.encode())) as server:
        report = check_url(server.url(), LOCAL)
    assert "HTTP-02" in {found.rule for found in report.findings}


def test_an_address_that_cannot_be_reached_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unavailable):
        check_url(f"http://127.0.0.1:{port}/", LOCAL)


def test_the_reach_of_a_check_is_that_of_its_fetcher() -> None:
    with serve(answer()) as server, pytest.raises(Forbidden):
        check_url(server.url(), Fetcher())


def test_the_report_names_where_a_redirect_led() -> None:
    with serve(Site()) as server:
        onward = answer(b"", f"Location: {server.url('/new')}", status="301 Moved Permanently")
        with serve(onward) as old:
            report = check_url(old.url("/old"), LOCAL, now=NOW)
    assert (report.subject, report.documents) == (old.url("/old"), (server.url("/new"),))
