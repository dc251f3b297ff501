"""The publisher's clockwork, run as it runs in service: real threads, a real store, deadlines that are wide."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc import editing, scheduler, scheduling
from feedsvc.folder import Folder
from feedsvc.scheduler import EachSecond, Publisher
from tests.newsroom import ALL, Newsroom, draft
from tests.waiting import DEADLINE, wait_until


@contextmanager
def publishing(newsroom: Newsroom) -> Iterator[None]:
    stop = threading.Event()
    publisher = Publisher(newsroom.store, newsroom.folder, newsroom.site, lambda: datetime.now(UTC))
    thread = threading.Thread(target=scheduler.run, args=(publisher, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(DEADLINE)
        assert not thread.is_alive()


def wait_for(folder: Folder, text: str) -> None:
    path = folder.root / "all" / "feed.json"
    wait_until(lambda: path.exists() and text in path.read_text(encoding="utf-8"))


def test_a_change_by_another_process_is_published_without_being_asked(newsroom: Newsroom) -> None:
    newsroom.define([replace(ALL, publish=("on change",))])
    with publishing(newsroom):
        editing.create_article(newsroom.store, newsroom.site, draft("Now"), now=datetime.now(UTC), publish=True)
        wait_for(newsroom.folder, "Now")


@pytest.mark.parametrize("microsecond", [0, 1, 999_999])
def test_what_waits_for_the_next_second_is_looked_at_as_it_begins(microsecond: int) -> None:
    # A feed is published once a second: one that changes again waits no longer than for the second to end.
    now = datetime(2026, 3, 1, 11, 59, 59, microsecond, tzinfo=UTC)
    assert EachSecond().get_next_fire_time(now, now) == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_scheduled_article_comes_out_by_itself(newsroom: Newsroom) -> None:
    made = editing.create_article(newsroom.store, newsroom.site, draft("Later"), now=datetime.now(UTC))
    due = datetime.now(UTC) + timedelta(seconds=1.5)
    editing.schedule_article(newsroom.store, newsroom.site, made.id, due, based_on=None, now=datetime.now(UTC))
    with publishing(newsroom):
        wait_for(newsroom.folder, "Later")
    assert datetime.now(UTC) >= due


def test_a_schedule_that_fell_due_while_nothing_ran_is_served_at_the_start(newsroom: Newsroom) -> None:
    newsroom.define([replace(ALL, publish=("cron 0 6 * * *",))])
    scheduling.run_schedule(newsroom.store, "cron 0 6 * * *", now=datetime.now(UTC) - timedelta(days=2))
    newsroom.publish()
    editing.create_article(newsroom.store, newsroom.site, draft("Missed"), now=newsroom.now, publish=True)
    with publishing(newsroom):
        wait_for(newsroom.folder, "Missed")


def test_what_became_of_the_folder_meanwhile_is_put_right_at_the_start(newsroom: Newsroom) -> None:
    newsroom.write("Kept")
    newsroom.publish()
    (newsroom.folder.root / "all" / "feed.json").unlink()
    with publishing(newsroom):
        wait_for(newsroom.folder, "Kept")
