"""P07: titles and text arrive as written, in every format, after two independent parsers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feedsvc.model import ContentSetting, Edition, Entry

AS_WRITTEN = [
    "<3 Deno",
    "A & B",
    "a<b>c",
    "&#39;",
    "&amp;",
    "&amp;amp;",
    "&lt;b&gt;",
    "<b>bold</b> & <script>alert(1)</script>",
    "]]>",
    "\"quoted\" and 'single'",
    "Ёлки, Երևան, თბილისი, Bakı",
    "עברית and العربية 2026",
    "👩‍👩‍👧‍👦 🇦🇲 é",
    "no\xa0break \u2009thin",
    "line\u2028separator",
]


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_a_title_arrives_as_written(
    text: str, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    for parser, entries in read(make_edition(make_entry(title=text))).items():
        assert entries[0].title == text, parser


@pytest.mark.parametrize("text", AS_WRITTEN)
@pytest.mark.parametrize("content", [ContentSetting.FULL, ContentSetting.SUMMARY])
def test_a_summary_arrives_as_written(
    text: str,
    content: ContentSetting,
    make_entry: Callable[..., Entry],
    make_edition: Callable[..., Edition],
    read: Callable[..., Any],
) -> None:
    for parser, entries in read(make_edition(make_entry(summary=text), content=content)).items():
        assert entries[0].summary == text, parser


@pytest.mark.parametrize(
    "body",
    [
        "<p>a &lt; b &amp;&amp; c</p>",
        "<p>]]&gt; and ]]> and &amp;amp;</p>",
        "<pre>two\n  lines</pre>",
        "<p>עברית <b>and</b> 👩‍👩‍👧‍👦</p>",
    ],
)
def test_a_body_arrives_as_written(
    body: str, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    for parser, entries in read(make_edition(make_entry(content_html=body))).items():
        assert entries[0].content == body, parser


def test_text_that_reads_from_right_to_left_says_so(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    for parser, entries in read(make_edition(make_entry(language="he", content_html="<p>שלום</p>"))).items():
        assert entries[0].content == '<div dir="rtl"><p>שלום</p></div>', parser


def test_an_empty_title_becomes_the_first_words_of_the_text(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    untitled = make_entry(title=" \n", summary="", content_html="<p>The bridge is open. It was shut for a year.</p>")
    for parser, entries in read(make_edition(untitled)).items():
        assert entries[0].title == "The bridge is open. It was shut for a year.", parser


def test_an_entry_without_any_words_has_a_title_all_the_same(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], read: Callable[..., Any]
) -> None:
    wordless = make_entry(title="", summary="", content_html="<hr>")
    for parser, entries in read(make_edition(wordless)).items():
        assert entries[0].title == "Untitled", parser
