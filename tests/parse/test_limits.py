"""Hostile sizes and shapes: refused with the limit named, before they cost anything."""

from __future__ import annotations

import pytest

from feedsvc.errors import Invalid
from feedsvc.model import Imported, Refused
from feedsvc.parse import MAX_CONTENT_BYTES, MAX_INPUT_BYTES, Defaults, parse

FEED = b'<rss version="2.0"><channel>%s</channel></rss>'


def refusals(name: str, data: bytes) -> list[str]:
    return [article.reason for article in parse(name, data, Defaults()) if isinstance(article, Refused)]


def test_a_source_above_the_limit_is_refused() -> None:
    assert refusals("big.txt", b"x" * (MAX_INPUT_BYTES + 1)) == [
        "has 67,108,865 bytes; the limit is 67,108,864. Split it into several files"
    ]


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("big.txt", b"Headline\n\n%s"),
        ("big.md", b"---\ntitle: x\n---\n%s"),
        ("big.xml", FEED % b"<item><title>x</title><description>%s</description></item>"),
        ("big.atom", b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content>%s</content></entry></feed>'),
        ("big.json", b'{"version":"https://jsonfeed.org/version/1","items":[{"content_html":"%s"}]}'),
    ],
    ids=["text", "markdown", "rss", "atom", "json"],
)
def test_an_article_above_the_limit_is_refused_and_the_limit_named(name: str, frame: bytes) -> None:
    [reason] = refusals(name, frame.replace(b"%s", b"x" * (MAX_CONTENT_BYTES + 1)))

    assert reason.startswith("content: has 16,777,2")
    assert "the limit is 16,777,216" in reason


def test_an_article_above_ten_megabytes_comes_in_whole() -> None:
    """Ten million characters is where libxml2 stops reading a text unless it is told otherwise."""
    text = "word " * 2_100_000
    source = FEED % f"<item><title>x</title><description>{text}</description></item>".encode()

    [article] = parse("big.xml", source, Defaults())

    assert isinstance(article, Imported)
    assert article.draft.content_html == f"<p>{text.strip()}</p>"


@pytest.mark.parametrize(
    ("name", "data", "limit"),
    [
        ("a.xml", FEED % (b"<item/>" * 100_001), "100,000 articles"),
        ("a.xml", b"<rss><channel>" + b"<item>" * 100_001, "100,000 articles"),
        (
            "a.json",
            b'{"version":"https://jsonfeed.org/version/1","items":[' + b"{}," * 100_001 + b"{}]}",
            "100,000 articles",
        ),
        (
            "a.json",
            b'{"version":"https://jsonfeed.org/version/1","items":[' + b"0," * 4_000_001 + b"0]}",
            "4,000,000 values",
        ),
        ("a.json", b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 65, "64 levels"),
        ("a.xml", FEED % (b"<a/>" * 4_000_001), "4,000,000 tags"),
    ],
    ids=["items", "unclosed items", "json items", "json values", "json depth", "tags"],
)
def test_what_would_fill_memory_is_refused_as_a_whole(name: str, data: bytes, limit: str) -> None:
    with pytest.raises(Invalid, match=limit):
        parse(name, data, Defaults())


@pytest.mark.parametrize(
    ("front_matter", "limit"),
    [
        ("a: " + "[" * 21, "20 levels"),
        ("a: [" + "x, " * 30_000 + "]", "65,536"),
        ("a: &a [x]\nb: *a", "alias"),
        ('a: "\\UFFFFFFFF"', "not valid YAML"),
    ],
    ids=["depth", "size", "alias", "escape"],
)
def test_yaml_is_bounded(front_matter: str, limit: str) -> None:
    [reason] = refusals("a.md", f"---\n{front_matter}\n---\ntext".encode())

    assert reason.startswith("front matter: ")
    assert limit in reason


def test_toml_is_bounded() -> None:
    [reason] = refusals("a.md", b"+++\na = " + b"[" * 30_000 + b"\n+++\ntext")

    assert reason.startswith("front matter: ")


def test_elements_nested_beyond_measure_cost_their_item_alone() -> None:
    deep = b"<item><title>deep</title><description>" + b"<i>" * 3_000 + b"</i>" * 3_000 + b"</description></item>"
    articles = list(parse("a.xml", FEED % (deep + b"<item><title>fine</title></item>"), Defaults()))

    assert [type(article) for article in articles] == [Refused, Imported]
