"""Times are entered and shown by the site's clock: what it skips or shows twice is told, never guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import Invalid
from feedsvc.web.newsroom.times import Clock, Twice

BERLIN = Clock(ZoneInfo("Europe/Berlin"))
ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Yerevan", "Australia/Lord_Howe", "Africa/Casablanca")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_time_is_read_by_the_clock_of_its_day() -> None:
    assert BERLIN.read("2026-01-14T09:00") == datetime(2026, 1, 14, 8, tzinfo=UTC)
    assert BERLIN.read("2026-07-14T09:00") == datetime(2026, 7, 14, 7, tzinfo=UTC)
    assert BERLIN.read(" 2026-07-14 09:00 ") == BERLIN.read("2026-07-14T09:00:00")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "soon",
        "2026-13-01T09:00",
        "2026-02-30T09:00",
        "9:00",
        "0001-01-01T00:00",
        "9999-12-31T23:59",
        "٢٠٢٦-01-01",
    ],
)
def test_what_is_no_time_is_told(text: str) -> None:
    with pytest.raises(Invalid):
        BERLIN.read(text)


@pytest.mark.parametrize(
    ("zone", "text", "either_side"),
    [
        ("Europe/Berlin", "2026-03-29T02:00", "01:00 or 03:00"),
        ("Europe/Berlin", "2026-03-29T02:59", "01:59 or 03:59"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "01:45 or 02:45"),
    ],
)
def test_a_time_that_the_clock_skips_is_told(zone: str, text: str, either_side: str) -> None:
    with pytest.raises(Invalid, match=f"does not exist .* such as {either_side}"):
        Clock(ZoneInfo(zone)).read(text)


def test_a_time_that_comes_twice_is_asked_about_and_can_be_answered() -> None:
    with pytest.raises(Twice) as twice:
        BERLIN.read("2026-10-25T02:30")
    first, second = twice.value.choices
    assert (first, second) == (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    assert BERLIN.read("2026-10-25T02:30", second=False) == first
    assert BERLIN.read("2026-10-25T02:30", second=True) == second
    assert (BERLIN.full(first), BERLIN.full(second)) == ("25 October 2026, 02:30 CEST", "25 October 2026, 02:30 CET")


@given(st.sampled_from(ZONES), st.integers(0, 68_000_000))
def test_every_instant_can_be_entered_as_it_is_shown(zone: str, minutes_since_1971: int) -> None:
    clock = Clock(ZoneInfo(zone))
    instant = datetime(1971, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes_since_1971)
    assert instant in choices(clock, clock.field(instant))


def choices(clock: Clock, text: str) -> tuple[datetime, ...]:
    try:
        return (clock.read(text),)
    except Twice:
        return tuple(clock.read(text, second=second) for second in (False, True))


@pytest.mark.parametrize(
    ("since", "written"),
    [
        (timedelta(0), "today, 13:00"),
        (timedelta(hours=-13), "yesterday, 23:59"),
        (timedelta(hours=11), "tomorrow, 00:00"),
        (timedelta(days=-40), "20 January, 13:00"),
        (timedelta(days=-400), "25 January 2025"),
        (timedelta(days=60), "30 April, 14:00"),
    ],
)
def test_an_instant_is_written_as_briefly_as_it_is_clear(since: timedelta, written: str) -> None:
    instant = NOON + since
    if since == timedelta(hours=-13):
        instant -= timedelta(minutes=1)
    assert BERLIN.short(instant, NOON) == written


def test_a_zone_without_letters_is_told_by_its_distance() -> None:
    assert Clock(ZoneInfo("Asia/Yerevan")).full(NOON) == "1 March 2026, 16:00 UTC+04:00"
    assert Clock(ZoneInfo("America/Sao_Paulo")).full(NOON) == "1 March 2026, 09:00 UTC−03:00"


def test_nothing_scheduled_is_an_empty_field() -> None:
    assert BERLIN.field(None) == ""
