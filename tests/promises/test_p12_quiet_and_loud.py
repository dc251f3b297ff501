"""P12: a typo fix is quiet, a correction is loud.

A minor edit changes the content and not `updated`; a correction moves `updated` and adds its note; `published` and guid
never move.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.desk import Desk, Reply
from tests.promises.readers import READERS, Item

NOTE = "The bridge is open; an earlier version said that it was closed."
WORDS = {"title": "Bridge closed", "content_html": "<p>The brigde is closed.</p>"}
MENDED = "<p>The bridge is closed.</p>"


@pytest.fixture
def desk(make_place: Callable[[], Path], empty_store: Path) -> Iterator[Desk]:
    room = Desk(make_place(), empty_store)
    yield room
    room.store.close()


@pytest.fixture
def story(desk: Desk) -> Reply:
    made = desk.create(**WORDS)
    desk.publish()
    desk.pass_time(600)
    return made


def shown(desk: Desk) -> dict[str, Item]:
    return {reader: items[0] for reader, items in desk.read_all().items()}


def tags(desk: Desk) -> dict[str, str]:
    return {filename: desk.get(f"/feeds/all/{filename}").headers["ETag"] for filename, _ in READERS.values()}


QUIET: dict[str, tuple[str, dict[str, Any]]] = {
    "PATCH": ("PATCH", {"content_html": MENDED}),
    "PUT": ("PUT", {"title": "Bridge closed", "content_html": MENDED}),
}


@pytest.mark.parametrize(("method", "words"), QUIET.values(), ids=QUIET.keys())
def test_a_typo_fix_changes_the_text_and_no_date(desk: Desk, story: Reply, method: str, words: dict[str, Any]) -> None:
    before, tags_before = shown(desk), tags(desk)
    edited = desk.change(story, method, **words)
    assert (edited.status, edited.json["updated_at"]) == (200, story.json["updated_at"])
    desk.publish()
    for reader, item in shown(desk).items():
        was = before[reader]
        assert "The bridge is closed." in item.content, reader
        assert (item.id, item.published, item.updated, item.link) == (was.id, was.published, was.updated, was.link)
    # Quiet for people, not for programs: whoever asks gets the new text.
    assert all(tag != tags_before[filename] for filename, tag in tags(desk).items())


def test_a_released_change_is_quiet_too(desk: Desk, story: Reply) -> None:
    before = shown(desk)
    waiting = desk.change(story, content_html=MENDED, live=False)
    desk.publish()
    assert shown(desk) == before
    desk.step(waiting, "publish")
    desk.publish()
    for reader, item in shown(desk).items():
        assert "The bridge is closed." in item.content
        assert (item.id, item.published, item.updated) == (
            before[reader].id,
            before[reader].published,
            before[reader].updated,
        )


def test_a_correction_moves_updated_and_stands_at_the_top(desk: Desk, story: Reply) -> None:
    before = shown(desk)
    corrected = desk.step(story, "correct", {"note": NOTE, "title": "Bridge open", "content_text": "It is open."})
    assert corrected.status == 200
    desk.publish()
    for reader, item in shown(desk).items():
        was = before[reader]
        assert (item.id, item.published, item.link) == (was.id, was.published, was.link), reader
        assert item.title == "Bridge open"
        assert NOTE in item.content
        assert item.content.index(NOTE) < item.content.index("It is open.")
        # RSS tells of a change only once there was one.
        assert was.updated in {None, was.published}
        assert item.updated is not None
        assert item.updated.isoformat().replace("+00:00", "Z") == corrected.json["updated_at"]


def test_its_page_tells_it_before_the_text(desk: Desk, story: Reply) -> None:
    corrected = desk.step(story, "correct", {"note": NOTE, "content_text": "It is open."})
    page = desk.get(corrected.json["permalink"]).text
    body = page[page.index("<main") :]
    assert body.index(NOTE) < body.index("It is open.")
    assert 'datetime="2026-03-01T12:' in body


def test_later_typo_fixes_and_corrections_keep_the_earlier_notes(desk: Desk, story: Reply) -> None:
    corrected = desk.step(story, "correct", {"note": NOTE})
    edited = desk.change(corrected, content_html=MENDED)
    assert edited.json["updated_at"] == corrected.json["updated_at"]
    again = desk.step(edited, "correct", {"note": "It was Tuesday."})
    assert [one["note"] for one in again.json["corrections"]] == [NOTE, "It was Tuesday."]
    desk.publish()
    for item in shown(desk).values():
        assert NOTE in item.content
        assert "It was Tuesday." in item.content


def test_published_and_guid_never_move(desk: Desk, story: Reply) -> None:
    changes: list[Callable[[Reply], Reply]] = [
        lambda last: desk.change(last, title="Another title"),
        lambda last: desk.step(last, "correct", {"note": "x", "url": "https://example.org/elsewhere"}),
        lambda last: desk.change(last, "PUT", title="Third title", section="Other", publish_at=None),
        lambda last: desk.step(last, "withdraw", {"reason": "x", "notice": True}),
    ]
    reply = story
    for change in changes:
        reply = change(reply)
        assert reply.status == 200
        assert (reply.json["entry_id"], reply.json["published_at"]) == (
            story.json["entry_id"],
            story.json["published_at"],
        )
        desk.pass_time(60)
        desk.publish()
        first = story.json["published_at"]
        for item in shown(desk).values():
            assert item.id == story.json["entry_id"]
            assert item.published is not None
            assert item.published.isoformat().replace("+00:00", "Z") == first
