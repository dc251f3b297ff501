"""Which characters text keeps, and that no XML parser chokes on what is left."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feedsvc.content.characters import clean_line, clean_text, contains_illegal

# Every code point, lone surrogates too.
any_text = st.text(st.characters(exclude_categories=()))

C0 = [chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"]
C1 = [chr(code) for code in range(0x7F, 0xA0)]
OTHERS = ["\ufffe", "\uffff", "\ud800", "\udbff", "\udc00", "\udfff"]
KEPT = [
    "\t", "\n", " ", "\xa0", "\xad", "\u200b", "\u200d", "\u202e", "\ufeff",
    "\ufdd0", "\ufffd", "\U0001fffe", "\U0010ffff", "🚢", "e\u0301",
]  # fmt: skip


@pytest.mark.parametrize("character", C0 + C1 + OTHERS, ids=ascii)
def test_what_no_feed_may_hold_is_taken_out(character: str) -> None:
    assert contains_illegal(f"a{character}b")
    assert clean_text(f"a{character}b") == "ab"
    assert clean_line(f"a{character}b") == "ab"


@pytest.mark.parametrize("character", KEPT, ids=ascii)
def test_what_xml_allows_stays_as_written(character: str) -> None:
    assert not contains_illegal(f"a{character}b")
    assert clean_text(f"a{character}b") == f"a{character}b"


def test_line_ends_become_line_feeds() -> None:
    assert clean_text("one\r\ntwo\rthree\nfour\r\r\nfive") == "one\ntwo\nthree\nfour\n\nfive"


def test_text_is_not_normalised() -> None:
    decomposed = "Cafe\u0301 Å ﬁ"
    assert clean_text(decomposed) == decomposed != unicodedata.normalize("NFC", decomposed)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Two\n lines\t and  spaces \r\n", "Two lines and spaces"),
        ("5\xa0km\u2009away", "5\xa0km\u2009away"),
        ("a \x00 b", "a b"),
        ("<3 & &amp; &#39;", "<3 & &amp; &#39;"),
        (" \t\n", ""),
    ],
)
def test_a_line_has_single_spaces_and_keeps_typographic_ones(text: str, line: str) -> None:
    assert clean_line(text) == line


@settings(deadline=None)
@given(any_text)
def test_cleaned_text_stands_in_xml_and_comes_back_equal(text: str) -> None:
    cleaned = clean_text(text)
    element = etree.Element("title")
    element.text = cleaned
    assert (etree.fromstring(etree.tostring(element, encoding="utf-8")).text or "") == cleaned
    assert not contains_illegal(cleaned)


@settings(deadline=None)
@given(any_text)
def test_cleaning_again_changes_nothing(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert clean_line(clean_line(text)) == clean_line(text)
