"""A sitemap tells search engines of pages that are here, and of nothing else (STANDARDS SITE-01 to NEWS-06)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feedsvc.model import Site
from feedsvc.render.sitemap import (
    MOST_NEWS,
    ArticleLine,
    PartLine,
    SitemapIndex,
    SitemapPart,
    news_language,
    render_index,
    render_part,
)

AT = datetime(2026, 3, 1, 12, 0, 0, 900_000, tzinfo=UTC)
SITE = Site("The Gazette (Paris)", "https://gazette.example.org/paper")
LINE = ArticleLine("a1", "storm-warning", "Storm <warning> & more", None, AT, AT)
NAMESPACES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "n": "http://www.google.com/schemas/sitemap-news/0.9",
}


def texts(document: bytes, path: str) -> list[str]:
    found = etree.ElementTree(etree.fromstring(document)).xpath(path, namespaces=NAMESPACES)
    assert isinstance(found, list)
    return [str(getattr(element, "text", None)) for element in found]


def part(*lines: ArticleLine, news: tuple[ArticleLine, ...] = (), first: bool = False) -> dict[str, bytes]:
    return render_part(SitemapPart(SITE, lines, news, first)).documents


def test_each_page_stands_with_its_address_and_its_last_change_that_matters() -> None:
    corrected = replace(LINE, article_id="a2", updated_at=AT + timedelta(hours=1))
    document = part(LINE, corrected, first=True)["sitemap.xml"]
    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<urlset xmlns=")
    base = "https://gazette.example.org/paper"
    addresses = [f"{base}/", f"{base}/articles/a1/storm-warning", f"{base}/articles/a2/storm-warning"]
    assert texts(document, "/s:urlset/s:url/s:loc") == addresses
    assert texts(document, "/s:urlset/s:url/s:lastmod") == ["2026-03-01T12:00:00Z", "2026-03-01T13:00:00Z"]


def test_news_has_name_language_date_and_title() -> None:
    document = part(LINE, news=(LINE,))["news-sitemap.xml"]
    news = "/s:urlset/s:url/n:news"
    assert texts(document, f"{news}/n:publication/n:name") == ["The Gazette"]
    assert texts(document, f"{news}/n:publication/n:language") == ["en"]
    assert texts(document, f"{news}/n:publication_date") == ["2026-03-01T12:00:00Z"]
    assert texts(document, f"{news}/n:title") == ["Storm <warning> & more"]
    assert texts(document, "/s:urlset/s:url/s:lastmod") == []


def test_a_part_that_tells_of_nothing_has_no_document_but_the_first_is_always_there() -> None:
    assert part() == {}
    empty = part(first=True)
    assert texts(empty["sitemap.xml"], "//s:loc") == ["https://gazette.example.org/paper/"]
    assert texts(empty["news-sitemap.xml"], "//s:url") == []


def test_the_list_names_each_part_with_its_date_and_news_is_one_file_while_it_fits() -> None:
    parts = (PartLine("https://gazette.example.org/sitemap-1.xml", AT), PartLine("https://x.example/sitemap-2.xml", AT))
    news_parts = (PartLine("https://gazette.example.org/news-sitemap-2.xml", AT),)
    few = render_index(SitemapIndex(SITE, parts, (LINE,) * MOST_NEWS, news_parts)).documents
    assert texts(few["sitemap.xml"], "/s:sitemapindex/s:sitemap/s:loc") == [one.address for one in parts]
    assert texts(few["sitemap.xml"], "//s:lastmod") == ["2026-03-01T12:00:00Z"] * 2
    assert len(texts(few["news-sitemap.xml"], "/s:urlset/s:url")) == MOST_NEWS
    many = render_index(SitemapIndex(SITE, parts, (LINE,) * (MOST_NEWS + 1), news_parts)).documents
    assert texts(many["news-sitemap.xml"], "/s:sitemapindex/s:sitemap/s:loc") == [one.address for one in news_parts]


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en-GB", "en"),
        ("az-Latn", "az"),
        ("zh", "zh-cn"),
        ("zh-Hans-SG", "zh-cn"),
        ("zh-TW", "zh-tw"),
        ("zh-Hant", "zh-tw"),
    ],
)
def test_a_language_is_one_that_news_sitemaps_know(tag: str, language: str) -> None:
    assert news_language(tag) == language


def test_an_address_that_search_engines_refuse_for_its_length_is_left_out() -> None:
    document = part(replace(LINE, slug="x" * 2_048), LINE)["sitemap.xml"]
    assert texts(document, "//s:loc") == ["https://gazette.example.org/paper/articles/a1/storm-warning"]


@given(st.text(), st.text(), st.text(min_size=1))
def test_any_text_gives_a_document_that_can_be_read(title: str, slug: str, name: str) -> None:
    line = replace(LINE, title=title, slug=slug, language=title)
    site = replace(SITE, title=name)
    for document in render_part(SitemapPart(site, (line,), (line,), first=True)).documents.values():
        etree.fromstring(document)
