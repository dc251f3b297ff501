"""How many readers the service answers, by itself and behind the nginx of deploy/, against nginx with the same file.

The reference is nginx at its best: the file compressed beforehand, kept open, sent by the kernel.
"""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.load import Server, compare, in_turns, program, row
from bench.material import SITE
from bench.measuring import Row, interleaved
from bench.newsrooms import city_feeds, newsroom
from deploy.trial import HOST, deployed, free_port, nginx, wait_until
from feedsvc.folder import Folder, Shelf
from feedsvc.metrics import Requests
from feedsvc.web import Deps, Health, create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ENTRIES: Final = 50
ROUNDS: Final = 5
SECONDS: Final = 4
PATH: Final = "/feeds/city-0/rss.xml"
_CALLS: Final = 200

_CONFIG: Final = f"""\
[site]
title = "{SITE.title}"
base_url = "{SITE.base_url}"

[[feed]]
slug = "city-0"
title = "City"
"""
_FILE_BY_NGINX: Final = """
server {{
    listen {host}:{port};
    root {root};
    gzip_static on;
    tcp_nopush off;
    open_file_cache max=200 inactive=60s;
    types {{ application/rss+xml xml; }}
}}
"""
# Goals: by itself and behind nginx, for 304 and for 200.
_GOALS: Final = {"itself": {"304": 0.35, "200": 0.45}, "deployed": {"304": 0.75, "200": 0.95}}
_WORDS: Final = {"itself": "by the service itself", "deployed": "through deploy/'s nginx"}


def run() -> list[Row]:
    """Measure 304 and 200 of one feed of 50 entries of 5 KB, and what an answer takes inside the process."""
    program("wrk")
    with newsroom() as room:
        room.define(city_feeds(1))
        for _ in range(ENTRIES):
            room.write()
        room.publish()
        size = (room.folder.root / "city-0/rss.xml.gz").stat().st_size
        with _all(room.path) as servers:
            rows = [each for kind in ("304", "200") for each in _compared(kind, servers, size)]
        return [*rows, *_inside(room.folder)]


def _compared(kind: str, servers: Mapping[str, Server], size: int) -> Iterator[Row]:
    asked = {name: _asking(server, kind) for name, server in servers.items()}
    shots = in_turns(asked, rounds=ROUNDS, seconds=SECONDS)
    body = f" (gzip, {size // 1000} KB)" if kind == "200" else ""
    for name, words in _WORDS.items():
        what = f"{kind}{body} {words}, against nginx serving the same file"
        yield row(what, compare(shots[name], shots["nginx"]), _GOALS[name][kind])


def _asking(server: Server, kind: str) -> Server:
    """Ask as a reader that holds the document, or as one that does not."""
    fields: tuple[str, ...] = ("Accept-Encoding: gzip",)
    if kind == "304":
        request = urllib.request.Request(server.url, headers={"Accept-Encoding": "gzip"})  # noqa: S310  (our own)
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            fields = (*fields, f"If-None-Match: {answer.headers['ETag']}")
    return Server(server.url, server.processes, fields)


@contextmanager
def _all(place: Path) -> Iterator[dict[str, Server]]:
    """Run the service, the nginx of deploy/ in front of it, and an nginx over the same folder."""
    cores = os.cpu_count() or 1
    file_port, front_port = free_port(), free_port()
    with ExitStack() as stack:
        service, port = stack.enter_context(_service(place, cores))
        reference = stack.enter_context(
            nginx(
                program("nginx"),
                place / "reference",
                file_port,
                _FILE_BY_NGINX.format(host=HOST, port=file_port, root=place),
                workers=cores,
            )
        )
        changes = {"127.0.0.1:8000": f"{HOST}:{port}", "/var/cache/nginx-feedsvc": f"{place}/deployed/cache"}
        servers = deployed("feedsvc.conf", front_port, changes)
        front = stack.enter_context(nginx(program("nginx"), place / "deployed", front_port, servers, workers=cores))
        yield {
            "nginx": Server(f"http://{HOST}:{file_port}{PATH}", (reference,)),
            "itself": Server(f"http://{HOST}:{port}{PATH}", (service,)),
            "deployed": Server(f"http://{HOST}:{front_port}{PATH}", (front, service)),
        }


@contextmanager
def _service(place: Path, workers: int) -> Iterator[tuple[int, int]]:
    """Run the web server as operators do; give its process and its port."""
    (place / "config.toml").write_text(_CONFIG, encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "feedsvc", "--config", str(place / "config.toml"), "web"]
    options = ["--host", HOST, "--port", str(port), "--workers", str(workers)]
    with subprocess.Popen([*command, *options], stdin=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            wait_until(lambda: _answers(port))
            yield process.pid, port
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/robots.txt"):
            return True
    except OSError:
        return False


def _inside(folder: Folder) -> list[Row]:
    """Call the application without a server: an answer given again, and one made anew in each second of the clock."""
    now = [datetime.now(UTC)]

    def clock() -> datetime:
        return now[0]

    deps = Deps(Shelf(folder), SITE, clock, lambda _: None, Health, tally=Requests())
    application: WSGIApplication = create_app(deps)
    request: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": PATH,
        "QUERY_STRING": "",
        "HTTP_ACCEPT_ENCODING": "gzip",
    }

    def call() -> None:
        application(request, lambda *_: lambda _: None)

    def again() -> None:
        for _ in range(_CALLS):
            call()

    def anew() -> None:
        for _ in range(_CALLS):
            now[0] += timedelta(seconds=1)
            call()

    taken = interleaved(200, again=again, anew=anew)
    micro = {name: milliseconds / _CALLS * 1000 for name, milliseconds in taken.items()}
    return [
        Row(
            "inside the process, one answer: given again in the same second after a stat of the file, and made anew",
            f"{micro['again']:.1f} and {micro['anew']:.1f} microseconds",
        )
    ]
