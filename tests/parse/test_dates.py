"""Dates: every form that feeds and people write means one UTC instant, and what means none is refused by name."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import Invalid
from feedsvc.parse.dates import read_date

INSTANTS = {
    # RFC 822, RFC 2822 and their dialects
    "Tue, 05 May 2026 12:00:00 +0200": "2026-05-05T10:00:00",
    "5 May 2026 12:00 GMT": "2026-05-05T12:00:00",
    "Wed, 5 May 2026 12:00:00 Z": "2026-05-05T12:00:00",
    "Tue, 05 May 26 12:00:00 EST": "2026-05-05T17:00:00",
    "Sun, 01 Jan 95 00:00:00 PDT": "1995-01-01T07:00:00",
    "Tue, 05 May 2026 12:00:00 -0000": "2026-05-05T12:00:00",
    "Tue, 05 May 2026 12:00:00 +05:30": "2026-05-05T06:30:00",
    "Tue, 05 May 2026 12:00:00 GMT+0200": "2026-05-05T10:00:00",
    "Tue, 05 May 2026 12:00:00 GMT+2": "2026-05-05T10:00:00",
    "Tue, 05 May 2026 12:00:00 CEST": "2026-05-05T10:00:00",
    "Tue, 05 May 2026 12:00:00 A": "2026-05-05T12:00:00",
    "Tue, 05 May 2026 12:00:00 +0000 (UTC)": "2026-05-05T12:00:00",
    "Tue, 05 May 2026 12:00:00": "2026-05-05T12:00:00",
    "Tuesday, 05-May-26 12:00:00 UTC": "2026-05-05T12:00:00",
    "mar, 5 may 2026 12:00:00 +0100": "2026-05-05T11:00:00",
    "  Tue,\n 05 May 2026\t12:00:00 GMT ": "2026-05-05T12:00:00",
    "5 May 2026": "2026-05-05T00:00:00",
    # others seen in feeds
    "Tue May  5 12:00:00 2026": "2026-05-05T12:00:00",
    "Tue, May 5 2026 02:02:33 PM": "2026-05-05T14:02:33",
    "May 5, 2026 12:05 AM": "2026-05-05T00:05:00",
    # RFC 3339 and W3C date-times
    "2026-05-05T12:00:00Z": "2026-05-05T12:00:00",
    "2026-05-05t12:00:00z": "2026-05-05T12:00:00",
    "2026-05-05T12:00+02:00": "2026-05-05T10:00:00",
    "2026-05-05T12:00:00.25-0800": "2026-05-05T20:00:00.250000",
    "2026-05-05T12:00:00.123456789Z": "2026-05-05T12:00:00.123456",
    "2026-05-05 12:00:00 +0200": "2026-05-05T10:00:00",
    "2026-05-05": "2026-05-05T00:00:00",
    "2026-05": "2026-05-01T00:00:00",
    "2026": "2026-01-01T00:00:00",
    "2026-5-5 9:30": "2026-05-05T09:30:00",
    "2016-12-31T23:59:60Z": "2016-12-31T23:59:59",
    "2026-05-05T24:00:00Z": "2026-05-06T00:00:00",
    "2017-06-13T03:18:00+00:0": "2017-06-13T03:18:00",
}
NO_DATES = ["", "  ", "0001-01-01T00:00:00Z", "Mon, 01 Jan 0001 00:00:00 +0000", "0000-00-00 00:00:00",
            "Wed, 30 Nov -0001 00:00:00 +0000"]  # fmt: skip
UNREADABLE = [
    "yesterday", "Tue, 32 May 2026 12:00:00 GMT", "Tue, 05 Foo 2026 12:00:00 GMT", "2026-13-01", "2026-05-05T25:00:00Z",
    "Tue, 05 May 2026 12:00:00 XYZT", "Tue, 05 May 2026 12:00:00 +2", "1714557600", "9999-12-31T23:59:59-12:00",
    "2026-05-05T12:00:00+99:00", "2026-05-05T12:00:00+02:3", "05/05/2026", "x" * 1000,
]  # fmt: skip


@pytest.mark.parametrize(("written", "instant"), INSTANTS.items())
def test_a_date_is_the_instant_that_it_names(written: str, instant: str) -> None:
    assert read_date(written, "pubDate") == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize("written", NO_DATES)
def test_what_stands_for_no_date_is_none(written: str) -> None:
    assert read_date(written, "pubDate") is None


@pytest.mark.parametrize("written", UNREADABLE)
def test_an_unreadable_date_is_refused_with_field_and_value(written: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_date(written, "pubDate")
    assert caught.value.thing == "pubDate"
    assert written[:50] in caught.value.reason


def test_a_date_without_a_zone_is_of_the_zone_given() -> None:
    winter = read_date("2026-01-05 12:00", "date", ZoneInfo("America/New_York"))
    summer = read_date("2026-07-05", "date", ZoneInfo("America/New_York"))

    assert winter == datetime(2026, 1, 5, 17, tzinfo=UTC)
    assert summer == datetime(2026, 7, 5, 4, tzinfo=UTC)


@given(st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_rfc_3339_date_reads_back_exactly(moment: datetime) -> None:
    assert read_date(moment.isoformat(), "updated") == moment


@given(st.text(max_size=120))
def test_no_text_raises_anything_but_invalid(text: str) -> None:
    try:
        found = read_date(text, "pubDate")
    except Invalid:
        return
    assert found is None or found.utcoffset() == UTC.utcoffset(None)
