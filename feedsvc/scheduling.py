"""What time drives: which schedules have come due, and making the changes of their feeds due with them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from feedsvc.schedules import next_due, parse_schedule
from feedsvc.store import Store, feeds, runs


def run_schedule(store: Store, schedule: str, *, now: datetime) -> None:
    """Make every change of the feeds on a schedule due, and remember that all that fell due until now is served."""
    with store.writing() as connection:
        feeds.run_schedule(connection, schedule, now)
        runs.keep_run(connection, schedule, now)


def served_until(store: Store, schedule: str, *, now: datetime) -> datetime:
    """Give the time from which a schedule's next due time counts.

    That is its last run, so that what fell due while nothing ran is made up for, once; or now, for a schedule that
    is new, or whose last run lies ahead because the clock was set back.
    """
    with store.reading() as connection:
        last = runs.last_run(connection, schedule)
    if last is None or last > now:
        with store.writing() as connection:
            runs.keep_run(connection, schedule, now)
        return now
    return last


def next_runs(store: Store, zone: ZoneInfo, *, now: datetime) -> dict[str, datetime]:
    """Give the next due time of every schedule that a feed is on."""
    with store.reading() as connection:
        schedules = feeds.schedules(connection)
    due = {text: next_due(parse_schedule(text), now, zone) for text in schedules}
    return {text: instant for text, instant in due.items() if instant is not None}
