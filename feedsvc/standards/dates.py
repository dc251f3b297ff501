"""Reads the three date formats of feeds strictly, and says what is wrong or doubtful about a date.

RFC 822 (RSS, OPML), RFC 3339 (Atom, JSON Feed), W3C date-time (Dublin Core, syndication module). No clock, no locale.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {"ut": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7}
_PLAUSIBLE_YEARS = range(1970, 2100)
_RFC822 = re.compile(
    r"(?:(?P<weekday>[^\W\d_]+\.?)\s*,\s*)?(?P<day>[0-9]{1,2})\s+(?P<month>[^\W\d_]+\.?)\s+(?P<year>[0-9]+)\s+"
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?\s+(?P<zone>[+-][0-9]{4}|[A-Za-z]+)"
)
_RFC3339 = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})[Tt]"
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?P<fraction>\.[0-9]+)?(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_W3C_PREFIXES = (
    re.compile(r"[0-9]{4}"),
    re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])"),
    re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?:Z|[+-][0-9]{2}:[0-9]{2})"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a date's text says: the instant if it can be read, the error if not, and what is doubtful about it."""

    instant: datetime | None = None
    error: str | None = None
    doubts: tuple[str, ...] = ()


def rfc822(text: str) -> Reading:
    """Read a date of RSS or OPML (RFC 822 section 5 with four-digit years, as RSS 2.0 asks)."""
    match = _RFC822.fullmatch(text.strip())
    if match is None:
        return Reading(error=_guess_rfc822(text))
    month = match["month"].lower()
    if month not in _MONTHS:
        return Reading(error=f"the month «{match['month']}» is not one of Jan, Feb, Mar ... Dec")
    weekday = match["weekday"].lower() if match["weekday"] else None
    if weekday is not None and weekday not in _DAYS:
        return Reading(error=f"the weekday «{match['weekday']}» is not one of Mon, Tue, Wed ... Sun")
    if len(match["year"]) not in {2, 4}:
        return Reading(error=f"the year «{match['year']}» does not have four digits")
    zone, zone_error = _rfc822_zone(match["zone"])
    if zone is None:
        return Reading(error=zone_error)
    year = int(match["year"])
    full_year = year if len(match["year"]) == 4 else year + (2000 if year < 50 else 1900)  # noqa: PLR2004 - RFC 2822 §4.3
    return _with_doubts(match, full_year, _MONTHS.index(month) + 1, zone, weekday)


def rfc3339(text: str, *, upper_case: bool = False) -> Reading:
    """Read a date of Atom or JSON Feed. RFC 4287 section 3.3 asks for upper-case T and Z and no white space around."""
    if text != text.strip():
        return Reading(error="there is white space around it")
    match = _RFC3339.fullmatch(text)
    if match is None:
        return Reading(error=_guess_rfc3339(text))
    if upper_case and text != text.upper():
        return Reading(error="T and Z are to be upper-case letters")
    zone = _colon_zone(match["zone"])
    if zone is None:
        return Reading(error=f"there is no zone «{match['zone']}»")
    return _instant(match, int(match["year"]), int(match["month"]), zone)


def w3c(text: str) -> Reading:
    """Read a W3C date-time: a year, a month, a day, or an instant with its zone."""
    value = text.strip()
    if _W3C_PREFIXES[0].fullmatch(value) or _W3C_PREFIXES[1].fullmatch(value):
        return Reading()
    if _W3C_PREFIXES[2].fullmatch(value):
        return rfc3339(f"{value}T00:00:00Z", upper_case=True)
    if _W3C_PREFIXES[3].fullmatch(value):
        return rfc3339(f"{value[:16]}:00{value[16:]}", upper_case=True)
    return rfc3339(value, upper_case=True)


def _with_doubts(match: re.Match[str], year: int, month: int, zone: timezone, weekday: str | None) -> Reading:
    reading = _instant(match, year, month, zone)
    if reading.instant is None:
        return reading
    doubts = list(reading.doubts)
    # The weekday belongs to the date as written, in its own zone.
    true_day = _DAYS[datetime(year, month, int(match["day"]), tzinfo=UTC).weekday()]
    if weekday is not None and weekday != true_day:
        doubts.append(f"that day is a {true_day.capitalize()}, not a {weekday.capitalize()}")
    if len(match["year"]) == 2:  # noqa: PLR2004 - the obsolete form of RFC 822
        doubts.append("the year has two digits")
    if len(match["zone"]) == 1:
        doubts.append(f"«{match['zone']}» is a military zone, which software reads in different ways")
    return Reading(reading.instant, None, tuple(doubts))


def _instant(match: re.Match[str], year: int, month: int, zone: timezone) -> Reading:
    second = int(match["second"] or 0)
    try:
        # A leap second is legal in both RFCs; Python has no 60th second.
        local = datetime(
            year, month, int(match["day"]), int(match["hour"]), int(match["minute"]), min(second, 59), tzinfo=zone
        )
        instant = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return Reading(error="there is no such day or time")
    if second > 60:  # noqa: PLR2004 - a leap second
        return Reading(error="there is no such time")
    fraction = match.groupdict().get("fraction")
    if fraction:
        instant += timedelta(microseconds=int(fraction[1:7].ljust(6, "0")))
    doubts = () if year in _PLAUSIBLE_YEARS else (f"the year {year} is not plausible",)
    return Reading(instant, None, doubts)


def _rfc822_zone(zone: str) -> tuple[timezone | None, str]:
    if zone[0] in "+-":
        hours, minutes = int(zone[1:3]), int(zone[3:5])
        return _offset(zone[0], hours, minutes), f"there is no zone «{zone}»"
    name = zone.lower()
    if name in _ZONES:
        return timezone(timedelta(hours=_ZONES[name])), ""
    if len(name) == 1 and name != "j":
        return UTC, ""
    return None, f"the zone «{zone}» is not in RFC 822"


def _colon_zone(zone: str) -> timezone | None:
    if zone in {"Z", "z"}:
        return UTC
    return _offset(zone[0], int(zone[1:3]), int(zone[4:6]))


def _offset(sign: str, hours: int, minutes: int) -> timezone | None:
    if hours > 23 or minutes > 59:  # noqa: PLR2004 - RFC 3339 §5.6, time-hour and time-minute
        return None
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(-size if sign == "-" else size)


def _guess_rfc822(text: str) -> str:
    value = text.strip()
    if not value:
        return "it is empty"
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return "this is the form of Atom (RFC 3339), not of RFC 822"
    if re.search(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?$", value):
        return "the zone is missing"
    return "it does not have the form of RFC 822"


def _guess_rfc3339(text: str) -> str:
    if not text:
        return "it is empty"
    if re.match(r"[A-Za-z]{3},", text):
        return "this is the form of RSS (RFC 822), not of RFC 3339"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?", text):
        return "the zone is missing"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return "the time is missing"
    if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?:Z|[+-])", text):
        return "the seconds are missing"
    return "it does not have the form of RFC 3339"
