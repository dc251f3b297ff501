"""Finding the feeds from a page, as readers and browsers' extensions do when somebody gives them a page's address."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from lxml import html as lxml_html

from tests.clients.articles import TITLED
from tests.clients.programs import node
from tests.clients.seen import Entry
from tests.service import Service

# HTML Living Standard, section 4.6.7.1 "alternate"; JSON Feed 1.1, "Discovery".
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
FILES = ("rss.xml", "atom.xml", "feed.json")


@pytest.fixture
def article(articles: list[Entry]) -> Entry:
    """Give an article that has its page here."""
    return next(one for one in articles if one["title"] == TITLED[0].title)


def discover(service: Service, url: str) -> list[tuple[str, str, str]]:
    """Give type, address and title of each feed that a page names in its head, in the page's order."""
    answer = service.get(url)
    assert answer.status == 200
    head = lxml_html.document_fromstring(answer.text).find("head")
    assert head is not None
    (base, *_) = [urljoin(url, one.get("href", "")) for one in head.iter("base")] or [url]
    return [
        (link.get("type", ""), urljoin(base, link.get("href", "")), link.get("title", ""))
        for link in head.iter("link")
        if "alternate" in link.get("rel", "").lower().split() and link.get("type") in FEED_TYPES
    ]


def test_a_feeds_page_names_each_of_its_formats(service: Service) -> None:
    found = discover(service, f"{service.base_url}/feeds/world/")
    wanted = [(type_, f"{service.base_url}/feeds/world/{file}") for type_, file in zip(FEED_TYPES, FILES, strict=True)]
    assert [(type_, address) for type_, address, _ in found] == wanted


def test_the_first_page_names_every_feed(service: Service) -> None:
    found = {address for _, address, _ in discover(service, f"{service.base_url}/")}
    slugs = ("all", "world", "world-summaries", "sport", "empty")
    assert {f"{service.base_url}/feeds/{slug}/rss.xml" for slug in slugs} <= found


def test_an_articles_page_names_the_feeds_that_hold_it(service: Service, article: Entry) -> None:
    found = {address for _, address, _ in discover(service, article["link"])}
    assert {f"{service.base_url}/feeds/{slug}/rss.xml" for slug in ("all", "world", "world-summaries")} <= found
    assert not {address for address in found if "/feeds/sport/" in address}


def test_what_is_found_is_there_and_is_what_it_is_said_to_be(service: Service, article: Entry) -> None:
    for page in (f"{service.base_url}/", f"{service.base_url}/feeds/world/", article["link"]):
        found = discover(service, page)
        # A reader shows the titles when it asks which one to take.
        assert len({title for _, _, title in found}) == len(found)
        for type_, address, title in found:
            answer = service.get(address)
            assert (answer.status, answer.headers.get_content_type()) == (200, type_), title


def test_a_feed_finder_from_npm_finds_them(service: Service, article: Entry) -> None:
    for page in (f"{service.base_url}/", f"{service.base_url}/feeds/world/", article["link"]):
        # It knows no JSON Feed.
        wanted = {address for type_, address, _ in discover(service, page) if type_ != "application/feed+json"}
        found = {one["url"] for one in node("discover.mjs", page)}
        assert wanted
        assert found == wanted
