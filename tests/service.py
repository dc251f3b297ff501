"""The real service in a folder of its own, started and used as a newcomer would: by its commands and over HTTP.

Knows nothing of the inside of feedsvc: no module of it is imported here.

    with serving(tmp_path) as service:
        service.import_files(path)
        page = service.wait_for("/feeds/all/feed.json", lambda answer: b"Storm" in answer.body)
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from tests.waiting import wait_until

HOST = "127.0.0.1"
# `{base_url}` becomes the address that the service is served at. Pictures are never fetched: they are on hosts that
# do not exist, and no test leaves this machine.
CONFIG = """\
[site]
title = "The Gazette"
description = "News, as soon as it is written."
base_url = "{base_url}"
language = "en"
authors = ["The Gazette"]

[publish]
measure_pictures = false

[[feed]]
slug = "all"
title = "Everything"
description = "Every article, in full."
"""
# Below the ports that systems give to outgoing connections, so that no client of another test holds one of them.
_PORTS = range(20_000, 32_000)
_END_WITHIN = 30.0


def free_port() -> int:
    """Find a port of the loopback that nobody listens on."""
    for port in random.SystemRandom().sample(_PORTS, 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise AssertionError("no free port")


@dataclass(frozen=True)
class Answer:
    """An answer over HTTP as it came: nothing is decoded and no redirect is followed."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")


@dataclass
class Service:
    """A service in `folder`, with its config.toml, store and feeds/ in there. Use `serving`, or start() and stop().

    `environment` is added to the environment of every process. The standard error of the service is service.log.
    """

    folder: Path
    config: str = CONFIG
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    # The address that it is served at, and what each of its commands begins with, for one in a network of its own.
    host: str = HOST
    prefix: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.configure(self.config)

    @property
    def base_url(self) -> str:
        """The address of the service, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    @property
    def feeds(self) -> Path:
        """The folder of published files, by the default of the configuration."""
        return self.folder / "feeds"

    @property
    def log(self) -> str:
        """What the service has said on its standard error since the test began."""
        path = self.folder / "service.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def configure(self, config: str) -> None:
        """Write config.toml; a running service reads it at its next start."""
        self.config = config
        (self.folder / "config.toml").write_text(config.replace("{base_url}", self.base_url), encoding="utf-8")

    def start(self) -> None:
        """Start `feedsvc run` and wait until it answers and has published every feed once."""
        self.launch()
        try:
            wait_until(self._ready)
        except BaseException as error:
            self.kill()
            error.add_note(self.log)
            raise

    def launch(self) -> None:
        """Start `feedsvc run`."""
        assert self.process is None, "the service runs already"
        with (self.folder / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self._command(), "run", "--host", self.host, "--port", str(self.port)],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def stop(self) -> None:
        """End the service by SIGTERM; it must end in time, with exit code 0."""
        assert self.process is not None, "the service does not run"
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(_END_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"SIGTERM did not end the service\n{self.log}") from None
        self.process = None
        assert code == 0, f"after SIGTERM the exit code is {code}\n{self.log}"

    def kill(self) -> None:
        """End every process of the service at once, as a crash of the machine would; does nothing if none runs."""
        if self.process is None:
            return
        # The supervisor first, or it would start the others again.
        for pid in [self.process.pid, *self.processes]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    @property
    def processes(self) -> dict[int, str]:
        """Give the processes that the service has started, by their numbers, each with its command line."""
        found = {}
        for pid in _descendants(self.process.pid) if self.process else ():
            with suppress(OSError):
                found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def command(self, *arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """Call `feedsvc` with these arguments beside the running service; the exit code is the caller's to check."""
        return subprocess.run(
            [*self._command(), *map(str, arguments)],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    def begin(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Begin `feedsvc` with these arguments, and don't wait for it."""
        return self._begin(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def begin_server(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Begin `feedsvc web` or `feedsvc publisher`, as somebody with a supervisor of their own; it logs as `run`."""
        with (self.folder / "service.log").open("ab") as log:
            return self._begin(arguments, stdout=log, stderr=log)

    def _begin(self, arguments: Iterable[str | Path], **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*self._command(), *map(str, arguments)],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            text=True,
            **options,
        )

    def import_files(self, *paths: str | Path) -> list[dict[str, Any]]:
        """Import files (options such as "--section", "sport" may stand among them); none may be refused.

        Gives what became of each article: place, result ("new", "changed", "unchanged"), title, article_id.
        """
        done = self.command("import", "--json", *paths)
        assert done.returncode == 0, f"import ended with {done.returncode}\n{done.stderr}"
        taken: list[dict[str, Any]] = json.loads(done.stdout)
        return taken

    def get(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
        """Ask for a path, or for a whole address of this service."""
        return self.ask(method, path, headers)

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Send a request; give the answer."""
        connection = HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path.removeprefix(self.base_url), body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def wait_for(self, path: str, fits: Callable[[Answer], bool]) -> Answer:
        """Ask for a path again and again until the answer fits; give that answer, or fail with the last one."""
        answers: list[Answer] = []

        def asked() -> bool:
            answers[:] = [self.get(path)]
            return fits(answers[0])

        try:
            wait_until(asked)
        except AssertionError as error:
            last = f"{answers[0].status} {answers[0].body[:2000]!r}" if answers else "none"
            raise AssertionError(f"{path}: {error}; the last answer: {last}\n{self.log}") from None
        return answers[0]

    def _ready(self) -> bool:
        assert self.process is not None
        code = self.process.poll()
        assert code is None, f"the service ended with exit code {code}\n{self.log}"
        try:
            health = self.get("/healthz")
        except (OSError, HTTPException):
            return False
        found = json.loads(health.body)
        done = all(one["state"] not in ("new", "filling") for one in found["feeds"].values())
        return bool(found["store"]["reachable"]) and done and self.get("/").status == 200

    def _command(self) -> list[str]:
        return [*self.prefix, sys.executable, "-m", "feedsvc", "--config", "config.toml"]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FEEDSVC_")}
        return {**kept, **self.environment}


@contextmanager
def serving(folder: Path, config: str = CONFIG, *, environment: Mapping[str, str] | None = None) -> Iterator[Service]:
    """Run the service in a folder; afterwards it must end by SIGTERM with exit code 0, unless the test ended it.

    A fixture with scope="session" shares one among many
    tests:

        @pytest.fixture(scope="session")
        def service(tmp_path_factory):
            with serving(tmp_path_factory.mktemp("service"), CONFIG) as service:
                yield service
    """
    service = Service(folder, config, environment or {})
    service.start()
    try:
        yield service
    except BaseException:
        service.kill()
        raise
    if service.process is not None:
        service.stop()


def _descendants(pid: int) -> list[int]:
    """Give the processes that a process has started, and theirs."""
    with suppress(OSError):
        children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
        return [*children, *(below for child in children for below in _descendants(child))]
    return []
