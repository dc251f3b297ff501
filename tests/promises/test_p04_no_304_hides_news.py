"""P04: no 304 ever hides news.

Two edits in one second; edit of the second item; removal of the first; change of the feed's title: each gives a new
ETag; Last-Modified never moves back.

The changes come from the newsroom's own hand and over the API; several hosts are P44's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc import editing, publishing
from feedsvc.model import Article, Draft, Status
from tests.api.desk import Desk, Reply
from tests.newsroom import ALL, draft
from tests.promises.gazette import Gazette
from tests.promises.readers import FEEDS

PATHS = [f"/feeds/all/{filename}" for filename in (*FEEDS, "")]


@dataclass
class Subscriber:
    """Polls one document with the validators that it was given, as reader software does, and remembers what it has."""

    gazette: Gazette
    path: str
    fields: tuple[str, ...]
    body: bytes = b""
    validators: dict[str, str] = field(default_factory=dict)
    newest: datetime | None = None

    def poll(self) -> None:
        asked = {theirs: self.validators[ours] for theirs, ours in SENT_BACK.items() if ours in self.validators}
        answer = self.gazette.get(self.path, {name: value for name, value in asked.items() if name in self.fields})
        if answer.status == 200:
            assert answer.body != self.body or "ETag" not in self.validators or "If-None-Match" not in self.fields
            self.body = answer.body
        else:
            assert answer.status == 304
        self.validators = {name: answer.headers[name] for name in SENT_BACK.values() if name in answer.headers}
        if "Last-Modified" in answer.headers:
            modified = parsedate_to_datetime(answer.headers["Last-Modified"])
            assert modified <= self.gazette.now, "Last-Modified is later than Date"
            assert self.newest is None or modified >= self.newest, "Last-Modified moved back"
            self.newest = modified


SENT_BACK = {"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}


def subscribe(gazette: Gazette) -> list[Subscriber]:
    """One subscriber for each document and each way of asking."""
    ways = (("If-None-Match",), ("If-Modified-Since",), tuple(SENT_BACK))
    return [Subscriber(gazette, path, way) for path in PATHS for way in ways]


def assert_nobody_misses_news(subscribers: list[Subscriber]) -> None:
    for subscriber in subscribers:
        subscriber.poll()
        unconditional = subscriber.gazette.get(subscriber.path)
        assert subscriber.body == unconditional.body, (subscriber.path, subscriber.fields)


def tags(gazette: Gazette) -> dict[str, str]:
    return {path: gazette.get(path).headers["ETag"] for path in PATHS}


@pytest.fixture
def stories(gazette: Gazette) -> list[Article]:
    """Three published stories, the newest first."""
    written = [gazette.write(title) for title in ("Third", "Second", "First")]
    gazette.publish()
    gazette.pass_time(60)
    return written[::-1]


def test_two_edits_in_one_second(gazette: Gazette, stories: list[Article]) -> None:
    subscribers = subscribe(gazette)
    assert_nobody_misses_news(subscribers)
    before = tags(gazette)
    gazette.now = gazette.now.replace(microsecond=0)
    for title in ("First, edited", "First, edited again"):
        gazette.edit(stories[0], draft(title), after=0.2)
        gazette.publish_now()
        assert_nobody_misses_news(subscribers)
    gazette.pass_time(1)
    gazette.publish_now()
    assert_nobody_misses_news(subscribers)
    assert "First, edited again" in gazette.read("all")
    after = tags(gazette)
    assert all(before[path] != after[path] for path in PATHS)


def test_two_publications_by_hand_in_one_second(gazette: Gazette, stories: list[Article]) -> None:
    subscribers = subscribe(gazette)
    assert_nobody_misses_news(subscribers)
    for title in ("First, edited", "First, edited again"):
        gazette.edit(stories[0], draft(title), after=0)
        publishing.publish_feed(gazette.store, gazette.folder, gazette.site, "all", reason="by hand", now=gazette.now)
        assert title in gazette.read("all")
        assert_nobody_misses_news(subscribers)
    gazette.pass_time(5)
    assert_nobody_misses_news(subscribers)


Change = Callable[[Gazette, list[Article]], object]

CHANGES: dict[str, Change] = {
    "a minor edit of the second item": lambda room, stories: room.edit(stories[1], draft("Second", "<p>Stay out.</p>")),
    "one character in the third item": lambda room, stories: room.edit(stories[2], draft("Third", "<p>Stay in!</p>")),
    "a correction of the second item": lambda room, stories: room.correct(stories[1], draft("Second")),
    "removal of the first": lambda room, stories: room.withdraw(stories[0], notice=False),
    "a notice in place of the first": lambda room, stories: room.withdraw(stories[0], notice=True),
    "removal of the last": lambda room, stories: room.withdraw(stories[2], notice=False),
    "a new title of the feed": lambda room, _: room.define([replace(ALL, title="The news")]),
    "a new description of the feed": lambda room, _: room.define([replace(ALL, description="All of it")]),
    "a new address of the site": lambda room, _: room.open(replace(room.site, base_url="https://new.example.org")),
    "fewer entries": lambda room, _: room.define([replace(ALL, limit=2)]),
    "a backdated insert": lambda room, _: room.bring_in(
        "old.md", b"---\ntitle: From the archive\ndate: 2026-03-01T12:00:02Z\n---\nOld news."
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_each_change_gives_a_new_tag_and_reaches_every_subscriber(
    gazette: Gazette, stories: list[Article], change: Change
) -> None:
    subscribers = subscribe(gazette)
    assert_nobody_misses_news(subscribers)
    before = tags(gazette)
    change(gazette, stories)
    gazette.publish()
    after = tags(gazette)
    # A page shows no bodies, so that it has no news where only a body changed.
    assert all(before[path] != after[path] for path in PATHS[:-1])
    assert_nobody_misses_news(subscribers)


def release_what_waits(desk: Desk, story: Reply) -> Reply:
    """Save a change beside what readers see, then bring it out."""
    before = tags(desk)
    waiting = desk.change(story, title="First, once it may", live=False)
    desk.publish()
    assert tags(desk) == before
    return desk.step(waiting, "publish")


BY_THE_API: dict[str, tuple[int, Callable[[Desk, Reply], Reply]]] = {
    "a PATCH of the second item": (1, lambda desk, story: desk.change(story, summary="Stay out.")),
    "a PUT of the third item": (
        2,
        lambda desk, story: desk.change(story, "PUT", title="Third", content_text="Stay in!"),
    ),
    "a correction of the second item": (
        1,
        lambda desk, story: desk.step(story, "correct", {"note": "It was Tuesday."}),
    ),
    "removal of the first": (
        0,
        lambda desk, story: desk.step(story, "withdraw", {"reason": "It was not so.", "notice": False}),
    ),
    "a notice in place of the first": (
        0,
        lambda desk, story: desk.step(story, "withdraw", {"reason": "It was not so.", "notice": True}),
    ),
    "a change that waited": (0, release_what_waits),
    "a new article": (0, lambda desk, _: desk.create(title="Fourth")),
}


@pytest.mark.parametrize(("which", "change"), BY_THE_API.values(), ids=BY_THE_API.keys())
def test_each_change_by_the_api_gives_a_new_tag_and_reaches_every_subscriber(
    desk: Desk, which: int, change: Callable[[Desk, Reply], Reply]
) -> None:
    written = [desk.create(title=title, content_text="Stay in.") for title in ("Third", "Second", "First")][::-1]
    desk.publish()
    desk.pass_time(60)
    subscribers = subscribe(desk)
    assert_nobody_misses_news(subscribers)
    before = tags(desk)
    assert change(desk, written[which]).status in {200, 201}
    desk.publish()
    after = tags(desk)
    assert all(before[path] != after[path] for path in PATHS[:-1])
    assert_nobody_misses_news(subscribers)


def test_two_edits_by_the_api_in_one_second(desk: Desk) -> None:
    story = desk.create(title="First")
    desk.publish()
    desk.pass_time(60)
    subscribers = subscribe(desk)
    assert_nobody_misses_news(subscribers)
    before = tags(desk)
    desk.now = desk.now.replace(microsecond=0)
    for title in ("First, edited", "First, edited again"):
        desk.now += timedelta(seconds=0.2)
        story = desk.call("PATCH", f"/articles/{story.json['id']}", {"title": title}, If_Match=story.tag)
        assert story.status == 200
        desk.publish_now()
        assert_nobody_misses_news(subscribers)
    desk.pass_time(1)
    desk.publish_now()
    assert_nobody_misses_news(subscribers)
    assert "First, edited again" in desk.read("all")
    after = tags(desk)
    assert all(before[path] != after[path] for path in PATHS)


def test_an_item_that_leaves_a_feed_is_news_in_that_feed(gazette: Gazette) -> None:
    weather = replace(ALL, slug="weather", select=replace(ALL.select, sections=("Weather",)))
    gazette.define([ALL, weather])
    story = gazette.write("Storm", section="Weather")
    gazette.publish()
    gazette.pass_time(60)
    subscriber = Subscriber(gazette, "/feeds/weather/rss.xml", ("If-Modified-Since",))
    subscriber.poll()
    assert b"Storm" in subscriber.body
    gazette.edit(story, draft("Storm", section="Politics"))
    gazette.publish()
    subscriber.poll()
    assert b"Storm" not in subscriber.body


def test_a_clock_that_is_set_back_hides_nothing(gazette: Gazette, stories: list[Article]) -> None:
    subscribers = subscribe(gazette)
    gazette.write("Before the clock was set")
    gazette.publish()
    assert_nobody_misses_news(subscribers)
    gazette.now -= timedelta(hours=1)
    for title in ("After it was set", "And after that"):
        gazette.write(title)
        gazette.publish()
        assert title in gazette.read("all")
        assert_nobody_misses_news(subscribers)
    gazette.now += timedelta(hours=2)
    assert_nobody_misses_news(subscribers)


STEPS = st.sampled_from(["write", "edit", "correct", "withdraw", "retitle", "backdate", "publish", "publish", "poll"])
PAUSES = st.sampled_from([0.0, 0.05, 0.3, 0.6, 0.95, 1.0, 1.5, 7.25])


@settings(max_examples=12, deadline=None)
@given(walk=st.lists(st.tuples(STEPS, st.integers(0, 3), PAUSES), min_size=5, max_size=25))
def test_whatever_happens_when_no_subscriber_is_left_with_old_news(
    make_gazette: Callable[[], Gazette], walk: list[tuple[str, int, float]]
) -> None:
    room = make_gazette()
    written = [room.write("The first")]
    room.publish()
    subscribers = subscribe(room)
    for number, (step, which, pause) in enumerate(walk):
        if step == "poll":
            assert_nobody_misses_news(subscribers)
        else:
            take(room, step, written, which, draft(f"Story {number}"))
        room.pass_time(pause)
    room.pass_time(5)
    room.publish_now()
    assert_nobody_misses_news(subscribers)


def take(room: Gazette, step: str, written: list[Article], which: int, story: Draft) -> None:
    """Take one step at the time that it is; the article that it touches is counted from the newest."""
    number = len(written) - 1 - which % len(written)
    article = written[number]
    if step in {"write", "backdate"}:
        at = room.now if step == "write" else article.created_at - timedelta(days=1)
        written.append(editing.create_article(room.store, room.site, story, now=at, publish=True))
    elif step == "publish":
        room.publish_now()
    elif step == "retitle":
        room.define([replace(ALL, title=story.title)])
    elif article.status is Status.PUBLISHED:
        changes: dict[str, Callable[[], Article]] = {
            "edit": lambda: room.edit(article, story, after=0),
            "correct": lambda: room.correct(article, story, after=0),
            "withdraw": lambda: room.withdraw(article, notice=bool(which % 2), after=0),
        }
        written[number] = changes[step]()
