"""RSS 2.0: the specification, the Advisory Board's profile, and the extensions that readers use."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

import feedparser
import pytest

from feedsvc.model import Author, Edition, Entry, Image
from feedsvc.render.rss import render_rss

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"


def _channel(edition: Edition) -> ET.Element:
    rss = ET.fromstring(render_rss(edition))
    assert (rss.tag, rss.attrib, len(rss)) == ("rss", {"version": "2.0"}, 1)
    return rss[0]


def test_a_channel_says_what_it_is(make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]) -> None:
    channel = _channel(make_edition(make_entry(), language="hy"))
    said = {each.tag: each.text for each in channel if each.tag != "item" and each.text}
    assert said == {
        "title": "All news",
        "link": "https://example.org/feeds/all/",
        "description": "Every article",
        "docs": "https://www.rssboard.org/rss-specification",
        "generator": "feedsvc",
        "language": "hy",
        "lastBuildDate": "Tue, 04 Aug 2026 12:05:00 +0000",
    }


def test_a_channel_names_itself_its_hubs_and_its_licence(make_edition: Callable[..., Edition]) -> None:
    hubs = ("https://hub.example.com/", "https://second.example.com/hub")
    licence = "https://creativecommons.org/licenses/by/4.0/"
    channel = _channel(make_edition(site_hubs=hubs, site_licence=licence))
    assert [link.attrib for link in channel.iterfind(f"{ATOM}link")] == [
        {"rel": "self", "type": "application/rss+xml", "href": "https://example.org/feeds/all/rss.xml"},
        {"rel": "hub", "href": hubs[0]},
        {"rel": "hub", "href": hubs[1]},
        {"rel": "license", "href": licence},
    ]
    assert channel.find("copyright") is None


def test_a_licence_in_words_is_the_copyright(make_edition: Callable[..., Edition]) -> None:
    channel = _channel(make_edition(site_licence="All rights reserved"))
    assert channel.findtext("copyright") == "All rights reserved"
    assert len(channel.findall(f"{ATOM}link")) == 1


@pytest.mark.parametrize(
    ("image", "icon", "shown"),
    [
        ("/logo.png", None, "https://example.org/logo.png"),
        ("/logo.svg", "https://example.com/icon.gif", "https://example.com/icon.gif"),
        (None, "/icon.jpg", "https://example.org/icon.jpg"),
        ("/logo.webp", "/favicon.ico", None),
        (None, None, None),
    ],
)
def test_a_channel_shows_a_picture_that_rss_allows(
    image: str | None, icon: str | None, shown: str | None, make_edition: Callable[..., Edition]
) -> None:
    picture = _channel(make_edition(image=image, site_icon=icon)).find("image")
    assert (picture is None) == (shown is None)
    if picture is not None:
        assert {each.tag: each.text for each in picture} == {
            "url": shown,
            "title": "All news",
            "link": "https://example.org/feeds/all/",
        }


def test_a_feed_without_words_of_its_own_has_a_title_and_a_description(make_edition: Callable[..., Edition]) -> None:
    channel = _channel(make_edition(title=" ", description="\n"))
    assert (channel.findtext("title"), channel.findtext("description")) == ("Example Gazette", "Example Gazette")


def test_items_come_after_all_else(make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]) -> None:
    channel = _channel(make_edition(make_entry(1), make_entry(2), site_hubs=("https://hub.example.com/",)))
    assert [each.tag == "item" for each in channel][-2:] == [True, True]
    assert sum(each.tag == "item" for each in channel) == 2


@pytest.mark.parametrize("permalink", [True, False])
def test_a_guid_is_a_permalink_only_if_it_was_imported_as_one(
    permalink: bool, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    guid_as_it_came = "http://example.com/?p=7&x=A%2fB"
    edition = make_edition(make_entry(entry_id=guid_as_it_came, entry_id_is_permalink=permalink))
    guid = _channel(edition).find("item/guid")
    assert guid is not None
    assert (guid.text, guid.attrib) == (guid_as_it_came, {"isPermaLink": str(permalink).lower()})


def test_every_author_is_a_creator_and_no_address_is_published(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    authors = (
        Author("Science Desk", email="science@example.org"),
        Author(" Wire\nService ", url="https://example.com/"),
        Author("Science Desk"),
        Author(""),
    )
    document = render_rss(make_edition(make_entry(authors=authors)))
    item = ET.fromstring(document).find("channel/item")
    assert item is not None
    assert [creator.text for creator in item.iterfind(f"{DC}creator")] == ["Science Desk", "Wire Service"]
    assert item.find("author") is None
    assert b"science@" not in document
    assert [author.name for author in feedparser.parse(document).entries[0].authors] == ["Science Desk", "Wire Service"]


def test_the_sites_authors_sign_what_nobody_signed(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    item = _channel(make_edition(make_entry(authors=()))).find("item")
    assert item is not None
    assert [creator.text for creator in item.iterfind(f"{DC}creator")] == ["City Desk"]


def test_section_and_tags_are_categories_once_each(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    edition = make_edition(make_entry(section="City", tags=("bridge", "city", " ", "A & B", "Bridge")))
    assert [each.text for each in _channel(edition).iterfind("item/category")] == ["City", "bridge", "A & B"]


@pytest.mark.parametrize(("language", "said"), [("en", None), ("EN", None), (None, None), ("ka", "ka")])
def test_an_item_names_its_language_where_it_is_not_the_channels(
    language: str | None, said: str | None, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    assert _channel(make_edition(make_entry(language=language))).findtext(f"item/{DC}language") == said


def test_the_summary_comes_before_the_text_and_the_text_is_never_the_summary(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    tags = [each.tag for each in _channel(make_edition(make_entry()))[-1]]
    assert tags.index("description") < tags.index(ENCODED)
    # A picture alone gives no summary, and its HTML must not stand in for one.
    wordless = make_entry(content_html="", summary="", image=Image("/a.jpg"))
    item = _channel(make_edition(wordless))[-1]
    assert item.find("description") is None
    assert item.findtext(ENCODED) == '<figure><img src="https://example.org/a.jpg" alt=""></figure>'


def test_nothing_is_written_empty_or_twice(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    bare = make_entry(content_html="", summary="", section=None, authors=(), tags=(), language=None)
    item = _channel(make_edition(bare, site_authors=()))[-1]
    assert [each.tag for each in item] == ["title", "link", "guid", "pubDate"]


def test_the_root_stands_where_sniffers_look(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    document = render_rss(make_edition(make_entry()))
    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<rss ")
    assert document.index(b"<channel>") < 512
    assert b"ns0" not in document
