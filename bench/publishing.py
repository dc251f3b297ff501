"""What one article costs, from its transaction to the files: against the same by hand, against its floors, by size."""

from __future__ import annotations

import statistics
import zlib
from collections.abc import Callable
from typing import Final
from unittest.mock import patch

from sqlalchemy import text

from bench.material import SITE
from bench.measuring import Row, at_most, milliseconds, times_as_fast
from bench.newsrooms import Newsroom, city_feeds, newsroom, other_feeds, write_durably
from feedsvc import mirroring
from feedsvc.folder.coding import gzip_quickly
from feedsvc.model import ContentSetting
from feedsvc.render.atom import write_atom
from feedsvc.render.jsonfeed import render_json
from feedsvc.render.presenting import present
from feedsvc.render.rss import write_rss
from feedsvc.store import editions, feeds

FEEDS: Final = 5
ENTRIES: Final = 50
ROUNDS: Final = 25
MANY_ARTICLES: Final = 1_000_000
FEW_ARTICLES: Final = 10_000
MANY_FEEDS: Final = 10_000
GZIP_LEVEL: Final = 6


def run() -> list[Row]:
    """Measure what one article into five feeds costs."""
    return [*_one_article(), *_growth()]


def _one_article() -> list[Row]:
    with newsroom() as room:
        room.define(city_feeds(FEEDS))
        for _ in range(ENTRIES + 10):
            room.write()
        room.publish()
        by_hand, recorded, mirrored, floors = _Taken(), _Taken(), _Taken(), _Taken()
        for _ in range(ROUNDS):
            by_hand.add(lambda: _by_hand(room))
            with patch.object(mirroring, "mirror_feed", lambda *_, **__: None):
                recorded.add(room.write_and_publish)
            mirroring.mirror_all(room.store, room.folder, now=room.pass_time())
            room.write()
            mirrored.add(room.publish)
            floors.add(_floors(room))
    return [
        times_as_fast(
            "one article into 5 feeds of 3 formats (and their pages), durable and compressed, against the same by hand"
            " with feedgen and zlib",
            by_hand.median,
            recorded.median,
            20,
        ),
        times_as_fast("the same, and in feeds/", by_hand.median, mirrored.median, 10),
        at_most(
            "from the article's commit until all is in feeds/, against a transaction of the same bytes, their"
            " compression and the writing of the same files",
            mirrored.median,
            floors.median,
            1.5,
        ),
    ]


def _growth() -> list[Row]:
    rows = []
    with newsroom() as small, newsroom() as large:
        for room, articles in ((small, FEW_ARTICLES), (large, MANY_ARTICLES)):
            room.define(city_feeds(FEEDS))
            room.fill(articles)
            _warm(room)
        few, many = _in_turns(small, large)
        rows.append(at_most("one article into 5 feeds at 1,000,000 articles, against 10,000", many, few, 1.2))
    with newsroom() as small, newsroom() as large:
        for room, count in ((small, FEEDS), (large, MANY_FEEDS - FEEDS)):
            room.define((*city_feeds(FEEDS), *other_feeds(count)))
            _warm(room)
        few, many = _in_turns(small, large)
        rows.append(at_most("one article into 5 feeds at 10,000 feeds, against 10", many, few, 1.2))
    return rows


def _warm(room: Newsroom) -> None:
    for _ in range(ENTRIES):
        room.write()
    room.publish()


def _in_turns(small: Newsroom, large: Newsroom) -> tuple[float, float]:
    taken = {id(room): _Taken() for room in (small, large)}
    for _ in range(ROUNDS):
        for room in (small, large):
            taken[id(room)].add(room.write_and_publish)
    return taken[id(small)].median, taken[id(large)].median


class _Taken:
    """How long each round took."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def add(self, function: Callable[[], object]) -> None:
        self.times.append(milliseconds(function))

    @property
    def median(self) -> float:
        return statistics.median(self.times)


def _by_hand(room: Newsroom) -> None:
    """Do what a script does that is written in an afternoon and does it properly: whole files, flushed, compressed."""
    room.write()
    for number in range(FEEDS):
        with room.store.reading() as connection:
            whole = editions.load(connection, feeds.get(connection, f"city-{number}"), SITE)
        shown = [present(entry, SITE, ContentSetting.FULL) for entry in whole.entries]
        place = room.path / f"by-hand-{number}"
        place.mkdir(exist_ok=True)
        documents = {
            "rss.xml": write_rss(whole, shown),
            "atom.xml": write_atom(whole, shown),
            "feed.json": render_json(whole),
        }
        for name, body in documents.items():
            write_durably(place / name, body)
            write_durably(place / f"{name}.gz", zlib.compress(body, GZIP_LEVEL))


def _floors(room: Newsroom) -> Callable[[], None]:
    """Give what nobody who publishes the same can do without, each in the way that is fastest."""
    place = room.path / "floor"
    place.mkdir(exist_ok=True)
    documents = {
        f"{path.parent.name}-{path.name}": path.read_bytes()
        for path in sorted(room.folder.root.glob("city-*/[a-z]*.*"))
        if path.suffix != ".gz"
    }

    def work() -> None:
        packed = {name: gzip_quickly(body) for name, body in documents.items()}
        with room.store.writing() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS floor (name TEXT PRIMARY KEY, body BLOB)"))
            rows = [{"name": name, "body": body} for name, body in packed.items()]
            connection.execute(text("INSERT OR REPLACE INTO floor VALUES (:name, :body)"), rows)
        for name, body in documents.items():
            write_durably(place / f"{name}.gz", packed[name])
            write_durably(place / name, body)

    return work
