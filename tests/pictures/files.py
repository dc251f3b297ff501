"""Small pictures, built by hand or once encoded, into which a test puts what it wants."""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode

SIZE = (24, 16)
SECRET = b"SECRET: 51.5007 N, 0.1246 W, serial 4711"

JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H////6"
    "/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wAARCAAQABgD"
    "ASIAAhEBAxEB/8QAFwAAAwEAAAAAAAAAAAAAAAAAAAMEBf/EABwQAAMAAgMBAAAAAAAAAAAAAAABAhEhBBMiUf/EABUBAQEAAAAAAAAAAAAAAAAA"
    "AAAB/8QAGhEAAgMBAQAAAAAAAAAAAAAAAAECEyESFP/aAAwDAQACEQMRAD8AnrjTW58sX1VDxSwaEyM61Sw1lFsaLZGWrGZ8wBZXFa3G18Adpj0S"
    "jjP/2Q=="
)
WEBP = b64decode(
    "UklGRnYAAABXRUJQVlA4IGoAAABQBACdASoYABAAP3Gixli0rCejsAgCkC4JbACdMoAC+8X+Xq1/rQ6Jl58AAP4mncnzJsqUZIBokmVDPR3AYsLu"
    "DjUIajpDXiJ6jrkWXBc4Q+hQGTDEqrnXPhTyH8QL96MF8kaP/wcdQAAA"
)
LOSSLESS = b64decode("UklGRjIAAABXRUJQVlA4TCUAAAAvF8ADALmM6H/sIqL/ASEB4YH/j0VRLJjszh80hAGMCUBSu80AAA==")
PROFILE = (200).to_bytes(4, "big") + bytes(32) + b"acsp" + bytes(160)


def png(*before: bytes, size: tuple[int, int] = SIZE, pixels: bytes | None = None, after: bytes = b"") -> bytes:
    """Make a grey PNG picture with these chunks before its pixels, and others after them."""
    width, height = size
    if pixels is None:
        pixels = zlib.compress((b"\0" + bytes(range(width % 256)).ljust(width, b"\x80")) * height)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"".join([b"\x89PNG\r\n\x1a\n", head, *before, chunk(b"IDAT", pixels), after, chunk(b"IEND", b"")])


def chunk(name: bytes, payload: bytes) -> bytes:
    """Make a chunk of PNG."""
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))


def gif(*blocks: bytes, size: tuple[int, int] = SIZE) -> bytes:
    """Make a GIF picture of these blocks; without any, of one frame."""
    head = b"GIF89a" + struct.pack("<HHBBB", *size, 0x80, 0, 0) + bytes(6)
    return b"".join([head, *(blocks or (frame(size),)), b";"])


def frame(size: tuple[int, int] = SIZE) -> bytes:
    """Make a frame of GIF."""
    return b"," + struct.pack("<HHHHB", 0, 0, *size, 0) + b"\x02" + sub_blocks(b"\x84\x51") + b""


def extension(label: int, *blocks: bytes) -> bytes:
    """Make an extension of GIF."""
    return b"!" + bytes([label]) + sub_blocks(*blocks)


def sub_blocks(*blocks: bytes) -> bytes:
    """Write blocks of GIF, and their end."""
    return b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def jpeg(*segments: bytes) -> bytes:
    """Put segments into the JPEG picture, behind its first one."""
    return JPEG[:20] + b"".join(segments) + JPEG[20:]


def segment(marker: int, payload: bytes) -> bytes:
    """Make a segment of JPEG."""
    return bytes([0xFF, marker]) + (len(payload) + 2).to_bytes(2, "big") + payload


def webp(*chunks: bytes) -> bytes:
    """Make a WebP file of chunks."""
    inside = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(inside).to_bytes(4, "little") + inside


def riff(name: bytes, payload: bytes) -> bytes:
    """Make a chunk of WebP."""
    return name + len(payload).to_bytes(4, "little") + payload + b"\0" * (len(payload) % 2)


def canvas(flags: int, size: tuple[int, int] = SIZE) -> bytes:
    """Make the head of an extended WebP file."""
    return riff(b"VP8X", bytes([flags, 0, 0, 0]) + three(size[0] - 1) + three(size[1] - 1))


def three(number: int) -> bytes:
    """Write a number in three bytes."""
    return number.to_bytes(3, "little")


def exif(orientation: int, order: str = ">") -> bytes:
    """Make a camera's notes: which way up, and where it was."""
    tags = [(0x010F, 2, 4, b"CAM\0"), (0x0112, 3, 1, struct.pack(f"{order}HH", orientation, 0))]
    head = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(f"{order}IH", 8, len(tags))
    entries = b"".join(struct.pack(f"{order}HHI", tag, kind, count) + value for tag, kind, count, value in tags)
    return head + entries + bytes(4) + SECRET
