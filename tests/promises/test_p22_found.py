"""P22: a feed can be found.

`<link rel="alternate">` on every page, HTTP Link, an index page and an OPML 2.0 list of all public feeds and of no
private one; feed-discovery libraries find them.

Feed-discovery libraries have their tests in tests/clients/test_discovery.py.

not yet: private feeds (here: unlisted ones); the newsroom's pages.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from feedsvc.model import Author, Feed, FeedTemplate, Format, Selection, Visibility
from tests.newsroom import ALL
from tests.promises.gazette import Gazette
from tests.promises.readers import ATOM, parse_xml
from tests.service import Answer

WEATHER = Feed("weather", "Weather & wind", "By section", Selection(sections=("weather",)), language="de")
ONLY_ATOM = Feed("only-atom", "Only Atom", "One format", formats=(Format.ATOM,))
ONLY_PAGE = Feed("only-page", "Only a page", "No format for software", formats=())
HIDDEN = Feed("partner-x9", "Partner X9", "For one partner's eyes", visibility=Visibility.UNLISTED)
OLD = Feed("old", "Gone before long", "Taken away")

TYPES = {"rss.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json"}


class Head(HTMLParser):
    """The links in a page's head, and the addresses that its text links to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[dict[str, str]] = []
        self.anchors: list[str] = []
        self._in_head = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in {"head", "body"}:
            self._in_head = tag == "head"
        elif tag == "link" and self._in_head:
            self.links.append(values)
        elif tag == "a":
            self.anchors.append(values.get("href", ""))

    @property
    def alternates(self) -> list[dict[str, str]]:
        return [link for link in self.links if "alternate" in link["rel"].split()]


@pytest.fixture(params=["https://gazette.example.org", "http://example.org:8080/news"])
def room(request: pytest.FixtureRequest, gazette: Gazette) -> Gazette:
    """A newsroom with feeds of every kind, at the root of a host and below a path; one feed was taken away."""
    gazette.site = replace(gazette.site, base_url=str(request.param), hubs=("https://hub.example.org/",))
    by_tag = FeedTemplate("tag", Feed("tag-{value}", "{value}", "Of {value}"))
    gazette.define([ALL, WEATHER, ONLY_ATOM, HIDDEN, OLD], [by_tag])
    gazette.write("Storm", section="Weather", tags=("wind",), authors=(Author("Weather Desk"),))
    gazette.publish()
    gazette.define([ALL, WEATHER, ONLY_ATOM, HIDDEN])
    gazette.open()
    gazette.publish()
    gazette.pass_time(60)
    return gazette


def at(room: Gazette, address: str) -> Answer:
    """Fetch an absolute address of this site; any other fails."""
    assert address.startswith(f"{room.site.base_url}/"), address
    return room.get(address.removeprefix(room.site.base_url))


def pages(room: Gazette) -> dict[str, tuple[int, Head]]:
    """Every page there is, errors that people see included, by its path."""
    article = room.read_all()["JSON Feed by json"][0].link.removeprefix(room.site.base_url)
    paths = ["/", *(f"/feeds/{slug}/" for slug in ("all", "weather", "only-atom", "partner-x9", "tag-wind")), article]
    return {path: ((answer := room.get(path)).status, Head(answer.text)) for path in paths}


PUBLIC = {"all", "weather", "only-atom", "tag-wind"}


def test_every_page_names_feeds_that_are_there_and_are_what_it_says(room: Gazette) -> None:
    for path, (status, head) in pages(room).items():
        assert status == 200, path
        assert head.alternates, path
        titles = [link["title"] for link in head.alternates]
        assert len(set(titles)) == len(titles), (path, titles)
        for link in head.alternates:
            answer = at(room, link["href"])
            assert answer.status == 200, (path, link)
            assert answer.headers["Content-Type"].partition(";")[0] == link["type"], (path, link)


def test_a_feed_s_page_names_that_feed_in_all_its_formats_and_first(room: Gazette) -> None:
    found = pages(room)
    for slug, names in {"all": list(TYPES), "weather": list(TYPES), "only-atom": ["atom.xml"]}.items():
        links = found[f"/feeds/{slug}/"][1].alternates
        own = [f"{room.site.base_url}/feeds/{slug}/{name}" for name in names]
        assert [link["href"] for link in links][: len(own)] == own
    # The page of an unlisted feed is only for those who have its address, and they may subscribe.
    assert "/feeds/partner-x9/rss.xml" in str(found["/feeds/partner-x9/"][1].alternates)


def test_the_page_of_a_withdrawn_article_names_the_feeds_that_say_so(room: Gazette) -> None:
    story = room.write("Taken back", section="Weather")
    room.publish()
    room.withdraw(story, notice=True)
    room.publish()
    answer = room.get(f"/articles/{story.id}/{story.slug}")
    assert answer.status == 410
    named = {re.sub(r".*/feeds/([^/]+)/.*", r"\1", link["href"]) for link in Head(answer.text).alternates}
    assert named == {"all", "weather", "only-atom"}


def test_an_article_names_the_feeds_that_hold_it(room: Gazette) -> None:
    article = next(head for path, (_, head) in pages(room).items() if path.startswith("/articles/"))
    named = {re.sub(r".*/feeds/([^/]+)/.*", r"\1", link["href"]) for link in article.alternates}
    assert named == PUBLIC


def test_the_index_page_and_opml_list_every_public_feed_and_no_other(room: Gazette) -> None:
    index = Head(room.get("/").text)
    listed = {re.sub(r".*/feeds/([^/]+)/.*", r"\1", href) for href in index.anchors if "/feeds/" in href}
    assert listed == PUBLIC
    opml = parse_xml(room.get("/opml.xml").body)
    outlines = [dict(outline.attrib) for outline in opml.iter("outline")]
    assert opml.get("version") == "2.0"
    assert opml.findtext("head/title")
    assert {re.sub(r".*/feeds/([^/]+)/.*", r"\1", each["xmlUrl"]) for each in outlines} == PUBLIC
    for outline in outlines:
        assert outline["type"] == "rss"
        assert outline["text"] == outline["title"]
        assert at(room, outline["xmlUrl"]).status == 200
        assert at(room, outline["htmlUrl"]).status == 200
    assert {outline["text"] for outline in outlines} >= {"All news", "Weather & wind", "Only Atom", "wind"}
    (weather,) = (outline for outline in outlines if outline["text"] == "Weather & wind")
    assert weather["language"] == "de"


def test_an_unlisted_feed_is_served_and_is_named_nowhere_but_at_home(room: Gazette) -> None:
    for name in (*TYPES, ""):
        assert room.get(f"/feeds/partner-x9/{name}").status == 200
    article = next(path for path in pages(room) if path.startswith("/articles/"))
    elsewhere = [
        "/",
        "/opml.xml",
        "/robots.txt",
        "/nothing",
        article,
        *(f"/feeds/{slug}/{name}" for slug in sorted(PUBLIC) for name in (*TYPES, "")),
    ]
    for path in elsewhere:
        answer = room.get(path)
        for word in ("partner-x9", "Partner X9", "partner's eyes"):
            assert word not in answer.text, (path, word)
            assert word not in str(answer.headers), (path, word)


def test_a_feed_that_was_taken_away_or_hidden_leaves_every_list(room: Gazette) -> None:
    for path in ("/", "/opml.xml"):
        assert "Gone before long" not in room.get(path).text
    room.define([ALL, replace(WEATHER, visibility=Visibility.UNLISTED), ONLY_ATOM, HIDDEN])
    room.publish()
    for path, (_, head) in pages(room).items():
        if "weather" not in path:
            assert "weather" not in str(head.alternates), path
    for path in ("/", "/opml.xml"):
        assert "Weather &" not in room.get(path).text
    assert room.get("/feeds/weather/rss.xml").status == 200


LINK = re.compile(r'<([^>]*)>((?:\s*;\s*[a-z]+="[^"]*")*)')


def link_field(answer: Answer) -> list[tuple[str, dict[str, str]]]:
    """Read a Link field (RFC 8288)."""
    field = ", ".join(answer.headers.get_all("Link") or [])
    return [(found[1], dict(re.findall(r'([a-z]+)="([^"]*)"', found[2]))) for found in LINK.finditer(field)]


def test_the_link_field_says_what_the_document_says(room: Gazette) -> None:
    for slug in ("all", "weather", "only-atom", "partner-x9", "tag-wind"):
        for name, media_type in TYPES.items():
            path = f"/feeds/{slug}/{name}"
            if room.get(path).status != 200:
                assert slug == "only-atom"
                continue
            for method in ("GET", "HEAD"):
                links = link_field(room.get(path, method=method))
                (own,) = [address for address, facts in links if facts["rel"] == "self"]
                hubs = [address for address, facts in links if facts["rel"] == "hub"]
                assert own == f"{room.site.base_url}{path}"
                assert hubs == ["https://hub.example.org/"]
                for address, facts in links:
                    if facts["rel"] == "alternate":
                        answer = at(room, address)
                        assert answer.status == 200
                        assert answer.headers["Content-Type"].partition(";")[0] == facts["type"] != media_type
            assert inside(room, path) == (own, hubs)


def inside(room: Gazette, path: str) -> tuple[str, list[str]]:
    """What a document says of itself: its own address, and its hubs."""
    body = room.get(path).body
    if path.endswith(".json"):
        feed = json.loads(body)
        return feed["feed_url"], [hub["url"] for hub in feed["hubs"]]
    links = [dict(link.attrib) for link in parse_xml(body).iter(f"{ATOM}link")]
    (own,) = [link["href"] for link in links if link["rel"] == "self"]
    return own, [link["href"] for link in links if link["rel"] == "hub"]


def test_pages_have_one_canonical_address_and_links_to_their_feeds(room: Gazette) -> None:
    for path in ("/feeds/all/", "/"):
        answer = room.get(path)
        links = link_field(answer)
        assert [address for address, facts in links if facts["rel"] == "canonical" or facts["rel"] == "self"] == [
            f"{room.site.base_url}{path}"
        ]
        canonical = [link["href"] for link in Head(answer.text).links if link["rel"] == "canonical"]
        assert canonical == [f"{room.site.base_url}{path}"]
    alternates = [address for address, facts in link_field(room.get("/feeds/all/")) if facts["rel"] == "alternate"]
    assert sorted(alternates) == sorted(f"{room.site.base_url}/feeds/all/{name}" for name in TYPES)


def test_every_feed_points_back_at_its_page(room: Gazette) -> None:
    for slug in ("all", "weather", "tag-wind"):
        rss = parse_xml(room.get(f"/feeds/{slug}/rss.xml").body)
        feed = json.loads(room.get(f"/feeds/{slug}/feed.json").body)
        assert rss.findtext("channel/link") == feed["home_page_url"] == f"{room.site.base_url}/feeds/{slug}/"
        assert at(room, feed["home_page_url"]).status == 200


def test_a_site_without_feeds_has_lists_all_the_same(gazette: Gazette) -> None:
    gazette.define([])
    gazette.publish()
    assert gazette.get("/").status == 200
    outlines = parse_xml(gazette.get("/opml.xml").body).findall("body/outline")
    # OPML-01: a body has at least one.
    assert len(outlines) == 1
    assert "xmlUrl" not in outlines[0].attrib


def test_a_feed_that_is_only_a_page_is_listed_for_people_alone(gazette: Gazette) -> None:
    gazette.define([ALL, ONLY_PAGE])
    gazette.publish()
    assert "Only a page" in gazette.get("/").text
    assert "only-page" not in gazette.get("/opml.xml").text
    assert gazette.get("/feeds/only-page/").status == 200
    assert gazette.get("/feeds/only-page/rss.xml").status == 404
