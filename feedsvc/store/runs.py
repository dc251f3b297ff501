"""When each schedule last ran: kept in our own table, so that a restart makes up for what fell due meanwhile."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from feedsvc.store.tables import schedule_runs


def last_run(connection: Connection, schedule: str) -> datetime | None:
    """Give the time until which everything that fell due by a schedule is served."""
    return connection.execute(select(schedule_runs.c.ran_at).where(schedule_runs.c.schedule == schedule)).scalar()


def keep_run(connection: Connection, schedule: str, ran_at: datetime) -> None:
    """Remember that a schedule ran."""
    here = update(schedule_runs).where(schedule_runs.c.schedule == schedule).values(ran_at=ran_at)
    if connection.execute(here).rowcount == 0:
        connection.execute(insert(schedule_runs).values(schedule=schedule, ran_at=ran_at))
