"""P33: no flood.

A change that would make more than N delivered entries look new (guid churn, date jump, mass edit, count collapse) is
held: the last good version stays up, the operator sees the difference and releases it or rolls back in one step. Every
version of a feed is kept for a set time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feedsvc import editing, holding, publishing
from feedsvc.model import Article
from feedsvc.store import publications
from tests.guard.floods import bring_in_archive, change_guids, correct, fill, withdraw
from tests.newsroom import ALL, draft
from tests.promises.gazette import Gazette, snapshot
from tests.promises.installation import Installation
from tests.promises.readers import FEEDS
from tests.service import CONFIG, Service, serving

Flood = Callable[[Gazette, list[Article]], object]


def move_out(room: Gazette, stories: list[Article]) -> None:
    room.define([replace(ALL, select=replace(ALL.select, languages=("en",)))])
    for story in stories:
        room.edit(story, draft(story.revision.title, language="de"))


FLOODS: dict[str, Flood] = {
    "changed guids": change_guids,
    "an archive in a live feed": lambda room, _: bring_in_archive(room, 30),
    "dates that jump": lambda room, stories: [correct(room, story) for story in stories],
    "a count that collapses": lambda room, _: room.define([replace(ALL, select=replace(ALL.select, tags=("none",)))]),
    "an edit that moves most of a feed elsewhere": move_out,
}


def seen(room: Gazette) -> dict[str, tuple[object, ...]]:
    """Give all that a reader can see of the feed; the list of feeds is another one's business."""
    return {path: found for path, found in snapshot(room).items() if path.startswith("/feeds/all/")}


@pytest.fixture
def stories(gazette: Gazette) -> list[Article]:
    """A live feed of a dozen stories."""
    return fill(gazette)


@pytest.fixture(params=FLOODS.values(), ids=tuple(FLOODS))
def flooded(request: pytest.FixtureRequest, gazette: Gazette, stories: list[Article]) -> dict[str, tuple[object, ...]]:
    """A flood that the publisher has seen; gives what readers saw before."""
    before = seen(gazette)
    request.param(gazette, stories)
    assert gazette.publish()["all"].held
    return before


def test_a_flood_reaches_nobody(gazette: Gazette, flooded: dict[str, tuple[object, ...]]) -> None:
    assert seen(gazette) == flooded
    gazette.publish()
    assert seen(gazette) == flooded
    health = json.loads(gazette.get("/healthz").body)
    assert health["feeds"]["all"]["state"] == "held"


def test_the_operator_sees_what_would_change_and_lets_it_through(
    gazette: Gazette, flooded: dict[str, tuple[object, ...]]
) -> None:
    (held,) = holding.list_held(gazette.store)
    assert held.slug == "all"
    assert held.verdict.reasons
    difference = holding.compare(gazette.store, "all")
    assert difference.counted
    assert difference.new or difference.lost or difference.moved
    publishing.release_feed(gazette.store, gazette.folder, gazette.site, "all", now=gazette.pass_time(2))
    released = seen(gazette)
    assert all(released[f"/feeds/all/{name}"] != flooded[f"/feeds/all/{name}"] for name in FEEDS)
    assert holding.list_held(gazette.store) == []
    gazette.publish()
    assert seen(gazette) == released


def test_what_was_let_through_is_taken_back_in_one_step(
    gazette: Gazette, flooded: dict[str, tuple[object, ...]]
) -> None:
    before = gazette.read_all()
    publishing.release_feed(gazette.store, gazette.folder, gazette.site, "all", now=gazette.pass_time(2))
    publishing.roll_back_feed(gazette.store, gazette.folder, gazette.site, "all", now=gazette.pass_time(2))
    assert gazette.read_all() == before


def test_a_story_can_be_taken_back_whatever_is_held(
    gazette: Gazette, stories: list[Article], flooded: dict[str, tuple[object, ...]]
) -> None:
    before = gazette.read_all()
    withdraw(gazette, stories[7], notice=False)
    gazette.publish()
    for reader, items in gazette.read_all().items():
        assert items == [item for item in before[reader] if item.title != "Story 7"], reader
    assert holding.list_held(gazette.store)


def test_readers_see_no_feed_date_move_back_by_a_rollback(gazette: Gazette, stories: list[Article]) -> None:
    dates = []
    for step in (
        lambda: gazette.write("A mistake"),
        lambda: publishing.roll_back_feed(gazette.store, gazette.folder, gazette.site, "all", now=gazette.pass_time(2)),
        lambda: publishing.release_feed(gazette.store, gazette.folder, gazette.site, "all", now=gazette.pass_time(2)),
    ):
        step()
        gazette.publish()
        [updated, *_] = re.findall("<updated>(.*?)</updated>", gazette.read("all", "atom.xml"))
        dates.append((updated, gazette.get("/feeds/all/atom.xml").headers["Last-Modified"]))
    assert dates == sorted(dates)


def test_every_version_is_kept_for_thirty_days(gazette: Gazette, stories: list[Article]) -> None:
    for number in range(5):
        gazette.write(f"News {number}")
        gazette.publish()
    gazette.pass_time(29 * 86_400)
    with gazette.store.writing() as connection:
        publications.forget_before(connection, gazette.now - timedelta(days=30))
    _, past = holding.list_publications(gazette.store, "all")
    for publication in past:
        if publication.manifest:
            publishing.roll_back_feed(
                gazette.store, gazette.folder, gazette.site, "all", publication.number, now=gazette.pass_time(2)
            )
            assert {len(items) for items in gazette.read_all().values()} == {len(publication.manifest)}


def test_news_moving_in_and_everyday_work_are_never_held(gazette: Gazette) -> None:
    gazette.write("Hello, subscribers")
    gazette.publish()
    for step in range(3):
        bring_in_archive(gazette, 20, prefix=f"Archive {step}")
        assert not gazette.publish()["all"].held
    for number in range(60):
        gazette.write(f"News {number}")
    assert not gazette.publish()["all"].held
    article = gazette.write("The latest")
    for _ in range(12):
        correct(gazette, article)
        assert not gazette.publish()["all"].held
    gazette.pass_time(3600)
    editing.edit_article(
        gazette.store, gazette.site, article.id, draft("The latest, edited"), based_on=None, now=gazette.now
    )
    assert not gazette.publish()["all"].held


STORY = """---
title: Story {number}
id: {id}
date: 2019-03-{number:02}T12:00:00Z
---
It was so.
"""


def write_stories(folder: Path, ids: str, count: int = 20) -> Path:
    folder.mkdir()
    for number in range(1, count + 1):
        text = STORY.format(number=number, id=f"{ids}-{number}")
        (folder / f"{ids}-{number}.md").write_text(text, encoding="utf-8")
    return folder


def titles(reading: Service | Installation) -> list[str]:
    return [item["title"] for item in json.loads(reading.get("/feeds/all/feed.json").body)["items"]]


def test_the_running_service_obeys_its_operator(tmp_path: Path) -> None:
    def call(*arguments: str) -> Any:
        done = service.command(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    with serving(tmp_path / "service", CONFIG) as service:
        service.import_files(write_stories(tmp_path / "first", "first"))
        service.wait_for("/feeds/all/feed.json", lambda answer: answer.body.count(b"It was so.") >= 20)
        service.import_files(write_stories(tmp_path / "again", "again"))
        service.wait_for("/healthz", lambda answer: b'"held"' in answer.body)
        # What trickled in before there was too much is within the limit.
        let_in = len(titles(service)) - 20
        assert 0 <= let_in <= 10
        [held] = call("held")
        assert (held["feed"], len(call("diff", "all")["new"])) == ("all", 20 - let_in)
        assert call("release", "all")["held"] == []
        assert len(titles(service)) == 40
        call("rollback", "all")
        assert len(titles(service)) == 20 + let_in


def test_the_commands_say_what_is_held_why_and_what_to_do(installation: Installation, tmp_path: Path) -> None:
    def call(*arguments: str) -> Any:
        called = installation.call(*arguments, "--json")
        assert called.code == 0, called
        return json.loads(called.out)

    installation.bring_in(write_stories(tmp_path / "first", "first"))
    installation.publish()
    assert installation.call("held").out == "No feed is held.\n"
    assert "is not held" in installation.call("diff", "all").out

    installation.bring_in(write_stories(tmp_path / "again", "again"))
    assert "held" in installation.publish().out
    assert titles(installation) == [f"Story {number}" for number in range(20, 0, -1)]
    shown = installation.call("held")
    assert "20 entries would look new and are not; max_new is 10" in shown.out
    assert "feedsvc release" in shown.err
    found = call("diff", "all")
    assert len(found["new"]) == 20
    assert {"title", "entry_id", "published_at", "updated_at", "counted"} <= set(found["new"][0])
    told = installation.call("diff", "all").out
    assert "Story 3" in told
    assert "2019-03-03 12:00:00 UTC" in told
    [feed] = call("feeds")
    assert (feed["state"], feed["entries"]) == ("held", 20)
    assert feed["held"] == call("held")[0]["reasons"]

    assert "released" in installation.call("release", "all").out
    assert len(titles(installation)) == 40
    released = installation.get("/feeds/all/rss.xml")
    refused = installation.call("release", "all")
    assert refused.code == 1
    assert "is not held" in refused.err

    listed = call("rollback", "all", "--list")
    assert [one["live"] for one in listed] == [True, *(False for _ in listed[1:])]
    [first] = (one["publication"] for one in listed if one["entries"] == 20)
    assert "put back by hand" in installation.call("rollback", "all", str(first)).out
    assert titles(installation) == [f"Story {number}" for number in range(20, 0, -1)]
    assert installation.get("/feeds/all/rss.xml").headers["ETag"] != released.headers["ETag"]
    unknown = installation.call("rollback", "all", "99999")
    assert unknown.code == 2
    assert "feedsvc rollback all --list" in unknown.err
