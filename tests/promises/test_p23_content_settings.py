"""P23: full text, summary or headline: the feed's choice.

All three; a summary is plain text cut at a sentence or word, never inside a tag or entity.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import escape, unescape

import pytest

from feedsvc.model import ContentSetting
from tests.newsroom import ALL
from tests.promises.gazette import Gazette
from tests.promises.readers import CONTENT, parse_xml

LIMIT = 300
TITLE = "Bridge reopens"
BODY = '<p>The <b>bridge</b> is open &amp; free. <a href="https://example.org/a">More</a></p><p>It was shut.</p>'


@pytest.fixture
def room(gazette: Gazette) -> Gazette:
    gazette.define([replace(ALL, slug=setting.value, content=setting, limit=1000) for setting in ContentSetting])
    return gazette


def test_each_feed_shows_what_it_chose_and_no_more(room: Gazette) -> None:
    room.write(TITLE, BODY, summary="Open & free.")
    room.write(TITLE, BODY)
    room.publish()
    for reader, (made, given) in room.read_all("full").items():
        assert (made.content, given.content) == (BODY, BODY), reader
        assert given.summary == "Open & free.", reader
    for reader, (made, given) in room.read_all("summary").items():
        assert (made.content, given.content) == ("", ""), reader
        assert given.summary == "Open & free.", reader
        assert made.summary == "The bridge is open & free. More It was shut.", reader
    for reader, items in room.read_all("headline").items():
        for item in items:
            assert (item.title, item.summary, item.content) == (TITLE, "", ""), reader
            assert item.link, reader


def test_what_a_feed_does_not_show_is_nowhere_in_its_documents_nor_on_its_page(room: Gazette) -> None:
    room.write(TITLE, f"<p>{'Opening words. ' * 30}</p><p>Deep inside.</p>", summary="In short.")
    room.publish()
    for name in ("rss.xml", "atom.xml", "feed.json", ""):
        full, summary, headline = (room.get(f"/feeds/{setting}/{name}").text for setting in ContentSetting)
        assert name == "" or "Deep inside" in full
        assert "Deep inside" not in summary
        assert "In short" in summary
        assert "Opening" not in headline
        assert "In short" not in headline
        assert TITLE in headline


def test_each_format_has_its_own_elements_for_it(room: Gazette) -> None:
    room.write(TITLE, BODY)
    room.publish()
    for setting in ContentSetting:
        rss = parse_xml(room.get(f"/feeds/{setting}/rss.xml").body).find("channel/item")
        (item,) = json.loads(room.get(f"/feeds/{setting}/feed.json").body)["items"]
        # NS-01: never empty; JSON-05: one of the two, and plain text stays plain.
        assert (rss.find(f"{CONTENT}encoded") is not None) == (setting is ContentSetting.FULL)
        assert ("content_html" in item, "content_text" in item) == (
            setting is ContentSetting.FULL,
            setting is not ContentSetting.FULL,
        )


# --- where a summary is cut ------------------------------------------------------------------------------------------

# What must not be cut in two, as it stands in HTML, and what a reader sees of it.
UNITS = {
    "an entity": ("&amp;", "&"),
    "a numeric reference": ("&#8212;", "—"),
    "a named reference": ("&eacute;t&eacute;", "été"),
    "a tag": ('<a href="https://example.org/?a=1&amp;b=2">link</a>', "link"),
    "a nested tag": ("<em><strong>very</strong></em>", "very"),
    "an image": ('<img src="https://example.org/x.jpg" alt="Not text">x', "x"),
    "text that looks like a tag": ("a&lt;b&gt;c", "a<b>c"),
    "text that looks like an entity": ("&amp;amp;", "&amp;"),
    "an emoji of parts": ("👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"),
    "a letter with its mark": ("e\u0301e\u0301e\u0301", "e\u0301e\u0301e\u0301"),
}


@pytest.mark.parametrize(("html", "text"), UNITS.values(), ids=UNITS.keys())
def test_no_unit_is_cut_wherever_the_limit_falls(room: Gazette, html: str, text: str) -> None:
    """Sweep the unit over the limit, byte by byte."""
    words = {}
    for ahead in range(LIMIT - 20, LIMIT + 2):
        article = room.write(f"{ahead}", f"<p>{'x' * (ahead % 7)} {'word ' * (ahead // 5)}{html} {'tail ' * 50}</p>")
        words[article.entry_id] = f"{'x' * (ahead % 7)} {'word ' * (ahead // 5)}{text} {'tail ' * 50}".strip()
    room.publish()
    for reader, items in room.read_all("summary").items():
        assert len(items) == len(words), reader
        for item in items:
            assert_cut_well(item.summary, words[item.id], reader)


@pytest.mark.parametrize(("html", "text"), UNITS.values(), ids=UNITS.keys())
def test_no_unit_is_cut_where_there_is_no_space_at_all(room: Gazette, html: str, text: str) -> None:
    for ahead in range(LIMIT - 12, LIMIT + 2):
        room.write(f"{ahead}", f"<p>{'x' * ahead}{html}{'y' * 100}</p>", tags=(str(ahead),))
    room.publish()
    for reader, items in room.read_all("summary").items():
        for item in items:
            whole = f"{'x' * int(item.words[0])}{text}{'y' * 100}"
            cut = item.summary.removesuffix("…")
            assert item.summary != cut, reader
            assert whole.startswith(cut), (reader, cut)
            assert len(item.summary) <= LIMIT, reader
            left = cut.removeprefix("x" * int(item.words[0]))
            assert "<" not in left or text.startswith("a<"), (reader, left)
            assert not left.endswith(("\u200d", "e")) or text[:1] in "ltvx", (reader, left)


def assert_cut_well(summary: str, words: str, reader: str) -> None:
    """The summary begins as the words do, is not too long, and ends with a sentence, or with a whole word and "…"."""
    assert len(summary) <= LIMIT, reader
    assert len(summary) > LIMIT // 2, reader
    assert summary.endswith("…"), (reader, summary)
    cut = summary.removesuffix("…")
    assert words.startswith(cut), (reader, summary)
    # A comma or the like before the cut is dropped.
    assert words[len(cut) :].lstrip(",;:").startswith(" "), (reader, summary)


SENTENCES = {
    "a full stop": ("It rains here today. ", "."),
    "a question": ("Does it rain here? ", "?"),
    "a quotation": ("“It rains here,” he said. ", "."),
    "a closing quotation mark": ("He said: “It rains here.” ", "”"),
    "Armenian": ("Այսօր անձրև է։ ", "։"),
    "Japanese": ("今日は雨が降っています。", "。"),
    "Hindi": ("आज बारिश हो रही है। ", "।"),
    "Arabic": ("هل تمطر هنا اليوم؟ ", "؟"),
}


@pytest.mark.parametrize(("sentence", "end"), SENTENCES.values(), ids=SENTENCES.keys())
def test_a_summary_ends_with_a_sentence_where_one_ends_in_time(room: Gazette, sentence: str, end: str) -> None:
    room.write("Rain", f"<p>{sentence * 40}</p>")
    room.publish()
    for reader, items in room.read_all("summary").items():
        summary = items[0].summary
        assert summary.endswith(end), (reader, summary)
        assert LIMIT * 0.4 < len(summary) <= LIMIT, reader
        assert (sentence * 40).startswith(summary), reader


def test_an_abbreviation_ends_no_sentence(room: Gazette) -> None:
    room.write("Rain", f"<p>{'word ' * 56}said Dr. Smith of the U.S. Weather Bureau to J. Doe and others.</p>")
    room.publish()
    for reader, items in room.read_all("summary").items():
        assert not re.search(r"(Dr|U\.S|J)\.$", items[0].summary), reader


def test_scripts_tables_and_quotations_of_code_give_plain_words(room: Gazette) -> None:
    body = (
        "<style>p { color: red }</style><script>alert(1)</script><h2>Heading</h2><ul><li>One</li><li>Two</li></ul>"
        "<table><tr><td>A</td><td>B</td></tr></table><pre>if (a &lt; b &amp;&amp; c)</pre><!-- hidden --><p>End</p>"
    )
    room.write("Rain", body)
    room.publish()
    for reader, items in room.read_all("summary").items():
        assert " ".join(items[0].summary.split()) == "Heading One Two A B if (a < b && c) End", reader


def test_the_description_of_rss_is_html_and_says_the_same(room: Gazette) -> None:
    room.write("Rain", f"<p>{escape('a < b & c > d &amp; <i>not italic</i>')}</p>")
    room.publish()
    item = parse_xml(room.get("/feeds/summary/rss.xml").body).find("channel/item")
    description = item.findtext("description")
    assert unescape(description) == "a < b & c > d &amp; <i>not italic</i>"
    assert "<" not in description


def test_a_summary_that_is_given_is_never_cut(room: Gazette) -> None:
    given = "Long words of the newsroom. " * 100
    room.write("Rain", "<p>x</p>", summary=given)
    room.publish()
    for reader, items in room.read_all("summary").items():
        assert items[0].summary == given.strip(), reader
