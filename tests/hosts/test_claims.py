"""Of several hosts one does what there is to do, and another takes over when that one dies."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from feedsvc import announcing, editing, mirroring, picturing, publishing, scheduler, scheduling
from feedsvc.announcing import Sender
from feedsvc.editing import filling
from feedsvc.errors import Unavailable
from feedsvc.fetching import Fetcher
from feedsvc.folder import Folder
from feedsvc.model import Image
from feedsvc.scheduler import Publisher
from feedsvc.store import Store, announcements, feeds, leases, progress
from tests.hosts.together import at_once, stores_of
from tests.newsroom import ALL, Newsroom
from tests.outside import serving_outside

NEAR = Fetcher(allow_private_hosts=True)
MORNING = "cron 0 6 * * *"


def let_leases_run_out(newsroom: Newsroom) -> None:
    with newsroom.store.writing() as connection:
        connection.execute(text("UPDATE leases SET until = 0"))


def test_a_lease_is_one_s_until_it_runs_out_or_is_given_back(newsroom: Newsroom) -> None:
    with newsroom.store.claiming() as connection:
        assert leases.take(connection, {"feed 1", "feed 2"}, "here") == {"feed 1", "feed 2"}
        assert leases.take(connection, {"feed 2", "feed 3"}, "there") == {"feed 3"}
        assert leases.take(connection, {"feed 1"}, "here") == {"feed 1"}
        leases.give_back(connection, {"feed 1", "feed 3"}, "here")
        assert leases.take(connection, {"feed 1", "feed 3"}, "anybody") == {"feed 1"}
        assert leases.take(connection, {"feed 4"}, "here", seconds=-1) == {"feed 4"}
        assert leases.take(connection, {"feed 4"}, "there") == {"feed 4"}
        assert leases.take(connection, (), "here") == set()


def test_hosts_share_the_work_and_each_publication_is_made_once(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.define([replace(ALL, slug=f"feed-{number}") for number in range(12)])
    now = newsroom.pass_time(2)
    with stores_of(newsroom, 3) as stores:

        def publish(number: int, store: Store) -> list[str]:
            folder, done = Folder(tmp_path / f"host-{number}"), []
            while some := publishing.publish_due(store, folder, newsroom.site, now=now, limit=2, host=f"host {number}"):
                done += [outcome.slug for outcome in some]
            return done

        came_to = at_once(*(lambda n=number, s=store: publish(n, s) for number, store in enumerate(stores)))
    counted = Counter(slug for done in came_to for slug in done)  # type: ignore[attr-defined]
    assert counted == dict.fromkeys(["all", *(f"feed-{number}" for number in range(12)), *own(newsroom)], 1)
    with newsroom.store.reading() as connection:
        made = connection.execute(text("SELECT count(*) FROM publications")).scalar_one()
    # The feed that was removed before it was published has nothing to publish.
    assert made == len(counted) - 1


def own(newsroom: Newsroom) -> list[str]:
    """Give the slugs of the site's own documents."""
    with newsroom.store.reading() as connection:
        return [kept.feed.slug for kept in feeds.own_documents(connection)]


def test_what_a_dead_host_was_publishing_is_published_by_another(newsroom: Newsroom) -> None:
    newsroom.write()
    with newsroom.store.claiming() as connection:
        due = {leases.of_feed(kept.number) for kept in progress.find_due(connection)}
        leases.take(connection, due, "dead")

    def publish() -> tuple[publishing.Outcome, ...]:
        now = newsroom.pass_time(2)
        return publishing.publish_due(newsroom.store, newsroom.folder, newsroom.site, now=now, host="alive")

    assert publish() == ()
    let_leases_run_out(newsroom)
    assert "all" in {outcome.slug for outcome in publish()}


def test_a_host_that_is_started_again_goes_on_with_what_it_was_publishing(newsroom: Newsroom) -> None:
    newsroom.write()
    with newsroom.store.claiming() as connection:
        due = {leases.of_feed(kept.number) for kept in progress.find_due(connection)}
        leases.take(connection, due, "here")
    now = newsroom.pass_time(2)
    done = publishing.publish_due(newsroom.store, newsroom.folder, newsroom.site, now=now, host="here")
    assert "all" in {outcome.slug for outcome in done}


def test_a_host_whose_disk_refuses_keeps_no_other_from_publishing(newsroom: Newsroom, tmp_path: Path) -> None:
    in_the_way = tmp_path / "full"
    in_the_way.write_bytes(b"")
    newsroom.write("First")
    now = newsroom.pass_time(2)
    publishing.publish_due(newsroom.store, Folder(in_the_way), newsroom.site, now=now, host="full")
    mirroring.mirror_all(newsroom.store, newsroom.folder, now=now)
    assert "First" in newsroom.read("all")
    newsroom.write("Second")
    newsroom.publish()
    assert "Second" in newsroom.read("all")


def test_a_due_time_is_served_once_however_many_clocks_strike(newsroom: Newsroom) -> None:
    newsroom.define([replace(ALL, publish=(MORNING,))])
    scheduling.run_schedule(newsroom.store, MORNING, now=newsroom.now)
    struck = newsroom.now.replace(hour=6) + timedelta(days=1)
    zone = ZoneInfo("UTC")
    with stores_of(newsroom, 3) as stores:
        came_to = at_once(
            *(lambda s=store: scheduling.serve_schedule(s, MORNING, zone, now=struck) for store in stores)
        )
    assert sorted(map(bool, came_to)) == [False, False, True]
    # Their clocks need not agree to the second.
    slower = struck - timedelta(seconds=2)
    assert scheduling.served_until(newsroom.store, MORNING, now=slower) == struck
    assert not scheduling.serve_schedule(newsroom.store, MORNING, zone, now=struck + timedelta(seconds=2))
    assert scheduling.serve_schedule(newsroom.store, MORNING, zone, now=struck + timedelta(days=1))


def test_each_announcement_is_sent_by_one_host(newsroom: Newsroom) -> None:
    with serving_outside() as outside:
        outside.answers["/"] = (204, b"")
        newsroom.site = replace(newsroom.site, hubs=(f"{outside.url}/",))
        newsroom.define([replace(ALL, slug=f"feed-{number}") for number in range(5)])
        newsroom.publish()
        with stores_of(newsroom, 3) as stores:
            came_to = at_once(*(lambda s=store: announcing.send_due(s, NEAR, now=newsroom.now) for store in stores))
        assert sum(came_to) == len(outside.requests) == 15  # type: ignore[arg-type]
        assert set(Counter(body for _, _, body in outside.requests).values()) == {1}


def test_an_announcement_whose_sender_died_is_sent_again_after_a_while(newsroom: Newsroom) -> None:
    with serving_outside() as outside:
        outside.answers["/"] = (204, b"")
        newsroom.site = replace(newsroom.site, hubs=(f"{outside.url}/",))
        newsroom.define()
        newsroom.publish()

        def die(*_: object) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            announcing.send_due(newsroom.store, die, now=newsroom.now)  # type: ignore[arg-type]
        assert announcing.send_due(newsroom.store, NEAR, now=newsroom.now) == 2
        assert announcing.send_due(newsroom.store, NEAR, now=newsroom.now + announcing.CLAIMED_FOR) == 1


def test_a_sender_that_was_cut_off_from_the_store_marks_what_it_has_sent_and_sends_it_no_second_time(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_outside() as outside:
        outside.answers["/"] = (204, b"")
        newsroom.site = replace(newsroom.site, hubs=(f"{outside.url}/",))
        newsroom.define()
        newsroom.publish()
        sender = Sender(newsroom.store, NEAR, lambda: newsroom.now)

        def cut_off(*_: object) -> None:
            raise Unavailable("store", "is out of reach")

        with monkeypatch.context() as patch:
            patch.setattr(announcements, "set_sent", cut_off)
            with pytest.raises(Unavailable):
                sender.send_due()
        assert len(outside.requests) == 1
        newsroom.now += announcing.CLAIMED_FOR
        assert sender.send_due() == 2
        assert len(outside.requests) == 3


def test_a_picture_is_fetched_by_one_host(newsroom: Newsroom) -> None:
    with serving_outside() as outside:
        for number in range(6):
            newsroom.write(image=Image(f"{outside.url}/{number}.jpg"))
        near = Fetcher(allow_private_hosts=frozenset({"127.0.0.1"}))
        with stores_of(newsroom, 3) as stores:
            at_once(*(lambda s=store: picturing.measure_due(s, near, now=newsroom.now) for store in stores))
        assert len(outside.requests) == 6


def test_a_feed_that_a_dead_host_left_half_filled_is_filled_by_another(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "BATCH", 2)
    for number in range(5):
        newsroom.write(str(number))

    def die(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(filling, "_place_all", die)
        with pytest.raises(KeyboardInterrupt):
            newsroom.define([replace(ALL, slug="late"), ALL])
    with newsroom.store.claiming() as connection:
        leases.take(connection, {leases.of_feed(feeds.get(connection, "late").number)}, "dead")
    editing.fill_feeds(newsroom.store, newsroom.site, now=newsroom.now)
    newsroom.publish()
    assert not (newsroom.folder.root / "late").exists()
    let_leases_run_out(newsroom)
    editing.fill_feeds(newsroom.store, newsroom.site, now=newsroom.now)
    newsroom.publish()
    assert newsroom.read("late").count('"id":"urn:uuid:') == 5


def test_a_host_whose_clock_is_off_says_so(newsroom: Newsroom, caplog: pytest.LogCaptureFixture) -> None:
    def look(off: float) -> str:
        def now() -> datetime:
            return datetime.now(UTC) + timedelta(seconds=off)

        caplog.clear()
        with caplog.at_level(logging.WARNING):
            scheduler.look_at_clock(Publisher(newsroom.store, newsroom.folder, newsroom.site, now))
        return caplog.text

    assert look(0) == ""
    assert "+10 s off the database's" in look(10)
    assert "-10 s off the database's" in look(-10)
