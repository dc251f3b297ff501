"""Dates of the three forms: every date that software writes rightly is read, to the same instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.standards import dates
from feedsvc.standards.http import http_date

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1970, 1, 2), datetime(2099, 12, 30), timezones=ZONES)  # noqa: DTZ001 - the zones follow


@given(INSTANTS)
def test_a_date_that_the_library_writes_for_mail_is_read_back(instant: datetime) -> None:
    whole = instant.replace(microsecond=0)
    assert dates.rfc822(format_datetime(whole)) == dates.Reading(whole.astimezone(UTC))


@given(INSTANTS)
def test_a_date_in_iso_form_is_read_back(instant: datetime) -> None:
    assert dates.rfc3339(instant.isoformat(), upper_case=True) == dates.Reading(instant.astimezone(UTC))
    assert dates.w3c(instant.isoformat()).error is None


@given(INSTANTS)
def test_an_http_date_is_read_back(instant: datetime) -> None:
    whole = instant.astimezone(UTC).replace(microsecond=0)
    assert http_date(format_datetime(whole, usegmt=True)) == whole


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(text: str) -> None:
    for reading in (dates.rfc822(text), dates.rfc3339(text), dates.w3c(text)):
        assert reading.instant is None or reading.error is None


@pytest.mark.parametrize("text", ["2026", "2026-08", "2026-08-04", "2026-08-04T09:00Z", "2026-08-04T09:00:00.5+04:00"])
def test_w3c_dates_may_be_coarse(text: str) -> None:
    assert dates.w3c(text).error is None


@pytest.mark.parametrize("text", ["", "2026-13", "2026-08-32", "2026-08-04T09", "2026-08-04T09:00", "4 August"])
def test_what_is_no_w3c_date(text: str) -> None:
    assert dates.w3c(text).error is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Tue, 32 Aug 2026 09:00:00 GMT",
        "Tue, 04 Aug 2026 09:00:00 UTC",
    ],
)
def test_what_is_no_http_date(text: str) -> None:
    assert http_date(text) is None


@pytest.mark.parametrize("zone", ["+9999", "+2400", "+0060"])
def test_zones_that_do_not_exist(zone: str) -> None:
    assert dates.rfc822(f"04 Aug 2026 09:00:00 {zone}").error
    assert dates.rfc3339(f"2026-08-04T09:00:00{zone[:3]}:{zone[3:]}").error


def test_the_first_and_last_instants_in_far_zones_are_no_crash() -> None:
    assert dates.rfc3339("0001-01-01T00:00:00+14:00").error
    assert dates.rfc3339("9999-12-31T23:59:59-14:00").error
