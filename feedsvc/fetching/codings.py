"""Undoes the coding of a body piece by piece, within a limit, and only if the coded body is whole.

A stream that ends early is an error here; urllib3 2.8's own decoder takes it for complete.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

_PIECE = 65536
_GZIP = 16 + zlib.MAX_WBITS
CODINGS = frozenset({"", "identity", "gzip", "x-gzip"})


class TooLarge(Exception):
    """The decoded body passed the limit."""


class Damaged(Exception):
    """The body is not in the coding that its header names, or it ends too early."""


def decoded(pieces: Iterable[bytes], coding: str, most: int) -> bytes:
    """The whole body, at most `most` bytes. Raises TooLarge at the first piece over the limit, and Damaged."""
    body = bytearray()
    for piece in _gunzip(pieces) if coding in {"gzip", "x-gzip"} else pieces:
        body += piece
        if len(body) > most:
            raise TooLarge
    return bytes(body)


def _gunzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """RFC 1952: one member after another. A body without a single byte (HEAD, 304) is whole too."""
    inflater = zlib.decompressobj(_GZIP)
    begun = False
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if inflater.eof:
                    inflater = zlib.decompressobj(_GZIP)
                begun = True
                yield from _inflated(inflater, rest)
                rest = inflater.unused_data if inflater.eof else b""
    except zlib.error as error:
        raise Damaged(f"its gzip coding is damaged: {error}") from error
    if begun and not inflater.eof:
        raise Damaged("its gzip coding ends too early")


def _inflated(inflater: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What comes of some input, in pieces of bounded size: a bomb is noticed at its first ones."""
    while True:
        part = inflater.decompress(data, _PIECE)
        yield part
        data = inflater.unconsumed_tail
        if inflater.eof or (not data and len(part) < _PIECE):
            return
