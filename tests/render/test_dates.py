"""P19: instants are written in UTC, in English for RSS, with a Z for Atom and JSON Feed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.model import Edition, Entry
from feedsvc.render.atom import render_atom
from feedsvc.render.dates import rfc822, rfc3339
from feedsvc.render.jsonfeed import render_json
from feedsvc.render.rss import render_rss


@pytest.mark.parametrize(
    ("instant", "in_rss", "in_atom"),
    [
        (datetime(2026, 8, 4, 9, 0, 0, tzinfo=UTC), "Tue, 04 Aug 2026 09:00:00 +0000", "2026-08-04T09:00:00Z"),
        (
            datetime(2026, 2, 1, 0, 0, 59, 999_999, tzinfo=UTC),
            "Sun, 01 Feb 2026 00:00:59 +0000",
            "2026-02-01T00:00:59Z",
        ),
        (datetime(999, 1, 1, tzinfo=UTC), "Tue, 01 Jan 0999 00:00:00 +0000", "0999-01-01T00:00:00Z"),
        (
            datetime(2026, 8, 4, 1, 30, tzinfo=timezone(timedelta(hours=4))),
            "Mon, 03 Aug 2026 21:30:00 +0000",
            "2026-08-03T21:30:00Z",
        ),
    ],
)
def test_an_instant_is_written_in_utc(instant: datetime, in_rss: str, in_atom: str) -> None:
    assert rfc822(instant) == in_rss
    assert rfc3339(instant) == in_atom


@pytest.mark.parametrize(("fold", "utc"), [(0, "2026-10-25T00:30:00Z"), (1, "2026-10-25T01:30:00Z")])
def test_an_hour_that_comes_twice_is_told_apart(fold: int, utc: str) -> None:
    assert rfc3339(datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)) == utc


def test_an_instant_without_a_time_zone_is_refused() -> None:
    naive = datetime(2026, 8, 4)  # noqa: DTZ001  (what is tested)
    with pytest.raises(ValueError, match="no time zone"):
        rfc822(naive)
    with pytest.raises(ValueError, match="no time zone"):
        rfc3339(naive)


@settings(deadline=None)
@given(st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.timezones()))  # noqa: DTZ001
def test_both_forms_name_the_same_second(instant: datetime) -> None:
    second = instant.astimezone(UTC).replace(microsecond=0)
    assert parsedate_to_datetime(rfc822(instant)) == second
    assert datetime.fromisoformat(rfc3339(instant)) == second


def test_every_format_dates_an_entry_alike(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    published = datetime(2026, 8, 4, 9, 0, 0, tzinfo=UTC)
    edition = make_edition(make_entry(published_at=published, updated_at=published + timedelta(hours=2)))
    for document in (render_rss(edition), render_atom(edition)):
        entry = feedparser.parse(document).entries[0]
        assert entry.published_parsed[:6] == (2026, 8, 4, 9, 0, 0)
        assert entry.updated_parsed[:6] == (2026, 8, 4, 11, 0, 0)
    item = json.loads(render_json(edition))["items"][0]
    assert (item["date_published"], item["date_modified"]) == ("2026-08-04T09:00:00Z", "2026-08-04T11:00:00Z")


def test_the_dates_of_a_feed_follow_its_content(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    noticed, changed = datetime(2026, 8, 4, 9, tzinfo=UTC), datetime(2026, 8, 4, 10, tzinfo=UTC)
    edition = make_edition(make_entry(), updated_at=noticed, changed_at=changed)
    assert feedparser.parse(render_rss(edition)).feed.updated == "Tue, 04 Aug 2026 10:00:00 +0000"
    assert feedparser.parse(render_atom(edition)).feed.updated == "2026-08-04T09:00:00Z"


def test_an_item_that_was_never_updated_carries_one_date(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    assert b"atom:updated" not in render_rss(make_edition(make_entry()))
