"""Addresses, language tags, e-mail addresses and plain text: what passes and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.standards import grammars, html_fragments, languages, uris
from feedsvc.standards.http import links


@pytest.mark.parametrize(
    "tag",
    [
        "en",
        "en-GB",
        "en-us",
        "hy",
        "hy-arevela",
        "ka",
        "az-Latn-AZ",
        "zh-Hant-TW",
        "zh-cmn-Hans-CN",
        "es-419",
        "sl-rozaj-biske",
        "de-CH-1901",
        "x-desk",
        "i-klingon",
        "haw",
        "sr-Cyrl",
        "en-a-bbb-x-a",
        "de-DE-u-co-phonebk",
    ],
)
def test_language_tags(tag: str) -> None:
    assert languages.fault(tag) is None


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "english",
        "en_GB",
        "en-UK",
        "jp",
        "cz",
        "en-",
        "-en",
        "e",
        "en-GB-GB",
        "en GB",
        "12",
        "հայ",
    ],
)
def test_what_is_no_language_tag(tag: str) -> None:
    assert languages.fault(tag)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "http://example.org:8080/a?b=c#d",
        "mailto:desk@example.org",
        "tag:example.org,2026:1",
        "urn:uuid:1b0c2f0e-6c5f-4b0a-9d52-2f2a3f8f6c11",
        "HTTP://EXAMPLE.ORG/",
        "https://[::1]/",
        "https://example.org/%C3%A9/é",
    ],
)
def test_absolute_addresses(address: str) -> None:
    assert uris.fault(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/a",
        "a",
        "//example.org/a",
        "?a",
        "#a",
        "http:",
        "http://",
        "http:/a",
        "https://exa mple.org",
        "https://example.org:port/",
        "https://example.org/%",
        "https://example.org/<a>",
        "xyz:a",
        "https://example.org/\x01",
        "https://[::1/",
        "1:2",
    ],
)
def test_what_is_no_absolute_address(address: str) -> None:
    assert uris.fault(address)


@given(st.text(max_size=60))
def test_no_text_breaks_the_grammars(text: str) -> None:
    for judge in (uris.fault, uris.iri_fault, uris.reference_fault, uris.canonical_fault, languages.fault):
        assert judge(text) is None or isinstance(judge(text), str)
    assert isinstance(grammars.is_media_type(text) or grammars.is_email(text), bool)


@given(st.text(max_size=200))
def test_no_html_breaks_its_check(text: str) -> None:
    assert all(fault.rule in {"PROF-06", "PROF-10", "PROF-17"} for fault in html_fragments.check(text))


@given(st.text(max_size=200).filter(lambda text: "&" not in text and "<" not in text))
def test_text_without_markup_is_plain(text: str) -> None:
    assert grammars.html_in(text) is None
    assert list(html_fragments.check(text)) == []


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (
            '<https://hub.example.org/>; rel="hub", <https://a.example.org/?b=1,2>; rel=self',
            {"hub": "https://hub.example.org/", "self": "https://a.example.org/?b=1,2"},
        ),
        (
            '<https://a.example.org/>; title="a, b"; rel="self license"',
            {"self": "https://a.example.org/", "license": "https://a.example.org/"},
        ),
        ("", {}),
        ("<https://a.example.org/>", {}),
    ],
)
def test_link_headers(header: str, found: dict[str, str]) -> None:
    assert links(header) == {rel: frozenset({target}) for rel, target in found.items()}
