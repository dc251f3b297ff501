"""Brings the feeds/ folder to what was published: atomic replacement, removal, and a cheap look at what is there.

It renders nothing, and decides nothing about what is published.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from feedsvc.errors import Invalid
from feedsvc.folder.coding import gzip_quickly
from feedsvc.folder.layout import GONE, LOCK, NAMES, Folder, coded, disk, stat_if_there
from feedsvc.model import Document

_FILE = re.compile(r"[a-z0-9][a-z0-9._-]*", re.ASCII)
_TEMPORARY = re.compile(r"\.[a-z.]+\.[0-9a-f]{16}\.tmp")
STALE_SECONDS: Final = 15 * 60  # no document takes that long to write
_NANO: Final = 1_000_000_000
_ALL_FILES: Final = frozenset(NAMES | {f"{name}.gz" for name in NAMES})
_GONE_TEXT: Final = b"This feed was removed for good.\n"


class Stamped(Protocol):
    """A document without its bytes: what a look at the folder is compared with.

    `length` is in bytes; `packed_length` that of its gzip variant, None if any will do.
    """

    @property
    def filename(self) -> str: ...  # noqa: D102
    @property
    def last_modified(self) -> datetime: ...  # noqa: D102
    @property
    def length(self) -> int: ...  # noqa: D102
    @property
    def packed_length(self) -> int | None: ...  # noqa: D102


def mirror(folder: Folder, slug: str, documents: Sequence[Document], *, drop: Sequence[str] = ()) -> tuple[str, ...]:
    """Bring a feed's folder to exactly these documents and return the names of the files that were written.

    Files are written beside, given their mtime and flushed, all of them; then they are renamed, each document's coded
    variant first, its plain file after it. A variant is the one that the document brings, else one made here. A file
    that is right already is left untouched, inode and all; one that is right but for its mtime gets that alone.
    Documents that are not named any more are removed, with `gone.txt` and the files named in `drop`; other files are
    nobody's business here. Raises Invalid for an unknown name, Unavailable when the disk refuses; each file is then
    still whole, old or new, and calling again finishes the work.
    """
    place = folder.place(slug)
    _check_names(documents, drop)
    with disk(place):
        _make(folder.root, place)
        before = frozenset(path.name for path in place.iterdir())
        written = _put(place, documents)
        removed = _remove_all(place, before & ((_ALL_FILES | {GONE, *drop}) - _files_of(documents)))
        if written and any(map(_TEMPORARY.fullmatch, before)):
            sweep(place, newest=place / written[-1])
        if written or removed:
            _flush_folder(place)
    return written


def withdraw(folder: Folder, slug: str) -> None:
    """Take a removed feed's documents away and leave `gone.txt`, by which the web knows to answer 410.

    The marker comes first, so that no moment looks as if the feed had never been. Raises Unavailable when the disk
    refuses.
    """
    place = folder.place(slug)
    with disk(place):
        _make(folder.root, place)
        with _Replacing(place) as replacing:
            replacing.prepare(place / GONE, _GONE_TEXT)
            replacing.replace()
        if _remove_all(place, _ALL_FILES) or replacing.replaced:
            _flush_folder(place)


def is_current(folder: Folder, slug: str, documents: Sequence[Document | Stamped]) -> bool:
    """Say whether a feed's folder shows these documents, judged by names, sizes and mtimes alone.

    Cheap enough for a sweep over every feed; `mirror` mends what this finds, and alone looks into the files.
    """
    place = folder.place(slug)
    with disk(place):
        found = _look_around(place)
    others = (_ALL_FILES | {GONE}) - _files_of(documents)
    return others.isdisjoint(found) and all(_looks_right(found, document) for document in documents)


def is_withdrawn(folder: Folder, slug: str) -> bool:
    """Say whether a removed feed's folder says that it is gone, and shows nothing of it."""
    place = folder.place(slug)
    with disk(place):
        left = (name for name in sorted(_ALL_FILES) if stat_if_there(place / name))
        return stat_if_there(place / GONE) is not None and not any(left)


@contextmanager
def locked(folder: Folder, slug: str) -> Iterator[None]:
    """Hold a feed's folder against every other process and thread that asks for it this way; waits for its turn.

    Who reads the store and mirrors it under this lock never puts an older version back over a newer one. Readers are
    not held up. A process that dies lets go; the empty `.lock` stays.
    """
    place = folder.place(slug)
    with disk(place):
        _make(folder.root, place)
        handle = (place / LOCK).open("ab")
        fcntl.flock(handle, fcntl.LOCK_EX)
    with handle:
        yield


def sweep(place: Path, *, newest: Path, stale_seconds: float = STALE_SECONDS) -> None:
    """Remove what a crashed publisher left half written, if it is this much older than the file `newest`.

    Age is told by ctime, since a temporary file's mtime is its document's, and against a file written just now, since
    the file system's clock may be another host's.
    """
    now = newest.stat().st_ctime
    for path in place.iterdir():
        if _TEMPORARY.fullmatch(path.name):
            found = stat_if_there(path)
            if found is not None and now - found.st_ctime > stale_seconds:
                path.unlink(missing_ok=True)


def _check_names(documents: Sequence[Document], drop: Sequence[str]) -> None:
    for document in documents:
        if document.filename not in NAMES:
            raise Invalid(f"document {document.filename!r}", f"must be one of {', '.join(sorted(NAMES))}")
    for name in drop:
        if not _FILE.fullmatch(name):
            raise Invalid(f"file {name!r}", "must be the bare name of a file in the feed's folder")


def _put(place: Path, documents: Sequence[Document]) -> tuple[str, ...]:
    """Write what is not right yet; give the names.

    Everything is written beside and flushed before the first rename. Of each document the variant comes first: readers
    skip a variant that is ahead of the plain file.
    """
    with _Replacing(place) as replacing:
        for document in documents:
            plain, mtime_ns = place / document.filename, _mtime_ns(document)
            replacing.prepare(coded(plain), document.gzip or gzip_quickly(document.body), mtime_ns)
            replacing.prepare(plain, document.body, mtime_ns)
        replacing.replace()
        written = frozenset(replacing.replaced)
        for document in documents:
            plain, mtime_ns = place / document.filename, _mtime_ns(document)
            if coded(plain) not in written:
                _date(coded(plain), mtime_ns)
            if plain not in written:
                # Whoever keeps a document in memory looks at the plain file alone: its ctime tells of a better variant.
                _date(plain, mtime_ns, always=coded(plain) in written)
        return tuple(path.name for path in replacing.replaced)


class _Replacing(AbstractContextManager["_Replacing"]):
    """Files that are about to be replaced; what was written beside and not needed is gone at the end."""

    def __init__(self, place: Path) -> None:
        # A front server may run as another user: files are as open as their folder, but never to everyone's pen.
        self._mode = place.stat().st_mode & 0o664 | 0o600
        self._beside: dict[Path, Path] = {}
        self._handles: list[BinaryIO] = []
        self.replaced: list[Path] = []

    def prepare(self, path: Path, body: bytes, mtime_ns: int | None = None) -> None:
        """Write a file beside, unless the one that is there is right already."""
        if _holds(path, body):
            return
        beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
        handle = beside.open("xb")
        self._beside[path] = beside
        self._handles.append(handle)
        handle.write(body)
        handle.flush()
        os.fchmod(handle.fileno(), self._mode)
        if mtime_ns is not None:
            os.utime(handle.fileno(), ns=(mtime_ns, mtime_ns))
        if hasattr(os, "posix_fadvise"):
            # Linux begins to write at once then, while the next file is prepared; the flush has less to wait for.
            os.posix_fadvise(handle.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def replace(self) -> None:
        """Flush all that was written, then rename it in the order in which it was prepared."""
        for handle in self._handles:
            os.fsync(handle.fileno())
        for path, beside in self._beside.items():
            beside.replace(path)
            self.replaced.append(path)

    def __exit__(self, *_: object) -> None:
        """Close everything, and remove what was not renamed."""
        for handle in self._handles:
            with suppress(OSError):
                handle.close()
        for path in self._beside.keys() - set(self.replaced):
            with suppress(OSError):
                self._beside[path].unlink(missing_ok=True)


def _holds(path: Path, body: bytes) -> bool:
    found = stat_if_there(path)
    return found is not None and found.st_size == len(body) and path.read_bytes() == body


def _date(path: Path, mtime_ns: int, *, always: bool = False) -> None:
    if always or path.stat().st_mtime_ns != mtime_ns:
        os.utime(path, ns=(mtime_ns, mtime_ns))


def _remove_all(place: Path, names: frozenset[str]) -> bool:
    """Remove what is there of these, and say whether anything was."""
    there = [place / name for name in sorted(names) if stat_if_there(place / name)]
    for path in there:
        path.unlink(missing_ok=True)
    return bool(there)


def _make(root: Path, place: Path) -> None:
    """Make a feed's folder, as open as the root's."""
    root.mkdir(parents=True, exist_ok=True)
    if not place.is_dir():
        place.mkdir(exist_ok=True)
        place.chmod(root.stat().st_mode & 0o7777)
        _flush_folder(root)


def _flush_folder(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _look_around(place: Path) -> dict[str, os.stat_result]:
    found: dict[str, os.stat_result] = {}
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(place) as there:
        for file in there:
            # What goes while it is looked at is not there.
            with suppress(FileNotFoundError):
                found[file.name] = file.stat()
    return found


def _looks_right(found: Mapping[str, os.stat_result], document: Document | Stamped) -> bool:
    length, packed = _lengths(document)
    plain, variant = found.get(document.filename), found.get(f"{document.filename}.gz")
    return (
        plain is not None
        and variant is not None
        and plain.st_size == length
        and packed in {None, variant.st_size}
        and plain.st_mtime_ns == variant.st_mtime_ns == _mtime_ns(document)
    )


def _lengths(document: Document | Stamped) -> tuple[int, int | None]:
    if isinstance(document, Document):
        return len(document.body), None if document.gzip is None else len(document.gzip)
    return document.length, document.packed_length


def _mtime_ns(document: Document | Stamped) -> int:
    return int(document.last_modified.timestamp()) * _NANO


def _files_of(documents: Sequence[Document | Stamped]) -> frozenset[str]:
    names = {document.filename for document in documents}
    return frozenset(names | {f"{name}.gz" for name in names})
