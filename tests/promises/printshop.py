"""The service as two processes that a test starts, kills and starts again, with whoever writes for it and decides.

It knows nothing of the steps at which they die.
"""

from __future__ import annotations

import gzip
import random
import subprocess
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import parse_qs

from tests.outside import Outside
from tests.promises.newsdesk import (
    SECTIONS,
    Ledger,
    Program,
    Story,
    ask_database,
    make_token,
    shown,
    stored,
    tell_database,
)
from tests.promises.traps import Trap
from tests.service import Service
from tests.waiting import wait_until

ARCHIVE: Final = "archive"
# Only a fault takes that long; a busy machine may need a part of it.
PATIENCE: Final = 120.0
# Between two looks, which take the processes' time.
PAUSE: Final = 0.08
# What a crash has left beside is swept away here once it is older than a second (`dying`): with one for the clocks.
TOO_OLD: Final = 2.0
Act = Literal["write", "edit", "let stand", "flood", "release", "rollback"]
MICROSECONDS: Final = 1_000_000
NEVER: Final = 10**15 * 9


@dataclass(frozen=True)
class View:
    """A feed at one moment: how many publications the store has of it, and the files of its folder."""

    publications: int
    files: Mapping[str, bytes]

    def compared_with(self, earlier: View) -> Literal["old", "mixed", "new"]:
        """Say whether the files are those of an earlier moment, all are others, or some are."""
        assert self.files.keys() == earlier.files.keys()
        changed = sum(earlier.files[name] != content for name, content in self.files.items())
        return "old" if not changed else "new" if changed == len(self.files) else "mixed"


@dataclass
class Printshop:
    """The two processes, a program that writes, and somebody with an archive.

    Of the archive three stories are new; a fourth, which comes in by a `flood`, is old.
    """

    service: Service
    url: str
    trap: Trap
    hub: Outside
    ledger: Ledger = field(default_factory=Ledger)
    left_beside: int = 0
    stop: threading.Event = field(default_factory=threading.Event)
    _program: Program = field(init=False)
    _web: subprocess.Popen[str] = field(init=False)
    publisher: subprocess.Popen[str] = field(init=False)

    def open(self) -> None:
        """Bring the archive in, start both, and publish an article in each section."""
        self._bring_in(range(3))
        self._program = Program(self.service, make_token(self.service), self.ledger, random.Random(31))
        self._start_web()
        self.start_publisher()
        wait_until(self._is_up, within=PATIENCE)
        for section in SECTIONS:
            self._program.create(section=section)
        wait_until(self._has_begun, within=PATIENCE)
        self.wait_until_settled(archive=3)

    def _is_up(self) -> bool:
        assert (self._web.poll(), self.publisher.poll()) == (None, None), "one has ended right after its start"
        with suppress(OSError, HTTPException):
            return self.service.get("/").status == 200
        return False

    def _has_begun(self) -> bool:
        slugs = ("all", ARCHIVE, *(f"section-{section.lower()}" for section in SECTIONS))
        return all(self.service.get(f"/feeds/{slug}/feed.json").status == 200 for slug in slugs)

    def close(self) -> None:
        """End both in good order."""
        for process in (self.publisher, self._web):
            process.terminate()
            assert process.wait(PATIENCE) == 0, self.service.log

    def kill(self) -> None:
        """Have nothing left of either, however the test ends."""
        for process in (getattr(self, "publisher", None), getattr(self, "_web", None)):
            if process is not None:
                process.kill()
                process.wait()

    def run(self) -> None:
        """Start the web server again when it gives up, as it does when its workers die one after the other."""
        while not self.stop.wait(0.05):
            if self._web.poll() is not None:
                self._start_web()

    def _start_web(self) -> None:
        where = ("--host", self.service.host, "--port", str(self.service.port))
        self._web = self.service.begin_server("web", *where)

    def start_publisher(self) -> None:
        """Start the publisher."""
        self.publisher = self.service.begin_server("publisher")

    def kill_publisher(self) -> None:
        """See that the publisher is dead."""
        self.publisher.kill()
        self.publisher.wait()

    # --- what brings a process to a step

    def act(self, what: Act) -> None:
        """Do something that is acknowledged; or have somebody decide, whose command dies over it."""
        match what:
            case "write":
                self._program.create()
            case "edit":
                self._program.edit(self._program.mine[0])
            case "flood":
                self._bring_in([3], "date: 2020-01-01T00:00:00Z\n")
            case "let stand":
                # As if what was compressed quickly had stood for a while.
                tell_database(self.url, "UPDATE repacking SET due_at = 0")
            case "release" | "rollback":
                assert self.service.command(what, ARCHIVE).returncode == -9

    def bring_out_something_everywhere(self) -> None:
        """Have every feed published once more, when what a crash has left beside is old enough to be swept away."""
        self.wait_until_idle()
        wait_until(lambda: all(time.time() - path.stat().st_ctime > TOO_OLD for path in self.beside), within=PATIENCE)
        for section in SECTIONS:
            self._program.create(section=section)
        self._bring_in([4])
        wait_until(lambda: self.beside == [], within=PATIENCE, pause=PAUSE)

    def wait_until_idle(self) -> None:
        """Wait until hubs are told, and all feeds may be published at once, together: a second after the last time."""
        self._leave_as_packed()
        last = max(path.stat().st_mtime for path in self.service.feeds.glob("*/[!.]*"))
        wait_until(lambda: time.time() >= last + 1 and self._has_told(), within=PATIENCE, pause=PAUSE)

    def note_crash(self) -> None:
        """Remember what a crash has left beside, and let another tell hubs what the dead one was about to.

        That is as if a minute had gone by.
        """
        self.left_beside += len(self.beside)
        self._leave_as_packed()
        claimed = "sent_at IS NULL AND due_at IS NOT NULL"
        tell_database(self.url, f"UPDATE announcements SET due_at = 0 WHERE {claimed}")  # noqa: S608 - our own

    def _leave_as_packed(self) -> None:
        """Have nothing compressed better by the way, however slow this machine is."""
        tell_database(self.url, f"UPDATE repacking SET due_at = {NEVER}")  # noqa: S608 - our own

    def _bring_in(self, numbers: Iterable[int], more: str = "") -> None:
        stories = [Story(archived(number), 1, SECTIONS[0]) for number in numbers]
        for story in stories:
            words = f"title: {story.title}\nsection: {story.section}\ntags: [Archive]\n{more}"
            source = self.service.folder / f"{story.name}.md"
            source.write_text(f"---\n{words}---\nAll of it.\n", encoding="utf-8")
        self.service.import_files(*(f"{story.name}.md" for story in stories))
        for story in stories:
            self.ledger.note(story)

    # --- what stands there

    def look(self, slug: str) -> View:
        """Look at a feed."""
        count = "SELECT count(*) FROM publications JOIN feeds ON feeds.number = feed_number WHERE slug = :slug"
        files = {path.name: path.read_bytes() for path in (self.service.feeds / slug).glob("[!.]*")}
        return View(ask_database(self.url, count, slug=slug)[0][0], files)

    @property
    def beside(self) -> list[Path]:
        """Give the files that are being written, or that a crash has left half written."""
        return list(self.service.feeds.rglob(".*.tmp"))

    def wait_until_settled(self, *, archive: int) -> None:
        """Wait until all that was acknowledged, and so many stories of the archive, are where they belong."""
        wanted = {"all": self.ledger.versions(), ARCHIVE: dict.fromkeys(map(archived, range(archive)), 1)}
        wanted |= {f"section-{section.lower()}": self.ledger.versions(section) for section in SECTIONS}
        assert stored(self.url) == wanted["all"]

        def is_settled() -> bool:
            with suppress(OSError, HTTPException):
                return all(shown(self.service, slug) == versions for slug, versions in wanted.items())
            return False

        wait_until(is_settled, within=PATIENCE, pause=PAUSE)
        # The site's own documents follow.
        due = "SELECT slug FROM feeds WHERE due > published"
        wait_until(lambda: ask_database(self.url, due) == [], within=PATIENCE, pause=PAUSE)
        wait_until(lambda: self._differences() == [], within=PATIENCE, pause=PAUSE)

    def assert_hub_told(self, *, twice: int) -> None:
        """See that the hub is told of each publication once, and of so many twice, whose teller died before marking."""
        wait_until(self._has_told, within=PATIENCE, pause=PAUSE)
        told = Counter(parse_qs(body.decode())["hub.url"][0] for _, _, body in self.hub.requests)
        noted = Counter(dict(ask_database(self.url, "SELECT topic, count(*) FROM announcements GROUP BY topic")))
        assert noted - told == Counter()
        assert (told - noted).total() == twice

    def _has_told(self) -> bool:
        return ask_database(self.url, "SELECT count(*) FROM announcements WHERE sent_at IS NULL") == [(0,)]

    def _differences(self) -> list[tuple[str, str]]:
        """Name the documents that the folder does not show as the store says."""
        live = (
            "SELECT slug, filename, body, last_modified FROM documents"
            " JOIN feeds ON feeds.publication = publication_number"
        )
        return [
            (slug, name) for slug, name, *kept in ask_database(self.url, live) if not self._shows(slug, name, *kept)
        ]

    def _shows(self, slug: str, name: str, packed: Any, last_modified: int) -> bool:
        plain = self.service.feeds / slug / name
        variant = plain.with_name(f"{name}.gz")
        with suppress(FileNotFoundError):
            return (
                plain.read_bytes() == gzip.decompress(packed)
                and variant.read_bytes() == bytes(packed)
                and plain.stat().st_mtime == variant.stat().st_mtime == last_modified // MICROSECONDS
            )
        return False


def archived(number: int) -> str:
    """Name a story of the archive."""
    return str(uuid.UUID(int=number))
