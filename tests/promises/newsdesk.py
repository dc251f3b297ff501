"""Programs that write while the service is being hurt: each sends until it is answered, and notes what it was told.

Nothing here hurts anything.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Protocol

from sqlalchemy import NullPool, create_engine, text

from tests.service import Answer, Service

NEWSDESK = """\
[site]
title = "The Gazette"
base_url = "{base_url}"
authors = ["The Gazette"]

[publish]
measure_pictures = false
limit = 1000
max_bytes = "50 MB"

[web]
workers = 2

[[feed]]
slug = "all"
title = "Everything"

[[feed]]
slug = "section-{value}"
title = "{value}"
for_each = "section"
content = "headline"
# Old stories that move to another section are no flood here.
max_new = 1000
max_lost = 100
"""
SECTIONS = ("Sport", "Culture", "Science")
# How long a program tries. Nothing takes that long but a fault.
PATIENCE = 180.0
# What a program that writes may be told while processes die and databases are away: come again, or (409) that the
# first attempt under this key is not answered yet.
COME_AGAIN = (409, 503)

_TITLE = re.compile(r"Story ([0-9a-f-]{36}) v([0-9]+)")


@dataclass
class Story:
    """An article as the service has acknowledged it: the last version, and the section of that version."""

    name: str
    version: int = 0
    section: str = ""
    article_id: str = ""
    entity_tag: str = ""

    @property
    def title(self) -> str:
        """Give the title that tells the story and its version."""
        return title_of(self.name, self.version)


@dataclass
class Ledger:
    """What was acknowledged, by all who write."""

    stories: dict[str, Story] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    acknowledged: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, story: Story) -> None:
        """Note a version that was acknowledged."""
        with self._lock:
            self.stories[story.name] = story
            self.acknowledged += 1

    def versions(self, section: str | None = None) -> dict[str, int]:
        """Give the version of each story, perhaps of one section alone."""
        with self._lock:
            return {one.name: one.version for one in self.stories.values() if section in {None, one.section}}


class Worker(Protocol):
    """Somebody who goes on until they are stopped."""

    stop: threading.Event

    def run(self) -> None:
        """Go on."""


@contextmanager
def working(*workers: Worker) -> Iterator[None]:
    """Have these work for the time of a block; afterwards each has finished what was under way."""
    threads = [threading.Thread(target=worker.run, daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.stop.set()
        for thread in threads:
            thread.join()


@dataclass
class Program:
    """A program that writes new articles through the API, and edits its own; from `most` articles on it edits only."""

    service: Service
    token: str
    ledger: Ledger
    dice: random.Random
    pause: float = 0.05
    most: int = 300
    stop: threading.Event = field(default_factory=threading.Event)
    mine: list[Story] = field(default_factory=list)
    # What it was told that is no success: each status with the fields of the answer.
    refusals: list[Answer] = field(default_factory=list)

    def run(self) -> None:
        """Write until it is stopped; what is under way is then finished."""
        try:
            while not self.stop.wait(self.pause * 2 * self.dice.random()):
                if self.mine and (len(self.mine) >= self.most or self.dice.random() < 0.3):
                    self.edit(self.dice.choice(self.mine))
                else:
                    self.create()
        except Exception as error:  # noqa: BLE001 - the edge of a thread: the test reports it
            self.ledger.faults.append(f"a program that writes: {error!r}")

    def create(self, **said: str) -> Story:
        """Have a new article published, or whatever else is said of it."""
        story = Story(
            str(uuid.UUID(int=self.dice.getrandbits(128))), 1, said.get("section") or self.dice.choice(SECTIONS)
        )
        key = {"Idempotency-Key": story.name}
        self._send("POST", "/api/v1/articles", lambda: key, story, {"status": "published", **said})
        self.mine.append(story)
        return story

    def edit(self, story: Story) -> Story:
        """Have the next version of an article published, perhaps in another section."""
        edited = Story(story.name, story.version + 1, self.dice.choice(SECTIONS), story.article_id, story.entity_tag)
        path = f"/api/v1/articles/{story.article_id}"
        self._send("PUT", path, lambda: {"If-Match": edited.entity_tag}, edited)
        self.mine[self.mine.index(story)] = edited
        return edited

    def _send(
        self,
        method: str,
        path: str,
        conditions: Callable[[], dict[str, str]],
        story: Story,
        more: dict[str, str] | None = None,
    ) -> None:
        """Send until it is acknowledged: an answer that was lost does not say what became of the article."""
        said = {"title": story.title, "content_text": "All of it.", "section": story.section, "tags": ["News"]}
        body = json.dumps({**said, **(more or {})}).encode()
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            answer = self._ask(method, path, conditions(), body)
            if answer is not None and answer.status == 412:
                # An attempt whose answer was lost may have been kept: what stands there now says so.
                answer = self._ask("GET", path)
                if answer is not None and answer.status == 200:
                    story.entity_tag = answer.headers["ETag"]
                    answer = answer if json.loads(answer.body)["title"] == story.title else None
            if answer is not None and 200 <= answer.status < 300:
                story.entity_tag = answer.headers["ETag"]
                story.article_id = json.loads(answer.body)["id"]
                self.ledger.note(story)
                return
            time.sleep(0.05)
        raise AssertionError(f"{story.title} was not taken within {PATIENCE:.0f} s")

    def _ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> Answer | None:
        said = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **(headers or {})}
        with suppress(OSError, HTTPException):
            answer = self.service.ask(method, path, said, body)
            if 200 <= answer.status < 300:
                return answer
            self.refusals.append(answer)
            assert answer.status in {*COME_AGAIN, 412}, (answer.status, answer.body)
            return answer
        return None


@dataclass
class Importer:
    """An operator who imports files, a few at a time, each batch again until the command says that all are in."""

    service: Service
    ledger: Ledger
    dice: random.Random
    pause: float = 0.5
    most: int = 300
    batch: int = 4
    stop: threading.Event = field(default_factory=threading.Event)
    process: subprocess.Popen[str] | None = None
    count: int = 0

    def run(self) -> None:
        """Import until stopped; what is under way is then finished."""
        try:
            while not self.stop.wait(self.pause * 2 * self.dice.random()):
                self.bring_in()
        except Exception as error:  # noqa: BLE001 - the edge of a thread: the test reports it
            self.ledger.faults.append(f"whoever imports: {error!r}")

    def bring_in(self) -> None:
        """Have some files imported: new ones, or from `most` on the next version of those that there are."""
        numbers = [(self.count + one) % self.most for one in range(self.batch)]
        again = self.count // self.most
        self.count += self.batch
        stories = [self._write(number, again + 1) for number in numbers]
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self._call([f"imports/{number}.md" for number in numbers], stories):
                for story in stories:
                    self.ledger.note(story)
                return
        raise AssertionError(f"an import was not done within {PATIENCE:.0f} s")

    def _write(self, number: int, version: int) -> Story:
        story = Story(str(uuid.UUID(int=number)), version, SECTIONS[number % len(SECTIONS)])
        path = self.service.folder / "imports" / f"{number}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"---\ntitle: {story.title}\nsection: {story.section}\n---\nAll of it.\n", encoding="utf-8")
        return story

    def _call(self, paths: list[str], stories: list[Story]) -> bool:
        self.process = self.service.begin("import", "--json", *paths)
        out, err = self.process.communicate()
        if self.process.returncode != 0:
            # Killed, or the store was away: nothing was acknowledged.
            assert self.process.returncode in {-9, 1}, (self.process.returncode, err)
            assert "Traceback" not in err, err
            return False
        taken: list[dict[str, Any]] = json.loads(out)
        assert sorted(one["title"] for one in taken) == sorted(story.title for story in stories), taken
        return True


def title_of(name: str, version: int) -> str:
    """Give the title of one version of a story."""
    return f"Story {name} v{version}"


def versions_in(titles: list[str]) -> dict[str, int]:
    """Read stories and versions from titles; nothing else may stand there, and nothing twice."""
    found = [_TITLE.fullmatch(title) for title in titles]
    named = {match[1]: int(match[2]) for match in found if match}
    assert len(named) == len(titles), f"{len(titles)} titles for {len(named)} stories: {sorted(titles)}"
    return named


def shown(service: Service, slug: str = "all") -> dict[str, int]:
    """Give the version of each story that a feed shows; no entry and no story may stand there twice."""
    items = json.loads(service.get(f"/feeds/{slug}/feed.json").body)["items"]
    assert len({item["id"] for item in items}) == len(items), "an entry stands twice in a feed"
    return versions_in([item["title"] for item in items])


def stored(url: str) -> dict[str, int]:
    """Give the version of each published story in the database, which is asked itself."""
    query = (
        "SELECT title FROM articles JOIN revisions ON article_number = articles.number"
        " AND revisions.number = live_revision WHERE status = 'published'"
    )
    return versions_in([title for (title,) in ask_database(url, query)])


def ask_database(url: str, query: str, **values: str) -> list[tuple[Any, ...]]:
    """Ask the database itself, past the service."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


def tell_database(url: str, statement: str) -> None:
    """Change the database itself, past the service."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(statement))


def assert_published_once(url: str) -> None:
    """See that no publication repeats the one before it, and that their dates only grow."""
    last: dict[str, tuple[bytes, str]] = {}
    publications = (
        "SELECT slug, manifest, last_modified FROM publications JOIN feeds ON feeds.number = feed_number"
        " ORDER BY publications.number"
    )
    for slug, manifest, date in ask_database(url, publications):
        before, when = last.get(slug, (b"", ""))
        assert str(date) > when, slug
        # Of this feed alone: in the others an entry may have come and gone in between, which moves the feed's date.
        assert slug != "all" or bytes(manifest) != before
        last[slug] = (bytes(manifest), str(date))


def holds_all(found: dict[str, int], wanted: dict[str, int]) -> bool:
    """Say whether every story is there, in the version that was acknowledged or a later one."""
    return all(found.get(name, 0) >= version for name, version in wanted.items())


def make_token(service: Service) -> str:
    """Have a token made that may write."""
    made = service.command("token", "create", "desk", "--scope", "write", "--json")
    assert made.returncode == 0, made.stderr
    token: str = json.loads(made.stdout)["token"]
    return token
