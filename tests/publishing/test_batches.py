"""Feeds are published together, and yet each succeeds, fails or is overtaken alone."""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from feedsvc import publishing
from feedsvc.batching import TOGETHER, batches
from feedsvc.model import Edition, Site
from feedsvc.render import Rendered
from feedsvc.render.documents import Publishable, render_documents
from feedsvc.render.pieces import Pieces
from feedsvc.store import Store, editions, feeds, progress, publications
from feedsvc.store.editions import KnownEntries
from feedsvc.store.feeds import KeptFeed
from feedsvc.store.publications import NewPublication
from tests.newsroom import ALL, Newsroom

SLUGS = ("first", "second", "third")


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    newsroom.define([replace(ALL, slug=slug) for slug in SLUGS])
    newsroom.publish()
    return newsroom


def publication(room: Newsroom, slug: str) -> int:
    with room.store.reading() as connection:
        return feeds.get(connection, slug).publication or 0


def test_feeds_that_change_together_are_recorded_in_one_transaction(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.write()
    writing = Store.writing
    begun: list[Store] = []

    def count(store: Store) -> AbstractContextManager[Connection]:
        begun.append(store)
        return writing(store)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "writing", count)
        done = publishing.publish_due(room.store, room.folder, room.site, now=room.pass_time(2))
    assert {*SLUGS, "_sitemap"} <= {outcome.slug for outcome in done}
    # One for the three feeds, one for the sitemap.
    assert len(begun) == 2


def test_who_is_overtaken_is_overtaken_alone(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    load = editions.load

    def load_and_be_overtaken(
        connection: Connection, kept: KeptFeed, site: Site, known: KnownEntries | None = None
    ) -> Edition:
        edition = load(connection, kept, site, known)
        if kept.feed.slug == "second":
            monkeypatch.setattr(editions, "load", load)
            publishing.publish_feed(room.store, room.folder, room.site, "second", reason="change", now=room.now)
        return edition

    room.write()
    monkeypatch.setattr(editions, "load", load_and_be_overtaken)
    outcomes = room.publish()
    assert {slug: outcomes[slug].overtaken for slug in SLUGS} == {"first": False, "second": True, "third": False}
    for slug in SLUGS:
        assert "Storm warning" in room.read(slug)


@pytest.mark.parametrize("error", [ValueError("out of ink"), KeyError("out of ink"), AssertionError("out of ink")])
def test_whatever_is_wrong_with_one_the_others_go_on(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def fail_for_the_second(what: Publishable, pieces: Pieces) -> Rendered:
        if isinstance(what, Edition) and what.feed.slug == "second":
            raise error
        return render_documents(what, pieces)

    room.write()
    monkeypatch.setattr(publishing, "render_documents", fail_for_the_second)
    with caplog.at_level(logging.ERROR):
        outcomes = room.publish()
    assert "second" not in outcomes
    assert "Storm warning" in room.read("first")
    assert "Storm warning" in room.read("third")
    with room.store.reading() as connection:
        assert "out of ink" in (feeds.get(connection, "second").failure or "")


def test_what_can_not_be_recorded_together_is_recorded_one_by_one(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = publication(room, "second")
    record = publications.record

    def refuse_the_second(connection: Connection, coming: Sequence[NewPublication]) -> list[int]:
        second = feeds.get(connection, "second").number
        if any(one.feed_number == second for one in coming):
            raise ValueError("out of paper")
        return record(connection, coming)

    room.write()
    monkeypatch.setattr(publications, "record", refuse_the_second)
    outcomes = room.publish()
    assert {"first", "third"} <= outcomes.keys()
    assert "Storm warning" in room.read("first")
    assert publication(room, "second") == before


def test_a_full_disk_of_one_feed_keeps_no_other_from_its_files(room: Newsroom) -> None:
    (room.folder.root / "second" / "rss.xml.gz").unlink()
    (room.folder.root / "second" / "rss.xml.gz").mkdir()
    room.write()
    assert "second" not in room.publish()
    assert "Storm warning" in room.read("third")


def test_batches_are_small_and_the_sites_own_documents_go_alone(room: Newsroom) -> None:
    room.define([replace(ALL, slug=f"feed-{number}") for number in range(TOGETHER + 2)])
    with room.store.reading() as connection:
        due = list(progress.find_due(connection))
    site, *slugs, sitemap = [each.slug for each in due]
    assert list(batches(due)) == [["_site"], slugs[:TOGETHER], slugs[TOGETHER:], ["_sitemap"]]
    assert (site, sitemap) == ("_site", "_sitemap")
    assert list(batches([])) == []
