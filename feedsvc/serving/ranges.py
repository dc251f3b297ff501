"""Decides which part of a representation a request asks for (RFC 9110 section 14).

It reads no file and no request: header values and a length go in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from feedsvc.conditional import Validators, parse_http_date

_ONE_RANGE: Final = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from `first` to `last`, both counted from 0 and included."""

    first: int
    last: int


class NotThere(ValueError):
    """The range begins behind the end: 416."""


def find_part(range_: str | None, if_range: str | None, current: Validators, length: int, now: datetime) -> Part | None:
    """Give the part that is asked for; None for the whole, which is always a right answer (section 14.2).

    One range is served; several, and what is no range of bytes, get the whole. If-Range must name the current state,
    by a strong entity tag or by its very date (section 13.1.5). Raises NotThere.
    """
    found = _ONE_RANGE.fullmatch(range_.strip()) if range_ else None
    if found is None or not _still_current(if_range, current, now):
        return None
    start, end = found.groups()
    if not start:
        return _last_bytes(end, length)
    first, last = int(start), int(end) if end else length - 1
    if last < first and end:
        # Not a range at all (section 14.1.2).
        return None
    if first >= length:
        raise NotThere
    return Part(first, min(last, length - 1))


def _last_bytes(count: str, length: int) -> Part | None:
    if not count:
        return None
    if not int(count) or not length:
        raise NotThere
    return Part(max(0, length - int(count)), length - 1)


def _still_current(if_range: str | None, current: Validators, now: datetime) -> bool:
    if if_range is None:
        return True
    value = if_range.strip()
    if value.startswith(('"', "W/")):
        return value == current.entity_tag and not value.startswith("W/")
    return current.last_modified is not None and parse_http_date(value, now) == current.last_modified
