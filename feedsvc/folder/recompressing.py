"""Compresses the next version of a document by compressing only what the version before did not hold.

A feed's next version is the last one with an entry more at its beginning and one less at its end. Deflate data that
ends at the edge of a byte can stand in another stream as it is, as long as what stands before it is the same as far
back as it refers (RFC 1951, sections 2 and 3.2.4). It touches no file, and knows nothing of what a document says.
"""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Final

from isal import isal_zlib

from feedsvc.folder.coding import gzip_member, gzip_quickly

MAX_BYTES: Final = 64 * 1024 * 1024
"""Room for some 150 documents of 300 KB, in plain and compressed."""

# Half of the window of deflate: with smaller chunks more is lost at their edges, with larger ones less is found again.
_CHUNK: Final = 16 * 1024
# Little is compressed, so a level that takes longer pays: what is lost at the edges is won back, and a document is no
# larger than `gzip_quickly` makes it.
_LEVEL: Final = 3
# Below so many bytes a document is compressed as a whole before its chunks would be found.
_SMALL: Final = 4 * _CHUNK
# A chunk is looked for by its first bytes, so far ahead and at so many places at most, and none after so many that are
# not found: whatever is in a document, looking takes less time than compressing.
_PROBE: Final = 64
_AHEAD: Final = 3 * _CHUNK
_PLACES: Final = 4
_MISSES: Final = 3
_OVERHEAD: Final = 256


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A stretch of a document, and its deflate blocks, which refer to what stands right `behind` it at the most."""

    text: bytes
    behind: bytes
    blocks: bytes


class Recompressor:
    """Compresses versions of documents, within some `max_bytes` of memory for the last version of each.

    What was compressed longest ago is forgotten first. A document that comes for the first time, or again, is
    compressed as a whole: most change seldom, and a rebuild of everything keeps nothing. Threads may share it.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._weight = 0
        self._kept: OrderedDict[Hashable, tuple[_Chunk, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def gzip(self, name: Hashable, body: bytes) -> bytes:
        """Compress the next version of the document of this name into one gzip member.

        Another history gives other bytes, which unpack to the same.
        """
        if len(body) < _SMALL:
            return gzip_quickly(body)
        with self._lock:
            before = self._kept.get(name)
        chunks = () if before is None else tuple(_chunks(body, before))
        with self._lock:
            self._keep(name, chunks)
        if before is None:
            return gzip_quickly(body)
        return gzip_member(b"".join(chunk.blocks for chunk in chunks), body)

    def _keep(self, name: Hashable, chunks: tuple[_Chunk, ...]) -> None:
        if name in self._kept:
            self._weight -= _weight(self._kept.pop(name))
        if _weight(chunks) > self._max_bytes:
            # One that is too large must not drive out all others, to be driven out itself.
            return
        self._kept[name] = chunks
        self._weight += _weight(chunks)
        while self._weight > self._max_bytes:
            self._weight -= _weight(self._kept.popitem(last=False)[1])


def _weight(chunks: tuple[_Chunk, ...]) -> int:
    # What stands behind a chunk is another one's text.
    return _OVERHEAD + sum(_OVERHEAD + len(chunk.text) + len(chunk.blocks) for chunk in chunks)


def _chunks(body: bytes, before: tuple[_Chunk, ...]) -> Iterator[_Chunk]:
    behind = b""
    for number, (text, known) in enumerate(_parted(body, before)):
        again = known is not None and known.behind == behind
        # With what stands behind it now, even if it is the same: so it is no second copy in memory.
        yield _Chunk(text, behind, known.blocks if known and again else deflate_blocks(text, behind))
        # News comes in at the beginning: what follows the first chunk refers to nothing in it, and is found again.
        behind = text if number else b""


def _parted(body: bytes, before: tuple[_Chunk, ...]) -> Iterator[tuple[bytes, _Chunk | None]]:
    """Part a document into stretches, and give the chunk of the version before that each was."""
    done = 0
    for known, start in _found(body, before):
        yield from ((text, None) for text in _cut(body[done:start]))
        yield known.text, known
        done = start + len(known.text)
    yield from ((text, None) for text in _cut(body[done:]))


def _found(body: bytes, before: tuple[_Chunk, ...]) -> Iterator[tuple[_Chunk, int]]:
    """Find chunks in a document, in their order; give where they begin."""
    if len(before) > 2 * len(body) // _CHUNK + _MISSES:
        # Many small changes have left many small chunks, each with its edges: begin anew.
        return
    done = ahead = misses = 0
    for known in before:
        ahead += len(known.text)
        start = _find(body, known.text, done, done + ahead + _AHEAD)
        if start is not None:
            yield known, start
            done, ahead, misses = start + len(known.text), 0, 0
        elif (misses := misses + 1) == _MISSES:
            return


def _find(body: bytes, text: bytes, start: int, end: int) -> int | None:
    # In two steps: bytes.find prepares for a long text by reading all of it several times.
    probe = text[:_PROBE]
    for _ in range(_PLACES):
        start = body.find(probe, start, end)
        if start < 0:
            return None
        if body.startswith(text, start):
            return start
        start += 1
    return None


def _cut(text: bytes) -> Iterator[bytes]:
    """Cut a text into chunks; the rest goes with the last one."""
    last = max(len(text) // _CHUNK - 1, 0) * _CHUNK
    for start in range(0, last, _CHUNK):
        yield text[start : start + _CHUNK]
    if text:
        yield text[last:]


def deflate_blocks(text: bytes, behind: bytes) -> bytes:
    """Compress a stretch of a document into whole blocks, which end at the edge of a byte.

    They refer to no more of what stands `behind` it than is given.
    """
    packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, -zlib.MAX_WBITS, zdict=behind[-_CHUNK:])
    return packer.compress(text) + packer.flush(isal_zlib.Z_SYNC_FLUSH)
