"""Decides whether a request with preconditions is performed, answered 304, or refused with 412.

Pure: it reads no clock, no file and no request; it knows header values, validators and the instant it is handed.

The rules are RFC 9110, section 13.2.2. Where real clients and proxies write entity tags differently from the grammar,
this reads what they meant: see `evaluate`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# RFC 9110 section 13.2.1: methods that select no representation take no preconditions.
_UNCONDITIONAL = frozenset({"OPTIONS", "TRACE", "CONNECT"})
_READING = frozenset({"GET", "HEAD"})

# One member of an entity-tag list. Outside the grammar, and seen in the field: a lower-case w/, no quotes, and a
# coding glued on behind the closing quote (httpd before its bug 39727 was mended).
_TAG = re.compile(r'(?P<weak>[Ww]/)?(?:"(?P<quoted>[^"]*)"(?P<glued>[^\s,"]*)|(?P<bare>[^\s,"]+))')

# What proxies that compress append to the tag: -gzip (httpd, Caddy), --gzip (Jetty), ;br and the like.
_CODING_SUFFIX = re.compile(r"(?:--?|[;:+])(?:x-)?(?:gzip|br|zstd|deflate|df|compress|identity)\Z", re.IGNORECASE)

_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_MONTH = r"(?P<month>[A-Za-z]{3})"
_DATE_FORMS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"[A-Za-z]{{3}}, (?P<day>\d\d) {_MONTH} (?P<year>\d{{4}}) {_CLOCK} GMT",  # IMF-fixdate
        rf"[A-Za-z]{{6,9}}, (?P<day>\d\d)-{_MONTH}-(?P<year>\d\d) {_CLOCK} GMT",  # RFC 850
        rf"[A-Za-z]{{3}} {_MONTH} (?P<day>[ \d]\d) {_CLOCK} (?P<year>\d{{4}})",  # asctime
    )
)


class Outcome(Enum):
    """What to do with a request: carry it out, answer 304, or answer 412."""

    PERFORM = "perform"
    NOT_MODIFIED = "not modified"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The four header fields as they came, None where absent. Several lines of one field are joined with commas."""

    if_match: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    if_unmodified_since: str | None = None


@dataclass(frozen=True, slots=True)
class Validators:
    """What the current representation is known by. `entity_tag` is in header form, `W/"..."` or `"..."`."""

    entity_tag: str
    last_modified: datetime | None = None


def entity_tag(body: bytes) -> str:
    """Make the entity tag of a document: weak, from SHA-256 of its plain bytes, in header form.

    The same bytes have the same tag on every host, in every coding, however they are compressed later.
    """
    return f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'


def evaluate(method: str, preconditions: Preconditions, current: Validators | None, now: datetime) -> Outcome:
    """Decide on a request by RFC 9110, section 13.2.2; `current` is None when there is no representation yet.

    If-Match compares strongly, If-None-Match weakly, both over lists and `*`. Read tolerantly: tags without quotes,
    and, in If-None-Match only, a coding that a proxy appended (`"tag-gzip"`, `"tag--gzip"`, `"tag;br"`).

    Dates that are no HTTP date are ignored, and so is an If-Modified-Since later than `now` (RFC 2616, section 14.25,
    and common sense: nothing can have been fetched then). A Last-Modified that is still to come was never sent, so
    it cannot prove that a client has the current state: If-Modified-Since alone is then performed.
    """
    if method in _UNCONDITIONAL:
        return Outcome.PERFORM
    if not _state_is_expected(preconditions, current, now):
        return Outcome.FAILED
    if preconditions.if_none_match is not None:
        if not _any_tag_matches(preconditions.if_none_match, current):
            return Outcome.PERFORM
        return Outcome.NOT_MODIFIED if method in _READING else Outcome.FAILED
    if method in _READING and _unchanged_since(preconditions.if_modified_since, current, now):
        return Outcome.NOT_MODIFIED
    return Outcome.PERFORM


def http_date(instant: datetime) -> str:
    """Write an instant as an IMF-fixdate (RFC 9110, section 5.6.7), in English whatever the locale."""
    utc = instant.astimezone(UTC)
    return (
        f"{_DAYS[utc.weekday()]}, {utc.day:02} {_MONTHS[utc.month - 1]} {utc.year:04} "
        f"{utc.hour:02}:{utc.minute:02}:{utc.second:02} GMT"
    )


def parse_http_date(text: str, now: datetime) -> datetime | None:
    """Read an HTTP date in any of its three forms; None if it is none.

    `now` settles the century of RFC 850's two digits: never more than 50 years ahead (RFC 9110, section 5.6.7). The
    name of the weekday is not checked.
    """
    for form in _DATE_FORMS:
        if found := form.fullmatch(text.strip()):
            return _instant(found, now)
    return None


def _state_is_expected(preconditions: Preconditions, current: Validators | None, now: datetime) -> bool:
    if preconditions.if_match is not None:
        return _any_tag_matches_strongly(preconditions.if_match, current)
    if preconditions.if_unmodified_since is None or current is None or current.last_modified is None:
        return True
    since = parse_http_date(preconditions.if_unmodified_since, now)
    return since is None or current.last_modified <= since


def _unchanged_since(field: str | None, current: Validators | None, now: datetime) -> bool:
    if field is None or current is None or current.last_modified is None:
        return False
    since = parse_http_date(field, now)
    return since is not None and current.last_modified <= since <= now


def _any_tag_matches(field: str, current: Validators | None) -> bool:
    if current is None:
        return False
    if field.strip() == "*":
        return True
    _, wanted = _split(current.entity_tag)
    return any(tag == wanted or _CODING_SUFFIX.sub("", tag) == wanted for _, tag in _tags(field))


def _any_tag_matches_strongly(field: str, current: Validators | None) -> bool:
    if current is None:
        return False
    if field.strip() == "*":
        return True
    weak, wanted = _split(current.entity_tag)
    return not weak and (False, wanted) in _tags(field)


def _tags(field: str) -> list[tuple[bool, str]]:
    """Take a list of entity tags apart: for each, whether it is weak, and what stands between its quotes."""
    return [
        (found["weak"] is not None, found["bare"] if found["quoted"] is None else found["quoted"])
        for found in _TAG.finditer(field)
    ]


def _split(tag: str) -> tuple[bool, str]:
    return tag.startswith("W/"), tag.removeprefix("W/").strip('"')


def _instant(found: re.Match[str], now: datetime) -> datetime | None:
    try:
        parsed = datetime(
            _year(found["year"], now),
            _MONTHS.index(found["month"].title()) + 1,
            int(found["day"]),
            int(found["hour"]),
            int(found["minute"]),
            # The grammar allows a leap second, datetime does not.
            min(int(found["second"]), 59) if found["second"] == "60" else int(found["second"]),
            tzinfo=UTC,
        )
    except ValueError:
        return None
    return parsed


def _year(digits: str, now: datetime) -> int:
    year = int(digits)
    if len(digits) == 4:  # noqa: PLR2004 - four digits are the year itself
        return year
    year += now.year - now.year % 100
    return year - 100 if year > now.year + 50 else year
