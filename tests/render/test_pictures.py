"""P15: the lead picture arrives with its true length and type, in the text once and not twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import pytest

from feedsvc.model import ContentSetting, Edition, Entry, Image
from feedsvc.render.atom import render_atom
from feedsvc.render.jsonfeed import render_json
from feedsvc.render.rss import render_rss

URL = "https://example.org/media/bridge.jpg"
PICTURE = Image(
    url="/media/bridge.jpg",
    alt="The bridge at dawn",
    caption="Open again <today>",
    credit="Photo Desk",
    media_type="image/jpeg",
    length=48_213,
    width=1200,
    height=800,
)


def test_a_picture_is_an_enclosure_with_its_true_length_and_type(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    edition = make_edition(make_entry(image=PICTURE))
    for document in (render_rss(edition), render_atom(edition)):
        (enclosure,) = feedparser.parse(document).entries[0].enclosures
        assert (enclosure.href, enclosure.type, enclosure.length) == (URL, "image/jpeg", "48213")
    item = json.loads(render_json(edition))["items"][0]
    assert item["image"] == URL
    assert item["attachments"] == [{"url": URL, "mime_type": "image/jpeg", "size_in_bytes": 48_213}]


def test_a_picture_is_media_content_straight_in_the_entry(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    edition = make_edition(make_entry(image=PICTURE))
    media = "{http://search.yahoo.com/mrss/}"
    for document, place in (
        (render_rss(edition), "channel/item"),
        (render_atom(edition), "{http://www.w3.org/2005/Atom}entry"),
    ):
        entry = ET.fromstring(document).find(place)
        assert entry is not None
        (content,) = entry.findall(f"{media}content")
        assert content.attrib == {
            "url": URL,
            "medium": "image",
            "type": "image/jpeg",
            "fileSize": "48213",
            "width": "1200",
            "height": "800",
        }
        assert content.findtext(f"{media}credit") == "Photo Desk"


@pytest.mark.parametrize("content", list(ContentSetting))
def test_no_parser_takes_a_caption_for_the_entry_itself(
    content: ContentSetting, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    for summary, html in product(("The bridge is open.", ""), ("<p>Trams run.</p>", "")):
        edition = make_edition(make_entry(image=PICTURE, summary=summary, content_html=html), content=content)
        for document in (render_rss(edition), render_atom(edition)):
            entry = feedparser.parse(document).entries[0]
            assert entry.title == "Bridge reopens"
            for shown in (entry.get("summary", ""), *(each.value for each in entry.get("content", []))):
                # The figure is our own text; a caption without it is the picture's, taken for the entry's.
                assert "<figure>" in shown or "Open again" not in shown


@pytest.mark.parametrize("length", [None, 0, -1])
def test_without_a_true_length_there_is_no_enclosure(
    length: int | None, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    edition = make_edition(make_entry(image=replace(PICTURE, length=length)))
    for document in (render_rss(edition), render_atom(edition)):
        entry = feedparser.parse(document).entries[0]
        assert entry.enclosures == []
        assert entry.media_content[0]["url"] == URL
        assert "filesize" not in entry.media_content[0]
    attachment = json.loads(render_json(edition))["items"][0]["attachments"][0]
    assert attachment == {"url": URL, "mime_type": "image/jpeg"}


def test_an_unknown_type_is_told_by_the_extension(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    for given in (None, "", "picture"):
        edition = make_edition(make_entry(image=replace(PICTURE, media_type=given)))
        assert feedparser.parse(render_rss(edition)).entries[0].enclosures[0].type == "image/jpeg"


def test_a_type_that_nobody_knows_makes_no_enclosure_and_no_attachment(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    edition = make_edition(make_entry(image=replace(PICTURE, url="/media/bridge", media_type=None)))
    for document in (render_rss(edition), render_atom(edition)):
        assert feedparser.parse(document).entries[0].enclosures == []
    assert "attachments" not in json.loads(render_json(edition))["items"][0]


@pytest.mark.parametrize(
    "body",
    [
        "<p>The bridge is open again.</p>",
        '<p>First</p><figure><img src="/media/bridge.jpg" alt=""><figcaption>Its own words</figcaption></figure>',
        '<p><img src="https://example.org/media/bridge-1024x683.jpg" alt=""></p><p>The bridge is open again.</p>',
        "",
    ],
)
def test_the_text_shows_the_picture_once(
    body: str, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    for parser, entries in read(make_edition(make_entry(content_html=body, image=PICTURE))).items():
        assert entries[0].content.count("<img") == 1, parser
        assert entries[0].content.count("/media/bridge") == 1, parser


def test_a_picture_that_the_author_placed_stays_where_it_is(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    body = '<p>First.</p><figure><img src="https://example.org/media/bridge.jpg" alt="Dawn"></figure><p>Last.</p>'
    for parser, entries in read(make_edition(make_entry(content_html=body, image=PICTURE))).items():
        assert entries[0].content == body, parser


def test_a_picture_on_top_carries_its_caption_credit_and_size(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    for parser, entries in read(make_edition(make_entry(image=PICTURE))).items():
        assert entries[0].content == (
            f'<figure><img src="{URL}" alt="The bridge at dawn" width="1200" height="800">'
            "<figcaption>Open again &lt;today&gt; <small>Photo Desk</small></figcaption></figure>"
            "<p>The bridge is open again.</p>"
        ), parser


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "data:image/png;base64,AAAA", "http://["])
def test_a_picture_without_a_proper_address_is_no_picture(
    url: str, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    for parser, entries in read(make_edition(make_entry(image=replace(PICTURE, url=url)))).items():
        assert entries[0].content == "<p>The bridge is open again.</p>", parser
