"""What one article costs, from its transaction to the files: against the same by hand, against its floors, by size."""

from __future__ import annotations

import statistics
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import text

from bench.material import SITE
from bench.measuring import Row, Taken, at_most, of_processor, times_as_fast
from bench.newsrooms import Newsroom, city_feeds, newsroom, other_feeds, write_durably
from feedsvc import mirroring, publishing
from feedsvc.batching import HANDS, Batch
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
        by_hand, recorded, mirrored, floors, beside = Taken(), Taken(), Taken(), Taken(), Taken()
        stages = _Stages()
        for _ in range(ROUNDS):
            by_hand.add(_by_hand(room))
            room.publish()
            room.settle()
            with patch.object(mirroring, "show_feed", lambda *_, **__: None):
                recorded.add(_write_and_publish(room))
            room.publish()
            mirroring.mirror_all(room.store, room.folder, now=room.pass_time())
            room.write()
            room.settle()
            with stages.watched():
                mirrored.add(lambda: room.publish(FEEDS))
            beside.add(room.publish)
            room.settle()
            floors.add(_floors(room))
            room.settle()
    return [
        of_processor(
            times_as_fast(
                "one article into 5 feeds of 3 formats (and their pages), durable and compressed, against the same by"
                " hand with feedgen and zlib",
                by_hand.wall,
                recorded.wall,
                20,
            ),
            by_hand,
            recorded,
        ),
        of_processor(
            at_most(
                "from the article's commit until all is in feeds/, against a transaction of the same bytes, their"
                " compression and the writing of the same files",
                mirrored.wall,
                floors.wall,
                1.5,
            ),
            mirrored,
            floors,
        ),
        Row("where that time goes, in milliseconds", stages.told()),
        Row("the sitemap of the same article, which comes after the feeds", f"{beside.wall:.1f} ms"),
    ]


def _growth() -> list[Row]:
    rows = []
    with newsroom() as small, newsroom() as large:
        for room, articles in ((small, FEW_ARTICLES), (large, MANY_ARTICLES)):
            room.define(city_feeds(FEEDS))
            room.fill(articles)
            _warm(room)
        rows.append(_compared(f"at {MANY_ARTICLES:,} articles, against {FEW_ARTICLES:,}", small, large))
    with newsroom() as small, newsroom() as large:
        for room, count in ((small, FEEDS), (large, MANY_FEEDS - FEEDS)):
            room.define((*city_feeds(FEEDS), *other_feeds(count)))
            _warm(room)
        rows.append(_compared(f"at {MANY_FEEDS:,} feeds, against {2 * FEEDS}", small, large))
    return rows


def _warm(room: Newsroom) -> None:
    for _ in range(ENTRIES):
        room.write()
    room.publish()


def _compared(sizes: str, small: Newsroom, large: Newsroom) -> Row:
    few, many = Taken(), Taken()
    for _ in range(ROUNDS):
        for room, taken in ((small, few), (large, many)):
            taken.add(_write_and_publish(room))
            room.publish()
            room.settle()
    return of_processor(at_most(f"one article into 5 feeds {sizes}", many.wall, few.wall, 1.2), many, few)


def _write_and_publish(room: Newsroom) -> Callable[[], None]:
    """Have an article that comes in and goes out in its feeds; what it says is thought of beforehand."""
    draft = room.draft()

    def work() -> None:
        room.keep(draft)
        room.publish(FEEDS)

    return work


class _Stages:
    """Where the time of publishing goes."""

    # The steps of `publishing`.
    _STEPS: Final = {
        "_load": "load",
        "_guard": "guard",
        "_render": "render",
        "_pack": "entity tags and compression",
        "_record": "record",
        "_mirror": "write files",
    }

    def __init__(self) -> None:
        self._taken: dict[str, list[float]] = {name: [] for name in self._STEPS.values()}

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Time the steps within the block."""
        for taken in self._taken.values():
            taken.append(0.0)
        with (
            patch.object(Batch, "each", self._timed(Batch.each)),
            patch.object(Batch, "each_at_once", self._timed(Batch.each_at_once)),
            patch.object(publishing, "_record", self._timed(getattr(publishing, "_record"))),  # noqa: B009
        ):
            yield

    def told(self) -> str:
        """Give the median of each step."""
        return ", ".join(f"{name} {statistics.median(taken):.1f}" for name, taken in self._taken.items())

    def _timed(self, function: Callable[..., object]) -> Callable[..., object]:
        def timed(*args: Any) -> object:
            # What several feeds are taken through names the step; recording does so by itself.
            step = args[-1].func.__name__ if isinstance(args[-1], partial) else function.__name__
            started = time.perf_counter()
            try:
                return function(*args)
            finally:
                if step in self._STEPS:
                    self._taken[self._STEPS[step]][-1] += (time.perf_counter() - started) * 1000

        return timed


def _by_hand(room: Newsroom) -> Callable[[], None]:
    """Do what a script does that is written in an afternoon and does it properly: whole files, flushed, compressed."""
    draft = room.draft()

    def work() -> None:
        room.keep(draft)
        for number in range(FEEDS):
            _write_by_hand(room, number)

    return work


def _write_by_hand(room: Newsroom, number: int) -> None:
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
        with ThreadPoolExecutor(HANDS) as hands:
            packed = dict(zip(documents, hands.map(gzip_quickly, documents.values()), strict=True))
            with room.store.writing() as connection:
                connection.execute(text("CREATE TABLE IF NOT EXISTS floor (name TEXT PRIMARY KEY, body BLOB)"))
                rows = [{"name": name, "body": body} for name, body in packed.items()]
                connection.execute(text("INSERT OR REPLACE INTO floor VALUES (:name, :body)"), rows)
            files = {**documents, **{f"{name}.gz": body for name, body in packed.items()}}
            list(hands.map(lambda name: write_durably(place / name, files[name]), files))

    return work
