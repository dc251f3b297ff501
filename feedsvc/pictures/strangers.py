"""Decides whether a picture's file is also a file of another kind.

Such files are made to pass here as pictures and to be taken elsewhere for a page, a script or an archive.
"""

from __future__ import annotations

from typing import Final

_SNIFFED: Final = 1024
"""Bytes in which readers of PDF and those who guess types look for the signs of theirs."""

_HEADS: Final = {
    b"%pdf-": "a PDF document",
    b"<svg": "an SVG drawing",
    b"<!doctype": "a web page",
    b"<html": "a web page",
    b"<script": "a script",
    b"<?php": "a PHP script",
    b"<?xml": "an XML document",
}
_FIRST_BEHIND: Final = _HEADS | {
    b"pk\x03\x04": "a ZIP archive",
    b"rar!\x1a\x07": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\x7felf": "a program",
    b"mz": "a program",
    b"#!": "a script",
}
_ANYWHERE_BEHIND: Final = {b"<script": "a script", b"<?php": "a PHP script", b"<html": "a web page"}
# A ZIP archive is read from its end: this record, 22 bytes and a comment of a length that it says (APPNOTE 4.3.16).
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_END_LENGTH: Final = 22
_ZIP_COMMENT: Final = 65_535


def found_in_head(data: bytes) -> str | None:
    """Name what else the head of a file says that it is, if anything."""
    head = data[:_SNIFFED].lower()
    return next((kind for sign, kind in _HEADS.items() if sign in head), None)


def found_behind(data: bytes) -> str | None:
    """Name what stands behind a picture's end, if it is dangerous.

    Phones put previews, films and notes there, which are just left out.
    """
    if _ends_as_zip(data):
        return "a ZIP archive"
    start = data[:_SNIFFED].lstrip(b"\0 \t\r\n").lower()
    first = next((kind for sign, kind in _FIRST_BEHIND.items() if start.startswith(sign)), None)
    folded = data.lower()
    return first or next((kind for sign, kind in _ANYWHERE_BEHIND.items() if sign in folded), None)


def _ends_as_zip(data: bytes) -> bool:
    at = data.rfind(_ZIP_END, max(0, len(data) - _ZIP_END_LENGTH - _ZIP_COMMENT))
    rest = len(data) - at - _ZIP_END_LENGTH
    return at >= 0 and rest >= 0 and int.from_bytes(data[at + 20 : at + 22], "little") == rest
