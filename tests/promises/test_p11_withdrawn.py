"""P11: a story can be taken back.

Withdraw: the entry leaves or is replaced by a notice under the same guid (the feed's setting), Atom carries
`at:deleted-entry` (RFC 6721), a SmartNews feed carries `media:status` deleted with a new pubDate, the sitemap entry is
gone, the permalink answers 410, a push is sent.

not yet: SmartNews feeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from feedsvc import announcing
from feedsvc.fetching import Fetcher
from feedsvc.model import Feed
from tests.api.desk import Desk, Reply
from tests.newsroom import ALL
from tests.outside import Outside, serving_outside
from tests.promises.gazette import public_paths
from tests.promises.readers import FEEDS, TOMBSTONE, parse_xml

KEEPS, DROPS = ALL, Feed("drops", "Drops", "", keep_notice=False)
STORY: dict[str, Any] = {
    "title": "Mayor resigns",
    "content_html": "<p>The mayor has gone abroad.</p>",
    "summary": "Gone abroad.",
    "image": {"url": "https://example.org/mayor.jpg", "alt": "The mayor"},
    "section": "Politics",
}
SITEMAPS = ("/sitemap.xml", "/news-sitemap.xml")
REASON = "The mayor has not resigned."


@pytest.fixture
def hub() -> Iterator[Outside]:
    with serving_outside() as outside:
        outside.answers["/"] = (204, b"")
        yield outside


@pytest.fixture
def desk(make_place: Callable[[], Path], empty_store: Path, hub: Outside) -> Iterator[Desk]:
    room = Desk(make_place(), empty_store, feeds=(KEEPS, DROPS))
    room.open(replace(room.site, hubs=(f"{hub.url}/",)))
    room.create(title="Rain", content_text="All day.")
    yield room
    room.store.close()


@pytest.fixture
def story(desk: Desk) -> Reply:
    made = desk.create(**STORY)
    desk.publish()
    desk.pass_time(60)
    return made


def withdraw(desk: Desk, story: Reply, **words: Any) -> Reply:
    gone = desk.step(story, "withdraw", {"reason": REASON, **words})
    assert (gone.status, gone.json["status"]) == (200, "withdrawn")
    desk.publish()
    return gone


def tombstones(desk: Desk, slug: str) -> dict[str, str]:
    feed = parse_xml(desk.get(f"/feeds/{slug}/atom.xml").body)
    return {one.get("ref"): one.get("when") for one in feed.findall(TOMBSTONE)}


def assert_replaced(desk: Desk, slug: str, gone: Reply) -> None:
    """The notice stands under the story's own guid and date, so that readers show it in the story's place."""
    for reader, items in desk.read_all(slug).items():
        found = {item.id: item for item in items}
        item = found[gone.json["entry_id"]]
        assert REASON in (item.content or item.summary), reader
        assert "This article was withdrawn" in (item.content or item.summary), reader
        assert item.published is not None
        assert item.published.isoformat().replace("+00:00", "Z") == gone.json["published_at"]
        assert item.updated is None or item.updated > item.published
        assert not item.enclosures
        assert len(items) == 2
    assert tombstones(desk, slug) == {}


def assert_gone(desk: Desk, slug: str, gone: Reply) -> None:
    for reader, items in desk.read_all(slug).items():
        assert [item.title for item in items] == ["Rain"], reader
    assert tombstones(desk, slug) == {gone.json["entry_id"]: gone.json["withdrawn_at"]}


def test_each_feed_keeps_a_notice_or_drops_the_entry_as_it_is_set(desk: Desk, story: Reply) -> None:
    gone = withdraw(desk, story)
    assert_replaced(desk, "all", gone)
    assert_gone(desk, "drops", gone)


@pytest.mark.parametrize(("notice", "check"), [(True, assert_replaced), (False, assert_gone)])
def test_the_withdrawal_itself_can_decide_for_every_feed(
    desk: Desk, story: Reply, notice: bool, check: Callable[[Desk, str, Reply], None]
) -> None:
    gone = withdraw(desk, story, notice=notice)
    for slug in ("all", "drops"):
        check(desk, slug, gone)


@pytest.mark.parametrize("notice", [True, False, None])
def test_nothing_of_the_text_stays_anywhere(desk: Desk, story: Reply, notice: bool | None) -> None:
    gone = withdraw(desk, story, notice=notice)
    for path in (*public_paths(desk), *SITEMAPS, gone.json["permalink"]):
        answer = desk.get(path)
        for text in (b"gone abroad", b"Gone abroad", b"mayor.jpg"):
            assert text not in answer.body, path


@pytest.mark.parametrize("notice", [True, False, None])
def test_its_address_answers_410_with_the_reason_at_once(desk: Desk, story: Reply, notice: bool | None) -> None:
    known = desk.get(story.json["permalink"]).headers["ETag"]
    gone = desk.step(story, "withdraw", {"reason": REASON, "notice": notice})
    short = f"/articles/{gone.json['id']}"
    for path in (gone.json["permalink"], short, f"{short}/an-older-title"):
        for headers in ({}, {"If-None-Match": known}):
            answer = desk.get(path, headers)
            assert answer.status == 410
            assert REASON in answer.text
            assert "Mayor resigns" not in answer.text
        assert desk.get(path, method="HEAD").status == 410


@pytest.mark.parametrize("notice", [True, False, None])
def test_no_sitemap_leads_there_any_more(desk: Desk, story: Reply, notice: bool | None) -> None:
    for path in SITEMAPS:
        assert story.json["permalink"] in desk.get(path).text
    withdraw(desk, story, notice=notice)
    for path in SITEMAPS:
        assert story.json["id"] not in desk.get(path).text


def test_hubs_are_told_of_every_document_that_changed(desk: Desk, story: Reply, hub: Outside) -> None:
    near = Fetcher(allow_private_hosts=True)
    announcing.send_due(desk.store, near, now=desk.now)
    hub.requests.clear()
    withdraw(desk, story)
    announcing.send_due(desk.store, near, now=desk.now)
    told = sorted(parse_qs(body.decode())["hub.url"][0] for _, _, body in hub.requests)
    base = f"{desk.site.base_url}/feeds"
    assert told == sorted(f"{base}/{slug}/{name}" for slug in ("all", "drops") for name in FEEDS)


def test_it_waits_for_no_schedule(desk: Desk, story: Reply) -> None:
    desk.define([replace(KEEPS, publish=("cron 0 6 * * *",)), replace(DROPS, publish=("every 6 hours",))])
    desk.publish()
    desk.pass_time(60)
    gone = withdraw(desk, story)
    assert_replaced(desk, "all", gone)
    assert_gone(desk, "drops", gone)


def test_a_corrected_story_and_one_with_a_change_that_waits_go_whole(desk: Desk, story: Reply) -> None:
    corrected = desk.step(story, "correct", {"note": "He flew, he says."})
    waiting = desk.change(corrected, content_text="A longer story.", live=False)
    gone = withdraw(desk, waiting)
    assert (gone.json["corrections"], gone.json["working_revision"]) == ([], None)
    for path in (*public_paths(desk), gone.json["permalink"]):
        assert b"He flew" not in desk.get(path).body
        assert b"longer story" not in desk.get(path).body


def test_it_is_for_good(desk: Desk, story: Reply) -> None:
    gone = withdraw(desk, story)
    assert desk.step(gone, "publish").status == 409
    assert desk.step(gone, "withdraw", {"reason": "Again"}).status == 409
    assert desk.change(gone, title="Mayor resigns").status == 409
    assert desk.publish() == {}


def test_one_that_was_never_out_leaves_no_trace(desk: Desk) -> None:
    made = desk.create(status="draft", **STORY)
    assert desk.step(made, "withdraw", {"reason": REASON}).status == 409
    desk.publish()
    assert desk.get(made.json["permalink"]).status == 404
    assert tombstones(desk, "drops") == {}
