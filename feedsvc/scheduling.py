"""What time drives: which schedules have come due, and making the changes of their feeds due with them."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from feedsvc.schedules import next_due, parse_schedule
from feedsvc.store import Store, feeds, retried, runs

# Clocks of several hosts agree this well, or they need setting.
CLOCKS_AGREE = timedelta(minutes=1)


@retried
def serve_schedule(store: Store, schedule: str, zone: ZoneInfo, *, now: datetime) -> bool:
    """Run a schedule if it has come due since its last run; say whether it had.

    Of several hosts whose clocks strike, the first serves it: a due time is served once.
    """
    with store.writing() as connection:
        last = runs.hold_last_run(connection, schedule)
        due = next_due(parse_schedule(schedule), last, zone) if last is not None else now
        if due is None or due > now:
            return False
        _run(connection, schedule, now)
        return True


@retried
def run_schedule(store: Store, schedule: str, *, now: datetime) -> None:
    """Make every change of the feeds on a schedule due, and remember that all that fell due until now is served."""
    with store.writing() as connection:
        _run(connection, schedule, now)


def _run(connection: Connection, schedule: str, now: datetime) -> None:
    feeds.run_schedule(connection, schedule, now)
    runs.keep_run(connection, schedule, now)


@retried
def served_until(store: Store, schedule: str, *, now: datetime) -> datetime:
    """Give the time from which a schedule's next due time counts.

    That is its last run, so that what fell due while nothing ran is made up for, once; or now, for a schedule that
    is new, or whose last run lies ahead because the clock was set back.
    """
    with store.reading() as connection:
        last = runs.last_run(connection, schedule)
    if last is None or last > now + CLOCKS_AGREE:
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
