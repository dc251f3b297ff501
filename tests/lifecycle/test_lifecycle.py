from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc import lifecycle
from feedsvc.errors import Conflict, Invalid
from feedsvc.lifecycle import Identity
from feedsvc.model import Article, Change, Draft, Image, Status

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
DRAFT = Draft("Storm warning", "<p>Stay in.</p>", image=Image("https://example.org/storm.jpg"))
IDENTITY = Identity("8a6e0804-2bd0-4672-b79d-d97027f9071a", "urn:uuid:8a6e0804-2bd0-4672-b79d-d97027f9071a")


def drafted() -> Article:
    return lifecycle.create(DRAFT, IDENTITY, "storm-warning", NOW)


def published() -> Article:
    return lifecycle.publish(drafted(), NOW)


def test_a_published_article_keeps_its_identity_and_its_first_date_through_every_later_step() -> None:
    article = published()
    for after in (
        lifecycle.edit(article, replace(DRAFT, title="Storm"), LATER),
        lifecycle.correct(article, DRAFT, "The wind was stronger", LATER),
        lifecycle.withdraw(article, "It was yesterday's", LATER),
    ):
        assert (after.id, after.entry_id, after.published_at) == (article.id, article.entry_id, NOW)
        assert after.revision.number == article.revision.number + 1


def test_a_minor_edit_is_quiet_and_a_correction_is_loud() -> None:
    quiet = lifecycle.edit(published(), replace(DRAFT, title="Storm warnings"), LATER)
    assert (quiet.updated_at, quiet.modified_at, quiet.revision.change) == (NOW, LATER, Change.MINOR_EDIT)
    loud = lifecycle.correct(published(), DRAFT, " The wind was stronger ", LATER)
    assert (loud.updated_at, loud.modified_at) == (LATER, LATER)
    assert [(one.at, one.note) for one in loud.revision.corrections] == [(LATER, "The wind was stronger")]


def test_a_minor_edit_keeps_the_notes_of_earlier_corrections() -> None:
    corrected = lifecycle.correct(published(), DRAFT, "The wind was stronger", LATER)
    assert lifecycle.edit(corrected, DRAFT, LATER).revision.corrections == corrected.revision.corrections


def test_a_withdrawn_article_keeps_none_of_its_text_and_stays_withdrawn() -> None:
    gone = lifecycle.withdraw(published(), "It was yesterday's <news>", LATER, notice=True)
    assert "Stay in" not in gone.revision.content_html
    assert gone.revision.image is None
    assert gone.revision.content_html == "<p>It was yesterday's &lt;news&gt;</p>"
    assert (gone.status, gone.updated_at, gone.notice) == (Status.WITHDRAWN, LATER, True)
    with pytest.raises(Conflict, match="withdrawn"):
        lifecycle.edit(gone, DRAFT, LATER)


def test_a_scheduled_article_comes_out_with_the_time_that_was_set_for_it() -> None:
    scheduled = lifecycle.schedule(drafted(), LATER, NOW)
    assert (scheduled.status, scheduled.publish_at, scheduled.published_at) == (Status.SCHEDULED, LATER, None)
    out = lifecycle.publish(scheduled, LATER + timedelta(minutes=5), published_at=LATER)
    assert (out.published_at, out.updated_at, out.publish_at) == (LATER, LATER, None)


def test_an_edit_of_a_scheduled_article_keeps_its_time() -> None:
    scheduled = lifecycle.schedule(drafted(), LATER, NOW)
    assert lifecycle.edit(scheduled, replace(DRAFT, title="Storm"), NOW).publish_at == LATER


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (lambda: lifecycle.publish(published(), LATER), Conflict),
        (lambda: lifecycle.publish(drafted(), NOW, published_at=LATER), Invalid),
        (lambda: lifecycle.schedule(published(), LATER, NOW), Conflict),
        (lambda: lifecycle.schedule(drafted(), NOW, NOW), Invalid),
        (lambda: lifecycle.correct(drafted(), DRAFT, "note", NOW), Conflict),
        (lambda: lifecycle.correct(published(), DRAFT, " ", NOW), Invalid),
        (lambda: lifecycle.withdraw(drafted(), "reason", NOW), Conflict),
        (lambda: lifecycle.withdraw(published(), "", NOW), Invalid),
    ],
    ids=[
        "publish twice",
        "publish ahead of time",
        "schedule what is out",
        "schedule for now",
        "correct a draft",
        "correct without a note",
        "withdraw a draft",
        "withdraw without a reason",
    ],
)
def test_a_step_that_makes_no_sense_is_refused(step, error) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error):
        step()


@pytest.mark.parametrize("year", [1, 9999])
def test_a_time_that_no_zone_could_show_is_refused_by_its_name(year: int) -> None:
    edge = datetime(year, 7, 1, tzinfo=UTC)
    with pytest.raises(Invalid, match="publish_at"):
        lifecycle.create(replace(DRAFT, publish_at=edge), IDENTITY, "storm-warning", NOW)
    with pytest.raises(Invalid, match="publish_at"):
        lifecycle.edit(drafted(), replace(DRAFT, publish_at=edge), NOW)
    with pytest.raises(Invalid, match="publish_at"):
        lifecycle.schedule(drafted(), edge, NOW)
    with pytest.raises(Invalid, match="published_at"):
        lifecycle.publish(drafted(), NOW, published_at=edge)
    with pytest.raises(Invalid, match="updated_at"):
        lifecycle.publish(drafted(), NOW, published_at=NOW, updated_at=edge)


def test_an_address_follows_the_title_until_the_article_has_been_out() -> None:
    renamed = lifecycle.edit(drafted(), replace(DRAFT, title="Storm over"), LATER)
    assert renamed.slug == "storm-over"
    scheduled = lifecycle.schedule(renamed, LATER, NOW)
    renamed = lifecycle.save_working(scheduled, replace(DRAFT, title="All clear"), NOW)
    assert renamed.slug == "all-clear"
    out = lifecycle.publish(renamed, LATER)
    assert lifecycle.edit(out, replace(DRAFT, title="Storm back"), LATER).slug == "all-clear"
    assert lifecycle.correct(out, replace(DRAFT, title="Storm back"), "It is back", LATER).slug == "all-clear"
