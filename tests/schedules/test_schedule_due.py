"""When a schedule is due: the same instants on every machine, and where clocks are changed once each (P19, P30).

The times of the tables are the IANA database's: Berlin leaps 02:00 to 03:00 on 2026-03-29 and falls back 03:00 to
02:00 on 2026-10-25; New York on 2026-03-08 and 2026-11-01; Lord Howe by half an hour, on 2026-10-04 and 2026-04-05;
Yerevan did so until 2011 and keeps +04 since.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.schedules import Cron, Every, OnChange, Schedule, next_due, parse_schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",
    "Australia/Lord_Howe",
    "Asia/Yerevan",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Pacific/Apia",
)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def following(schedule: Schedule, after: datetime, zone: str) -> Iterator[datetime]:
    while (due := next_due(schedule, after, ZoneInfo(zone))) is not None:
        yield due
        after = due


def first(count: int, text: str, after: str, zone: str) -> list[str]:
    """List the next due times as the zone's wall clock shows them."""
    dues = following(parse_schedule(text), instant(after), zone)
    return [next(dues).astimezone(ZoneInfo(zone)).isoformat(timespec="minutes") for _ in range(count)]


def test_on_change_is_never_due_by_the_clock() -> None:
    assert next_due(OnChange(), instant("2026-01-01T00:00Z"), ZoneInfo("UTC")) is None


@pytest.mark.parametrize(
    ("text", "after", "due"),
    [
        ("every 15 minutes", "2026-03-29T00:59:59.999999Z", "2026-03-29T01:00Z"),
        ("every 15 minutes", "2026-03-29T01:00Z", "2026-03-29T01:15Z"),
        ("every 7 minutes", "1970-01-01T00:00Z", "1970-01-01T00:07Z"),
        ("every 7 minutes", "1970-01-01T23:59Z", "1970-01-02T00:02Z"),
        ("every hour", "1969-12-31T22:30Z", "1969-12-31T23:00Z"),
        ("every day", "2026-03-29T12:00Z", "2026-03-30T00:00Z"),
        ("every 2 days", "1970-01-01T12:00Z", "1970-01-03T00:00Z"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu"])
def test_intervals_count_from_1970_in_utc_whatever_the_zone(text: str, after: str, due: str, zone: str) -> None:
    assert next_due(parse_schedule(text), instant(after), ZoneInfo(zone)) == instant(due)


@pytest.mark.parametrize(
    ("zone", "text", "after", "dues"),
    [
        (
            "Europe/Berlin",
            "cron 30 2 * * *",
            "2026-03-28T00:00Z",
            ["2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"],
        ),
        (
            "America/New_York",
            "cron 30 2 * * *",
            "2026-03-07T12:00Z",
            ["2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00"],
        ),
        (
            "Australia/Lord_Howe",
            "cron 15 2 * * *",
            "2026-10-03T00:00Z",
            ["2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00"],
        ),
        (
            "Asia/Yerevan",
            "cron 30 2 * * *",
            "2011-03-26T00:00Z",
            ["2011-03-27T03:00+05:00", "2011-03-28T02:30+05:00"],
        ),
        # Midnight itself is leapt over.
        ("America/Havana", "cron 0 0 * * *", "2026-03-07T12:00Z", ["2026-03-08T01:00-04:00", "2026-03-09T00:00-04:00"]),
        # A whole day is: Samoa had no 30 December 2011.
        ("Pacific/Apia", "cron 0 6 30 12 *", "2011-12-01T00:00Z", ["2011-12-31T00:00+14:00", "2012-12-30T06:00+14:00"]),
    ],
)
def test_a_time_that_the_clock_leaps_over_is_due_at_the_leap(zone: str, text: str, after: str, dues: list[str]) -> None:
    assert first(len(dues), text, after, zone) == dues


def test_several_times_in_one_gap_are_due_once() -> None:
    assert first(3, "cron */15 2 * * *", "2026-03-28T12:00Z", "Europe/Berlin") == [
        "2026-03-29T03:00+02:00",
        "2026-03-30T02:00+02:00",
        "2026-03-30T02:15+02:00",
    ]


@pytest.mark.parametrize(
    ("zone", "text", "after", "dues"),
    [
        (
            "Europe/Berlin",
            "cron 30 2 * * *",
            "2026-10-24T12:00Z",
            ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"],
        ),
        (
            "Europe/Berlin",
            "cron */30 2 * * *",
            "2026-10-24T12:00Z",
            ["2026-10-25T02:00+02:00", "2026-10-25T02:30+02:00", "2026-10-26T02:00+01:00"],
        ),
        (
            "Europe/Berlin",
            "cron 0 */2 * * *",
            "2026-10-24T22:30Z",
            ["2026-10-25T02:00+02:00", "2026-10-25T04:00+01:00"],
        ),
        (
            "America/New_York",
            "cron 30 1 * * *",
            "2026-10-31T12:00Z",
            ["2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00"],
        ),
        (
            "Australia/Lord_Howe",
            "cron 45 1 * * *",
            "2026-04-04T00:00Z",
            ["2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30"],
        ),
        (
            "Asia/Yerevan",
            "cron 30 2 * * *",
            "2011-10-29T00:00Z",
            ["2011-10-30T02:30+05:00", "2011-10-31T02:30+04:00"],
        ),
    ],
)
def test_a_time_that_the_clock_shows_twice_is_due_the_first_time(
    zone: str, text: str, after: str, dues: list[str]
) -> None:
    assert first(len(dues), text, after, zone) == dues


def test_a_zone_that_gave_up_changing_clocks_is_due_at_the_same_hour_all_year() -> None:
    dues = following(parse_schedule("cron 30 2 * * *"), instant("2026-01-01T00:00Z"), "Asia/Yerevan")

    assert {(next(dues).hour, next(dues).minute) for _ in range(180)} == {(22, 30)}


@pytest.mark.parametrize("after", ["2026-10-25T00:45Z", "2026-10-25T01:15Z"])
def test_from_within_the_repeated_hour_a_daily_time_waits_for_tomorrow(after: str) -> None:
    assert first(1, "cron 30 2 * * *", after, "Europe/Berlin") == ["2026-10-26T02:30+01:00"]


def test_an_expression_for_every_hour_goes_on_through_the_repeated_one() -> None:
    assert first(5, "cron */30 * * * *", "2026-10-25T00:15Z", "Europe/Berlin") == [
        "2026-10-25T02:30+02:00",
        "2026-10-25T02:00+01:00",
        "2026-10-25T02:30+01:00",
        "2026-10-25T03:00+01:00",
        "2026-10-25T03:30+01:00",
    ]


@pytest.mark.parametrize(
    ("text", "after", "due"),
    [
        ("cron 0 6 * * mon-fri", "2026-10-02T07:00Z", "2026-10-05T06:00Z"),
        ("cron 0 6 29 2 *", "2026-01-01T00:00Z", "2028-02-29T06:00Z"),
        ("cron 0 6 L * *", "2026-02-01T00:00Z", "2026-02-28T06:00Z"),
        # Debian's cron: with both fields given, either day will do.
        ("cron 0 6 13 * fri", "2026-10-01T07:00Z", "2026-10-02T06:00Z"),
        ("cron 0 6 1 * *", "2026-10-01T05:59:59.999999Z", "2026-10-01T06:00Z"),
        ("cron 0 6 1 * *", "2026-10-01T06:00:00.000001Z", "2026-11-01T06:00Z"),
    ],
)
def test_cron_fields_mean_what_cron_means(text: str, after: str, due: str) -> None:
    assert next_due(parse_schedule(text), instant(after), ZoneInfo("UTC")) == instant(due)


instants = st.integers(0, 10_000 * 86_400_000).map(lambda ms: instant("2000-01-01T00:00Z") + timedelta(milliseconds=ms))
minutes = st.sets(st.integers(0, 59), min_size=1, max_size=4)
hours = st.sets(st.integers(0, 23), min_size=1, max_size=24)
expressions = st.builds(
    lambda minute, hour, day: Cron(f"{','.join(map(str, minute))} {','.join(map(str, hour))} {day}"),
    minutes,
    hours,
    st.sampled_from(["* * *", "1 * *", "* * SUN", "L 3,10 *", "*/2 * MON"]),
)
schedules = st.one_of(st.integers(1, 525_600).map(Every), expressions)


@given(schedules, instants, st.sampled_from(ZONES))
@settings(deadline=None)
def test_due_times_are_whole_minutes_in_utc_and_strictly_increase(
    schedule: Schedule, after: datetime, zone: str
) -> None:
    dues = following(schedule, after, zone)
    times = [after, *(next(dues) for _ in range(5))]

    assert all(earlier < later for earlier, later in pairwise(times))
    assert all(due.tzinfo is UTC and due.second == 0 and due.microsecond == 0 for due in times[1:])


@given(schedules, instants, instants, st.sampled_from(ZONES))
@settings(deadline=None)
def test_a_later_start_never_gives_an_earlier_time_and_never_passes_one(
    schedule: Schedule, one: datetime, other: datetime, zone: str
) -> None:
    earlier, later = sorted((one, other))
    due, later_due = next_due(schedule, earlier, ZoneInfo(zone)), next_due(schedule, later, ZoneInfo(zone))

    assert due is not None
    assert later_due is not None
    assert later_due == due if due > later else later_due >= due


@given(schedules, instants, st.sampled_from(ZONES))
@settings(max_examples=50, deadline=None)
def test_the_machines_own_time_zone_changes_nothing(schedule: Schedule, after: datetime, zone: str) -> None:
    dues = set()
    with pytest.MonkeyPatch.context() as patch:
        for machine in ("UTC", "Asia/Tokyo", "America/St_Johns"):
            patch.setenv("TZ", machine)
            time.tzset()
            dues.add(next_due(schedule, after, ZoneInfo(zone)))
    time.tzset()

    assert len(dues) == 1


CHANGES = [
    ("Europe/Berlin", "2026-03-29T01:00Z"),
    ("Europe/Berlin", "2026-10-25T01:00Z"),
    ("America/New_York", "2026-03-08T07:00Z"),
    ("America/New_York", "2026-11-01T06:00Z"),
    ("America/Havana", "2026-03-08T05:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30Z"),
    ("Asia/Yerevan", "2011-03-26T22:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00Z"),
]


@given(minutes, hours, st.sampled_from(CHANGES), st.integers(-180, 0))
@settings(max_examples=60, deadline=None)
def test_around_a_change_of_clocks_due_times_are_those_that_a_watcher_of_the_clock_would_note(
    minute: set[int], hour: set[int], change: tuple[str, str], offset: int
) -> None:
    """A watcher looks at the wall clock each minute, and knows which minutes a leap left out."""
    zone, when = ZoneInfo(change[0]), instant(change[1])
    start, end = when + timedelta(minutes=offset), when + timedelta(hours=4)
    schedule = Cron(f"{','.join(map(str, minute))} {','.join(map(str, hour))} * * *")

    noted = []
    shown = start.astimezone(zone).replace(tzinfo=None)
    now = start + timedelta(minutes=1)
    while now <= end:
        here = now.astimezone(zone)
        wall = here.replace(tzinfo=None)
        passed = [shown + timedelta(minutes=step) for step in range(1, int((wall - shown) / timedelta(minutes=1)))]
        due = any(each.minute in minute and each.hour in hour for each in [*passed, wall])
        if due and (here.fold == 0 or len(hour) == 24):
            noted.append(now)
        shown, now = wall, now + timedelta(minutes=1)

    dues = []
    for due_time in following(schedule, start, change[0]):
        if due_time > end:
            break
        dues.append(due_time)
    assert dues == noted
