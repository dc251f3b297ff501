"""When each schedule last ran: kept in our own table, so that a restart makes up for what fell due meanwhile."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from feedsvc.store.tables import schedule_runs
from feedsvc.store.upserting import upsert


def last_run(connection: Connection, schedule: str) -> datetime | None:
    """Give the time until which everything that fell due by a schedule is served."""
    return connection.execute(select(schedule_runs.c.ran_at).where(schedule_runs.c.schedule == schedule)).scalar()


def hold_last_run(connection: Connection, schedule: str) -> datetime | None:
    """Give the same, and keep others from serving the schedule until the transaction ends."""
    mine = select(schedule_runs.c.ran_at).where(schedule_runs.c.schedule == schedule)
    return connection.execute(mine.with_for_update()).scalar()


def keep_run(connection: Connection, schedule: str, ran_at: datetime) -> None:
    """Remember that a schedule ran."""
    run = upsert(connection, schedule_runs).values(schedule=schedule, ran_at=ran_at)
    connection.execute(run.on_conflict_do_update(index_elements=[schedule_runs.c.schedule], set_={"ran_at": ran_at}))
