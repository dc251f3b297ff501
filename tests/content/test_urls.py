"""What an address in an article becomes."""

# A case is one line, however long its markup is.
# ruff: noqa: E501
from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.content.urls import absolute_url, guess_image_type, is_web_url

BASE = "https://example.org/2026/story?x=1#top"
any_text = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("http://example.com/a", "http://example.com/a"),
        ("HTTPS://Example.COM", "https://example.com/"),
        ("//cdn.example.com/x.js", "https://cdn.example.com/x.js"),
        ("/about", "https://example.org/about"),
        ("../img/a.png", "https://example.org/img/a.png"),
        ("../../../../a", "https://example.org/a"),
        ("next", "https://example.org/2026/next"),
        ("?q=1", "https://example.org/2026/story?q=1"),
        ("#frag", "https://example.org/2026/story?x=1#frag"),
        ("/?a=1&b=2&copy=3", "https://example.org/?a=1&b=2&copy=3"),
        ("/a b.jpg", "https://example.org/a%20b.jpg"),
        ("/a%20b.jpg", "https://example.org/a%20b.jpg"),
        ("/100%.html", "https://example.org/100%25.html"),
        ("/München?straße=ä#ö", "https://example.org/M%C3%BCnchen?stra%C3%9Fe=%C3%A4#%C3%B6"),
        ("http://münchen.example/", "http://xn--mnchen-3ya.example/"),
        ("http://straße.example/", "http://xn--strae-oqa.example/"),
        ("http://例え。example/", "http://xn--r8jz45g.example/"),
        ("http://ex%61mple.com/", "http://example.com/"),
        ("  /trimmed\n", "https://example.org/trimmed"),
        ("/wra\n\tpped", "https://example.org/wrapped"),
        ("\\back\\slash?a\\b", "https://example.org/back/slash?a%5Cb"),
        ("\\\\example.com\\a", "https://example.com/a"),
        ("https:/one/slash", "https://example.org/one/slash"),
        ("https:page", "https://example.org/2026/page"),
        ("http:///three.example/slashes", "http://three.example/slashes"),
        ("http:example.com/none", "http://example.com/none"),
        ("http://example.com:8080/[a]|{b}", "http://example.com:8080/%5Ba%5D%7C%7Bb%7D"),
        ("http://[2001:db8::1]:80/", "http://[2001:db8::1]:80/"),
        ("mailto:desk@example.org?subject=A b&cc=c@example.org", "mailto:desk@example.org?subject=A%20b&cc=c@example.org"),
        ("MAILTO:desk@example.org", "mailto:desk@example.org"),
        ("tel:+49 30 123", "tel:+49%2030%20123"),
        ("page:2", None),
        ("", None),
        (" \n", None),
        ("mailto:", None),
        ("http://", None),
        ("http://[bad", None),
        ("//[bad", None),
        ("http://exa mple.com/", None),
        ("http://a..b/", None),
        ("http://example.com:99999/", None),
        ("http://example.com:port/", None),
        ("http://" + "ü" * 100_000 + ".example/", None),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("\x01javascript:alert(1)", None),
        ("data:image/png;base64,AAAA", None),
        ("file:///etc/passwd", None),
        ("ftp://example.com/a", None),
    ],
)  # fmt: skip
def test_an_address_is_resolved_as_browsers_do_or_refused(url: str, absolute: str | None) -> None:
    assert absolute_url(url, BASE) == absolute


def test_a_broken_base_refuses_relative_addresses_only() -> None:
    assert absolute_url("/a", "nonsense") is None
    assert absolute_url("/a", "http://[bad") is None
    assert absolute_url("http://example.com/a", "nonsense") == "http://example.com/a"


@settings(deadline=None)
@given(any_text)
def test_what_comes_out_is_a_valid_uri_and_stable(url: str) -> None:
    absolute = absolute_url(url, BASE)
    if absolute is not None:
        assert re.fullmatch(r"(https?|mailto|tel):([A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+", absolute)
        assert absolute_url(absolute, BASE) == absolute


@settings(deadline=None)
@given(st.text("/\\:@?#[]%.ahttps1-é \n", max_size=30))
def test_odd_punctuation_never_raises(url: str) -> None:
    absolute = absolute_url(url, BASE)
    if absolute is not None:
        assert absolute_url(absolute, "http://elsewhere.example/") == absolute
    is_web_url(url)
    guess_image_type(url)


@pytest.mark.parametrize("url", ["http://example.com", "https://example.org:8080/a?b=c#d", "https://example.org/ä", "http://[::1]/", "http://münchen.example/"])  # fmt: skip
def test_a_web_url(url: str) -> None:
    assert is_web_url(url)


@pytest.mark.parametrize(
    "url",
    ["", "/a", "//example.org/a", "example.org", "http://", "http:///a", "http://user@example.org/", "http://user:word@example.org/", "http://a b/",
     "http://example.org/a b", "http://example.org/\n", " http://example.org/", "http://example.org/\x7f", "ftp://example.org/", "javascript:alert(1)",
     "http://[bad", "http://example.org:x/", "http://example.org:0/", "http://a..b/", "http://example.org\\a", 'http://example.org/"', "mailto:a@example.org"],
)  # fmt: skip
def test_not_a_web_url(url: str) -> None:
    assert not is_web_url(url)


@pytest.mark.parametrize(
    ("url", "media_type"),
    [
        ("https://example.org/a.jpg", "image/jpeg"),
        ("https://example.org/A.JPEG?w=1#x", "image/jpeg"),
        ("/a/b.png", "image/png"),
        ("a.gif", "image/gif"),
        ("https://example.org/a.b.webp", "image/webp"),
        ("https://example.org/a.avif", "image/avif"),
        ("https://example.org/a.svg", "image/svg+xml"),
        ("https://example.org/a.html", None),
        ("https://example.org/jpg", None),
        ("https://example.org/.jpg", None),
        ("https://example.org/a?b=c.jpg", None),
        ("https://example.jpg", None),
        ("http://[bad.jpg", None),
        ("", None),
    ],
)
def test_the_extension_names_the_type(url: str, media_type: str | None) -> None:
    assert guess_image_type(url) == media_type
