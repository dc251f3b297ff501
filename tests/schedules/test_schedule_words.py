"""A schedule's words are read as an operator means them, and refused with what would be right."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.errors import Invalid
from feedsvc.schedules import Cron, Every, OnChange, Schedule, parse_duration, parse_schedule, split_schedules


@pytest.mark.parametrize(
    ("text", "schedule"),
    [
        ("on change", OnChange()),
        ("On  Change", OnChange()),
        ("every minute", Every(1)),
        ("every 1 minute", Every(1)),
        ("every 15 minutes", Every(15)),
        ("  Every 15   Minutes ", Every(15)),
        ("every hour", Every(60)),
        ("every 6 hours", Every(360)),
        ("every day", Every(1440)),
        ("every 2 days", Every(2880)),
        ("every 365 days", Every(525_600)),
        ("cron 0 6 * * *", Cron("0 6 * * *")),
        ("cron  */15 6-22  * *  mon-fri", Cron("*/15 6-22 * * MON-FRI")),
        ("cron 0 6 29 2 *", Cron("0 6 29 2 *")),
        ("cron 0 6 L * *", Cron("0 6 L * *")),
        ("cron 0 6 * 2 MON#5", Cron("0 6 * 2 MON#5")),
    ],
)
def test_words_are_read(text: str, schedule: Schedule) -> None:
    assert parse_schedule(text) == schedule


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("", 'must be "on change"'),
        ("hourly", 'must be "on change"'),
        ("every15 minutes", 'must be "on change"'),
        ("every 30 seconds", "every 15 minutes"),
        ("every -5 minutes", "every 15 minutes"),
        ("every 1.5 hours", "every 15 minutes"),
        ("every ٣ minutes", "every 15 minutes"),
        ("every", 'must be "on change"'),
        ("every 0 minutes", "between 1 minute and 365 days"),
        ("every 366 days", "between 1 minute and 365 days"),
        ("every 999999999 days", "between 1 minute and 365 days"),
        ("cron", "five fields"),
        ("cron 0 6 * *", "five fields"),
        ("cron 0 0 6 * * *", "five fields"),
        ("cron @daily", "five fields"),
        ("cron 60 6 * * *", '"60" is no minute'),
        ("cron 0 24 * * *", '"24" is no hour'),
        ("cron 0 6 0 * *", '"0" is no day-of-month'),
        ("cron 0 6 * 13 *", '"13" is no month'),
        ("cron 0 6 * * someday", '"SOMEDAY" is no day-of-week'),
        ("cron */0 6 * * *", '"*/0" is no minute'),
        ("cron ６ 6 * * *", "ASCII"),
        ("cron 0 6 30 2 *", "no such month has a day 30"),
        ("cron 0 6 31 4,6,9,11 *", "no such month has a day 31"),
        (f"cron {'1,' * 200}1 6 * * *", "at most 200 characters"),
    ],
)
def test_anything_else_is_refused_with_what_would_be_right(text: str, right: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_schedule(text)

    assert right in refused.value.reason
    assert text in refused.value.thing


@given(st.one_of(st.text(), st.text(alphabet="0123456789*/-,#LW MONTUEJAN?@").map(lambda text: f"cron {text}")))
@settings(deadline=None)
def test_no_text_gets_anything_but_a_schedule_or_a_refusal(text: str) -> None:
    try:
        schedule = parse_schedule(text)
    except Invalid:
        return
    assert isinstance(schedule, OnChange | Every | Cron)


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("every hour", ("every hour",)),
        ("on change,every 15 minutes", ("on change", "every 15 minutes")),
        ("on change , every 15 minutes", ("on change", "every 15 minutes")),
        ("cron 0 6,18 * * mon,fri, every 2 hours", ("cron 0 6,18 * * mon,fri", "every 2 hours")),
        ("cron 0 6 1,15 * *", ("cron 0 6 1,15 * *",)),
    ],
)
def test_a_line_of_several_is_divided_between_them_and_inside_none(line: str, parts: tuple[str, ...]) -> None:
    assert split_schedules(line) == parts


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30 minutes", timedelta(minutes=30)),
        ("1 minute", timedelta(minutes=1)),
        ("90 seconds", timedelta(seconds=90)),
        ("0 minutes", timedelta(0)),
        ("2  Hours", timedelta(hours=2)),
        ("1day", timedelta(days=1)),
        ("2 weeks", timedelta(weeks=2)),
    ],
)
def test_a_length_of_time_is_read(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text", ["", "30", "minutes", "-1 hours", "1.5 hours", "1 fortnight", "366 days", "1 hour 30 minutes"]
)
def test_any_other_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="must be"):
        parse_duration(text)
