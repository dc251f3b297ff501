"""Makes and checks the coded variants of a document.

It touches no file, and knows nothing of what a document says.
"""

from __future__ import annotations

import zlib


def gzip_once(body: bytes) -> bytes:
    """Compress into one gzip member that says nothing of when, where and by what (RFC 1952), so that it is repeatable.

    Level 6: a document is compressed once and sent for hours, and the levels above save under 1 %.
    """
    deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = deflate.compress(body) + deflate.flush()
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + packed + _gzip_trailer(body)


def fits(packed: bytes, body: bytes) -> bool:
    """Say whether a variant is of this very body, by CRC-32 and length (RFC 1952, section 2.3.1), without unpacking."""
    return packed.startswith(b"\x1f\x8b") and packed.endswith(_gzip_trailer(body))


def unpacks_to(packed: bytes, body: bytes) -> bool:
    """Say whether a variant is whole and gives exactly this body."""
    unpack = zlib.decompressobj(wbits=31)
    try:
        plain = unpack.decompress(packed, len(body) + 1)
    except zlib.error:
        return False
    return plain == body and unpack.eof and not unpack.unused_data


def _gzip_trailer(body: bytes) -> bytes:
    return zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFF_FFFF).to_bytes(4, "little")
