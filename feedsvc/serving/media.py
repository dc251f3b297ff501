"""Answers a request for an uploaded picture from its file: whole, in part, or not again.

A picture never changes under its address, so it may be kept for ever. No store, no web framework.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from feedsvc.conditional import Outcome, Validators, evaluate, http_date
from feedsvc.errors import PreconditionFailed
from feedsvc.folder.media import PictureFile
from feedsvc.serving.ranges import NotThere, Part, find_part
from feedsvc.serving.representing import Answer, Asked, Headers

ALLOWED: Final = "GET, HEAD, OPTIONS"

_TYPES: Final = {".jpg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp"}
_POLICY: Final[Headers] = (
    # RFC 8246: not even a reload asks again.
    ("Cache-Control", "public, max-age=31536000, immutable"),
    ("Accept-Ranges", "bytes"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Last-Modified, Cache-Control, Date, Content-Length, Content-Range"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
)
_DESCRIPTION: Final[Headers] = (
    ("X-Content-Type-Options", "nosniff"),
    # Opened by itself it is a picture and nothing else, whatever a browser may think.
    ("Content-Security-Policy", "default-src 'none'; sandbox"),
)


@dataclass(frozen=True, slots=True)
class PartAsked:
    """The header fields that ask for a part, None where absent."""

    range: str | None = None
    if_range: str | None = None


def answer_picture(picture: PictureFile, asked: Asked, part_asked: PartAsked, now: datetime) -> Answer:
    """Answer GET or HEAD with 200, 206, 304 or 416. The entity tag is strong: it is made of the bytes.

    Raises PreconditionFailed, and Unavailable when the file can't be read.
    """
    validators = Validators(f'"{picture.path.stem[:32]}"', picture.last_modified)
    outcome = evaluate(asked.method, asked.preconditions, validators, now)
    if outcome is Outcome.FAILED:
        raise PreconditionFailed("the picture", "is not in the state that the request names", "Fetch it anew")
    known: Headers = (
        ("Date", http_date(now)),
        ("ETag", validators.entity_tag),
        *((("Last-Modified", http_date(picture.last_modified)),) if picture.last_modified <= now else ()),
        *_POLICY,
    )
    if outcome is Outcome.NOT_MODIFIED:
        return Answer(HTTPStatus.NOT_MODIFIED, known)
    try:
        # RFC 9110 section 14.2: GET alone knows ranges.
        wanted = part_asked.range if asked.method == "GET" else None
        part = find_part(wanted, part_asked.if_range, validators, picture.length, now)
    except NotThere:
        return _nothing_there(picture, now)
    return _sent(picture, part, known, with_body=asked.method == "GET")


def _sent(picture: PictureFile, part: Part | None, known: Headers, *, with_body: bool) -> Answer:
    first, last = (part.first, part.last) if part else (0, picture.length - 1)
    length = last - first + 1
    headers: Headers = (
        *known,
        ("Content-Type", _TYPES[picture.path.suffix]),
        ("Content-Length", str(length)),
        *((("Content-Range", f"bytes {first}-{last}/{picture.length}"),) if part else ()),
        *_DESCRIPTION,
    )
    body = picture.read(first, length) if with_body else b""
    return Answer(HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK, headers, body)


def _nothing_there(picture: PictureFile, now: datetime) -> Answer:
    headers: Headers = (
        ("Date", http_date(now)),
        ("Content-Range", f"bytes */{picture.length}"),
        ("Content-Length", "0"),
        ("Access-Control-Allow-Origin", "*"),
        ("Cache-Control", "no-store"),
    )
    return Answer(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers)
