"""Subscribers who poll while the service is being hurt, and note whatever they must never see.

One asks over HTTP, as reader software does, with or without what it got last; one reads the files of feeds/, as a web
server that serves the folder does. They compare what they see with each other, through every restart.
"""

from __future__ import annotations

import gzip
import json
import os
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

from feedsvc.conditional import entity_tag
from tests.service import Answer, Service

Style = Literal["plain", "tags", "dates"]


@dataclass
class Seen:
    """What all subscribers saw: each state of a document by one name, which may never mean anything else."""

    faults: list[str] = field(default_factory=list)
    # A path and an entity tag or a date, and what it stood for.
    meanings: dict[tuple[str, str], str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, path: str, what: str) -> None:
        """Note what must not be."""
        with self._lock:
            self.faults.append(f"{path}: {what}")

    def means(self, path: str, name: str, meaning: str) -> None:
        """See that this name has always stood for this, since the test began."""
        with self._lock:
            known = self.meanings.setdefault((path, name), meaning)
        if known != meaning:
            self.fault(path, f"{name} stands for {known}, and for {meaning}")


@dataclass
class Subscriber:
    """Polls one document over HTTP. `tags` sends If-None-Match, `dates` If-Modified-Since, `plain` nothing."""

    service: Service
    path: str
    style: Style
    seen: Seen
    packed: bool = False
    pause: float = 0.1
    stop: threading.Event = field(default_factory=threading.Event)
    answers: Counter[int] = field(default_factory=Counter)
    body: bytes = b""
    entity_tag: str = ""
    last_modified: datetime | None = None

    def run(self) -> None:
        """Poll until stopped."""
        while not self.stop.wait(self.pause):
            # Nobody answers now and then, as the service is down, or an answer breaks off and is known to be broken.
            with suppress(OSError, HTTPException):
                self.poll()

    def poll(self) -> None:
        """Ask once, and look at the answer."""
        answer = self.service.get(self.path, self._conditions())
        self.answers[answer.status] += 1
        if answer.status == 304:
            self._look_at_unchanged(answer)
        elif answer.status == 200:
            self._look_at_news(answer)
        else:
            self.seen.fault(self.path, f"answered {answer.status}: {answer.body[:300]!r}")

    def has(self, answer: Answer) -> bool:
        """Say whether what this subscriber holds is what an answer brings."""
        return self.entity_tag == answer.headers["ETag"] and self.body == answer.body

    def _conditions(self) -> dict[str, str]:
        said = {"Accept-Encoding": "gzip"} if self.packed else {}
        if self.style == "tags" and self.entity_tag:
            said["If-None-Match"] = self.entity_tag
        if self.style == "dates" and self.last_modified:
            said["If-Modified-Since"] = self.last_modified.strftime("%a, %d %b %Y %H:%M:%S GMT")
        return said

    def _look_at_unchanged(self, answer: Answer) -> None:
        if answer.headers["ETag"] != self.entity_tag:
            self.seen.fault(self.path, f"304 hid {answer.headers['ETag']} from who had {self.entity_tag}")
        if answer.body:
            self.seen.fault(self.path, "a 304 with a body")

    def _look_at_news(self, answer: Answer) -> None:
        body = gzip.decompress(answer.body) if answer.headers["Content-Encoding"] == "gzip" else answer.body
        tag = answer.headers["ETag"]
        if tag != entity_tag(body):
            self.seen.fault(self.path, f"the body is not what {tag} says: {body[:300]!r}")
        self._look_at_date(answer, tag)
        self._look_into(body)
        self.body, self.entity_tag = body, tag

    def _look_at_date(self, answer: Answer, tag: str) -> None:
        # It is left out as long as it is later than the clock.
        if not answer.headers["Last-Modified"]:
            return
        date = parsedate_to_datetime(answer.headers["Last-Modified"])
        self.seen.means(self.path, tag, f"{date}")
        self.seen.means(self.path, f"{date}", tag)
        if self.last_modified and date < self.last_modified:
            self.seen.fault(self.path, f"Last-Modified went from {self.last_modified} back to {date}")
        self.last_modified = date

    def _look_into(self, body: bytes) -> None:
        try:
            now = ids_in(self.path, body)
        except ValueError as error:
            self.seen.fault(self.path, f"can't be read: {error}: {body[:300]!r}")
            return
        if len(set(now)) != len(now):
            self.seen.fault(self.path, f"an entry stands twice: {Counter(now).most_common(1)}")
        if self.body and "/all/" in self.path:
            gone = set(ids_in(self.path, self.body)) - set(now)
            if gone:
                self.seen.fault(self.path, f"{len(gone)} entries were gone again")


@dataclass
class FolderReader:
    """Reads every file of feeds/ again and again: each is whole, and of one date it has one content in all codings."""

    folder: Path
    seen: Seen
    pause: float = 0.1
    stop: threading.Event = field(default_factory=threading.Event)
    dates: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def run(self) -> None:
        """Read until stopped."""
        while not self.stop.wait(self.pause):
            self.look()

    def look(self) -> None:
        """Read every file once."""
        for path in sorted(self.folder.rglob("[!.]*")):
            with suppress(FileNotFoundError, IsADirectoryError), path.open("rb") as file:
                self._look_at(path, file.read(), os.fstat(file.fileno()).st_mtime_ns)

    def _look_at(self, path: Path, content: bytes, mtime: int) -> None:
        self.count += 1
        name = str(path.relative_to(self.folder))
        try:
            body = gzip.decompress(content) if path.suffix == ".gz" else content
            ids_in(name.removesuffix(".gz"), body)
        except (ValueError, EOFError, OSError) as error:
            self.seen.fault(name, f"is torn: {error}: {content[:300]!r}")
            return
        self.seen.means(name.removesuffix(".gz"), f"the file of {mtime} ns", sha256(body).hexdigest())
        if mtime < self.dates.get(name, 0):
            self.seen.fault(name, f"its date went back by {self.dates[name] - mtime} ns")
        self.dates[name] = mtime


def ids_in(path: str, body: bytes) -> list[str]:
    """Give the ids of the entries of a document, none for what is no feed; raises ValueError for what is not whole."""
    if path.endswith(".json"):
        return [item["id"] for item in json.loads(body)["items"]]
    if path.endswith((".xml", ".opml")):
        try:
            root = ET.fromstring(body)
        except ET.ParseError as error:
            raise ValueError(str(error)) from error
        names = {"rss": ".//item/guid", "{http://www.w3.org/2005/Atom}feed": "{*}entry/{*}id"}
        return [one.text or "" for one in root.findall(names[root.tag])] if root.tag in names else []
    if not body.rstrip().endswith((b"</html>", b"for good.")) and not path.endswith(".txt"):
        raise ValueError("a page without an end")
    return []
