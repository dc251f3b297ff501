"""The page `/`: every public feed, for people and for software that looks for feeds (P22)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from lxml import html

from feedsvc.model import Catalogue, Feed, Format, Site
from feedsvc.render.index import FINDABLE, render_index

NOON = datetime(2026, 8, 4, 12, 0, tzinfo=UTC)
SITE = Site(title="Example Gazette", base_url="https://example.org/news", description="News from A & B")
ALL = Feed(slug="all", title="All news", description="Every article")
SPORT = Feed(slug="sport", title="Sport <& more>", description="", formats=(Format.ATOM,))
ARABIC = Feed(slug="ar", title="الأخبار", description="كل المقالات", language="ar")


def page(*feeds: Feed, site: Site = SITE) -> html.HtmlElement:
    body = render_index(Catalogue(site, feeds, NOON))
    return html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))


def attributes(tree: html.HtmlElement, path: str, name: str) -> list[str]:
    return [str(found) for found in tree.xpath(f"{path}/@{name}")]


def texts(tree: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(str(found.text_content()).split()) for found in tree.xpath(path)]


def test_it_names_the_site_and_each_feed_in_the_operators_order() -> None:
    tree = page(SPORT, ALL)
    assert texts(tree, "//h1") == ["Example Gazette"]
    assert texts(tree, "//*[@class='standfirst']") == ["News from A & B"]
    assert texts(tree, "//h3") == ["Sport <& more>", "All news"]
    assert attributes(tree, "//h3/a", "href") == [
        "https://example.org/news/feeds/sport/",
        "https://example.org/news/feeds/all/",
    ]
    assert texts(tree, "//li//*[@class='formats']") == ["English Atom", "English RSS Atom JSON"]


def test_each_format_of_a_feed_is_linked() -> None:
    assert attributes(page(ALL), "//li//*[@class='formats']/a", "href") == [
        f"https://example.org/news/feeds/all/{name}" for name in ("rss.xml", "atom.xml", "feed.json")
    ]


def test_discovery_finds_the_main_feed_first_then_the_others_once_each_then_the_list_of_all() -> None:
    tree = page(ALL, SPORT, ARABIC)
    links = tree.xpath("/html/head/link[@rel='alternate']")
    assert [(link.get("type"), link.get("href").removeprefix("https://example.org/news/")) for link in links] == [
        ("application/rss+xml", "feeds/all/rss.xml"),
        ("application/atom+xml", "feeds/all/atom.xml"),
        ("application/feed+json", "feeds/all/feed.json"),
        ("application/atom+xml", "feeds/sport/atom.xml"),
        ("application/rss+xml", "feeds/ar/rss.xml"),
        ("text/x-opml", "opml.xml"),
    ]
    titles = [link.get("title") for link in links]
    assert len(set(titles)) == len(titles)


def test_a_feed_in_another_language_says_so_and_runs_its_own_way() -> None:
    (item,) = page(ARABIC).xpath("//li")
    assert (item.get("lang"), item.get("dir")) == ("ar", "rtl")
    assert texts(item, ".//*[@class='formats']/span") == ["العربية"]


def test_a_site_without_feeds_says_so() -> None:
    tree = page()
    assert texts(tree, "//*[@class='nothing']") == ["There are no public feeds yet."]
    assert not tree.xpath("//ul")


def test_thousands_of_feeds_stay_one_quick_page() -> None:
    feeds = tuple(replace(ALL, slug=f"feed-{number}", title=f"Feed {number}") for number in range(2000))
    body = render_index(Catalogue(SITE, feeds, NOON))
    assert body.count(b"<h3") == 2000
    assert len(body) < 1_000_000
    assert body.count(b'rel="alternate"') <= 51


def test_a_long_list_can_be_filtered_and_a_short_one_carries_no_script() -> None:
    feeds = tuple(replace(ALL, slug=f"feed-{number}") for number in range(FINDABLE + 1))
    assert page(*feeds).xpath("//script")
    assert not page(*feeds[:-1]).xpath("//script")


def test_headings_step_down_one_by_one_and_the_page_names_itself() -> None:
    tree = page(ALL)
    assert [heading.tag for heading in tree.xpath("//h1 | //h2 | //h3")] == ["h1", "h2", "h2", "h3"]
    assert attributes(tree, "//link[@rel='canonical']", "href") == ["https://example.org/news/"]


def test_the_same_catalogue_gives_the_same_bytes() -> None:
    catalogue = Catalogue(SITE, (ALL, SPORT, ARABIC), NOON)
    assert render_index(catalogue) == render_index(catalogue)
