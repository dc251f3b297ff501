"""Keeps uploaded pictures on disk as they are served, each whole or absent, named by what is in it.

It never looks into a picture. On disk: `<root>/<SHA-256>.<extension>`, the same names as under /media/; a file's mtime
is its Last-Modified. Nothing is ever changed in place, and nothing here is the only copy: the store has every picture.
Hidden files ending in `.tmp` are what a crash left; deleting them is always safe.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from feedsvc.errors import NotFound
from feedsvc.folder.layout import disk, stat_if_there

_NAME = re.compile(r"(?P<digest>[0-9a-f]{64})\.(?P<extension>jpg|png|gif|webp)", re.ASCII)


def digest_in(name: str) -> str | None:
    """Give the SHA-256 in a picture's file name; None for any other text, so that no name leads out of the folder."""
    found = _NAME.fullmatch(name)
    return found["digest"] if found else None


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture on disk. `length` is in bytes."""

    path: Path
    length: int
    last_modified: datetime

    def read(self, start: int, length: int) -> bytes:
        """Give a part of it. Raises Unavailable when the disk refuses."""
        with disk(self.path), self.path.open("rb") as handle:
            handle.seek(start)
            return handle.read(length)


@dataclass(frozen=True, slots=True)
class MediaFolder:
    """Where the pictures are; the folder itself may not exist yet."""

    root: Path

    def find(self, name: str) -> PictureFile | None:
        """Find a picture by its file name, which may be any text that a client sent. Raises Unavailable."""
        if digest_in(name) is None:
            return None
        path = self.root / name
        with disk(path):
            found = stat_if_there(path)
        if found is None:
            return None
        return PictureFile(path, found.st_size, datetime.fromtimestamp(int(found.st_mtime), UTC))

    def put(self, name: str, body: bytes, last_modified: datetime) -> PictureFile:
        """Write a picture, unless it is there. Raises NotFound for what is no picture's name, Unavailable."""
        if digest_in(name) is None:
            raise NotFound(f"picture {name!r}", "is no picture's name")
        path = self.root / name
        with disk(path):
            self.root.mkdir(parents=True, exist_ok=True)
            known = stat_if_there(path)
            if known is None or known.st_size != len(body):
                _write(path, body, last_modified)
        return PictureFile(path, len(body), last_modified.replace(microsecond=0))

    def remove(self, name: str) -> None:
        """Take a picture away, if it is there. Raises Unavailable."""
        if digest_in(name) is not None:
            path = self.root / name
            with disk(path):
                path.unlink(missing_ok=True)


def _write(path: Path, body: bytes, last_modified: datetime) -> None:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        with beside.open("xb") as handle:
            handle.write(body)
            handle.flush()
            # A front server may run as another user: the file is as open as its folder, but never to everyone's pen.
            os.fchmod(handle.fileno(), path.parent.stat().st_mode & 0o664 | 0o600)
            seconds = int(last_modified.timestamp())
            os.utime(handle.fileno(), (seconds, seconds))
            os.fsync(handle.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
