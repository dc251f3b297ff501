"""P31: nothing acknowledged is ever lost.

Programs write through the API, an operator imports files, subscribers poll over HTTP and straight from feeds/, and all
the while processes are killed (SIGKILL) at random moments: the publisher, the web server, one of its workers, the
supervisor, everything at once, the import. After each kill all that was acknowledged is in the database and in its
feeds; no subscriber ever sees a torn or mixed document, an entry twice, validators that go back or mean two things,
or a 304 that hides news. The short form runs everywhere, the one of 200 kills is for soaking.

A failure names its seed: SOAK_SEED=<seed> has the same kills again, at moments as near as processes allow.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.promises.newsdesk import (
    NEWSDESK,
    SECTIONS,
    Importer,
    Ledger,
    Program,
    assert_published_once,
    holds_all,
    make_token,
    shown,
    stored,
    working,
)
from tests.promises.subscribers import FolderReader, Seen, Subscriber
from tests.service import Service
from tests.waiting import wait_until

CONFIG = NEWSDESK.replace("{base_url}", "https://gazette.example.org")
POLLED = ("/feeds/all/rss.xml", "/feeds/all/atom.xml", "/feeds/all/feed.json")
# Only a fault takes that long; a busy machine may need a part of it.
RECOVERY = 180.0
# The supervisor waits twice as long before each further start of what dies again and again: after so many deaths it
# is killed itself, and a new one begins without a grudge.
DEATHS = 3


@dataclass
class Killer:
    """Kills processes of a service at random moments."""

    service: Service
    importer: Importer
    ledger: Ledger
    dice: random.Random
    done: list[str] = field(default_factory=list)
    killed: set[int] = field(default_factory=set)
    _deaths: Counter[str] = field(default_factory=Counter)

    def run(self, kills: int, look: Callable[[], None]) -> None:
        """Kill so many times, each kind at least once if there are as many, and look around after each time."""
        kinds = [self.publisher, self.web, self.worker, self.supervisor, self.everything, self.an_import]
        to_come = self.dice.sample(kinds, len(kinds))
        for _ in range(kills):
            self._let_them_write()
            time.sleep(self.dice.random() * 0.7)
            # Of all there is, it is the publisher that has most moments at which to die.
            kind = to_come.pop() if to_come else self.dice.choice([*kinds, self.publisher, self.publisher])
            if self._deaths[kind.__name__] >= DEATHS:
                kind = self.dice.choice([self.supervisor, self.everything])
            self.done.append(kind.__name__)
            kind()
            look()

    def _let_them_write(self) -> None:
        before = self.ledger.acknowledged
        wait_until(lambda: self.ledger.acknowledged > before or bool(self.ledger.faults), within=RECOVERY)

    def publisher(self) -> None:
        """Kill the publisher."""
        self._kill_child(" publisher ")

    def web(self) -> None:
        """Kill the web server; its workers end by themselves."""
        self._kill_child(" web ")

    def worker(self) -> None:
        """Kill one worker of the web server, which sees to another one."""
        found = [pid for pid, command in self.service.processes.items() if " web " in command][1:]
        if found:
            self._deaths["worker"] += 1
            self._kill(self.dice.choice(found))

    def supervisor(self) -> None:
        """Kill the supervisor; what it has started ends by itself, while a new one begins."""
        assert self.service.process is not None
        self.killed |= set(self.service.processes)
        self.service.process.kill()
        self.service.process.wait()
        self.service.process = None
        self._begin()

    def everything(self) -> None:
        """Kill all processes of the service, and start it again."""
        self.killed |= set(self.service.processes)
        self.service.kill()
        self._begin()

    def an_import(self) -> None:
        """Kill the import that runs, if one does."""
        wait_until(lambda: self.importer.process is not None, within=RECOVERY)
        process = self.importer.process
        assert process is not None
        if process.poll() is None:
            process.kill()

    def see_to_it(self) -> None:
        """Start the service again when it has given up, as an init system does: its port may still be another's."""
        if self.service.process is not None and self.service.process.poll() is not None:
            self.service.process = None
            self._begin()

    def _begin(self) -> None:
        self._deaths.clear()
        self.service.launch()

    def _kill_child(self, which: str) -> None:
        wait_until(lambda: self._find(which) is not None, within=RECOVERY)
        pid = self._find(which)
        self._deaths[which.strip()] += 1
        if pid is not None:
            self._kill(pid)

    def _find(self, which: str) -> int | None:
        return next((pid for pid, command in self.service.processes.items() if which in command), None)

    def _kill(self, pid: int) -> None:
        self.killed.add(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@contextmanager
def running(folder: Path, url: str) -> Iterator[tuple[Service, str]]:
    """Run the service on a database for the time of a block; give it, and a token to write with."""
    service = Service(folder, CONFIG, {"FEEDSVC_STORE_URL": url})
    with ExitStack() as stack:
        stack.callback(service.kill)
        service.start()
        yield service, make_token(service)
        service.stop()


def test_p31(new_url: Callable[[], str], engine: str, tmp_path: Path) -> None:
    # Under a lighter load, since a kill takes the time of starting what was killed, beside all who write and poll.
    go_through(tmp_path, new_url(), 31, kills=20 if engine == "sqlite" else 8, ease=4)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_p31_two_hundred_kills(new_url: Callable[[], str], tmp_path: Path) -> None:
    seed = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(1_000_000))
    print(f"SOAK_SEED={seed}")  # noqa: T201 - pytest shows it with a failure
    go_through(tmp_path, new_url(), seed, kills=200)


def go_through(folder: Path, url: str, seed: int, *, kills: int, ease: float = 1) -> None:
    """Kill so many times under load, and look after each time, and at the end, at what there is.

    Whoever writes, imports and polls pauses so many times longer than usual.
    """
    dice = random.Random(seed)
    seen, ledger = Seen(), Ledger()
    with running(folder, url) as (service, token):
        programs = [Program(service, token, ledger, random.Random(dice.random()), 0.05 * ease) for _ in range(2)]
        importer = Importer(service, ledger, random.Random(dice.random()), 0.5 * ease)
        killer = Killer(service, importer, ledger, random.Random(dice.random()))
        subscribers = [
            Subscriber(service, path, style, seen, packed=style == "tags", pause=0.1 * ease)
            for path in POLLED
            for style in ("plain", "tags", "dates")
        ]
        reader = FolderReader(service.feeds, seen, 0.1 * ease)
        with working(*programs, importer), working(*subscribers, reader):
            killer.run(kills, lambda: assert_kept(service, url, ledger, seen, killer))
        assert ledger.faults == [], about(seed, killer)
        assert seen.faults == [], about(seed, killer)
        assert_nothing_is_left_behind(killer, service)
        assert_settled(service, ledger, subscribers, url)
        assert_published_once(url)
        assert seen.faults == [], about(seed, killer)
        assert all(one.answers[200] > 3 for one in subscribers), [one.answers for one in subscribers]
        assert all(one.answers[304] > 0 for one in subscribers if one.style != "plain")
        assert reader.count > 100
        assert_nothing_to_do(service)


def assert_kept(service: Service, url: str, ledger: Ledger, seen: Seen, killer: Killer) -> None:
    """See that what was acknowledged until now is in the database at once, and in the feeds soon."""
    wanted = ledger.versions()
    assert holds_all(stored(url), wanted), killer.done

    def is_shown() -> bool:
        killer.see_to_it()
        with suppress(OSError, HTTPException):
            return holds_all(shown(service), wanted)
        return False

    try:
        wait_until(is_shown, within=RECOVERY, pause=0.1)
    except AssertionError as error:
        error.add_note(f"{killer.done}\n{service.log[-20_000:]}")
        raise
    assert (ledger.faults, seen.faults) == ([], []), killer.done


def assert_settled(service: Service, ledger: Ledger, subscribers: list[Subscriber], url: str) -> None:
    """See that the database and every feed have just what was acknowledged, and every subscriber what is published."""

    def is_settled() -> bool:
        # What was killed last may still be on its way back.
        with suppress(OSError, HTTPException):
            return found() == wanted
        return False

    def found() -> dict[str, dict[str, int]]:
        return {slug: shown(service, slug) for slug in wanted}

    assert stored(url) == ledger.versions()
    wanted = {"all": ledger.versions()}
    wanted.update({f"section-{section.lower()}": ledger.versions(section) for section in SECTIONS})
    try:
        wait_until(is_settled, within=RECOVERY)
    except AssertionError as error:
        error.add_note(f"wanted {wanted}\nfound {found()}\n{service.get('/healthz').text}")
        raise
    for subscriber in subscribers:

        def is_up_to_date(subscriber: Subscriber = subscriber) -> bool:
            subscriber.poll()
            with suppress(OSError, HTTPException):
                return subscriber.has(service.get(subscriber.path))
            return False

        wait_until(is_up_to_date, within=RECOVERY)


def assert_nothing_is_left_behind(killer: Killer, service: Service) -> None:
    """See that what the killed ones have started has ended."""
    mine = set(service.processes)

    def is_alive(pid: int) -> bool:
        with suppress(OSError):
            return pid not in mine and Path(f"/proc/{pid}/cwd").resolve() == service.folder.resolve()
        return False

    wait_until(lambda: not any(is_alive(pid) for pid in killer.killed), within=RECOVERY)


def assert_nothing_to_do(service: Service) -> None:
    """See that what is published is what the store says: publishing it again changes nothing."""
    done = service.command("publish", "--json")
    assert done.returncode == 0, done.stderr
    assert {one["state"] for one in json.loads(done.stdout)} == {"unchanged"}, done.stdout


def about(seed: int, killer: Killer) -> str:
    """Say how to have the same again."""
    return f"SOAK_SEED={seed}, after {killer.done}"
