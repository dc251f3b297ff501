"""An entry is rendered once and stands in every later document, byte for byte as if feedgen had written it anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.model import (
    Author,
    ContentSetting,
    Correction,
    Edition,
    Entry,
    Feed,
    Format,
    Image,
    Site,
    Tombstone,
)
from feedsvc.render import atom, page, render, rss
from feedsvc.render.atom import write_atom
from feedsvc.render.jsonfeed import render_json
from feedsvc.render.page import render_page
from feedsvc.render.pieces import Pieces
from feedsvc.render.presenting import Presented, present
from feedsvc.render.rss import write_rss
from feedsvc.render.splicing import Marks
from tests.render.conftest import ENTRY, NOON

# What ends an entry in one format or another, and what begins one.
MARKUP = st.sampled_from(
    ["</item>", "<item>", "</entry>", "<entry", "</article>\n", "<article>", "</channel></rss>", "]]>", "]}", "\n", "é"]
)
texts = st.lists(MARKUP | st.text(max_size=6), max_size=4).map("".join)
languages = st.sampled_from([None, "en", "EN", "fr", "ar"])
addresses = st.sampled_from([None, "https://example.com/a?b=</item>", "/a", "</entry>"])
instants = st.integers(0, 9999).map(lambda minutes: NOON - timedelta(minutes=minutes))

authors = st.lists(st.builds(Author, texts, st.none(), addresses), max_size=2).map(tuple)
images = st.none() | st.builds(
    Image,
    st.sampled_from(["/a.jpg", "https://example.com/</item>.png"]),
    texts,
    texts,
    texts,
    length=st.sampled_from([None, 10]),
)
entries = st.builds(
    lambda number, **facts: replace(ENTRY, article_id=f"A{number}", entry_id=f"urn:{number}", **facts),
    st.integers(1, 4),
    revision=st.integers(1, 2),
    title=texts,
    content_html=texts | texts.map(lambda text: text * 200),
    summary=texts,
    language=languages,
    section=texts,
    authors=authors,
    tags=st.lists(texts, max_size=2).map(tuple),
    url=addresses,
    image=images,
    published_at=instants,
    updated_at=instants,
    corrections=st.lists(st.builds(Correction, instants, texts), max_size=1).map(tuple),
)
sites = st.builds(
    Site,
    texts,
    st.sampled_from(["https://example.org", "https://example.com"]),
    st.sampled_from(["en", "ar"]),
    st.sampled_from(["UTC", "Asia/Yerevan"]),
    authors=authors,
    icon=addresses,
    licence=st.sampled_from([None, "https://example.org/licence", "All rights reserved"]),
    hubs=st.sampled_from([(), ("https://hub.example.com/",)]),
)
feeds = st.builds(
    Feed,
    st.sampled_from(["all", "sport"]),
    texts,
    texts,
    content=st.sampled_from(list(ContentSetting)),
    limit=st.integers(1, 4),
    max_bytes=st.sampled_from([3000, 10_000, 1_000_000]),
    formats=st.sets(st.sampled_from([Format.RSS, Format.ATOM, Format.JSON])).map(tuple),
    language=languages,
    link=addresses,
    image=addresses,
)
editions = st.builds(
    Edition,
    sites,
    feeds,
    st.just("urn:feed"),
    st.lists(entries, max_size=4, unique_by=lambda entry: entry.article_id).map(tuple),
    st.lists(st.builds(Tombstone, st.just("urn:gone"), instants), max_size=1).map(tuple),
    instants,
    instants,
)


@settings(deadline=None, max_examples=150)
@given(st.lists(editions, min_size=2, max_size=5))
def test_documents_are_the_same_with_and_without_what_is_ready(several: list[Edition]) -> None:
    pieces, cramped = Pieces(), Pieces(max_bytes=20_000)
    for edition in [*several, *several]:
        assert render(edition, pieces) == render(edition, cramped) == render(edition)


@settings(deadline=None, max_examples=100)
@given(st.lists(editions, min_size=1, max_size=4))
def test_documents_are_what_feedgen_alone_writes(several: list[Edition]) -> None:
    pieces = Pieces()
    for edition in [*several, *several]:
        feed = replace(edition.feed, formats=(Format.RSS, Format.ATOM, Format.JSON), limit=9, max_bytes=10_000_000)
        roomy = replace(edition, feed=feed)
        shown = [present(entry, roomy.site, roomy.feed.content) for entry in roomy.entries]
        assert render(roomy, pieces).documents == {
            "rss.xml": write_rss(roomy, shown),
            "atom.xml": write_atom(roomy, shown),
            "feed.json": render_json(roomy),
            "index.html": render_page(roomy),
        }


@pytest.fixture
def rendered_entries(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Note the articles that are rendered anew, by format."""
    noted: dict[str, list[str]] = {"rss": [], "atom": [], "page": []}

    def note(format_: str, module: object, name: str) -> None:
        write = getattr(module, name)

        def noting(edition: Edition, shown: Sequence[Presented], **facts: bool) -> bytes:
            noted[format_] += [presented.entry.article_id for presented in shown]
            written: bytes = write(edition, shown, **facts)
            return written

        monkeypatch.setattr(module, name, noting)

    note("rss", rss, "write_rss")
    note("atom", atom, "write_atom")
    note("page", page, "_render")
    return noted


def test_of_a_feed_with_one_new_entry_that_one_alone_is_rendered(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], rendered_entries: dict[str, list[str]]
) -> None:
    old = [make_entry(number) for number in range(2, 51)]
    pieces = Pieces()
    render(make_edition(*old), pieces)
    for noted in rendered_entries.values():
        noted.clear()
    render(make_edition(make_entry(1), *old), pieces)
    assert rendered_entries == {"rss": ["A1"], "atom": ["A1"], "page": ["A1"]}


def test_feeds_of_one_setting_share_what_is_ready_and_others_do_not(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], rendered_entries: dict[str, list[str]]
) -> None:
    pieces = Pieces()
    render(make_edition(make_entry(1)), pieces)
    render(make_edition(make_entry(1), slug="sport", title="Sport", limit=10, image="/sport.png"), pieces)
    assert rendered_entries["rss"] == ["A1"]
    render(make_edition(make_entry(1), language="fr"), pieces)
    render(make_edition(make_entry(1), content=ContentSetting.SUMMARY), pieces)
    render(make_edition(make_entry(1), site_licence="Free"), pieces)
    assert rendered_entries["rss"] == ["A1"] * 4


def test_an_entry_that_changed_in_any_way_is_rendered_anew(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], rendered_entries: dict[str, list[str]]
) -> None:
    pieces = Pieces()
    render(make_edition(make_entry(1, image=Image("/a.jpg"))), pieces)
    measured = make_edition(make_entry(1, image=Image("/a.jpg", length=10)))
    assert b'length="10"' in render(measured, pieces).documents["rss.xml"]
    assert rendered_entries["rss"] == ["A1", "A1"]


def test_a_feed_over_its_budget_renders_each_form_of_an_entry_once(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], rendered_entries: dict[str, list[str]]
) -> None:
    edition = make_edition(*(make_entry(n, content_html="&lt;" * 2000) for n in range(1, 11)), max_bytes=90_000)
    pieces = Pieces()
    first = render(edition, pieces)
    assert len(rendered_entries["rss"]) < 20
    for noted in rendered_entries.values():
        noted.clear()
    assert render(edition, pieces) == first
    assert rendered_entries == {"rss": [], "atom": [], "page": []}


def test_memory_is_bounded_and_what_was_used_last_stays(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], rendered_entries: dict[str, list[str]]
) -> None:
    pieces = Pieces(max_bytes=200_000)
    body = f"<p>{'word ' * 1000}</p>"
    for number in range(1, 40):
        render(make_edition(make_entry(0, content_html=body), make_entry(number, content_html=body)), pieces)
    assert pieces.weight <= 200_000
    assert rendered_entries["rss"].count("A0") == 1
    render(make_edition(make_entry(1, content_html=body)), pieces)
    assert rendered_entries["rss"].count("A1") == 2


def test_an_entry_that_cannot_be_written_is_not_kept(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    pieces = Pieces()
    edition = make_edition(make_entry(1), make_entry(2, tags=(1,)))
    first = render(edition, pieces)
    assert [each.article_id for each in first.left_out] == ["A2"]
    assert render(edition, pieces) == first


def test_a_document_without_the_entries_that_were_written_is_refused() -> None:
    marks = Marks(b"<item>", b"</item>", b"</rss>")
    assert marks.cut(b"<rss></rss>", 0).entries == ()
    for document in (b"<rss><item>1</item></rss>", b"<rss><item>1</item><item>2</rss>"):
        with pytest.raises(ValueError, match="has not the 2 entries"):
            marks.cut(document, 2)
