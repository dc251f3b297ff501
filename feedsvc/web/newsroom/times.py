"""Decides which instant a date and a time of day mean in the site's time zone, and writes instants for people.

Never asks a clock. What a clock that is put forward skips, and what one that is put back shows twice, is told and
never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from typing import TYPE_CHECKING

from feedsvc.errors import Invalid
from feedsvc.render.wording import wording_for

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

FIELD = "at"
"""How HTML's datetime-local writes a time: no zone, and seconds only if they are not zero."""
_FORMS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")


class Twice(Invalid):
    """A time that comes twice, since clocks are put back; `choices` are both instants, the earlier one first."""

    def __init__(self, wall: datetime, choices: tuple[datetime, datetime]) -> None:
        day = _day(wall)
        super().__init__(FIELD, f"{wall:%H:%M} comes twice on {day}, when clocks are put back", "Choose which one")
        self.choices = choices


@dataclass(frozen=True, slots=True)
class Clock:
    """Reads and writes times in one zone."""

    zone: ZoneInfo

    def read(self, text: str, *, second: bool | None = None) -> datetime:
        """Give the instant, in UTC, of a time as HTML's datetime-local sends it.

        `second` says which of two is meant where clocks are put back. Raises Invalid for what is no time, and for one
        that clocks skip; Twice where `second` is needed.
        """
        wall = _wall(text)
        first, last = (wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if first > last:
            # PEP 495: in a gap, fold=0 reads the clock before the change and so lands behind it.
            raise Invalid(
                FIELD,
                f"{wall:%H:%M} does not exist on {_day(wall)}: clocks are put forward over it",
                f"Give a time on either side, such as {self.time(last)} or {self.time(first)}",
            )
        if first < last:
            if second is None:
                raise Twice(wall, (first, last))
            return last if second else first
        return first

    def field(self, instant: datetime | None) -> str:
        """Write an instant as HTML's datetime-local takes it."""
        return instant.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M") if instant else ""

    def day(self, instant: datetime) -> str:
        """Write the day: "14 March 2026"."""
        return _day(instant.astimezone(self.zone))

    def time(self, instant: datetime) -> str:
        """Write the time of day: "09:00"."""
        return instant.astimezone(self.zone).strftime("%H:%M")

    def full(self, instant: datetime) -> str:
        """Write day, time and zone: "14 March 2026, 09:00 CET"."""
        return f"{self.day(instant)}, {self.time(instant)} {self.name(instant)}"

    def name(self, instant: datetime) -> str:
        """Write the zone as it is called at that instant: "CET", or "UTC+04:00" where it has no letters."""
        name = instant.astimezone(self.zone).tzname() or ""
        if name.isalpha():
            return name
        offset = instant.astimezone(self.zone).utcoffset() or timedelta(0)
        minutes = round(offset.total_seconds() / 60)
        return f"UTC{'−' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"

    def short(self, instant: datetime, now: datetime) -> str:
        """Write an instant as briefly as it is clear: the days around now by name, this year's without the year."""
        then, today = instant.astimezone(self.zone), now.astimezone(self.zone)
        if then.date() == today.date():
            return f"today, {then:%H:%M}"
        if then.date() == today.date() - timedelta(days=1):
            return f"yesterday, {then:%H:%M}"
        if then.date() == today.date() + timedelta(days=1):
            return f"tomorrow, {then:%H:%M}"
        day = _day(then)
        return f"{day.removesuffix(f' {then.year}')}, {then:%H:%M}" if then.year == today.year else day


def _wall(text: str) -> datetime:
    if not text.strip():
        raise Invalid(FIELD, "is empty", "Give a day and a time")
    for form in _FORMS:
        try:
            wall = datetime.strptime(text.strip(), form)  # noqa: DTZ007 the zone is added by whoever calls
        except ValueError:
            continue
        # The first and the last year can't be moved to another zone.
        if MINYEAR < wall.year < MAXYEAR:
            return wall
    raise Invalid(FIELD, f"{text[:40]!r} is not a day and a time", "Write it like 2026-03-14T09:00")


def _day(wall: datetime) -> str:
    return wording_for("en").date(wall)
