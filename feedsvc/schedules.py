"""Decides when a schedule is due: the words of `publish` in config.toml, and the next instant after a given one.

Never touches a clock, the process's time zone or the store: `after` and the site's zone are handed in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from cronsim import CronSim, CronSimError

from feedsvc.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MOST_MINUTES: Final = 365 * 24 * 60
MOST_CRON_CHARACTERS: Final = 200
WORDS: Final = 'must be "on change", "every 15 minutes" or "cron 0 6 * * *"'

_MINUTES_IN: Final = {"minute": 1, "hour": 60, "day": 24 * 60}
_SECONDS_IN: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_EVERY: Final = re.compile(r"every(?: ([0-9]{1,9}))? (minute|hour|day)s?")
_DURATION: Final = re.compile(r"([0-9]{1,9}) ?(second|minute|hour|day|week)s?")
_NEXT_SCHEDULE: Final = re.compile(r",(?=\s*(?:on\s+change|every\s|cron\s))", re.IGNORECASE)
_CRON_FIELDS: Final = ("minute", "hour", "day-of-month", "month", "day-of-week")


@dataclass(frozen=True, slots=True)
class OnChange:
    """Due whenever what the feed shows changes; a clock never makes it due."""


@dataclass(frozen=True, slots=True)
class Every:
    """Due every so many minutes, counted from 1970-01-01T00:00Z whatever the zone."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Cron:
    """Due at the wall-clock times, in the site's zone, that five cron fields name."""

    expression: str


Schedule = OnChange | Every | Cron


def split_schedules(text: str) -> tuple[str, ...]:
    """Split a line that may hold several schedules at the commas between them, and at none inside a cron field."""
    return tuple(part.strip() for part in _NEXT_SCHEDULE.split(text))


def parse_schedule(text: str) -> Schedule:
    """Read one schedule: "on change", "every 15 minutes", "every hour", "every 2 days", "cron 0 6 * * *".

    Letters' case and the width of blanks do not matter. "every" takes 1 minute to 365 days. "cron" takes five
    fields as cronsim reads them (Debian's cron, with L, LW and # besides).

    Raises errors.Invalid, whose reason says what would be right; a cron expression that never comes is refused too.
    """
    words = " ".join(text.split())
    lowered = words.lower()
    if lowered == "on change":
        return OnChange()
    if lowered.startswith("every "):
        return _parse_every(text, lowered)
    if lowered == "cron" or lowered.startswith("cron "):
        return _parse_cron(text, words[len("cron") :].strip().upper())
    raise _refused(text, WORDS)


def parse_duration(text: str) -> timedelta:
    """Read "30 minutes", "2 hours", "1 day": one whole number of seconds, minutes, hours, days or weeks, up to a year.

    Raises errors.Invalid, whose reason says what would be right.
    """
    found = _DURATION.fullmatch(" ".join(text.split()).lower())
    if found is None:
        raise Invalid(f'duration "{text}"', 'must be a number and a unit, such as "30 minutes", "2 hours" or "1 day"')
    duration = timedelta(seconds=int(found[1]) * _SECONDS_IN[found[2]])
    if duration > timedelta(minutes=MOST_MINUTES):
        raise Invalid(f'duration "{text}"', "must be 365 days at most")
    return duration


def next_due(schedule: Schedule, after: datetime, zone: ZoneInfo) -> datetime | None:
    """Say when `schedule` is due first after `after` (strictly; UTC, as is the answer). None: no clock makes it due.

    A missed run needs no list of its own: when next_due(schedule, last_run, zone) has passed, the feed is due once.

    Where the zone's clock is changed: a cron time that the clock leaps over is due at the instant of the leap; one
    that the clock shows twice is due the first time only. An expression for every hour takes the repeated hour as
    one more hour, since its users mean "each hour", not "at one o'clock".
    """
    match schedule:
        case OnChange():
            return None
        case Every(minutes):
            step = timedelta(minutes=minutes)
            return EPOCH + ((after - EPOCH) // step + 1) * step
        case Cron(expression):
            return _next_cron(expression, after, zone)


def _parse_every(text: str, lowered: str) -> Every:
    found = _EVERY.fullmatch(lowered)
    if found is None:
        raise _refused(text, 'must be like "every 15 minutes", "every hour" or "every 2 days"')
    minutes = int(found[1] or 1) * _MINUTES_IN[found[2]]
    if not 1 <= minutes <= MOST_MINUTES:
        raise _refused(text, "must be between 1 minute and 365 days")
    return Every(minutes)


def _parse_cron(text: str, expression: str) -> Cron:
    fields = expression.split()
    # cronsim would take six fields, with seconds in front: feeds are published by the minute.
    if len(fields) != len(_CRON_FIELDS):
        raise _refused(text, 'must have five fields: minute hour day month weekday, such as "cron 0 6 * * *"')
    if not expression.isascii() or len(expression) > MOST_CRON_CHARACTERS:
        raise _refused(text, f"must be plain ASCII, at most {MOST_CRON_CHARACTERS} characters")
    try:
        # Any fixed start will do: cronsim looks 50 years ahead, and the calendar repeats every 28 within a century.
        next(CronSim(expression, datetime(2001, 1, 1)))  # noqa: DTZ001 - a wall-clock time
    except CronSimError as error:
        raise _refused(text, _cron_fault(str(error), fields)) from None
    except StopIteration:
        raise _refused(text, "must name a time that comes: this one never does") from None
    return Cron(expression)


def _cron_fault(message: str, fields: list[str]) -> str:
    name = message.removeprefix("Bad ")
    given = fields[_CRON_FIELDS.index(name)] if name in _CRON_FIELDS else ""
    if name == "day-of-month" and re.fullmatch(r"(30|31)", given):
        return f"must name a time that comes: no such month has a day {given}"
    return f'must be five cron fields: minute hour day month weekday; "{given}" is no {name}'


def _refused(text: str, reason: str) -> Invalid:
    return Invalid(f'schedule "{text}"', reason)


def _next_cron(expression: str, after: datetime, zone: ZoneInfo) -> datetime | None:
    """Walk through the wall-clock times that the expression names and take the first whose instant is after `after`.

    cronsim is given naive times: its own handling of clock changes is Debian's, which skips "*/15 2 * * *" in a gap
    and repeats it in a fold.
    """
    every_hour = CronSim(expression, datetime(2001, 1, 1)).hours == set(range(24))  # noqa: DTZ001
    here = after.astimezone(zone)
    # While the clock shows an hour for the first time, its second showing starts behind `here` on the clock.
    behind = _repeated(here) if every_hour else timedelta(0)
    again: datetime | None = None
    for wall in _walls(expression, here.replace(tzinfo=None) - behind):
        if every_hour and again is None:
            second = _instant(wall, zone, fold=1)
            again = second if second > after else None
        first = _instant(wall, zone, fold=0)
        if first > after:
            return min(first, again) if again else first
    return None


def _walls(expression: str, start: datetime) -> Iterator[datetime]:
    return CronSim(expression, start)


def _repeated(here: datetime) -> timedelta:
    """How long the wall clock at `here`, shown for the first of two times, will be put back; zero otherwise."""
    first, second = here.replace(fold=0).utcoffset(), here.replace(fold=1).utcoffset()
    if here.fold or first is None or second is None:
        return timedelta(0)
    return max(first - second, timedelta(0))


def _instant(wall: datetime, zone: ZoneInfo, fold: int) -> datetime:
    """Turn a naive wall-clock time into UTC; one that the clock leaps over becomes the instant of the leap."""
    instant = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    # PEP 495: in a gap, fold=1 lies before the leap and fold=0 at or after it.
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // timedelta(seconds=2) * timedelta(seconds=1)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
