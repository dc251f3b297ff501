"""P09: newest first, in a total order.

Equal timestamps, a backdated insert, an edit: same order in every format and on every run.
"""

from __future__ import annotations

import random
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedsvc import editing, publishing
from feedsvc.folder import Folder
from feedsvc.model import Article
from feedsvc.store import open_store
from tests.newsroom import ALL, draft
from tests.promises.gazette import Gazette

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)


def order(room: Gazette) -> list[str]:
    """Give the titles in their order, which must be the same for every reader and on the page."""
    orders = {reader: [item.title for item in items] for reader, items in room.read_all().items()}
    page = room.get("/feeds/all/").text
    titles = next(iter(orders.values()))
    orders["page"] = sorted(titles, key=lambda title: page.index(f">{title}<"))
    assert len(set(map(tuple, orders.values()))) == 1, orders
    return titles


def write_at(room: Gazette, title: str, at: datetime) -> Article:
    return editing.create_article(room.store, room.site, draft(title), now=at, publish=True)


def test_equal_timestamps_have_an_order_and_keep_it(gazette: Gazette) -> None:
    for number in range(20):
        write_at(gazette, f"Story {number:02}", NOON)
    gazette.publish()
    first = order(gazette)
    # Of one instant, what came last is the newest.
    assert first == [f"Story {number:02}" for number in reversed(range(20))]
    for _ in range(3):
        again(gazette)
        assert order(gazette) == first


def again(room: Gazette) -> None:
    publishing.publish_feed(room.store, room.folder, room.site, "all", reason="by hand", now=room.pass_time(60))


def test_instants_that_differ_by_less_than_a_second_are_told_apart(gazette: Gazette) -> None:
    for number in (3, 1, 2):
        write_at(gazette, f"Story {number}", NOON + timedelta(milliseconds=number))
    gazette.publish()
    assert order(gazette) == ["Story 3", "Story 2", "Story 1"]


def test_a_backdated_insert_goes_where_it_belongs(gazette: Gazette) -> None:
    for number in range(3):
        write_at(gazette, f"Story {number}", NOON + timedelta(hours=number))
    gazette.publish()
    gazette.bring_in("archive.md", b"---\ntitle: From the archive\ndate: 2026-02-01T12:30:00Z\n---\nText\n")
    gazette.bring_in("tie.md", b"---\ntitle: A tie\ndate: 2026-02-01T13:00:00Z\n---\nText\n")
    gazette.publish()
    assert order(gazette) == ["Story 2", "A tie", "Story 1", "From the archive", "Story 0"]


def test_no_change_of_an_article_moves_it(gazette: Gazette) -> None:
    stories = [write_at(gazette, f"Story {number}", NOON) for number in range(6)]
    gazette.publish()
    edited = gazette.edit(stories[0], draft("Story 0"))
    gazette.edit(stories[5], draft("Story 5", "<p>Other words.</p>"))
    gazette.correct(stories[2], draft("Story 2"))
    gazette.withdraw(stories[4], notice=True)
    gazette.correct(edited, draft("Story 0", tags=("corrected",)))
    gazette.publish()
    assert order(gazette) == [f"Story {number}" for number in reversed(range(6))]


def test_what_leaves_a_feed_and_comes_back_stands_where_it_stood(gazette: Gazette) -> None:
    weather = replace(ALL.select, sections=("Weather",))
    gazette.define([replace(ALL, select=weather)])
    stories = [gazette.write(f"Story {number}", section="Weather") for number in range(3)]
    gazette.edit(stories[1], draft("Story 1", section="Sport"))
    gazette.publish()
    assert order(gazette) == ["Story 2", "Story 0"]
    gazette.edit(stories[1], draft("Story 1", section="Weather"))
    gazette.publish()
    assert order(gazette) == ["Story 2", "Story 1", "Story 0"]


def test_a_source_s_own_order_stays_where_its_dates_are_equal(gazette: Gazette) -> None:
    items = "".join(
        f"<item><title>Story {number}</title><guid isPermaLink='false'>urn:{number}</guid>"
        "<pubDate>Sun, 01 Feb 2026 12:00:00 GMT</pubDate></item>"
        for number in range(9)
    )
    gazette.bring_in("feed.xml", f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode())
    gazette.publish()
    assert order(gazette) == [f"Story {number}" for number in range(9)]


@pytest.mark.parametrize("seed", range(3))
def test_the_window_is_cut_at_the_same_entry_on_every_run_and_every_host(
    gazette: Gazette, tmp_path: Path, seed: int
) -> None:
    gazette.define([replace(ALL, limit=7)])
    chance = random.Random(seed)
    made = []
    for number in range(40):
        at = NOON + timedelta(seconds=chance.randrange(4))
        made.append((at, number))
        write_at(gazette, f"Story {number:02}", at)
    gazette.publish()
    expected = [f"Story {number:02}" for _, number in sorted(made, reverse=True)[:7]]
    assert order(gazette) == expected
    # A host that has only a copy of the store renders the same.
    gazette.store.close()
    shutil.copytree(gazette.path, tmp_path / "other", ignore=lambda *_: ["feeds"])
    other = Folder(tmp_path / "other" / "feeds")
    store = open_store(f"sqlite:///{tmp_path / 'other' / 'store.db'}")
    publishing.publish_feed(store, other, gazette.site, "all", reason="by hand", now=gazette.now)
    store.close()
    for name in ("rss.xml", "atom.xml", "feed.json", "index.html"):
        assert (other.root / "all" / name).read_bytes() == (gazette.folder.root / "all" / name).read_bytes()


def test_dates_go_down_from_the_top_in_every_format(gazette: Gazette) -> None:
    chance = random.Random(9)
    for number in range(30):
        write_at(gazette, f"Story {number:02}", NOON - timedelta(minutes=chance.randrange(600)))
    gazette.publish()
    for reader, items in gazette.read_all().items():
        dates = [item.published for item in items if item.published]
        assert len(dates) == 30, reader
        assert dates == sorted(dates, reverse=True), reader
    shown = re.findall(r'<time datetime="([^"]+)"', gazette.get("/feeds/all/").text)
    assert [each for each in shown if each.startswith(("2026-02", "2026-01"))] == sorted(shown[-30:], reverse=True)
