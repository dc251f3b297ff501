"""Promise: the real server keeps on the wire what the application promises, and ends cleanly when it is told to."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from feedsvc.conditional import entity_tag
from feedsvc.folder import Folder, mirror
from feedsvc.model import Document
from tests.web.website import publish

DEADLINE = 60.0
CONFIG = """
[site]
title = "The Example"
base_url = "https://news.example.org"

[[feed]]
slug = "all"
title = "All news"
"""
RUN = """
import sys
from feedsvc.web.server import serve

serve("127.0.0.1", int(sys.argv[1]), int(sys.argv[2]), **eval(sys.argv[3]))
"""
IMPATIENT = """
from functools import partial
from feedsvc.web import server
server.find_address = partial(server.find_address, patience_seconds=0.1)
"""


@dataclass(frozen=True)
class Running:
    """The server as a process of its own, over a folder that was published."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Folder

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)

    def send(self, request: bytes) -> bytes:
        """Send bytes as they are and give all that comes back until the server closes."""
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE)) as wire:
            wire.sendall(request)
            return b"".join(iter(lambda: wire.recv(65536), b""))


@contextmanager
def running(path: Path, workers: int = 1, *, wait: bool = True, **options: float) -> Iterator[Running]:
    (path / "config.toml").write_text(CONFIG)
    folder = Folder(path / "feeds")
    publish(folder)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = int(free.getsockname()[1])
    environment = {**os.environ, "FEEDSVC_CONFIG": str(path / "config.toml")}
    with (
        (path / "stderr").open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-c", RUN, str(port), str(workers), repr(options)],
            env=environment,
            cwd=path,
            stderr=errors,
        ) as process,
    ):
        server = Running(process, port, folder)
        try:
            if wait:
                until(lambda: answers(port) or process.poll() is not None)
            yield server
        finally:
            process.terminate()
            process.wait(DEADLINE)


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE
    while not reached():
        assert time.monotonic() < end, "not within the deadline"
        time.sleep(0.05)


def answers(port: int) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=DEADLINE)) as connection:
        try:
            return get(connection, "/robots.txt")[0].status == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("server"), workers=2) as server:
        yield server


def get(connection: HTTPConnection, path: str, method: str = "GET", **fields: str) -> tuple[HTTPResponse, bytes]:
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in fields.items()})
    response = connection.getresponse()
    return response, response.read()


@pytest.mark.parametrize(
    "path", ["/feeds/all/rss.xml", "/feeds/all/atom.xml", "/feeds/all/feed.json", "/feeds/all/", "/", "/opml.xml"]
)
def test_one_connection_carries_every_kind_of_answer(server: Running, path: str) -> None:
    """A body where none may be, or a wrong length, would spoil the answer after it."""
    with closing(server.connect()) as connection:
        plain, body = get(connection, path)
        assert plain.status == 200
        assert plain.headers["ETag"] == entity_tag(body)
        assert plain.headers.get_all("Date") is not None
        assert len(plain.headers.get_all("Date") or []) == 1
        head, nothing = get(connection, path, "HEAD")
        assert (head.status, nothing, head.headers["Content-Length"]) == (200, b"", str(len(body)))
        packed, coded = get(connection, path, Accept_Encoding="gzip")
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(coded) == body
        for method in ("GET", "HEAD"):
            same, nothing = get(connection, path, method, If_None_Match=plain.headers["ETag"])
            assert (same.status, nothing) == (304, b"")
            assert same.headers["Last-Modified"] == plain.headers["Last-Modified"]
            assert same.headers["Content-Type"] is None
            assert same.headers["Content-Length"] is None
        missing, nothing = get(connection, "/feeds/none/rss.xml", "HEAD")
        assert (missing.status, nothing) == (404, b"")
        preflight, nothing = get(connection, path, "OPTIONS")
        assert (preflight.status, nothing) == (204, b"")
        assert get(connection, path)[1] == body


def test_several_lines_of_one_field_are_one_list(server: Running) -> None:
    with closing(server.connect()) as connection:
        tag = get(connection, "/feeds/all/rss.xml")[0].headers["ETag"]
    answer = server.send(
        f'GET /feeds/all/rss.xml HTTP/1.1\r\nHost: x\r\nIf-None-Match: "a"\r\nIf-None-Match: {tag}\r\n'
        "Connection: close\r\n\r\n".encode()
    )
    assert answer.startswith(b"HTTP/1.1 304 ")


@pytest.mark.parametrize(
    ("line", "statuses"),
    [
        (b"GET /feeds/all/rss.xml%00 HTTP/1.1", {400}),
        (b"GET /feeds/all/\x00rss.xml HTTP/1.1", {400}),
        (b"GET /feeds/\xff\xfe/rss.xml HTTP/1.1", {400, 404}),
        (b"GET /feeds/all?\xe4 HTTP/1.1", {308, 400}),
        (b"GET /feeds/%ff%fe/rss.xml HTTP/1.1", {404}),
        (b"GET /feeds/../../../../etc/passwd HTTP/1.1", {400, 404}),
        (b"GET /feeds/..%2f..%2f..%2fetc%2fpasswd HTTP/1.1", {404}),
        (b"GET //evil.example.com/feeds HTTP/1.1", {404}),
        (b"GET /feeds/\\\\evil.example.com HTTP/1.1", {400, 404}),
        (b"GET http://evil.example.com/feeds/none/ HTTP/1.1", {404}),
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1", {414}),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1", {400, 414}),
        (b"BREW /feeds/all/rss.xml HTTP/1.1", {405}),
        (b"POST /feeds/all/rss.xml HTTP/1.1", {405}),
        (b"TRACE /feeds/all/rss.xml HTTP/1.1", {405}),
        (b"G\x01T / HTTP/1.1", {400}),
        (b"nonsense", {400}),
    ],
)
def test_whatever_comes_gets_a_clean_refusal(server: Running, line: bytes, statuses: set[int]) -> None:
    answer = server.send(line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 ")
    assert int(answer.split(b" ", 2)[1]) in statuses
    assert b"Traceback" not in answer
    assert b"root:" not in answer


def test_no_answer_carries_a_cookie_or_names_a_reader(server: Running) -> None:
    with closing(server.connect()) as connection:
        for path in ("/feeds/all/rss.xml", "/feeds/all/", "/articles/a/b", "/healthz", "/nowhere"):
            response, _ = get(connection, path, Cookie="session=1", User_Agent="a reader's own words")
            assert response.headers["Set-Cookie"] is None


def test_no_answer_is_torn_or_mixed_while_the_publisher_writes(server: Running) -> None:
    """Two workers, four readers, in both codings, on connections that stay open."""
    versions = [b"<rss>" + b"short " * 40 + b"</rss>", b"<rss>" + os.urandom(200_000) + b"</rss>"]
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    done = threading.Event()
    faults: list[str] = []
    seen: set[str] = set()

    def read(coding: str) -> None:
        with closing(server.connect()) as connection:
            while not done.is_set():
                response, body = get(connection, "/feeds/torn/rss.xml", Accept_Encoding=coding)
                if response.headers["Content-Encoding"] == "gzip":
                    body = gzip.decompress(body)
                seen.add(response.headers["ETag"])
                if response.status != 200 or entity_tag(body) != response.headers["ETag"]:
                    faults.append(f"{response.status} {coding}: the body is not the entity tag's")

    def write(number: int) -> None:
        body = versions[number % 2]
        document = Document("rss.xml", body, entity_tag(body), start + timedelta(seconds=number))
        mirror(server.folder, "torn", [document])

    write(0)
    readers = [threading.Thread(target=read, args=(coding,)) for coding in ("gzip", "identity") * 2]
    for reader in readers:
        reader.start()
    for number in range(1, 60):
        write(number)
    done.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert seen == {entity_tag(version) for version in versions}


def test_readers_that_keep_their_connections_keep_nobody_out(server: Running) -> None:
    wanted = 2500  # for two workers, and more than a server commonly takes
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * wanted:
        pytest.skip("this system allows too few open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * wanted), hard))
    try:
        with ExitStack() as stack:
            for _ in range(wanted):
                stack.enter_context(closing(socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE)))
            assert get(stack.enter_context(closing(server.connect())), "/feeds/all/rss.xml")[0].status == 200
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_connection_that_says_nothing_or_stops_in_the_middle_is_closed(tmp_path: Path) -> None:
    with running(tmp_path, silence_seconds=0.5) as server:
        for said in (b"", b"GET /feeds/all/rss.xml HT", b"GET / HTTP/1.1\r\nHost: x\r\n"):
            with closing(socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE)) as wire:
                wire.sendall(said)
                assert b"200 OK" not in b"".join(iter(lambda: wire.recv(65536), b""))


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_told_even_if_a_reader_keeps_a_connection(tmp_path: Path, told: signal.Signals) -> None:
    with running(tmp_path) as server, closing(server.connect()) as connection:
        assert get(connection, "/feeds/all/rss.xml")[0].status == 200
        server.process.send_signal(told)
        assert server.process.wait(DEADLINE) == 0
        assert not answers(server.port)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc")
@pytest.mark.parametrize("workers_up", [True, False])
def test_no_worker_outlives_a_server_that_was_killed(tmp_path: Path, workers_up: bool) -> None:
    """It would hold the port, and serve on beside the next one. Killed at work, and while its workers start."""
    with running(tmp_path, workers=2, wait=workers_up) as server:
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        until(lambda: len(children.read_text().split()) == 2)
        workers = children.read_text().split()
        server.process.kill()
        server.process.wait(DEADLINE)
        until(lambda: not any(is_alive(worker) for worker in workers))
        assert not answers(server.port)


def link(server: Running) -> str:
    with closing(server.connect()) as connection:
        return str(get(connection, "/feeds/all/rss.xml")[0].headers["Link"])


@pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc")
def test_sighup_brings_a_new_configuration_and_a_broken_one_changes_nothing(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        first = children.read_text()
        (tmp_path / "config.toml").write_text("[site]\n")
        server.process.send_signal(signal.SIGHUP)
        until(lambda: b"not reloaded" in (tmp_path / "stderr").read_bytes())
        assert b"base_url" in (tmp_path / "stderr").read_bytes()
        assert answers(server.port)
        assert children.read_text() == first
        (tmp_path / "config.toml").write_text(CONFIG.replace("news.example.org", "new.example.org"))
        server.process.send_signal(signal.SIGHUP)
        until(lambda: "https://new.example.org/" in link(server))


def is_alive(process: str) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_a_broken_configuration_is_a_failure_to_start(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[site]\n")
    environment = {**os.environ, "FEEDSVC_CONFIG": str(tmp_path / "config.toml")}
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = str(free.getsockname()[1])
    ended = subprocess.run(
        [sys.executable, "-c", RUN, port, "1", "{}"],
        env=environment,
        cwd=tmp_path,
        timeout=DEADLINE,
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 1
    assert b"ConfigInvalid" in ended.stderr


def test_a_second_server_does_not_share_the_port_of_the_first(server: Running, tmp_path: Path) -> None:
    """granian would share it, and each of the two would answer half of the readers."""
    environment = {**os.environ, "FEEDSVC_CONFIG": str(tmp_path / "config.toml")}
    (tmp_path / "config.toml").write_text(CONFIG)
    ended = subprocess.run(
        [sys.executable, "-c", IMPATIENT + RUN, str(server.port), "1", "{}"],
        env=environment,
        cwd=tmp_path,
        timeout=DEADLINE,
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 1
    assert f"127.0.0.1:{server.port}: can't be listened at".encode() in ended.stderr
