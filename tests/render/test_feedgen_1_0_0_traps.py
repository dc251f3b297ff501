"""The traps of feedgen 1.0.0, one test each: first that plain feedgen has it, then that our documents don't.

A test that fails on its first half with a newer feedgen names a workaround in `feedsvc.render` that can go.
"""

from __future__ import annotations

import importlib.metadata
import locale
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from feedsvc.model import Author, Edition, Entry, Image
from feedsvc.render import render
from feedsvc.render.atom import render_atom
from feedsvc.render.rss import render_rss

INSTANT = datetime(2026, 8, 4, 9, 0, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
MEDIA = "{http://search.yahoo.com/mrss/}"
ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"
ENCLOSURE = {"href": "https://example.org/a.mp3", "rel": "enclosure", "type": "audio/mpeg", "length": "7"}


@pytest.fixture
def feed() -> Any:
    """A plain feed that feedgen accepts."""
    plain = FeedGenerator()
    plain.id("urn:feed")
    plain.title("Feed")
    plain.description("Feed")
    plain.link(href="https://example.org/", rel="alternate")
    plain.updated(INSTANT)
    return plain


@pytest.fixture
def entry(feed: Any) -> Any:
    """A plain entry of that feed."""
    plain = feed.add_entry()
    plain.id("urn:entry")
    plain.title("Entry")
    plain.link(href="https://example.org/entry", rel="alternate")
    plain.updated(INSTANT)
    return plain


@pytest.fixture
def ours(make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]) -> Edition:
    """An edition with all that the traps are about."""
    return make_edition(
        make_entry(1, image=Image("/a.jpg", media_type="image/jpeg", length=7)),
        make_entry(2),
        site_hubs=("https://hub.example.com/",),
    )


def _rss(edition: Edition) -> ET.Element:
    return ET.fromstring(render_rss(edition))


def _atom(edition: Edition) -> ET.Element:
    return ET.fromstring(render_atom(edition))


def test_these_traps_are_those_of_1_0_0() -> None:
    assert importlib.metadata.version("feedgen") == "1.0.0"


def test_fg_01_links_of_an_atom_entry_lose_all_but_their_address(feed: Any, entry: Any, ours: Edition) -> None:
    entry.link(dict(ENCLOSURE))
    links = ET.fromstring(feed.atom_str()).findall(f"{ATOM}entry/{ATOM}link")
    assert [link.attrib for link in links] == [
        {"href": "https://example.org/entry"},
        {"href": "https://example.org/a.mp3"},
    ]

    links = _atom(ours).findall(f"{ATOM}entry[1]/{ATOM}link")
    assert [(link.attrib["rel"], link.get("type"), link.get("length")) for link in links] == [
        ("alternate", "text/html", None),
        ("enclosure", "image/jpeg", "7"),
    ]


def test_fg_02_rss_drops_all_links_but_self_and_entries_know_five_relations(
    feed: Any, entry: Any, ours: Edition
) -> None:
    feed.link(href="https://hub.example.com/", rel="hub")
    feed.link(href="https://example.org/", rel="license")
    assert ET.fromstring(feed.rss_str()).findall(f"channel/{ATOM}link") == []
    with pytest.raises(ValueError, match="Invalid value for rel"):
        entry.link(href="https://example.org/licence", rel="license")

    assert [link.get("rel") for link in _rss(ours).iterfind(f"channel/{ATOM}link")] == ["self", "hub"]


def test_fg_03_the_channels_link_is_whatever_link_came_last(feed: Any, ours: Edition) -> None:
    feed.link(href="https://example.org/rss.xml", rel="self")
    assert ET.fromstring(feed.rss_str()).findtext("channel/link") == "https://example.org/rss.xml"

    assert _rss(ours).findtext("channel/link") == "https://example.org/feeds/all/"


def test_fg_04_dates_that_nobody_set_are_the_moment_of_the_build(ours: Edition) -> None:
    before = datetime.now(UTC)
    assert before <= FeedGenerator().updated() <= datetime.now(UTC)
    assert before <= FeedEntry().updated() <= datetime.now(UTC)

    assert _rss(ours).findtext("channel/lastBuildDate") == "Tue, 04 Aug 2026 12:05:00 +0000"
    assert _atom(ours).findtext(f"{ATOM}updated") == "2026-08-04T12:00:00Z"
    assert _atom(ours).findtext(f"{ATOM}entry/{ATOM}updated") == "2026-08-04T11:00:00Z"


def test_fg_05_the_syndication_extension_misspells_its_elements(feed: Any, ours: Edition) -> None:
    feed.load_extension("syndication")
    feed.syndication.update_period("hourly")
    assert b"UpdatePeriod>" in feed.rss_str()

    assert b"syndication" not in render_rss(ours)


def test_fg_06_the_media_extension_makes_a_group_of_one(feed: Any, entry: Any, ours: Edition) -> None:
    feed.load_extension("media")
    entry.media.content(url="https://example.org/a.jpg")
    assert ET.fromstring(feed.rss_str()).find(f"channel/item/{MEDIA}group/{MEDIA}content") is not None

    assert _rss(ours).find(f"channel/item/{MEDIA}content") is not None
    assert _rss(ours).find(f".//{MEDIA}group") is None


def test_fg_07_content_lands_where_it_should_not(feed: Any, entry: Any, ours: Edition) -> None:
    entry.content("<p>text</p>", type="CDATA")
    content = ET.fromstring(feed.atom_str()).find(f"{ATOM}entry/{ATOM}content")
    assert content is not None
    assert content.get("type") == "CDATA"
    item = ET.fromstring(feed.rss_str()).find("channel/item")
    assert item is not None
    assert (item.findtext("description"), item.find(ENCODED)) == ("<p>text</p>", None)
    entry.description("summary")
    assert ET.fromstring(feed.atom_str()).findtext(f"{ATOM}entry/{ATOM}content") == "summary"

    content = _atom(ours).find(f"{ATOM}entry[2]/{ATOM}content")
    assert content is not None
    assert (content.get("type"), content.text) == ("html", "<p>The bridge is open again.</p>")
    item = _rss(ours).find("channel/item[2]")
    assert item is not None
    assert item.findtext("description") == "The bridge is open."
    assert item.findtext(ENCODED) == "<p>The bridge is open again.</p>"


def test_fg_08_authors_without_an_address_are_dropped(
    feed: Any, entry: Any, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    entry.author(name="City Desk")
    assert b"City Desk" not in feed.rss_str()
    entry.author([], replace=True)
    assert b"<author>" not in feed.atom_str()

    unsigned = make_edition(make_entry(authors=()), site_authors=())
    assert _atom(unsigned).findtext(f"{ATOM}author/{ATOM}name") == "Example Gazette"
    signed = make_edition(make_entry(authors=(Author("City Desk"),)))
    assert b"<dc:creator>City Desk</dc:creator>" in render_rss(signed)


def test_fg_09_the_podcast_extension_refuses_what_podcast_stores_ask_for(feed: Any, ours: Edition) -> None:
    feed.load_extension("podcast")
    with pytest.raises(ValueError, match="explicit"):
        feed.podcast.itunes_explicit("true")

    assert b"itunes" not in render_rss(ours)


def test_fg_10_guids_are_no_permalinks_unless_told_and_entries_come_out_reversed(
    feed: Any, entry: Any, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    entry.guid("https://example.org/entry")
    second = feed.add_entry()
    second.guid("urn:second")
    second.title("Second")
    guids = ET.fromstring(feed.rss_str()).findall("channel/item/guid")
    assert [(guid.text, guid.get("isPermaLink")) for guid in guids] == [
        ("urn:second", "false"),
        ("https://example.org/entry", "false"),
    ]

    permalink = make_entry(1, entry_id="https://example.org/entry", entry_id_is_permalink=True)
    guids = _rss(make_edition(permalink, make_entry(2, entry_id="urn:second"))).findall("channel/item/guid")
    assert [(guid.text, guid.get("isPermaLink")) for guid in guids] == [
        ("https://example.org/entry", "true"),
        ("urn:second", "false"),
    ]


class _SteppedLocale:
    """A locale that two threads take turns at, in the order that leaves it changed."""

    def __init__(self) -> None:
        self.current = "hy_AM.UTF-8"
        self.calls = 0
        self._turn = threading.Condition()
        self._order = ["first", "first", "second", "second", "first", "second"]

    def setlocale(self, _category: int, name: str | None = None) -> str:
        with self._turn:
            assert self._turn.wait_for(lambda: self._order[self.calls] == threading.current_thread().name, timeout=30)
            self.current = name or self.current
            self.calls += 1
            self._turn.notify_all()
            return self.current


def test_fg_11_two_threads_that_format_dates_leave_the_process_in_another_locale(
    feed: Any, ours: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    stepped = _SteppedLocale()
    monkeypatch.setattr(locale, "setlocale", stepped.setlocale)
    threads = [threading.Thread(target=feed.rss_str, name=name) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (stepped.calls, stepped.current) == (6, "C")

    render(ours)
    assert stepped.calls == 6


@pytest.mark.parametrize("build", ["rss_str", "atom_str"])
def test_fg_12_one_control_character_loses_the_whole_feed(
    build: str, feed: Any, entry: Any, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    entry.title("a\x0bb")
    with pytest.raises(ValueError, match="XML compatible"):
        getattr(feed, build)()

    rendered = render(make_edition(make_entry(title="a\x0bb")))
    assert rendered.left_out == ()
    assert ET.fromstring(rendered.documents["rss.xml"]).findtext("channel/item/title") == "ab"


def test_fg_13_numbers_raise_text_input_is_invalid_and_callers_dicts_are_changed(
    feed: Any, entry: Any, ours: Edition
) -> None:
    link = {"href": "https://example.org/other"}
    entry.link(link)
    assert link == {"href": "https://example.org/other", "rel": "alternate"}
    feed.textInput("Search", "Search", "q", "https://example.org/search")
    text_input = ET.fromstring(feed.rss_str()).find("channel/textInput")
    assert text_input is not None
    assert "title" in text_input.attrib
    feed.cloud("example.org", 80, "/", "", "http-post")
    with pytest.raises(TypeError):
        feed.rss_str()

    channel = _rss(ours)[0]
    assert (channel.find("cloud"), channel.find("textInput")) == (None, None)


def test_an_enclosure_without_a_length_says_none_and_one_without_a_type_raises(
    feed: Any, entry: Any, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    entry.enclosure("https://example.org/a.mp3", None, "audio/mpeg")
    assert b'length="None"' in feed.rss_str()
    entry.enclosure("https://example.org/a.mp3", 7, None)
    with pytest.raises(TypeError):
        feed.rss_str()

    for image in (Image("/a.jpg", media_type="image/jpeg"), Image("/a", length=7)):
        assert b"<enclosure" not in render_rss(make_edition(make_entry(image=image)))


def test_feedgens_own_helpers_cannot_be_imported_first() -> None:
    alone = subprocess.run([sys.executable, "-c", "import feedgen.util"], capture_output=True, text=True, check=False)
    assert alone.returncode == 1
    assert "has no attribute 'etree'" in alone.stderr

    for module in ("feedsvc.render.rss", "feedsvc.render.atom", "feedsvc.render"):
        subprocess.run([sys.executable, "-W", "error", "-c", f"import {module}"], capture_output=True, check=True)
