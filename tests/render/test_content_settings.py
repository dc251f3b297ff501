"""P23: full text, summary or headline is the feed's choice; P12: a correction's note stands in whatever is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from feedsvc.model import ContentSetting, Correction, Edition, Entry
from feedsvc.render.jsonfeed import render_json

LONG = "The bridge over the river is open again. " * 20


def test_a_full_feed_shows_summary_and_text(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    for parser, entries in read(make_edition(make_entry(), content=ContentSetting.FULL)).items():
        assert entries[0].summary == "The bridge is open.", parser
        assert entries[0].content == "<p>The bridge is open again.</p>", parser


def test_a_summary_feed_shows_the_summary_alone(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    for parser, entries in read(make_edition(make_entry(), content=ContentSetting.SUMMARY)).items():
        assert entries[0].summary == "The bridge is open.", parser
        assert entries[0].content == "", parser


def test_a_missing_summary_is_made_of_the_text_and_ends_with_a_sentence(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    entry = make_entry(summary="", content_html=f"<p>{LONG}</p>")
    for content in (ContentSetting.FULL, ContentSetting.SUMMARY):
        for parser, entries in read(make_edition(entry, content=content)).items():
            assert entries[0].summary.endswith("open again."), parser
            assert LONG.startswith(entries[0].summary), parser
            assert len(entries[0].summary) <= 300, parser


def test_a_headline_feed_shows_neither(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    for parser, entries in read(make_edition(make_entry(), content=ContentSetting.HEADLINE)).items():
        assert (entries[0].title, entries[0].summary, entries[0].content) == ("Bridge reopens", "", ""), parser


@pytest.mark.parametrize(
    ("content", "text"),
    [(ContentSetting.SUMMARY, "The bridge is open."), (ContentSetting.HEADLINE, "Bridge reopens")],
)
def test_every_json_item_has_content(
    content: ContentSetting, text: str, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    item = json.loads(render_json(make_edition(make_entry(), content=content)))["items"][0]
    assert item["content_text"] == text
    assert "content_html" not in item


CORRECTIONS = (
    Correction(datetime(2026, 8, 4, 13, 0, tzinfo=UTC), "The bridge is in Gyumri, not <Vanadzor>."),
    Correction(datetime(2026, 8, 5, 9, 0, tzinfo=UTC), "It was shut for two years & a day."),
)


def test_notes_stand_on_top_of_the_text_newest_first(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    for parser, entries in read(make_edition(make_entry(corrections=CORRECTIONS))).items():
        assert entries[0].content == (
            '<aside class="correction"><p><time datetime="2026-08-05T09:00:00Z">2026-08-05</time>: '
            "It was shut for two years &amp; a day.</p></aside>"
            '<aside class="correction"><p><time datetime="2026-08-04T13:00:00Z">2026-08-04</time>: '
            "The bridge is in Gyumri, not &lt;Vanadzor&gt;.</p></aside>"
            "<p>The bridge is open again.</p>"
        ), parser
        assert entries[0].summary == "The bridge is open.", parser


def test_a_summary_feed_shows_the_notes_too(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    edition = make_edition(make_entry(corrections=CORRECTIONS[:1]), content=ContentSetting.SUMMARY)
    for parser, entries in read(edition).items():
        assert entries[0].summary == ("2026-08-04: The bridge is in Gyumri, not <Vanadzor>. The bridge is open."), (
            parser
        )
