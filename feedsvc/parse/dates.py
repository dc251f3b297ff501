"""Reads the dates that feeds and people write, as UTC instants.

It never asks for the present moment, the machine's zone or its locale, and never fills in a part that is missing.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from feedsvc.errors import Invalid

_MONTHS = {
    word: number
    for number, word in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
# RFC 822 section 5.1 names the zones of North America; the others are seen in feeds and mean one thing only.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "bst": 1, "cet": 1, "west": 1, "cest": 2, "eet": 2,
    "sast": 2, "eest": 3, "msk": 3, "hkt": 8, "sgt": 8, "awst": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13,
}  # fmt: skip
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?"
_ZONE = r"(?P<zone>.*)"
_RFC_822 = re.compile(
    rf"(?:[^\W\d_]{{2,15}}\.?,?\s+)?(?P<day>\d{{1,2}})[\s-]+(?P<month>[A-Za-z]{{3,9}})\.?,?[\s-]+(?P<year>\d{{4}}|\d{{2}})"
    rf"(?:,?\s+{_CLOCK}\s*{_ZONE})?\Z"
)
# C's asctime ("Tue May  5 12:00:00 2026") and the American order ("Tue, May 5, 2026 12:00:00 PM").
_ASCTIME = re.compile(
    rf"(?:[A-Za-z]{{2,9}},?\s+)?(?P<month>[A-Za-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})\s+{_CLOCK}\s+(?P<year>\d{{4}})(?P<zone>)\Z"
)
_AMERICAN = re.compile(
    rf"(?:[A-Za-z]{{2,9}},?\s+)?(?P<month>[A-Za-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})"
    rf"(?:,?\s+{_CLOCK}\s*{_ZONE})?\Z"
)
_W3C = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?"
    r"(?:(?:[Tt]|\s+)(?P<time>\d{1,2}:\d{2}(?::\d{2})?)(?:[.,](?P<fraction>\d{1,12}))?\s*(?P<zone>.*))?\Z"
)
_OFFSET = re.compile(r"(?:(?:GMT|UTC)\s*)?([+-])(\d{1,2}):?(\d{1,2})?\Z", re.IGNORECASE)
_COMMENT = re.compile(r"\s*\([^()]*\)\Z")
# RFC 2822 section 4.3: two digits below 50 are of this century.
_CENTURY = 50
_LONGEST = 100
# "No date" as .NET and Go write it (Hugo's feeds hold it for every page without one), and as MySQL and PHP do.
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
_ZERO = re.compile(r"0000-00-00|\w+, \d+ \w+ -0001\b")
_RIGHT = "Write it as 2026-05-05T12:00:00+02:00, or as Tue, 05 May 2026 12:00:00 +0200"


def read_date(value: str, field: str, zone: tzinfo = UTC) -> datetime | None:
    """Return the instant that `value` names, in UTC; None if it is empty or the year 1, which stands for "no date".

    Understood are RFC 822 and its successors with their zones and two-digit years (STANDARDS RSS-06), RFC 3339 and the
    W3C's profile of ISO 8601 (NS-02), asctime and the American order. A weekday is not looked at. A date without a
    zone is of `zone`; one without a time is midnight. Raises Invalid, naming the field, for anything else.
    """
    value = " ".join(value.split())
    if not value or _ZERO.match(value):
        return None
    try:
        found = _read(value, zone) if len(value) <= _LONGEST else None
        if found is not None:
            return None if found.replace(tzinfo=UTC) == _NEVER else found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    shown = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    raise Invalid(field, f"{shown!r} is no date that can be read", _RIGHT)


def _read(value: str, zone: tzinfo) -> datetime | None:
    iso = _W3C.match(value)
    if iso is not None:
        return _read_w3c(iso, zone)
    value = _COMMENT.sub("", value)
    found = _RFC_822.match(value) or _ASCTIME.match(value) or _AMERICAN.match(value)
    return None if found is None else _read_words(found, zone)


def _read_w3c(found: re.Match[str], zone: tzinfo) -> datetime:
    year, month, day = int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)
    midnight = datetime(year, month, day, tzinfo=zone)
    if found["time"] is None:
        return midnight
    midnight = midnight.replace(tzinfo=_zone_of(found["zone"], zone))
    clock = [int(part) for part in found["time"].split(":")]
    micro = int((found["fraction"] or "0").ljust(6, "0")[:6])
    return _at(midnight, clock[0], clock[1], clock[2] if len(clock) > 2 else 0).replace(microsecond=micro)  # noqa: PLR2004


def _read_words(found: re.Match[str], zone: tzinfo) -> datetime:
    month = _MONTHS.get(found["month"][:3].lower())
    if month is None:
        raise ValueError(found["month"])
    year = int(found["year"])
    if len(found["year"]) == len("26"):
        year += 2000 if year < _CENTURY else 1900
    midnight = datetime(year, month, int(found["day"]), tzinfo=zone)
    if found["hour"] is None:
        return midnight
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    midnight = midnight.replace(tzinfo=_zone_of(found["zone"], zone))
    return _at(midnight, hour, int(found["minute"]), int(found["second"] or 0))


def _at(midnight: datetime, hour: int, minute: int, second: int) -> datetime:
    # RFC 3339 section 5.6: a leap second is ":60"; ISO 8601 allows 24:00 for the end of a day. datetime has neither.
    if (hour, minute, second) == (24, 0, 0):
        return midnight + timedelta(days=1)
    return midnight.replace(hour=hour, minute=minute, second=59 if second == 60 else second)  # noqa: PLR2004


def _zone_of(text: str, unstated: tzinfo) -> tzinfo:
    text = text.strip()
    if not text:
        return unstated
    offset = _OFFSET.match(text)
    if offset is not None:
        hours = int(offset[2])
        minutes = int(offset[3] or 0)
        short = offset[3] is None and len(offset[2]) == 1 and not text[0].isalpha()
        if short or (offset[3] and len(offset[3]) == 1 and minutes):
            raise ValueError(text)
        delta = timedelta(hours=hours, minutes=minutes)
        return timezone(-delta if offset[1] == "-" else delta)
    word = text.lower()
    if len(word) == 1 and word.isalpha():
        # RFC 2822 section 4.3: the military letters were defined wrongly and say nothing.
        return UTC
    if word not in _ZONES:
        raise ValueError(text)
    return timezone(timedelta(hours=_ZONES[word]))
