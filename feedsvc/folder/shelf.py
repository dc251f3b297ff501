"""Reads the feeds/ folder for one web process through a table in memory that one stat a request keeps true.

It never writes, and never asks a store.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from feedsvc.conditional import entity_tag
from feedsvc.errors import Unavailable
from feedsvc.folder.coding import fits
from feedsvc.folder.layout import GONE, NAMES, Folder, coded, disk, is_slug, stat_if_there

_NANO: Final = 1_000_000_000
_MOST_FEEDS: Final = 10_000  # whose file names are remembered, about 3 MB


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document as the folder holds it. `gzip` is None unless a variant is there that fits these very bytes."""

    body: bytes
    entity_tag: str
    last_modified: datetime
    gzip: bytes | None


# What tells one state of a file from the next: mtime, ctime, size, inode. Each replacement has a new inode and a
# later mtime; the rest catches what other hands do.
_Signature = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    shelved: Shelved
    plain: _Signature
    variant: _Signature | None

    @property
    def weight(self) -> int:
        return len(self.shelved.body) + len(self.shelved.gzip or b"") + 1024


class Shelf:
    """The documents as one web process sees them. Threads may share it.

    It keeps at most `max_bytes` in memory and forgets first what was asked for longest ago.
    """

    def __init__(self, folder: Folder, *, max_bytes: int = 128 * 1024 * 1024) -> None:
        self._folder = folder
        self._table = _Table(max_bytes)
        self._beside: OrderedDict[str, tuple[datetime, tuple[str, ...]]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, slug: str, filename: str) -> Shelved | None:
        """Give a document as it is on disk now, or None. Any text may be asked for; raises Unavailable on a bad disk.

        Body, entity tag and Last-Modified are always of one state of the file.
        """
        if filename not in NAMES or not is_slug(slug):
            return None
        path = self._folder.root / slug / filename
        with disk(path):
            found = stat_if_there(path)
            if found is None:
                self._table.forget((slug, filename))
                return None
            kept = self._table.recall((slug, filename))
            if kept is not None and kept.plain == _signature(found) and not _variant_came(path, kept):
                return kept.shelved
            loaded = _load(path)
        if loaded is None:
            return None
        self._table.keep((slug, filename), loaded)
        return loaded.shelved

    def is_gone(self, slug: str) -> bool:
        """Say whether this feed was removed for good. Any text may be asked for."""
        if not is_slug(slug):
            return False
        path = self._folder.root / slug / GONE
        with disk(path):
            return stat_if_there(path) is not None

    def beside(self, slug: str, now: datetime) -> tuple[str, ...]:
        """Name the documents that a feed has. Looked up at most once a second, so it may be that much behind."""
        with self._lock:
            looked = self._beside.get(slug)
        if looked is not None and abs(now - looked[0]) < timedelta(seconds=1):
            return looked[1]
        place = self._folder.place(slug)
        with disk(place):
            names = tuple(name for name in sorted(NAMES) if stat_if_there(place / name))
        with self._lock:
            self._beside[slug] = (now, names)
            self._beside.move_to_end(slug)
            if len(self._beside) > _MOST_FEEDS:
                self._beside.popitem(last=False)
        return names


class _Table:
    """What was read, by slug and file name, within a budget of bytes; what was used longest ago leaves first."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()

    def recall(self, key: tuple[str, str]) -> _Kept | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
            return kept

    def forget(self, key: tuple[str, str]) -> None:
        with self._lock:
            self._drop(key)

    def keep(self, key: tuple[str, str], loaded: _Kept) -> None:
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


def _load(path: Path) -> _Kept | None:
    """Read a document with its variant. A variant of another state is left out, not waited for: it is an extra."""
    plain = _read_steadily(path)
    if plain is None:
        return None
    body, found = plain
    packed, packed_found = _read_steadily(coded(path)) or (None, None)
    # Rounded up: a foreign file's fraction of a second must not make it look older than it is.
    seconds = -(-found.st_mtime_ns // _NANO)
    shelved = Shelved(
        body=body,
        entity_tag=entity_tag(body),
        last_modified=datetime.fromtimestamp(seconds, UTC),
        gzip=packed if packed is not None and fits(packed, body) else None,
    )
    return _Kept(shelved, _signature(found), _signature(packed_found) if packed_found else None)


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


def _variant_came(path: Path, kept: _Kept) -> bool:
    """Look for a variant only where none was fit: it may have been mended since, which leaves the plain file alone."""
    if kept.shelved.gzip is not None:
        return False
    found = stat_if_there(coded(path))
    return found is not None and _signature(found) != kept.variant


def _signature(found: os.stat_result) -> _Signature:
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
