"""A PostgreSQL of the tests' own: its data in a folder that goes with it, reached by a socket in there alone.

It is no system service: it ends with whoever started it, however that ends.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import OperationalError

from tests.waiting import wait_until

OWNER = "feedsvc"
# Nothing here outlives a crash of the machine, so that no commit waits for the disk.
SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB", "jit=off")
NEW_CLUSTER = ("--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in there
ROOM = 2 * 1024**3
# Ends the server when the pipe to its standard input closes, as it does when the tests are killed.
UNTIL_THE_PIPE_CLOSES = '"$@" <&- & pid=$!; read -r _; kill -INT $pid; wait $pid'


@dataclass
class Server:
    """A running server. `hosts` are the addresses that it listens on besides its socket."""

    folder: Path
    hosts: Sequence[str] = ()
    port: int = 5432
    _process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        settings = [*SETTINGS, f"port={self.port}", f"listen_addresses={','.join(self.hosts)}"]
        options = [part for setting in settings for part in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", UNTIL_THE_PIPE_CLOSES, "sh", *self._command(), *options],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_unprivileged(),
            )
        wait_until(self._answers)

    def stop(self) -> None:
        """End it as an administrator would: connections are cut, what was committed is kept."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process = None

    def url(self, database: str = "postgres") -> str:
        """Give the URL of a database, as config.toml takes it, through the socket."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.folder}&port={self.port}"

    def url_at(self, host: str, port: int, database: str = "postgres") -> str:
        """Give the URL of a database over TCP, which may lead through somebody in between."""
        return f"postgresql+psycopg://{OWNER}@{host}:{port}/{database}"

    def make(self, template: str = "template1") -> str:
        """Make a database, as a copy of another; give its name."""
        name = f"made_{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.execute(f'DROP DATABASE "{database}" WITH (FORCE)')

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Execute a statement outside any transaction; give its rows."""
        engine = create_engine(self.url(database), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            result = connection.exec_driver_sql(statement)
            return [tuple(row) for row in result] if result.returns_rows else []

    def _command(self) -> list[str]:
        return [program("postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text(encoding="utf-8")
        with suppress(OperationalError):
            self.execute("SELECT 1")
            return True
        return False


@contextmanager
def serving_postgresql(*, hosts: Sequence[str] = (), port: int = 5432) -> Iterator[Server]:
    """Run a server for the time of a block; skips the test where none is installed, fails it where CI=true."""
    initdb = program("initdb")
    # Not in pytest's own folder, which nobody but its owner may enter.
    with tempfile.TemporaryDirectory(prefix="feedsvc-postgresql-", dir=_quick_place()) as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, _account())
        subprocess.run(
            [initdb, "--pgdata", str(folder / "data"), "--username", OWNER, *NEW_CLUSTER],
            check=True,
            capture_output=True,
            **_unprivileged(),
        )
        with (folder / "data" / "pg_hba.conf").open("a", encoding="ascii") as rules:
            rules.write("host all all samenet trust\n" if hosts else "")
        server = Server(folder, hosts, port)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def program(name: str) -> str:
    """Give the path of one of the server's programs; Debian keeps them off the path, in a folder for each version."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    for folder in reversed(versions):
        if (folder / name).exists():
            return str(folder / name)
    return shutil.which(name) or _missing(f"{name} is not installed here; tests/debian-packages installs it")


def _quick_place() -> str | None:
    """Give a place in memory, where there is enough of it."""
    return str(IN_MEMORY) if IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM else None


def _account() -> str:
    """Give the account that the server runs under where the tests run as root, which PostgreSQL refuses."""
    with suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return "nobody"


def _unprivileged() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(_account())
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": "/"}


def _missing(message: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
