"""Every address in an article's HTML is absolute, and nothing else changes."""

# A case is one line, however long its markup is.
# ruff: noqa: E501
from __future__ import annotations

import pytest
from hypothesis import given, settings
from selectolax.lexbor import LexborHTMLParser, LexborNode

from feedsvc.content.html import absolute_html, clean_html
from feedsvc.content.links import srcset_candidates
from tests.content.soup import any_html

BASE = "https://example.org/2026/story?x=1"
ADDRESSES = {"href", "src", "poster", "cite"}


@pytest.mark.parametrize(
    ("html", "absolute"),
    [
        ('<a href="/a">x</a>', '<a href="https://example.org/a">x</a>'),
        ('<a href="../a">x</a>', '<a href="https://example.org/a">x</a>'),
        ('<a href="//example.com/a">x</a>', '<a href="https://example.com/a">x</a>'),
        ('<a href="?a=1&amp;b=2">x</a>', '<a href="https://example.org/2026/story?a=1&amp;b=2">x</a>'),
        ('<a href="#note">x</a>', '<a href="https://example.org/2026/story?x=1#note">x</a>'),
        ('<a href="/ä b" title="&quot;t&quot; &lt;">x</a>', '<a href="https://example.org/%C3%A4%20b" title="&quot;t&quot; &lt;">x</a>'),
        ('<img src="a.png" srcset="a.png 1x, /b.png 2x" alt="">', '<img src="https://example.org/2026/a.png" srcset="https://example.org/2026/a.png 1x, https://example.org/b.png 2x" alt="">'),
        ('<img srcset="a,b.png, c.png 640w,d.png">', '<img srcset="https://example.org/2026/a,b.png, https://example.org/2026/c.png 640w, https://example.org/2026/d.png">'),
        ('<video poster="/p.jpg"><source src="v.mp4"></video>', '<video poster="https://example.org/p.jpg"><source src="https://example.org/2026/v.mp4"></video>'),
        ('<blockquote cite="/q">x</blockquote>', '<blockquote cite="https://example.org/q">x</blockquote>'),
        # What can't be an address loses its attribute; the rest of the picture's candidates stay.
        ('<a href="http://[bad" title="t">x</a>', '<a title="t">x</a>'),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="">x</a>', "<a>x</a>"),
        ('<img src="data:image/png;base64,AA" alt="A">', '<img alt="A">'),
        ('<img src="mailto:a@example.org" alt="A">', '<img alt="A">'),
        ('<img src="/a" srcset="data:x 1x, http://[bad 2x, /b 3x">', '<img src="https://example.org/a" srcset="https://example.org/b 3x">'),
        ('<img src="/a" srcset="data:x">', '<img src="https://example.org/a">'),
    ],
)  # fmt: skip
def test_each_address_is_resolved_or_dropped(html: str, absolute: str) -> None:
    assert absolute_html(html, BASE) == absolute


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://example.com/a?b=1&amp;c">x</a> <a href="mailto:a@example.org">m</a> <a href="tel:+1">t</a>',
        "a < b &bogus; <P CLASS=x>Not\r\n<b>closed <!-- <a href='/x'> --> <i",
        "",
    ],
)
def test_what_holds_no_relative_address_is_returned_as_it_was(html: str) -> None:
    assert absolute_html(html, BASE) == html


def test_an_unusable_base_never_raises() -> None:
    assert (
        absolute_html('<a href="/a">x</a><img src="http://example.com/">', "http://[bad")
        == '<a>x</a><img src="http://example.com/">'
    )


def _elements(html: str) -> list[LexborNode]:
    body = LexborHTMLParser(html).body
    assert body is not None
    return list(body.traverse(include_text=True))[1:]


@settings(deadline=None)
@given(any_html)
def test_an_independent_parser_finds_absolute_addresses_and_the_same_tree(html: str) -> None:
    cleaned = clean_html(html)
    before, after = _elements(cleaned), _elements(absolute_html(cleaned, BASE))
    assert [node.tag for node in before] == [node.tag for node in after]
    for old, new in zip(before, after, strict=True):
        if new.is_text_node:
            assert old.text_content == new.text_content
            continue
        kept = {name: value for name, value in new.attributes.items() if name not in ADDRESSES | {"srcset"}}
        assert kept == {name: value for name, value in old.attributes.items() if name not in ADDRESSES | {"srcset"}}
        for name in ADDRESSES & new.attributes.keys():
            assert (new.attributes[name] or "").startswith(("http://", "https://", "mailto:", "tel:"))
        for url, _ in srcset_candidates(new.attributes.get("srcset") or ""):
            assert url.startswith(("http://", "https://"))


@settings(deadline=None)
@given(any_html)
def test_making_addresses_absolute_again_changes_nothing(html: str) -> None:
    once = absolute_html(html, BASE)
    assert absolute_html(once, "http://elsewhere.example/") == once


@settings(deadline=None)
@given(any_html)
def test_absolute_html_of_clean_html_is_clean(html: str) -> None:
    absolute = absolute_html(clean_html(html), BASE)
    assert absolute_html(clean_html(absolute), BASE) == clean_html(absolute)


@pytest.mark.parametrize(
    ("srcset", "candidates"),
    [
        ("a 1x, b 2x", [("a", "1x"), ("b", "2x")]),
        ("a, b", [("a", ""), ("b", "")]),
        ("a,b", [("a,b", "")]),
        ("a 320w,b 1.5x", [("a", "320w"), ("b", "1.5x")]),
        (" ,, a   640w  , ", [("a", "640w")]),
        ("data:image/png;base64,AA 1x, b 2x", [("data:image/png;base64,AA", "1x"), ("b", "2x")]),
        ("a wide, b 2x", [("b", "2x")]),
        ("", []),
        (" , ", []),
    ],
)
def test_a_srcset_is_split_as_browsers_do(srcset: str, candidates: list[tuple[str, str]]) -> None:
    assert list(srcset_candidates(srcset)) == candidates
