"""P44: the same service on many hosts.

Three hosts, each with a folder of its own, run `feedsvc run` (publisher and web server) on one PostgreSQL. Each is cut
off, killed and started again at random, while articles come in through whichever answers. Each change is published
once, every host serves the same bytes, none goes back to older ones, hubs are told once, and any host may die. The
short form runs everywhere; the long one, for minutes, is for soaking.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests import networks
from tests.networks import Host, Network
from tests.outside import Outside, serving_outside
from tests.postgres import Server, serving_postgresql
from tests.service import Answer, Service, free_port
from tests.waiting import wait_until

HOSTS = 3
CONFIG = """\
[site]
title = "The Gazette"
base_url = "https://gazette.example.org"
authors = ["The Gazette"]
hubs = ["{hub}"]

[publish]
measure_pictures = false

[web]
workers = 1

[[feed]]
slug = "all"
title = "Everything"
content = "headline"
limit = 1000
max_bytes = "50 MB"
formats = ["rss", "json"]

[[feed]]
slug = "sport"
title = "Sport"
content = "headline"
limit = 1000
max_bytes = "50 MB"
formats = ["atom"]
select = { sections = ["Sport"] }

[[feed]]
slug = "tag-{value}"
title = "{value}"
for_each = "tag"
content = "headline"
formats = ["json"]
"""
PATHS = ("/feeds/all/rss.xml", "/feeds/all/", "/feeds/sport/atom.xml", "/", "/opml.xml", "/sitemap.xml")
SECTIONS = ("Sport", "Culture", "Science")


@dataclass
class Site:
    """The three hosts, their database, and a hub that counts."""

    hosts: list[Host]
    services: list[Service]
    server: Server
    database: str
    hub: Outside
    token: str = ""

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the database itself, which the test always reaches."""
        return self.server.execute(statement, self.database)


@contextmanager
def running(folder: Path, network: Network) -> Iterator[Site]:
    """Run the hosts for the time of a block; afterwards each must end by SIGTERM with exit code 0."""
    with ExitStack() as stack:
        port = free_port()
        server = stack.enter_context(serving_postgresql(hosts=(network.address,), port=port))
        hub = stack.enter_context(serving_outside(network.address))
        hub.answers["/"] = (204, b"")
        services = []
        for number, host in enumerate(network.hosts):
            url = server.url_at(*host.way_to(network.address, port))
            services.append(
                Service(
                    folder / f"host-{number}",
                    # The same on every host: what differs would be a change of every feed.
                    CONFIG.replace("{hub}", f"{hub.url}/"),
                    {"FEEDSVC_STORE_URL": url},
                    host=host.address,
                    prefix=host.prefix,
                )
            )
        site = Site(network.hosts, services, server, "postgres", hub)
        for service in services:
            stack.callback(service.kill)
            service.start()
        made = services[0].command("token", "create", "desk", "--scope", "write", "--json")
        assert made.returncode == 0, made.stderr
        site.token = json.loads(made.stdout)["token"]
        yield site
        for service in services:
            service.stop()


@dataclass
class Desk:
    """A program that writes articles through whichever host answers, and sends each again until one has taken it."""

    site: Site
    dice: random.Random
    # Seconds between two articles.
    pause: float
    stop: threading.Event = field(default_factory=threading.Event)
    taken: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Write until it is stopped."""
        while not self.stop.wait(self.pause):
            self.write()

    def write(self) -> None:
        """Write one article."""
        title = f"Story {uuid.uuid4()}"
        article = {
            "title": title,
            "content_text": "All of it.",
            "section": self.dice.choice(SECTIONS),
            "tags": [f"Tag {self.dice.randrange(8)}"],
            "status": "published",
        }
        headers = {
            "Authorization": f"Bearer {self.site.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid.uuid4()),
        }
        body = json.dumps(article).encode()

        def send() -> bool:
            with suppress(OSError, HTTPException):
                answer = self.dice.choice(self.site.services).ask("POST", "/api/v1/articles", headers, body)
                # 409: the first attempt with this key is not answered yet.
                assert answer.status in (201, 409, 503), answer
                if answer.status == 201:
                    self.taken[title] = json.loads(answer.body)["entry_id"]
                    return True
            return False

        wait_until(send)


@dataclass
class Reader:
    """A subscriber who polls one host, and notes what he must never see."""

    service: Service
    stop: threading.Event = field(default_factory=threading.Event)
    polls: int = 0
    faults: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Poll until he is stopped."""
        seen, dated = set[str](), datetime.min.replace(tzinfo=UTC)
        while not self.stop.wait(0.2):
            with suppress(OSError, HTTPException):
                answer = self.service.get("/feeds/all/feed.json")
                if answer.status != 200:
                    self.faults.append(f"{answer.status} {answer.body[:200]!r}")
                    continue
                self.polls += 1
                now = ids(answer)
                if not seen <= now:
                    self.faults.append(f"{len(seen - now)} entries were gone again")
                # It is left out while it is later than this host's clock.
                date = parsedate_to_datetime(answer.headers["Last-Modified"] or answer.headers["Date"])
                if answer.headers["Last-Modified"] and date < dated:
                    self.faults.append(f"Last-Modified went from {dated} back to {date}")
                seen, dated = now, max(date, dated) if answer.headers["Last-Modified"] else dated


def ids(answer: Answer) -> set[str]:
    """Give the ids of a feed's entries."""
    return {item["id"] for item in json.loads(answer.body)["items"]}


def documents(service: Service) -> dict[str, tuple[bytes, int]]:
    """Give every document in a host's folder, with its date."""
    return {
        str(path.relative_to(service.feeds)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(service.feeds.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


@dataclass
class Chaos:
    """Kills processes, cuts cables and ends sessions at random; every host is whole again when it ends."""

    site: Site
    dice: random.Random
    # In seconds.
    longest_cut: float
    senders_ended: int = 0

    def run(self, seconds: float) -> None:
        """Go on for so long, and until each of them has happened."""
        until = time.monotonic() + seconds
        every = [self.kill_publisher, self.kill_web, self.kill_host, self.cut, self.kill_while_cut, self.end_sessions]
        to_come = self.dice.sample(every, len(every))
        while to_come or time.monotonic() < until:
            event = to_come.pop() if to_come else self.dice.choice(every)
            event(self.dice.randrange(HOSTS))
            time.sleep(self.dice.random() * 2)

    def kill_publisher(self, number: int) -> None:
        """Kill a publisher; its supervisor starts another one."""
        self._kill(number, " publisher ")
        self.senders_ended += 1

    def kill_web(self, number: int) -> None:
        """Kill a web server and its workers."""
        self._kill(number, " web ")

    def kill_host(self, number: int) -> None:
        """Kill everything on a host, and start it again."""
        self.site.services[number].kill()
        self.senders_ended += 1
        time.sleep(self.dice.random() * 2)
        self.site.services[number].launch()

    def cut(self, number: int) -> None:
        """Cut a host off for a while."""
        self.site.hosts[number].cut()
        time.sleep(self.dice.random() * self.longest_cut)
        self.site.hosts[number].heal()

    def kill_while_cut(self, number: int) -> None:
        """Have a host start while it is cut off: it serves what it has."""
        self.site.hosts[number].cut()
        self.kill_host(number)
        with suppress(AssertionError):
            wait_until(lambda: self._serves(number))
        self.site.hosts[number].heal()

    def end_sessions(self, _: int) -> None:
        """End every session of the service at the database."""
        self.site.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'feedsvc'")

    def _serves(self, number: int) -> bool:
        with suppress(OSError, HTTPException):
            return self.site.services[number].get("/feeds/all/feed.json").status == 200
        return False

    def _kill(self, number: int, which: str) -> None:
        for pid, command in self.site.services[number].processes.items():
            if which in command:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def test_p44(tmp_path: Path) -> None:
    with networks.connecting(HOSTS) as network, running(tmp_path, network) as site:
        go_through(site, seconds=5, longest_cut=3)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", ["namespaces", "proxies"])
def test_p44_for_minutes(tmp_path: Path, kind: str) -> None:
    if kind == "namespaces" and not networks.namespaces_are_allowed():
        pytest.skip("this machine allows no network namespaces")
    with getattr(networks, kind)(HOSTS) as network, running(tmp_path, network) as site:
        go_through(site, seconds=300, longest_cut=20)


def go_through(site: Site, *, seconds: float, longest_cut: float) -> None:
    """Let it all happen for a time, and look at what has come of it."""
    desk = Desk(site, random.Random(44), pause=max(0.1, seconds / 800))
    chaos = Chaos(site, random.Random(45), longest_cut)
    readers = [Reader(service) for service in site.services]
    threads = [threading.Thread(target=run, daemon=True) for run in (desk.run, *(reader.run for reader in readers))]
    for thread in threads:
        thread.start()
    chaos.run(seconds)
    desk.stop.set()
    threads[0].join()
    assert_alike(site, set(desk.taken.values()))
    for reader in readers:
        reader.stop.set()
    for thread in threads:
        thread.join()
    assert len(set(desk.taken.values())) == len(desk.taken) > 10
    assert [reader.faults for reader in readers] == [[], [], []]
    assert all(reader.polls > 10 for reader in readers)
    assert_published_once(site)
    assert_announced_once(site, but=chaos.senders_ended)


def assert_alike(site: Site, expected: set[str]) -> None:
    """See that what was acknowledged, and nothing else, is on every host: the same bytes, the same validators."""

    def alike() -> bool:
        with suppress(OSError, HTTPException):
            shown = [ids(service.get("/feeds/all/feed.json")) for service in site.services]
            served = [[service.get(path) for path in PATHS] for service in site.services]
            assert all(answer.status == 200 for answers in served for answer in answers)
            return shown == [expected] * HOSTS and same([read(answers) for answers in served])
        return False

    def read(answers: list[Answer]) -> list[tuple[bytes, str | None, str | None]]:
        return [(one.body, one.headers["ETag"], one.headers["Last-Modified"]) for one in answers]

    wait_until(lambda: alike() and same([documents(service) for service in site.services]))


def same(each: list[Any]) -> bool:
    """Say whether all of them are the same."""
    return all(one == each[0] for one in each)


def assert_published_once(site: Site) -> None:
    """See that no feed has two publications of the same entries, and that their dates only grow."""
    publications = site.query("SELECT feed_number, manifest, last_modified FROM publications ORDER BY number")
    for number, slug in site.query("SELECT number, slug FROM feeds WHERE slug !~ '^_'"):
        made = [(manifest, date) for feed, manifest, date in publications if feed == number]
        dates = [last_modified for _, last_modified in made]
        assert dates == sorted(set(dates)), slug
        assert len({bytes(manifest) for manifest, _ in made}) == len(made), slug


def assert_announced_once(site: Site, *, but: int) -> None:
    """See that the hub was told of each publication, and of so many twice at the most, whose senders were killed."""
    wait_until(lambda: site.query("SELECT count(*) FROM announcements WHERE sent_at IS NULL") == [(0,)])
    told = Counter(parse_qs(body.decode())["hub.url"][0] for _, _, body in site.hub.requests)
    noted = dict(site.query("SELECT topic, count(*) FROM announcements GROUP BY topic"))
    twice = {topic: told[topic] - count for topic, count in noted.items()}
    assert set(told) == set(noted)
    assert min(twice.values()) >= 0
    assert sum(twice.values()) <= but
