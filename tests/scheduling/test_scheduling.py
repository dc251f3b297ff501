"""Schedules are served from our own table: what fell due while nothing ran is made up for, once."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from feedsvc import scheduling
from feedsvc.schedules import next_due, parse_schedule
from feedsvc.store import feeds
from tests.newsroom import ALL, START, Newsroom

MORNING = "cron 0 6 * * *"
UTC = ZoneInfo("UTC")


def test_a_change_waits_for_the_schedule_and_comes_out_with_it(newsroom: Newsroom) -> None:
    newsroom.define([replace(ALL, publish=(MORNING,))])
    newsroom.publish()
    newsroom.write("First")
    newsroom.write("Second")
    assert newsroom.publish() == {}
    scheduling.run_schedule(newsroom.store, MORNING, now=newsroom.pass_time())
    assert set(newsroom.publish()) == {"all"}
    assert "First" in newsroom.read("all")
    assert "Second" in newsroom.read("all")


def test_a_schedule_that_comes_round_without_a_change_publishes_nothing(newsroom: Newsroom) -> None:
    newsroom.define([replace(ALL, publish=(MORNING,))])
    newsroom.write()
    scheduling.run_schedule(newsroom.store, MORNING, now=newsroom.pass_time())
    newsroom.publish()
    before = newsroom.files()
    scheduling.run_schedule(newsroom.store, MORNING, now=newsroom.pass_time(86_400))
    assert newsroom.publish() == {}
    assert newsroom.files() == before
    with newsroom.store.reading() as connection:
        assert feeds.get(connection, "all").last_run_at == newsroom.now - timedelta(seconds=2)


def test_a_new_schedule_counts_from_now_and_a_missed_one_from_its_last_run(newsroom: Newsroom) -> None:
    assert scheduling.served_until(newsroom.store, MORNING, now=START) == START
    days_later = START + timedelta(days=3)
    served = scheduling.served_until(newsroom.store, MORNING, now=days_later)
    assert served == START
    due = next_due(parse_schedule(MORNING), served, UTC)
    assert due is not None
    assert due < days_later
    scheduling.run_schedule(newsroom.store, MORNING, now=days_later)
    served = scheduling.served_until(newsroom.store, MORNING, now=days_later)
    due = next_due(parse_schedule(MORNING), served, UTC)
    assert due is not None
    assert due > days_later


def test_a_clock_that_was_set_back_does_not_stop_a_schedule(newsroom: Newsroom) -> None:
    scheduling.run_schedule(newsroom.store, MORNING, now=START + timedelta(days=365))
    assert scheduling.served_until(newsroom.store, MORNING, now=START) == START


def test_the_next_run_of_each_schedule_is_told(newsroom: Newsroom) -> None:
    newsroom.define([replace(ALL, publish=("on change", MORNING, "every 15 minutes"))])
    assert scheduling.next_runs(newsroom.store, UTC, now=START) == {
        MORNING: START + timedelta(hours=18),
        "every 15 minutes": START + timedelta(minutes=15),
    }
