"""The formats of one feed hold the same entries; where they do not, the difference is told."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from feedsvc.standards.agreement import compare
from feedsvc.standards.reading import EntryFacts, FeedFacts, facts

NINE = datetime(2026, 8, 4, 9, tzinfo=UTC)
FIRST = EntryFacts("urn:uuid:1", "A ship & its crew", "https://news.example.org/1", NINE)
SECOND = EntryFacts("tag:example.org,2026:2", "Second <thoughts>", "https://news.example.org/2", None)
FEED = FeedFacts(
    "Harbour & Tide",
    (FIRST, SECOND),
    frozenset({"https://hub.example.org/"}),
    frozenset({"https://news.example.org/feed"}),
)

RSS = b"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Harbour &amp; Tide</title>
<atom:link rel="self" href="https://news.example.org/feed"/><atom:link rel="hub" href="https://hub.example.org/"/>
<item><title>A ship &amp; its crew</title><link>https://news.example.org/1</link>
<guid isPermaLink="false">urn:uuid:1</guid>
<pubDate>Tue, 04 Aug 2026 13:00:00 +0400</pubDate></item>
<item><title>Second
   &lt;thoughts&gt;</title><link>https://news.example.org/2</link>
<guid isPermaLink="false">tag:example.org,2026:2</guid></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">Harbour &amp;amp; Tide</title>
<link rel="self" href="https://news.example.org/feed"/><link rel="hub" href="https://hub.example.org/"/>
<entry><title>A ship &amp; its crew</title><link href="https://news.example.org/1"/><id>urn:uuid:1</id>
<published>2026-08-04T09:00:00.75Z</published><link rel="enclosure" href="https://news.example.org/a.jpg"/></entry>
<entry><title type="html">Second &amp;lt;thoughts&amp;gt;</title><id>tag:example.org,2026:2</id>
<link rel="alternate" href="https://news.example.org/2"/></entry></feed>"""
JSON = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour & Tide",
"feed_url": "https://news.example.org/feed", "hubs": [{"type": "WebSub", "url": "https://hub.example.org/"}], "items": [
{"id": "urn:uuid:1", "title": "A ship & its crew", "url": "https://news.example.org/1",
"date_published": "2026-08-04T09:00:00Z"},
{"id": "tag:example.org,2026:2", "title": "Second <thoughts>", "url": "https://news.example.org/2"}]}"""


@pytest.mark.parametrize("data", [RSS, ATOM, JSON])
def test_the_same_feed_has_the_same_facts_in_every_format(data: bytes) -> None:
    assert facts(data) == FEED


@pytest.mark.parametrize("data", [b"", b"<html/>", b"<rss", b"<rss/>", b"{", b'{"items": 1}', b"\xff\xfe"])
def test_what_is_no_feed_has_no_facts(data: bytes) -> None:
    assert facts(data) is None


def changed(**change: object) -> FeedFacts:
    first = dataclasses.replace(FIRST, **change)  # type: ignore[arg-type]
    return dataclasses.replace(FEED, entries=(first, SECOND))


@pytest.mark.parametrize(
    ("other", "rule", "says"),
    [
        (dataclasses.replace(FEED, entries=(FIRST,)), "SAME-01", "in rss.xml but not in atom.xml"),
        (dataclasses.replace(FEED, entries=(SECOND, FIRST)), "SAME-01", "than rss.xml, from entry 1 on"),
        (dataclasses.replace(FEED, title="Harbour"), "SAME-02", "«Harbour & Tide» in rss.xml"),
        (changed(title="A ship &amp; its crew"), "SAME-02", "the title is «A ship & its crew» in rss.xml"),
        (changed(published=NINE.replace(hour=10)), "SAME-03", "10:00:00+00:00 here"),
        (changed(published=None), "SAME-03", "missing here"),
        (changed(link="https://news.example.org/one"), "SAME-04", "https://news.example.org/one"),
    ],
)
def test_a_difference_is_found_and_nothing_else(other: FeedFacts, rule: str, says: str) -> None:
    (found,) = compare({"rss.xml": FEED, "atom.xml": other})
    assert found.rule == rule
    assert says in found.message


def test_formats_that_agree_have_no_findings() -> None:
    assert compare({"rss.xml": FEED, "atom.xml": FEED, "feed.json": FEED}) == ()


def test_an_entry_that_is_in_one_format_twice_is_a_difference() -> None:
    doubled = dataclasses.replace(FEED, entries=(FIRST, SECOND, SECOND))
    assert [found.rule for found in compare({"rss.xml": FEED, "atom.xml": doubled})] == ["SAME-01"]
