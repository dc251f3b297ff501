"""P08: every link is absolute, in every format."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from feedsvc.model import Edition, Entry, Format
from feedsvc.render.addresses import article_url, feed_link, feed_url


def test_links_in_a_body_are_absolute_against_the_article(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    body = (
        '<p><a href="../x">x</a> <a href="//cdn.example.com/y">y</a> <a href="?q=1">q</a> <a href="#frag">f</a>'
        '<img src="/a.jpg" srcset="/a.jpg 1x, b.jpg 2x" alt=""></p><video src="v.mp4" poster="p.jpg"></video>'
    )
    entry = make_entry(content_html=body, url="https://example.com/news/bridge")
    for parser, entries in read(make_edition(entry)).items():
        links = re.findall(r'(?:href|src|poster)="([^"]*)"', entries[0].content)
        assert links == [
            "https://example.com/x",
            "https://cdn.example.com/y",
            "https://example.com/news/bridge?q=1",
            "https://example.com/news/bridge#frag",
            "https://example.com/a.jpg",
            "https://example.com/news/v.mp4",
            "https://example.com/news/p.jpg",
        ], parser
        assert 'srcset="https://example.com/a.jpg 1x, https://example.com/news/b.jpg 2x"' in entries[0].content, parser


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (None, "https://example.org/articles/A1/bridge-reopens"),
        ("", "https://example.org/articles/A1/bridge-reopens"),
        ("https://example.com/news/1", "https://example.com/news/1"),
        ("/news/1", "https://example.org/news/1"),
        ("https://example.com/новости?q=a b", "https://example.com/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8?q=a%20b"),
        ("javascript:alert(1)", "https://example.org/articles/A1/bridge-reopens"),
        ("mailto:desk@example.org", "https://example.org/articles/A1/bridge-reopens"),
    ],
)
def test_an_entry_links_to_its_canonical_page_or_its_permalink(
    url: str | None,
    link: str,
    make_entry: Callable[..., Entry],
    make_edition: Callable[..., Edition],
    read: Callable[..., Any],
) -> None:
    for parser, entries in read(make_edition(make_entry(url=url))).items():
        assert entries[0].link == link, parser


def test_a_permalink_is_percent_encoded(make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]) -> None:
    entry = make_entry(slug="мост/открыт?")
    assert article_url(entry, make_edition().site) == (
        "https://example.org/articles/A1/%D0%BC%D0%BE%D1%81%D1%82%2F%D0%BE%D1%82%D0%BA%D1%80%D1%8B%D1%82%3F"
    )


def test_a_feed_has_one_address_for_each_format(make_edition: Callable[..., Edition]) -> None:
    site = make_edition().site
    assert [feed_url(site, "all", each) for each in Format] == [
        "https://example.org/feeds/all/rss.xml",
        "https://example.org/feeds/all/atom.xml",
        "https://example.org/feeds/all/feed.json",
        "https://example.org/feeds/all/",
    ]


@pytest.mark.parametrize(
    ("link", "page"),
    [
        (None, "https://example.org/feeds/all/"),
        ("https://example.com/city", "https://example.com/city"),
        ("/city", "https://example.org/city"),
        ("javascript:alert(1)", "https://example.org/feeds/all/"),
    ],
)
def test_a_feed_links_to_the_page_that_lists_the_same_items(
    link: str | None, page: str, make_edition: Callable[..., Edition]
) -> None:
    assert feed_link(make_edition(link=link)) == page
