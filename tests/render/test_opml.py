"""The list of public feeds in OPML 2.0 (P22; STANDARDS section 13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model import Catalogue, Feed, Format, Site
from feedsvc.render.opml import render_opml

NOON = datetime(2026, 8, 4, 12, 0, tzinfo=UTC)
SITE = Site(title="Example Gazette", base_url="https://example.org")
ALL = Feed(slug="all", title="All news", description="Every article", language="fr")


def read(*feeds: Feed, site: Site = SITE) -> ET.Element:
    return ET.fromstring(render_opml(Catalogue(site, feeds, NOON)))


def outlines(*feeds: Feed) -> list[dict[str, str]]:
    return [outline.attrib for outline in read(*feeds).iterfind("body/outline")]


def test_the_head_says_what_it_is_and_when_it_changed() -> None:
    opml = read(ALL)
    assert (opml.tag, opml.get("version")) == ("opml", "2.0")
    assert {child.tag: child.text for child in opml.iterfind("head/*")} == {
        "title": "Example Gazette",
        "dateModified": "Tue, 04 Aug 2026 12:00:00 +0000",
        "docs": "https://opml.org/spec2.opml",
    }


def test_a_feed_is_a_subscription_with_all_that_a_reader_can_use() -> None:
    assert outlines(ALL) == [
        {
            "type": "rss",
            "text": "All news",
            "title": "All news",
            "xmlUrl": "https://example.org/feeds/all/rss.xml",
            "htmlUrl": "https://example.org/feeds/all/",
            "language": "fr",
            "description": "Every article",
            "version": "RSS2",
        }
    ]


@pytest.mark.parametrize(
    ("formats", "filename"), [((Format.JSON, Format.ATOM), "atom.xml"), ((Format.JSON, Format.PAGE), "feed.json")]
)
def test_without_rss_the_next_best_format_is_named_and_no_version(formats: tuple[Format, ...], filename: str) -> None:
    (outline,) = outlines(replace(ALL, formats=formats))
    assert outline["xmlUrl"] == f"https://example.org/feeds/all/{filename}"
    assert outline["type"] == "rss"
    assert "version" not in outline


def test_feeds_keep_their_order_and_one_that_is_only_a_page_is_not_a_subscription() -> None:
    feeds = (replace(ALL, slug="b"), replace(ALL, slug="p", formats=(Format.PAGE,)), replace(ALL, slug="a"))
    assert [outline["xmlUrl"].split("/")[-2] for outline in outlines(*feeds)] == ["b", "a"]


def test_a_site_without_feeds_is_still_valid() -> None:
    # OPML-01 and OPML-02: at least one outline, and every outline has text.
    assert outlines() == [{"text": "Example Gazette"}]


def test_what_a_feed_does_not_say_is_left_out() -> None:
    (outline,) = outlines(replace(ALL, description="", language=None))
    assert "description" not in outline
    assert outline["language"] == "en"


@given(title=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1), hostile=st.text())
def test_any_text_gives_a_well_formed_document_that_says_the_same(title: str, hostile: str) -> None:
    (outline,) = outlines(replace(ALL, title=f'{title} <&">', description=hostile))
    assert outline["text"] == outline["title"] == f'{title} <&">'


def test_the_same_catalogue_gives_the_same_bytes() -> None:
    catalogue = Catalogue(SITE, (ALL, replace(ALL, slug="b")), NOON)
    assert render_opml(catalogue) == render_opml(catalogue)
    assert render_opml(catalogue).startswith(b"<?xml")
