"""A change that waits beside what readers see."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc import lifecycle
from feedsvc.errors import Conflict, Invalid
from feedsvc.lifecycle import Identity
from feedsvc.model import Article, Change, Draft, Status

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
DRAFT = Draft("Storm warning", "<p>Stay in.</p>")
OTHER = replace(DRAFT, title="Storm over")
IDENTITY = Identity("8a6e0804-2bd0-4672-b79d-d97027f9071a", "urn:uuid:8a6e0804-2bd0-4672-b79d-d97027f9071a")


def drafted() -> Article:
    return lifecycle.create(DRAFT, IDENTITY, "storm-warning", NOW)


def published() -> Article:
    return lifecycle.publish(drafted(), NOW)


def waiting() -> Article:
    return lifecycle.save_working(published(), OTHER, LATER)


def test_readers_see_nothing_of_a_change_that_waits_not_even_a_date() -> None:
    before, after = published(), waiting()
    assert after.revision == before.revision
    assert (after.modified_at, after.updated_at) == (before.modified_at, before.updated_at)
    assert after.working is not None
    assert (after.working.title, after.working.number) == ("Storm over", 3)
    assert after.newest is after.working


def test_releasing_it_is_a_minor_edit_that_keeps_the_notes_of_corrections() -> None:
    corrected = lifecycle.correct(published(), DRAFT, "The wind was stronger", NOW)
    out = lifecycle.publish(lifecycle.save_working(corrected, OTHER, NOW), LATER)
    assert (out.revision.title, out.revision.change, out.revision.number) == ("Storm over", Change.MINOR_EDIT, 5)
    assert (out.published_at, out.updated_at, out.modified_at) == (NOW, NOW, LATER)
    assert [one.note for one in out.revision.corrections] == ["The wind was stronger"]
    assert out.working is None


def test_a_later_one_takes_the_place_of_one_that_waits() -> None:
    again = lifecycle.save_working(waiting(), replace(DRAFT, title="Storm ends"), LATER)
    assert again.working is not None
    assert (again.working.number, again.working.title, again.revision.title) == (4, "Storm ends", "Storm warning")


LIVE_CHANGES: dict[str, Callable[[Article], Article]] = {
    "a minor edit": lambda one: lifecycle.edit(one, replace(DRAFT, title="Storm warnings"), LATER),
    "a correction": lambda one: lifecycle.correct(one, DRAFT, "The wind was stronger", LATER),
}


@pytest.mark.parametrize("change", LIVE_CHANGES.values(), ids=LIVE_CHANGES.keys())
def test_a_change_that_readers_see_leaves_it_waiting_and_is_not_undone_by_it(
    change: Callable[[Article], Article],
) -> None:
    changed = change(waiting())
    assert changed.revision.number == 4
    assert changed.newest is changed.revision
    assert changed.working == waiting().working
    with pytest.raises(Conflict, match="on top of what readers see"):
        lifecycle.publish(changed, LATER)
    saved_again = lifecycle.save_working(changed, OTHER, LATER)
    assert lifecycle.publish(saved_again, LATER).revision.title == "Storm over"


def test_before_publication_it_is_an_edit_like_any_other() -> None:
    edited = lifecycle.save_working(drafted(), OTHER, LATER)
    assert (edited.revision.title, edited.working) == ("Storm over", None)


def test_a_withdrawal_takes_it_along() -> None:
    gone = lifecycle.withdraw(waiting(), "It was yesterday's", LATER)
    assert (gone.working, gone.revision.number) == (None, 4)
    with pytest.raises(Conflict, match="withdrawn"):
        lifecycle.save_working(gone, OTHER, LATER)


def test_an_article_that_is_out_comes_out_again_only_with_a_change_that_waits() -> None:
    with pytest.raises(Conflict, match="already published"):
        lifecycle.publish(published(), LATER)


def test_a_scheduled_article_can_be_kept_back() -> None:
    scheduled = lifecycle.schedule(drafted(), LATER, NOW)
    back = lifecycle.unschedule(scheduled, NOW)
    assert (back.status, back.publish_at, back.revision.number) == (Status.DRAFT, None, 3)
    for article in (back, published()):
        with pytest.raises(Conflict, match="only a scheduled article"):
            lifecycle.unschedule(article, NOW)


def test_a_time_that_can_not_be_kept_is_refused_before_anything_changes() -> None:
    timed = replace(DRAFT, publish_at=LATER)
    for step in (lifecycle.edit, lifecycle.save_working):
        with pytest.raises(Invalid, match="out already"):
            step(published(), timed, NOW)
    scheduled = lifecycle.schedule(drafted(), LATER, NOW)
    with pytest.raises(Invalid, match="has gone by"):
        lifecycle.edit(scheduled, replace(DRAFT, publish_at=NOW), NOW)
    assert lifecycle.edit(scheduled, timed, LATER + timedelta(minutes=1)).publish_at == LATER
    assert lifecycle.edit(drafted(), DRAFT, NOW).publish_at is None


def test_an_external_id_can_be_given_later_and_is_never_taken_away() -> None:
    named = lifecycle.edit(drafted(), replace(DRAFT, external_id="cms-1"), NOW)
    assert lifecycle.edit(named, DRAFT, LATER).external_id == "cms-1"
