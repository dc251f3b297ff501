"""P30: the schedule keeps its word.

The service runs as it does for an operator, with four web workers, and by a clock that the test sets. The publisher
stands still for ten seconds over a due time, clocks are set forward and back, the service ends before a due time and
begins after it, the publisher is killed just as something is due. Each publication that is due is made once, what is
late goes out together, nothing is lost, and /healthz says of each feed when it ran and when it will. On PostgreSQL two
hosts have the same schedules, and one of them stands still.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path

from feedsvc.store.manifests import load
from tests.promises.clocks import Clock
from tests.promises.newsdesk import Ledger, Program, ask_database, make_token, shown
from tests.service import Service
from tests.waiting import wait_until

WORKERS = 4
CONFIG = f"""\
[site]
title = "The Gazette"
base_url = "https://gazette.example.org"
authors = ["The Gazette"]
time_zone = "Europe/Berlin"

[publish]
measure_pictures = false

[web]
workers = {WORKERS}

[[feed]]
slug = "all"
title = "Everything, at once"
publish = "on change"

[[feed]]
slug = "minute"
title = "Each minute"
publish = "every 1 minutes"

[[feed]]
slug = "morning"
title = "Each morning at seven, in Berlin"
publish = "cron 0 7 * * *"
"""
# Berlin is an hour ahead of UTC.
BEGIN = datetime(2027, 2, 1, 5, 40, 20, tzinfo=UTC)
START = BEGIN + timedelta(minutes=10)
SEVEN = datetime(2027, 2, 1, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
PATIENCE = 120.0


@dataclass
class Desk:
    """Hosts that go by one clock, and somebody who writes to the first of them."""

    services: list[Service]
    clock: Clock
    url: str
    program: Program
    written: set[str] = field(default_factory=set)

    def write(self, count: int = 1, **said: str) -> set[str]:
        """Have so many new articles taken; give their names."""
        names = {self.program.create(**said).name for _ in range(count)}
        self.written |= names
        return names

    def set_clock(self, instant: datetime) -> None:
        """Set the clock of the running hosts; return when what was due before that has been seen to."""
        told = [service.log.count("the clock was set") for service in self.services]
        forward = instant > self.clock.now
        self.clock.set(instant)

        def have_noticed() -> bool:
            return all(
                service.log.count("the clock was set") > count
                for service, count in zip(self.services, told, strict=True)
            )

        wait_until(have_noticed, within=PATIENCE)
        if forward:
            last = instant.replace(second=0)
            wait_until(lambda: (self.health()["minute"][0] or BEGIN) >= last, within=PATIENCE)
            waiting = "SELECT slug FROM feeds WHERE due > published"
            wait_until(lambda: not ask_database(self.url, waiting), within=PATIENCE)

    def shows(self, slug: str, names: set[str], *, on: Service | None = None) -> bool:
        """Say whether a feed shows all of these."""
        with suppress(OSError, HTTPException):
            return names <= set(shown(on or self.services[0], slug))
        return False

    def wait_for(self, slug: str, names: set[str], *, on: Service | None = None) -> None:
        """Wait until a feed shows all of these."""
        wait_until(lambda: self.shows(slug, names, on=on), within=PATIENCE)

    def publications(self, slug: str) -> list[tuple[datetime, int]]:
        """Give when each publication of a feed was made, and how many entries it has; their dates only grow."""
        query = (
            "SELECT made_at, last_modified, manifest FROM publications JOIN feeds ON feeds.number = feed_number"
            " WHERE slug = :slug ORDER BY publications.number"
        )
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        rows = ask_database(self.url, query, slug=slug)
        assert [row[1] for row in rows] == sorted({row[1] for row in rows})
        return [(epoch + timedelta(microseconds=row[0]), len(load(bytes(row[2])))) for row in rows]

    def health(self) -> dict[str, tuple[datetime | None, datetime | None]]:
        """Give the last and the next run of each feed, as /healthz has them; an empty answer while nobody answers."""
        with suppress(OSError, HTTPException):
            feeds = json.loads(self.services[0].get("/healthz").body)["feeds"]
            return {slug: (_instant(one["last_run"]), _instant(one["next_run"])) for slug, one in feeds.items()}
        return dict.fromkeys(("all", "minute", "morning"), (None, None))

    def publisher(self) -> int:
        """Find the process that publishes on the first host."""
        found: list[int] = []

        def is_found() -> bool:
            found[:] = [pid for pid, command in self.services[0].processes.items() if " publisher " in command]
            return bool(found)

        wait_until(is_found, within=PATIENCE)
        return found[0]


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@contextmanager
def running(folder: Path, url: str, hosts: int = 1) -> Iterator[Desk]:
    """Run so many hosts for the time of a block; afterwards each must end by SIGTERM with exit code 0."""
    clock = Clock(folder / "clock")
    clock.set(BEGIN)
    environment = {**clock.environment, "FEEDSVC_STORE_URL": url}
    with ExitStack() as stack:
        services = []
        for number in range(hosts):
            services.append(Service(folder / f"host-{number}", CONFIG, environment))
            stack.callback(services[-1].kill)
            services[-1].start()
        program = Program(services[0], make_token(services[0]), Ledger(), random.Random(30))
        desk = Desk(services, clock, url, program)
        # However long that took, there is time now until the next minute.
        desk.set_clock(START)
        yield desk
        for service in services:
            service.stop()


@contextmanager
def standing_still(desk: Desk) -> Iterator[None]:
    """Have a publisher stand still for the time of a block."""
    pid = desk.publisher()
    os.kill(pid, signal.SIGSTOP)
    try:
        # In the middle of a transaction it would keep SQLite's one pen, and nobody could write in the block.
        while is_locked(desk.url):
            os.kill(pid, signal.SIGCONT)
            time.sleep(0.05)
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def is_locked(url: str) -> bool:
    """Say whether somebody writes an SQLite file, and has not finished."""
    if not url.startswith("sqlite"):
        return False
    # Longer than anybody writes who is not stopped.
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=2.0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        connection.execute("ROLLBACK")
        return False


@contextmanager
def published_once(desk: Desk, due: dict[str, datetime]) -> Iterator[None]:
    """See that one publication more is made of each of these feeds: not before it is due, with all that is written."""
    before = {slug: desk.publications(slug) for slug in due}
    yield
    written = set(desk.written)
    for slug in due:
        desk.wait_for(slug, written)
    # This is published by the same publisher after whatever else it had to do.
    desk.wait_for("all", desk.write())
    for slug, instant in due.items():
        made = desk.publications(slug)[len(before[slug]) :]
        assert [entries for _, entries in made] == [len(written)], (slug, made)
        assert instant <= made[0][0] <= desk.clock.now, (slug, made)


def assert_told(desk: Desk, *, ran: dict[str, datetime], morning: datetime) -> None:
    """See that /healthz has a last run of each feed, not before these, and the next run to the second."""
    asked = desk.clock.now
    health = desk.health()
    for slug, instant in ran.items():
        last = health[slug][0]
        assert last is not None, health
        assert instant <= last <= desk.clock.now, (slug, health)
    minute = health["minute"][1]
    assert minute is not None, health
    assert asked < minute <= desk.clock.now + MINUTE, health
    assert (minute.second, minute.microsecond) == (0, 0), health
    assert (health["morning"][1], health["all"][1]) == (morning, None), health


def test_a_publisher_stands_still_for_ten_seconds(new_url: Callable[[], str], engine: str, tmp_path: Path) -> None:
    with running(tmp_path, new_url(), hosts=1 if engine == "sqlite" else 2) as desk:
        assert sum(" web " in command for command in desk.services[0].processes.values()) == 1 + WORKERS
        due = START.replace(second=0) + MINUTE
        names = desk.write(4)
        desk.wait_for("all", names)
        assert not desk.shows("minute", names)
        desk.set_clock(due - timedelta(seconds=3))
        with published_once(desk, {"minute": due}), standing_still(desk):
            desk.clock.wait_for(due + timedelta(seconds=7))
            if len(desk.services) > 1:
                # The other one has done it meanwhile.
                desk.wait_for("minute", names, on=desk.services[1])
        assert_told(desk, ran={"minute": due, "all": START}, morning=SEVEN)
        with published_once(desk, {"minute": due + 5 * MINUTE}):
            # Four due times go by in which nobody could publish: they are made up for together.
            with standing_still(desk):
                desk.write(2)
                if len(desk.services) == 1:
                    desk.clock.set(due + 5 * MINUTE + timedelta(seconds=5))
            if len(desk.services) > 1:
                desk.clock.set(due + 5 * MINUTE + timedelta(seconds=5))


def test_a_clock_is_set_forward_and_back(tmp_path: Path) -> None:
    with running(tmp_path, sqlite_in(tmp_path)) as desk:
        desk.wait_for("all", desk.write(2))
        (later,) = desk.write(status="scheduled", publish_at=(START + timedelta(hours=1)).isoformat())
        with published_once(desk, {"minute": START + timedelta(hours=3), "morning": SEVEN}):
            desk.set_clock(START + timedelta(hours=3))
            desk.wait_for("all", {later})
        assert_told(desk, ran={"minute": START + timedelta(hours=2), "morning": SEVEN}, morning=SEVEN + DAY)

        desk.set_clock(SEVEN - timedelta(seconds=140))
        # News does not wait until the clock has caught up with itself, however much there is of it.
        desk.wait_for("all", desk.write(14))
        assert_told(desk, ran={}, morning=SEVEN)
        with published_once(desk, {"minute": SEVEN - 2 * MINUTE}):
            desk.set_clock(SEVEN - timedelta(seconds=121))
            desk.clock.wait_for(SEVEN - 2 * MINUTE)
        with published_once(desk, {"minute": SEVEN, "morning": SEVEN}):
            desk.set_clock(SEVEN + timedelta(seconds=1))
        assert_told(desk, ran={"minute": SEVEN, "morning": SEVEN}, morning=SEVEN + DAY)


def test_a_restart_across_a_due_time(tmp_path: Path) -> None:
    with running(tmp_path, sqlite_in(tmp_path)) as desk:
        (service,) = desk.services
        desk.wait_for("all", desk.write(2))
        begin = SEVEN + timedelta(minutes=5, seconds=10)
        with published_once(desk, {"minute": begin, "morning": begin}):
            service.stop()
            desk.clock.set(begin)
            service.start()
        assert_told(desk, ran={"minute": begin, "morning": begin}, morning=SEVEN + DAY)

        # The clock was an hour ahead: what has run lies in the future, and holds up nothing.
        service.stop()
        desk.clock.set(START + 2 * MINUTE)
        service.start()
        # The publisher is there, and would notice a clock that is set.
        desk.wait_for("all", desk.write())
        with published_once(desk, {"minute": START + 3 * MINUTE - timedelta(seconds=20)}):
            desk.set_clock(START + 3 * MINUTE)
        with published_once(desk, {"minute": SEVEN, "morning": SEVEN}):
            desk.set_clock(SEVEN + timedelta(seconds=1))


def test_a_publisher_is_killed_just_as_something_is_due(tmp_path: Path) -> None:
    with running(tmp_path, sqlite_in(tmp_path)) as desk:
        dice = random.Random(30)
        for number in range(1, 4):
            due = START.replace(second=0) + number * 2 * MINUTE
            desk.set_clock(due - timedelta(seconds=40))
            desk.wait_for("all", desk.write())
            with published_once(desk, {"minute": due}):
                desk.clock.set(due - timedelta(seconds=1))
                desk.clock.wait_for(due + timedelta(seconds=dice.random() * 0.2))
                os.kill(desk.publisher(), signal.SIGKILL)
            assert_told(desk, ran={"minute": due}, morning=SEVEN)


def sqlite_in(folder: Path) -> str:
    """Give the URL of an SQLite file that is yet to be."""
    return f"sqlite:///{folder}/store.db"
