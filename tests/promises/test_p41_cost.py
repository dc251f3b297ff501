"""P41: one feed or thousands, one article or a million: cost follows the change, not the size.

What is counted is work, not time: statements and what the database does for them, files written, entries rendered. The
times at a million articles and ten thousand feeds are in the benchmarks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, insert, select

from feedsvc import editing, publishing
from feedsvc.model import Edition, Feed, Selection
from feedsvc.publishing import Hot
from feedsvc.render import rss
from feedsvc.render.presenting import Presented
from feedsvc.store.tables import EPOCH, articles, entries, feeds, revisions
from tests.newsroom import Newsroom, draft

TOUCHED = tuple(
    Feed(f"city-{number}", f"City {number}", "News of the city", Selection(sections=("City",))) for number in range(5)
)
STEP = 20  # instructions of SQLite's machine


@dataclass
class Work:
    """What publishing one article came to."""

    statements: int = 0
    database: int = 0
    files: int = 0
    files_of_feeds: int = 0
    rendered: int = 0


@pytest.fixture
def rooms(tmp_path: Path, empty_store: Path) -> Iterator[list[Newsroom]]:
    """Two newsrooms on SQLite, which tells what it does."""
    made = []
    for name in ("small", "large"):
        (tmp_path / name).mkdir()
        made.append(Newsroom(tmp_path / name, empty_store, feeds=TOUCHED))
    yield made
    for room in made:
        room.store.close()


def others(count: int) -> list[Feed]:
    """Feeds that the article is in none of."""
    return [Feed(f"tag-{n}", f"Tag {n}", "On a tag", Selection(tags=(f"tag {n}",))) for n in range(count)]


def fill(room: Newsroom, count: int) -> None:
    """Have so many older articles in the feeds that are touched."""
    with room.store.writing() as connection:
        shown = connection.execute(select(feeds.c.number).where(feeds.c.slug.like("city-%"))).scalars().all()
        numbers = range(1, count + 1)
        at = {number: EPOCH + timedelta(seconds=number) for number in numbers}
        connection.execute(insert(articles), [_article(number) for number in numbers])
        connection.execute(insert(revisions), [_revision(number) for number in numbers])
        places = [
            {
                "feed_number": feed,
                "article_number": number,
                "state": "shown",
                "published_at": at[number],
                "visible_at": at[number],
            }
            for feed in shown
            for number in numbers
        ]
        connection.execute(insert(entries), places)


def _article(number: int) -> dict[str, object]:
    at = EPOCH + timedelta(seconds=number)
    instants = dict.fromkeys(("created_at", "modified_at", "published_at", "updated_at"), at)
    names = {"id": f"old-{number}", "entry_id": f"urn:old:{number}", "entry_id_is_permalink": False, "slug": "old"}
    return {"number": number, **names, "status": "published", "live_revision": 1, "head_revision": 1, **instants}


def _revision(number: int) -> dict[str, object]:
    texts = {"title": f"Old {number}", "content_html": "<p>Old.</p>", "summary": "", "section": "City"}
    lists = {"authors": "[]", "tags": "[]", "corrections": "[]"}
    at = EPOCH + timedelta(seconds=number)
    return {"article_number": number, "number": 1, "change": "publish", "saved_at": at, **texts, **lists}


@contextmanager
def counting(room: Newsroom, work: Work) -> Iterator[None]:
    """Count what is done in a newsroom meanwhile."""

    def step() -> int:
        work.database += 1
        return 0

    def watch(connection: sqlite3.Connection, *_: object) -> None:
        connection.set_progress_handler(step, STEP)

    def count(*_: object) -> None:
        work.statements += 1

    room.store.engine.dispose()
    event.listen(room.store.engine, "connect", watch)
    event.listen(room.store.engine, "before_cursor_execute", count)
    before = room.files()
    try:
        yield
    finally:
        event.remove(room.store.engine, "connect", watch)
        event.remove(room.store.engine, "before_cursor_execute", count)
        room.store.engine.dispose()
        after = room.files()
        written = [name for name in after if after[name] != before.get(name)]
        work.files = len(written)
        work.files_of_feeds = sum(name.startswith("city-") for name in written)


def cost_of_an_article(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Publish one article after many, with what a publisher keeps from one publication to the next."""
    hot, work = Hot(), Work()

    def publish() -> set[str]:
        now = room.pass_time(2)
        published = publishing.publish_due(room.store, room.folder, room.site, now=now, hot=hot, limit=100_000)
        return {outcome.slug for outcome in published}

    for number in range(60):
        room.write(f"Number {number}", section="City")
    publish()
    write_rss = rss.write_rss

    def count(edition: Edition, shown: Sequence[Presented]) -> bytes:
        work.rendered += len(shown)
        return write_rss(edition, shown)

    with monkeypatch.context() as patch, counting(room, work):
        patch.setattr(rss, "write_rss", count)
        new = draft("The one", section="City")
        editing.create_article(room.store, room.site, new, now=room.pass_time(), publish=True)
        assert publish() >= {feed.slug for feed in TOUCHED}
    return work


def test_an_article_costs_the_same_among_many_articles(rooms: list[Newsroom], monkeypatch: pytest.MonkeyPatch) -> None:
    for room, count in zip(rooms, (2_000, 6_000), strict=True):
        fill(room, count)
    small, large = (cost_of_an_article(room, monkeypatch) for room in rooms)
    assert large.database <= 1.3 * small.database
    assert replace(large, database=0) == replace(small, database=0)


def test_an_article_costs_the_same_among_many_feeds(rooms: list[Newsroom], monkeypatch: pytest.MonkeyPatch) -> None:
    for room, count in zip(rooms, (5, 300), strict=True):
        room.define([*TOUCHED, *others(count)])
    small, large = (cost_of_an_article(room, monkeypatch) for room in rooms)
    assert large.database <= 1.3 * small.database
    assert replace(large, database=0) == replace(small, database=0)


def test_the_work_is_that_of_the_change(rooms: list[Newsroom], monkeypatch: pytest.MonkeyPatch) -> None:
    work = cost_of_an_article(rooms[0], monkeypatch)
    # Feeds of one setting share the one new entry; each feed has three formats and a page, and a gzip variant of each.
    assert work.rendered == 1
    assert work.files_of_feeds == len(TOUCHED) * 8
    assert work.statements < 40 * len(TOUCHED)
