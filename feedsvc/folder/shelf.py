"""Reads the feeds/ folder for one web process through a table in memory that one stat a request keeps true.

It never writes, and never asks a store.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from feedsvc.conditional import entity_tag
from feedsvc.errors import Unavailable
from feedsvc.folder.coding import fits
from feedsvc.folder.layout import GONE, NAMES, Folder, coded, disk, is_slug, refused, stat_if_there

_NANO: Final = 1_000_000_000
_MOST_FEEDS: Final = 10_000  # whose file names are remembered, about 3 MB


State = tuple[int, int, int, int]
"""What tells one state of a file from the next: mtime, ctime, size, inode.

Each replacement has a new inode and a later mtime; the rest catches what other hands do.
"""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document as the folder holds it. `gzip` is None unless a variant is there that fits these very bytes.

    `state` is that of the plain file; `variant` that of the variant when it was last looked at.
    """

    body: bytes
    entity_tag: str
    last_modified: datetime
    gzip: bytes | None
    state: State
    variant: State | None

    @property
    def weight(self) -> int:
        """What it takes in memory, in bytes."""
        return len(self.body) + len(self.gzip or b"") + 1024


class Shelf:
    """The documents as one web process sees them. Threads may share it.

    It keeps at most `max_bytes` in memory and forgets first what was asked for longest ago.
    """

    def __init__(self, folder: Folder, *, max_bytes: int = 128 * 1024 * 1024) -> None:
        self._folder = folder
        self._root = str(folder.root)
        self._table = _Table(max_bytes)
        self._beside: OrderedDict[str, tuple[datetime, tuple[str, ...]]] = OrderedDict()
        self._lock = threading.Lock()

    def locate(self, slug: str, filename: str) -> str | None:
        """Give the path of a document, be it there or not; None for what can be none. Any text may be asked for."""
        if filename not in NAMES or not is_slug(slug):
            return None
        # As text: a Path takes several times as long to make as the stat that it is made for.
        return f"{self._root}/{slug}/{filename}"

    def look(self, path: str) -> State | None:
        """Give the state of a document that was located, by one stat; None if it is not there. Raises Unavailable.

        While it stays the same, `find` gives the same bytes and the same validators.
        """
        try:
            return _state(os.stat(path))  # noqa: PTH116 - see locate
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise refused(path, error) from error

    def find(self, slug: str, filename: str) -> Shelved | None:
        """Give a document as it is on disk now, or None. Any text may be asked for; raises Unavailable on a bad disk.

        Body, entity tag and Last-Modified are always of one state of the file.
        """
        path = self.locate(slug, filename)
        state = self.look(path) if path else None
        if path is None or state is None:
            self._table.forget((slug, filename))
            return None
        kept = self._table.recall((slug, filename))
        if kept is not None and kept.state == state:
            if self.look(f"{path}.gz") == kept.variant:
                return kept
            current: Shelved | None = _with_variant(Path(f"{path}.gz"), kept)
        else:
            current = _load(Path(path))
        if current is not None:
            self._table.keep((slug, filename), current)
        return current

    def is_gone(self, slug: str) -> bool:
        """Say whether this feed was removed for good. Any text may be asked for."""
        if not is_slug(slug):
            return False
        path = self._folder.root / slug / GONE
        with disk(path):
            return stat_if_there(path) is not None

    def beside(self, slug: str, now: datetime) -> tuple[str, ...]:
        """Name the documents that a feed has. Looked up once in each second of the clock, so up to that much behind."""
        second = now.replace(microsecond=0)
        with self._lock:
            looked = self._beside.get(slug)
        if looked is not None and looked[0] == second:
            return looked[1]
        names = _documents_in(f"{self._root}/{slug}") if is_slug(slug) else ()
        with self._lock:
            self._beside[slug] = (second, names)
            self._beside.move_to_end(slug)
            if len(self._beside) > _MOST_FEEDS:
                self._beside.popitem(last=False)
        return names


class _Table:
    """What was read, by slug and file name, within a budget of bytes; what was used longest ago leaves first."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[str, str], Shelved] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()

    def recall(self, key: tuple[str, str]) -> Shelved | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def forget(self, key: tuple[str, str]) -> None:
        with self._lock:
            self._drop(key)

    def keep(self, key: tuple[str, str], loaded: Shelved) -> None:
        with self._lock:
            self._drop(key)
            self._kept[key] = loaded
            self._weight += loaded.weight
            while self._weight > self._max_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: tuple[str, str]) -> None:
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self._weight -= dropped.weight


def _documents_in(place: str) -> tuple[str, ...]:
    try:
        return tuple(sorted(NAMES.intersection(os.listdir(place))))  # noqa: PTH208 - see locate
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise refused(place, error) from error


def _load(path: Path) -> Shelved | None:
    """Read a document with its variant. A variant of another state is left out, not waited for: it is an extra."""
    with disk(path):
        plain = _read_steadily(path)
        if plain is None:
            return None
        body, found = plain
        packed, packed_found = _read_steadily(coded(path)) or (None, None)
    # Rounded up: a foreign file's fraction of a second must not make it look older than it is.
    seconds = -(-found.st_mtime_ns // _NANO)
    return Shelved(
        body=body,
        entity_tag=entity_tag(body),
        last_modified=datetime.fromtimestamp(seconds, UTC),
        gzip=packed if packed is not None and fits(packed, body) else None,
        state=_state(found),
        variant=_state(packed_found) if packed_found else None,
    )


def _with_variant(variant: Path, kept: Shelved) -> Shelved:
    """Take up a variant that came or was packed anew, which leaves the plain file alone.

    One that does not fit is ahead of a plain file about to be replaced, or broken: the one at hand stays in use.
    """
    with disk(variant):
        packed, found = _read_steadily(variant) or (None, None)
    usable = packed is not None and fits(packed, kept.body)
    return replace(kept, gzip=packed if usable else kept.gzip, variant=_state(found) if found else None)


def _read_steadily(path: Path) -> tuple[bytes, os.stat_result] | None:
    """Read a file and what it is, both of one state; None if it is not there.

    The publisher never changes a file in place, so the first attempt is right; a foreign hand may.
    """
    for _ in range(5):
        try:
            handle = path.open("rb")
        except FileNotFoundError:
            return None
        with handle:
            before = os.fstat(handle.fileno())
            body = handle.read()
            after = os.fstat(handle.fileno())
        if before.st_mtime_ns == after.st_mtime_ns and len(body) == before.st_size == after.st_size:
            return body, before
    raise Unavailable(str(path), "it keeps changing while it is read", "Only the publisher may write there")


def _state(found: os.stat_result) -> State:
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
