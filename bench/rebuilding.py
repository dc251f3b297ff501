"""What it takes to write every feed anew, what is sent once all is idle, and what idling costs.

`python -m bench.rebuilding FEEDS` rebuilds so many feeds and prints what that took, so that memory is measured in a
process of its own.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.material import SITE, Writer, edition
from bench.measuring import Row, milliseconds
from bench.newsrooms import Newsroom, newsroom, other_feeds, write_durably
from feedsvc import publishing, scheduler
from feedsvc.folder.coding import gzip_well
from feedsvc.model import ContentSetting, Entry, Feed, Selection
from feedsvc.publishing import Hot
from feedsvc.render import render
from feedsvc.render.atom import write_atom
from feedsvc.render.jsonfeed import render_json
from feedsvc.render.page import render_page
from feedsvc.render.presenting import present
from feedsvc.render.rss import write_rss
from feedsvc.scheduler import Publisher

FEEDS: Final = 10_000
ENTRIES: Final = 50
PER_ARTICLE: Final = 5  # feeds that show one article
BODIES: Final = 500
SAMPLE: Final = 40
GZIP_LEVEL: Final = 6
SCHEDULES: Final = (("every 15 minutes",), ("on change", "every hour"), ("cron 0 6 * * *",))
SETTLING_SECONDS: Final = 20
IDLE_SECONDS: Final = 60
MOST_OF_A_CORE: Final = 0.01
MOST_MEGABYTES: Final = 300
MANY_TIMES: Final = 4


def run(feeds: int = FEEDS) -> list[Row]:
    """Measure a rebuild of so many feeds of 50 entries, each article in five of them."""
    done = subprocess.run(  # noqa: S603  (this very module)
        [sys.executable, "-m", "bench.rebuilding", str(feeds)], capture_output=True, text=True, check=True
    )
    took: dict[str, Any] = json.loads(done.stdout)
    ratio = took["plain"] / took["feed"]
    busy = f"{took['plain_cpu'] / took['feed_cpu']:.1f} times ({took['plain_cpu']:.1f} and {took['feed_cpu']:.1f} ms)"
    return [
        Row(
            f"rebuild of {feeds:,} feeds of 50 entries, 3 formats and the page, each article in 5 neighbouring feeds,"
            " against plain feedgen and gzip 6",
            f"{ratio:.1f} times as fast ({took['plain']:.1f} and {took['feed']:.1f} ms a feed); of the processor,"
            f" {busy}",
            "at least 4",
            ratio >= MANY_TIMES,
        ),
        Row(
            "memory of that rebuild",
            f"{took['megabytes']:.0f} MB",
            f"less than {MOST_MEGABYTES} MB",
            took["megabytes"] < MOST_MEGABYTES,
        ),
        *_sent(),
        *_idle(feeds),
    ]


def rebuild(feeds: int) -> dict[str, float]:
    """Write every feed, and give the milliseconds a feed and the most memory that it took."""
    with newsroom() as room:
        drafts = [room.writer.entry() for _ in range(BODIES)]
        _define(room, feeds, drafts)
        plain = _Plain(room.path, drafts)
        before = [_both(plain.write) for _ in range(SAMPLE)]
        started, cpu = time.perf_counter(), time.process_time()
        publishing.publish_due(room.store, room.folder, SITE, now=room.pass_time(), hot=Hot(), limit=feeds + 1)
        taken, computed = ((time.perf_counter() - started) * 1000 / feeds, (time.process_time() - cpu) * 1000 / feeds)
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        # On both sides of what is measured, for the machine is not the same at all times.
        after = [_both(plain.write) for _ in range(SAMPLE)]
    wall, busy = (statistics.median(each) for each in zip(*before, *after, strict=True))
    return {"feed": taken, "plain": wall, "feed_cpu": computed, "plain_cpu": busy, "megabytes": megabytes}


def _both(function: Callable[[], object]) -> tuple[float, float]:
    """Time one call, in milliseconds of the clock and of the processor."""
    cpu = time.process_time()
    return milliseconds(function), (time.process_time() - cpu) * 1000


class _Plain:
    """What a script does that writes a feed with feedgen and gzip, each time of other entries."""

    def __init__(self, path: Path, entries: Sequence[Entry]) -> None:
        self._place = path / "plain"
        self._place.mkdir()
        self._random = random.Random(1)  # noqa: S311  (no secret is made of it)
        self._entries = entries

    def write(self) -> None:
        whole = edition(tuple(self._random.sample(self._entries, ENTRIES)))
        shown = [present(entry, SITE, ContentSetting.FULL) for entry in whole.entries]
        documents = {
            "rss.xml": write_rss(whole, shown),
            "atom.xml": write_atom(whole, shown),
            "feed.json": render_json(whole),
            "index.html": render_page(whole),
        }
        for name, body in documents.items():
            write_durably(self._place / f"{name}.gz", zlib.compress(body, GZIP_LEVEL))
            write_durably(self._place / name, body)


def _define(room: Newsroom, feeds: int, bodies: Sequence[Entry]) -> None:
    """Define feeds by fives that show the same articles, and keep those."""
    groups = max(feeds // PER_ARTICLE, 1)
    room.define(
        tuple(
            Feed(f"feed-{number}", f"Feed {number}", "A feed", Selection(sections=(f"group {number // PER_ARTICLE}",)))
            for number in range(feeds)
        )
    )
    with room.store.writing() as connection:
        numbers = connection.exec_driver_sql("SELECT number FROM feeds WHERE slug LIKE 'feed-%' ORDER BY number")
        places = list(numbers.scalars())
        for group in range(groups):
            room.keep_rows(connection, group, bodies, ENTRIES, places[group * PER_ARTICLE : (group + 1) * PER_ARTICLE])


def _sent() -> list[Row]:
    writer = Writer()
    whole = edition(tuple(writer.entry() for _ in range(ENTRIES)))
    documents = render(whole).documents.values()
    well, level = (
        sum(len(gzip_well(body)) for body in documents),
        sum(len(zlib.compress(body, GZIP_LEVEL, wbits=31)) for body in documents),
    )
    return [
        Row(
            "bytes of a feed's documents, once idle, against gzip 6",
            f"{well / level:.3f} times",
            "at most 1",
            well <= level,
        )
    ]


def _idle(feeds: int) -> list[Row]:
    """Let a publisher idle over so many feeds on schedules, and say what it takes of a core."""
    with newsroom() as room:
        room.define(
            tuple(
                replace(feed, publish=SCHEDULES[number % len(SCHEDULES)])
                for number, feed in enumerate(other_feeds(feeds))
            )
        )
        publisher = Publisher(room.store, room.folder, SITE, now=lambda: datetime.now(UTC))
        publishing.publish_due(room.store, room.folder, SITE, now=publisher.now(), limit=feeds + 1)
        # Idle is when nothing is left to compress better.
        with room.store.writing() as connection:
            connection.exec_driver_sql("DELETE FROM repacking")
        stop = threading.Event()
        thread = threading.Thread(target=scheduler.run, args=(publisher, stop))
        thread.start()
        try:
            time.sleep(SETTLING_SECONDS)
            cpu, wall = time.process_time(), time.monotonic()
            time.sleep(IDLE_SECONDS)
            share = (time.process_time() - cpu) / (time.monotonic() - wall)
        finally:
            stop.set()
            thread.join()
    return [Row(f"{feeds:,} idle feeds on schedules", f"{share:.2%} of a core", "under 1 %", share < MOST_OF_A_CORE)]


if __name__ == "__main__":
    print(json.dumps(rebuild(int(sys.argv[1]))))  # noqa: T201  (read by run)
