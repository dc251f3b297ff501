"""Atom 1.0 (RFC 4287), tombstones (RFC 6721) and licences (RFC 4946)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from feedsvc.model import Author, ContentSetting, Edition, Entry, Image, Tombstone
from feedsvc.render.atom import render_atom

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


def _feed(edition: Edition) -> ET.Element:
    feed = ET.fromstring(render_atom(edition))
    assert feed.tag == f"{ATOM}feed"
    return feed


def _entry(edition: Edition) -> ET.Element:
    entry = _feed(edition).find(f"{ATOM}entry")
    assert entry is not None
    return entry


def test_a_feed_says_what_it_is(make_edition: Callable[..., Edition]) -> None:
    feed = _feed(make_edition(language="hy", image="/logo.svg", site_icon="/icon.png", site_licence="Free to read"))
    assert feed.attrib[LANG] == "hy"
    assert {each.tag.removeprefix(ATOM): each.text for each in feed if each.text} == {
        "id": "urn:uuid:00000000-0000-4000-8000-00000000feed",
        "title": "All news",
        "subtitle": "Every article",
        "updated": "2026-08-04T12:00:00Z",
        "generator": "feedsvc",
        "icon": "https://example.org/icon.png",
        "logo": "https://example.org/logo.svg",
        "rights": "Free to read",
    }


def test_a_feed_names_itself_its_page_its_hubs_and_its_licence(make_edition: Callable[..., Edition]) -> None:
    licence = "https://creativecommons.org/licenses/by/4.0/"
    feed = _feed(make_edition(site_hubs=("https://hub.example.com/",), site_licence=licence))
    assert [link.attrib for link in feed.iterfind(f"{ATOM}link")] == [
        {"rel": "self", "type": "application/atom+xml", "href": "https://example.org/feeds/all/atom.xml"},
        {"rel": "alternate", "type": "text/html", "hreflang": "en", "href": "https://example.org/feeds/all/"},
        {"rel": "hub", "href": "https://hub.example.com/"},
        {"rel": "license", "href": licence},
    ]
    assert feed.find(f"{ATOM}rights") is None


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ((Author("City Desk", email="city@example.org", url="/desks/city"),), ["City Desk"]),
        ((), ["Example Gazette"]),
        ((Author(" "),), ["Example Gazette"]),
    ],
)
def test_a_feed_always_has_an_author(
    authors: tuple[Author, ...], names: list[str], make_edition: Callable[..., Edition]
) -> None:
    document = render_atom(make_edition(site_authors=authors))
    assert [each.text for each in ET.fromstring(document).iterfind(f"{ATOM}author/{ATOM}name")] == names
    assert b"city@" not in document


def test_an_entry_has_what_rfc_4287_asks_for(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    image = Image("https://example.org/a.png", length=7)
    edition = make_edition(make_entry(image=image), site_licence="https://creativecommons.org/licenses/by/4.0/")
    entry = _entry(edition)
    text = {each.tag.removeprefix(ATOM): each.text for each in entry if each.text}
    assert text == {
        "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "title": "Bridge reopens",
        "summary": "The bridge is open.",
        "content": '<figure><img src="https://example.org/a.png" alt=""></figure><p>The bridge is open again.</p>',
        "published": "2026-08-04T11:00:00Z",
        "updated": "2026-08-04T11:00:00Z",
    }
    types = {each.tag.removeprefix(ATOM): each.attrib["type"] for each in entry if each.text and each.attrib}
    assert types == {"title": "text", "summary": "text", "content": "html"}
    assert [link.attrib for link in entry.iterfind(f"{ATOM}link")] == [
        {
            "rel": "alternate",
            "type": "text/html",
            "hreflang": "en",
            "href": "https://example.org/articles/A1/bridge-reopens",
        },
        {"rel": "enclosure", "type": "image/png", "length": "7", "href": "https://example.org/a.png"},
        {"rel": "license", "href": "https://creativecommons.org/licenses/by/4.0/"},
    ]
    assert [each.attrib for each in entry.iterfind(f"{ATOM}category")] == [
        {"term": "City"},
        {"term": "bridge"},
        {"term": "traffic"},
    ]
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Science Desk"


@pytest.mark.parametrize("content", list(ContentSetting))
def test_an_entry_without_text_has_one_alternate_link(
    content: ContentSetting, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    entry = _entry(make_edition(make_entry(content_html="", summary=""), content=content))
    assert [link.attrib["rel"] for link in entry.iterfind(f"{ATOM}link")] == ["alternate"]
    assert entry.find(f"{ATOM}content") is None
    assert entry.find(f"{ATOM}summary") is None


def test_a_licence_in_words_stands_in_each_entry(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    edition = make_edition(make_entry(), site_licence="Free to read")
    assert _entry(edition).findtext(f"{ATOM}rights") == "Free to read"


@pytest.mark.parametrize(("language", "said"), [("en", None), ("EN", None), (None, None), ("az-Latn", "az-Latn")])
def test_an_entry_names_its_language_where_it_is_not_the_feeds(
    language: str | None, said: str | None, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    assert _entry(make_edition(make_entry(language=language))).get(LANG) == said


GONE = datetime(2026, 8, 3, 8, 0, tzinfo=UTC)


def test_a_withdrawn_entry_leaves_a_tombstone_before_the_entries(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    twice = Tombstone("urn:uuid:gone", GONE)
    feed = _feed(make_edition(make_entry(), tombstones=(twice, twice)))
    assert [each.attrib for each in feed.iterfind(DELETED)] == [
        {"ref": "urn:uuid:gone", "when": "2026-08-03T08:00:00Z"}
    ]
    tags = [each.tag for each in feed]
    assert tags.index(DELETED) < tags.index(f"{ATOM}entry")


def test_an_entry_that_came_back_has_no_tombstone(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    entry = make_entry()
    assert _feed(make_edition(entry, tombstones=(Tombstone(entry.entry_id, GONE),))).find(DELETED) is None


def test_a_tombstone_that_xml_cannot_carry_takes_nothing_down(make_edition: Callable[..., Edition]) -> None:
    edition = make_edition(tombstones=(Tombstone("bad\x00", GONE), Tombstone("", GONE), Tombstone("good", GONE)))
    assert [each.attrib["ref"] for each in _feed(edition).iterfind(DELETED)] == ["good"]


def test_atom_is_the_default_namespace_near_the_beginning(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    document = render_atom(make_edition(make_entry(image=Image("/a.png"))))
    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<feed ")
    assert document.index(b"<id>") < 512
    assert b"ns0" not in document
