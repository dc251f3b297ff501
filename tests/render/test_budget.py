"""P13: a feed is never too big to be read."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.model import ContentSetting, Correction, Edition, Entry, Format
from feedsvc.render import Rendered, render
from feedsvc.render.budget import fit
from feedsvc.render.presenting import Presented, present


def _shown(edition: Edition) -> list[tuple[str, str]]:
    return _shown_in(render(edition))


def _shown_in(rendered: Rendered) -> list[tuple[str, str]]:
    """What the JSON Feed shows of each entry: its title, and full, summary or headline."""
    items = json.loads(rendered.documents["feed.json"])["items"]
    return [
        (item["title"], "full" if "content_html" in item else "summary" if "summary" in item else "headline")
        for item in items
    ]


def _assert_within_budget(edition: Edition) -> None:
    documents = render(edition).documents
    for name in ("rss.xml", "atom.xml", "feed.json"):
        assert len(documents[name]) <= edition.feed.max_bytes, name


def _ids_in(document: bytes, entries: list[Entry]) -> list[str]:
    return [entry.entry_id for entry in entries if entry.entry_id.encode() in document]


def test_a_feed_within_its_budget_is_left_as_it_is(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    edition = make_edition(*(make_entry(n) for n in range(1, 6)))
    largest = max(len(body) for name, body in render(edition).documents.items() if name != "index.html")
    exact = make_edition(*edition.entries, max_bytes=largest)
    assert render(exact) == render(edition)
    assert render(exact).left_out == ()


def test_fifty_articles_of_ten_megabytes_give_a_readable_feed(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    body = f"<p>{'A sentence that goes on. ' * 400_000}</p>"
    edition = make_edition(*(make_entry(n, title=f"T{n}", content_html=body, summary="") for n in range(1, 51)))
    rendered = render(edition)
    assert _shown_in(rendered) == [(f"T{n}", "summary") for n in range(1, 51)]
    assert max(len(rendered.documents[name]) for name in ("rss.xml", "atom.xml", "feed.json")) <= 1_000_000
    assert rendered.documents["rss.xml"].count(b"<link>https://example.org/articles/") == 50


def test_the_oldest_bodies_become_summaries_first(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    entries = [make_entry(n, title=f"T{n}", content_html=f"<p>{'word ' * 1000}</p>") for n in range(1, 11)]
    edition = make_edition(*entries, max_bytes=30_000)
    shown = [how for _, how in _shown(edition)]
    assert shown == ["full"] * 4 + ["summary"] * 6
    _assert_within_budget(edition)


def test_then_the_oldest_summaries_become_headlines(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    entries = [make_entry(n, title=f"T{n}", summary="word " * 100) for n in range(1, 11)]
    shown = [how for _, how in _shown(make_edition(*entries, max_bytes=10_000))]
    assert shown == sorted(shown, key=["full", "summary", "headline"].index)
    assert set(shown) == {"summary", "headline"}
    _assert_within_budget(make_edition(*entries, max_bytes=10_000))


def test_then_the_oldest_entries_go_and_are_named(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    entries = [make_entry(n, title=f"T{n}") for n in range(1, 51)]
    edition = make_edition(*entries, max_bytes=5_000)
    titles = [title for title, _ in _shown(edition)]
    assert titles == [f"T{n}" for n in range(1, len(titles) + 1)]
    assert 0 < len(titles) < 50
    left_out = render(edition).left_out
    assert [each.article_id for each in left_out] == [f"A{n}" for n in range(len(titles) + 1, 51)]
    assert {each.reason for each in left_out} == {
        "does not fit into the feed's max_bytes of 5000, not even as a headline"
    }
    _assert_within_budget(edition)


def test_one_huge_article_costs_the_others_nothing(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    huge = make_entry(1, title="Huge", content_html=f"<p>{'word ' * 10_000}</p>")
    edition = make_edition(huge, make_entry(2, title="Next"), make_entry(3, title="Last"), max_bytes=20_000)
    assert _shown(edition) == [("Huge", "summary"), ("Next", "full"), ("Last", "full")]


def test_a_body_whose_escaping_makes_it_too_large_becomes_a_summary_in_every_format(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    # Four bytes in JSON, eight in XML: small enough for one, too large for the other.
    edition = make_edition(make_entry(content_html=f"<p>{'&lt;' * 3000}</p>"), max_bytes=16_000)
    assert _shown(edition) == [("Bridge reopens", "summary")]
    assert b"content:encoded>" not in render(edition).documents["rss.xml"]


def test_a_title_larger_than_the_budget_leaves_its_entry_out(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    edition = make_edition(make_entry(1, title="T" * 30_000), make_entry(2, title="Next"), max_bytes=20_000)
    assert _shown(edition) == [("Next", "full")]
    assert [each.article_id for each in render(edition).left_out] == ["A1"]


def test_a_note_stays_when_its_body_goes(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    entry = make_entry()
    corrected = make_entry(
        content_html="<p>" + "word " * 9_000, corrections=(Correction(entry.updated_at, "It was a tunnel."),)
    )
    (item,) = json.loads(render(make_edition(corrected, max_bytes=9_000)).documents["feed.json"])["items"]
    assert item["content_text"] == "2026-08-04: It was a tunnel. The bridge is open."


def test_entries_beyond_the_limit_are_left_out(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    edition = make_edition(*(make_entry(n, title=f"T{n}") for n in range(1, 4)), limit=2)
    assert [title for title, _ in _shown(edition)] == ["T1", "T2"]
    assert [(each.article_id, each.reason) for each in render(edition).left_out] == [
        ("A3", "beyond the feed's limit of 2 entries")
    ]


@settings(deadline=None, max_examples=50)
@given(
    lengths=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 600), st.integers(1, 200)), max_size=8),
    max_bytes=st.integers(1_000, 12_000),
    content=st.sampled_from(list(ContentSetting)),
)
def test_all_formats_fit_and_hold_the_same_entries(
    make_entry: Callable[..., Entry],
    make_edition: Callable[..., Edition],
    lengths: list[tuple[int, int, int]],
    max_bytes: int,
    content: ContentSetting,
) -> None:
    entries = [
        make_entry(n, content_html="&lt;" * body, summary="s" * summary, title="t" * title)
        for n, (body, summary, title) in enumerate(lengths)
    ]
    edition = make_edition(*entries, max_bytes=max_bytes, content=content)
    rendered = render(edition)
    _assert_within_budget(edition)
    kept = [
        entry.entry_id for entry in entries if entry.article_id not in {out.article_id for out in rendered.left_out}
    ]
    for name in ("rss.xml", "atom.xml", "feed.json"):
        assert _ids_in(rendered.documents[name], entries) == kept, name


def test_each_form_of_an_entry_is_measured_once(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    site = make_edition().site
    shown = [present(make_entry(n, content_html=f"<p>{n}</p>"), site, ContentSetting.FULL) for n in range(200)]
    measured: list[Presented] = []

    def measure(presented: Presented) -> tuple[int]:
        measured.append(presented)
        return (1000 if presented.content_html else 100 if presented.summary else 10,)

    assert len(fit(shown, 3000, (0,), measure)) == 200
    assert len(measured) == len(set(measured)) <= 3 * 200


@pytest.mark.parametrize("formats", [(), (Format.PAGE,), (Format.JSON,)])
def test_only_the_feeds_own_formats_are_written_and_count(
    formats: tuple[Format, ...], make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    edition = make_edition(make_entry(content_html="&lt;" * 2000), formats=formats, max_bytes=11_000)
    rendered = render(edition)
    assert set(rendered.documents) == {"index.html"} | ({"feed.json"} if Format.JSON in formats else set())
    if Format.JSON in formats:
        assert _shown(edition) == [("Bridge reopens", "full")]
