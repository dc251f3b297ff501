"""P40: two commands.

On a fresh machine `make run` serves feeds from an embedded store, `make test` passes.

`make test` cannot be called from a test; whoever runs this one has called it.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from tests.promises.readers import READERS, parse_xml
from tests.service import HOST, Answer, free_port

ROOT = Path(__file__).parents[2]
# Everything is fetched from a registry and unpacked: minutes on a slow line.
INSTALLED_WITHIN = 540.0
ENDED_WITHIN = 60.0


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What a fresh clone has: the files of the last commit, and nothing else."""
    done = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this is no checkout of the repository")
    place = tmp_path / "feedsvc"
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(place, filter="data")
    assert not (place / ".venv").exists()
    return place


@pytest.fixture
def newcomer(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who has never installed anything here; where pip fetches from stays as it is."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FEEDSVC_", "VIRTUAL_ENV", "PYTHON", "MAKE", "XDG_CACHE"))
    }
    # The interpreter that these tests' own environment was made from comes first, whatever else `python3` may be.
    base = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    beside = tmp_path / "bin"
    beside.mkdir()
    (beside / "python3").symlink_to(base)
    path = os.pathsep.join([str(beside), *(each for each in kept["PATH"].split(os.pathsep) if ".venv" not in each)])
    return {**kept, "HOME": str(home), "PIP_CACHE_DIR": str(home / "cache"), "PATH": path}


class Running:
    """`make run` in a checkout, as a person has it in a terminal."""

    def __init__(self, checkout: Path, environ: dict[str, str]) -> None:
        self.port = free_port()
        self.log = checkout.parent / "make.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                ["make", "run", f"ARGS=--port {self.port}"],
                cwd=checkout,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def get(self, path: str) -> Answer:
        connection = HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def wait_for(self, path: str, words: bytes) -> Answer:
        until = time.monotonic() + INSTALLED_WITHIN
        while time.monotonic() < until:
            assert self.process.poll() is None, self.told()
            try:
                answer = self.get(path)
            except (OSError, HTTPException):
                time.sleep(0.2)
                continue
            if answer.status == 200 and words in answer.body:
                return answer
            time.sleep(0.2)
        raise AssertionError(f"{path} does not answer with {words!r}\n{self.told()}")

    def told(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def press_ctrl_c(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(ENDED_WITHIN)

    def end(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(ENDED_WITHIN)


@pytest.fixture
def running(checkout: Path, newcomer: dict[str, str]) -> Iterator[Running]:
    started = Running(checkout, newcomer)
    yield started
    started.end()


@pytest.mark.skipif(shutil.which("make") is None, reason="make is missing")
@pytest.mark.timeout(900)
def test_make_run_on_a_fresh_machine_serves_feeds_and_takes_an_article(
    checkout: Path, newcomer: dict[str, str], running: Running
) -> None:
    feed = running.wait_for("/feeds/all/rss.xml", b"<rss")
    assert feed.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert parse_xml(feed.body).findtext("channel/title")
    for path in (
        "/",
        "/opml.xml",
        "/feeds/all/",
        "/feeds/all/atom.xml",
        "/feeds/all/feed.json",
        "/feeds/summaries/rss.xml",
    ):
        # Each is published by itself, a moment after the other.
        running.wait_for(path, b"")
    # The embedded store is there, and nothing stands outside the checkout and the newcomer's home.
    assert (checkout / "data" / "feedsvc.db").is_file()
    assert sorted(place.name for place in checkout.parent.iterdir()) == ["bin", "feedsvc", "home", "make.log"]

    (checkout / "first.txt").write_text("The first article\n\nIt is written.\n", encoding="utf-8")
    imported = subprocess.run(
        [".venv/bin/feedsvc", "import", "first.txt"],
        cwd=checkout,
        env=newcomer,
        capture_output=True,
        text=True,
        check=False,
    )
    assert imported.returncode == 0, imported.stderr
    for reader, (filename, read) in READERS.items():
        feed = running.wait_for(f"/feeds/all/{filename}", b"The first article")
        assert [item.title for item in read(feed.body)] == ["The first article"], reader

    running.press_ctrl_c()
    with pytest.raises(OSError, match="refused"):
        running.get("/")
    assert "Traceback" not in running.told()
