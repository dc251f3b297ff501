"""P32: feeds outlive the database.

While a program writes and subscribers poll, the database goes away: PostgreSQL is stopped, another process holds
SQLite's file locked, the file is not there when the service starts, the disk is full. What is published (feeds, their
pages, lists, sitemaps) is served all the while, with 200 and 304; writing is refused with 503 and Retry-After; nothing
is torn, nothing acknowledged is lost, and when the database is back the service goes on by itself.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from tests.postgres import serving_postgresql
from tests.promises.disks import full, refusing_large_files, small_disk
from tests.promises.newsdesk import NEWSDESK, Ledger, Program, make_token, shown, stored, working
from tests.promises.subscribers import FolderReader, Seen, Subscriber
from tests.service import Service
from tests.waiting import wait_until

FEEDS = ("/feeds/all/rss.xml", "/feeds/all/atom.xml", "/feeds/all/feed.json", "/feeds/section-sport/atom.xml")
PAGES = ("/feeds/all/", "/", "/opml.xml", "/sitemap.xml", "/news-sitemap.xml")
# Only a fault takes that long.
PATIENCE = 180.0


@dataclass
class Gazette:
    """A service with somebody who writes, and subscribers."""

    service: Service
    url: str
    ledger: Ledger = field(default_factory=Ledger)
    seen: Seen = field(default_factory=Seen)
    programs: list[Program] = field(default_factory=list)
    subscribers: list[Subscriber] = field(default_factory=list)

    @property
    def refusals(self) -> int:
        """Count the writes that were not taken."""
        return sum(len(program.refusals) for program in self.programs)

    def wait_for_writes(self, count: int = 5) -> None:
        """Wait until so many more writes are acknowledged."""
        enough = self.ledger.acknowledged + count
        wait_until(lambda: self.ledger.acknowledged >= enough or bool(self.ledger.faults), within=PATIENCE)
        assert self.ledger.faults == []

    def wait_for_refusals(self) -> None:
        """Wait until writing is refused."""
        enough = self.refusals + 2
        wait_until(lambda: self.refusals >= enough or bool(self.ledger.faults), within=PATIENCE)
        assert self.ledger.faults == []


@contextmanager
def running(folder: Path, url: str) -> Iterator[Gazette]:
    """Run all of it for the time of a block; afterwards nobody may have seen what must not be."""
    service = Service(folder, NEWSDESK, {"FEEDSVC_STORE_URL": url})
    with ExitStack() as stack:
        stack.callback(service.kill)
        service.start()
        gazette = Gazette(service, url)
        token = make_token(service)
        gazette.programs = [Program(service, token, gazette.ledger, random.Random(seed)) for seed in (32, 33)]
        gazette.subscribers = [
            Subscriber(service, path, "tags" if number % 2 else "dates", gazette.seen, packed=number % 3 == 0)
            for number, path in enumerate(FEEDS)
        ]
        # What is to be polled is there before anybody polls.
        for program in gazette.programs:
            program.create(section="Sport")
        wait_until(lambda: all(service.get(path).status == 200 for path in (*FEEDS, *PAGES)), within=PATIENCE)
        with working(*gazette.programs, *gazette.subscribers, FolderReader(service.feeds, gazette.seen)):
            yield gazette
        assert_recovered(gazette)
        service.stop()


def assert_served(gazette: Gazette) -> None:
    """See that everything published is served, in full and to whoever has it already."""
    for path in (*FEEDS, *PAGES):
        whole = gazette.service.get(path)
        assert (whole.status, bool(whole.body)) == (200, True), (path, whole)
        again = gazette.service.get(path, {"If-None-Match": whole.headers["ETag"]})
        assert again.status == 304 or again.headers["ETag"] != whole.headers["ETag"], (path, again)


def assert_refused(gazette: Gazette) -> None:
    """See that writing is refused in the form that programs understand, and that operators are told."""
    for program in gazette.programs:
        for answer in program.refusals:
            if answer.status != 503:
                continue
            assert int(answer.headers["Retry-After"]) > 0, answer
            assert answer.headers["Content-Type"] == "application/problem+json"


def assert_recovered(gazette: Gazette) -> None:
    """See that the database and the feeds have just what was acknowledged, and that nobody saw what must not be."""
    service = gazette.service
    assert gazette.ledger.faults == []
    assert stored(gazette.url) == gazette.ledger.versions()

    def is_settled() -> bool:
        with suppress(OSError, HTTPException):
            return (
                shown(service) == gazette.ledger.versions()
                and shown(service, "section-sport") == gazette.ledger.versions("Sport")
                and service.get("/healthz").status == 200
            )
        return False

    try:
        wait_until(is_settled, within=PATIENCE)
    except AssertionError as error:
        error.add_note(f"{service.get('/healthz').text}\n{service.log[-10_000:]}")
        raise
    for subscriber in gazette.subscribers:
        subscriber.poll()
        assert subscriber.has(service.get(subscriber.path))
    assert gazette.seen.faults == []
    # Nobody met a fault of ours.
    assert "status=500" not in service.log, service.log


def assert_commands_say_so(gazette: Gazette) -> None:
    """See that an import ends with one line that says what is wrong, and exit code 1."""
    source = gazette.service.folder.parent / "late.md"
    source.write_text("---\ntitle: Late\n---\nNot now.\n", encoding="utf-8")
    done = gazette.service.command("import", source)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert gazette.url.split("?")[0].rsplit("/", 1)[-1] in done.stderr, done.stderr


def assert_away(gazette: Gazette) -> None:
    """See what a database that is away is to everybody."""
    gazette.wait_for_refusals()
    assert_served(gazette)
    assert_refused(gazette)


def test_postgresql_is_stopped_and_started(tmp_path: Path) -> None:
    with serving_postgresql() as server, running(tmp_path / "host", server.url(server.make())) as gazette:
        gazette.wait_for_writes()
        server.stop()
        assert_away(gazette)
        assert gazette.service.get("/healthz").status == 503
        assert_commands_say_so(gazette)
        # It starts without a database, too.
        gazette.service.stop()
        gazette.service.launch()
        wait_until(lambda: is_up(gazette.service), within=PATIENCE)
        assert_away(gazette)
        server.start()
        gazette.wait_for_writes()


def test_another_process_has_sqlite_locked(tmp_path: Path) -> None:
    with running(tmp_path / "host", f"sqlite:///{tmp_path}/store.db") as gazette:
        gazette.wait_for_writes()
        with locked(tmp_path / "store.db"):
            assert_away(gazette)
        gazette.wait_for_writes()


def test_the_service_starts_while_sqlite_can_not_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "disk" / "store.db"
    path.parent.mkdir()
    with running(tmp_path / "host", f"sqlite:///{path}") as gazette:
        gazette.wait_for_writes()
        gazette.service.stop()
        for file in path.parent.iterdir():
            file.rename(tmp_path / file.name)
        path.mkdir()
        gazette.service.launch()
        wait_until(lambda: is_up(gazette.service), within=PATIENCE)
        assert_away(gazette)
        assert gazette.service.get("/healthz").status == 503
        assert_commands_say_so(gazette)
        path.rmdir()
        for file in tmp_path.glob("store.db*"):
            file.rename(path.parent / file.name)
        gazette.wait_for_writes()


def test_the_disk_is_full(tmp_path: Path) -> None:
    place = tmp_path / "disk"
    with small_disk(place, 48) as is_small, running(place / "host", f"sqlite:///{place}/store.db") as gazette:
        gazette.wait_for_writes()
        with full(place) if is_small else refusing_large_files(gazette.service.processes, 4096):
            assert_away(gazette)
        gazette.wait_for_writes()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep everybody else from writing to a database for the time of a block."""
    other = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)
    try:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("COMMIT")
    finally:
        other.close()


def is_up(service: Service) -> bool:
    """Say whether a service answers."""
    with suppress(OSError, HTTPException):
        return service.get("/").status == 200
    return False
