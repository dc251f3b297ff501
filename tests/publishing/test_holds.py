"""A held edition waits for a person; withdrawals and corrections do not wait with it."""

import json
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from feedsvc import editing, holding, publishing, reporting
from feedsvc.errors import Conflict, NotFound
from feedsvc.model import Article, GuardLimits, Publication
from feedsvc.store import feeds, publications
from tests.guard.floods import bring_in_archive, change_guids, correct, fill, withdraw
from tests.newsroom import ALL, Newsroom, draft


def titles(room: Newsroom, slug: str = "all") -> list[str]:
    return [item["title"] for item in json.loads(room.read(slug))["items"]]


def live(room: Newsroom, slug: str = "all") -> Publication:
    with room.store.reading() as connection:
        return publications.get(connection, feeds.get(connection, slug).publication or 0)


def state(room: Newsroom, slug: str = "all") -> str:
    (found,) = (one for one in reporting.report_feeds(room.store, room.site, now=room.now) if one.slug == slug)
    return found.state


def release(room: Newsroom) -> publishing.Outcome:
    return publishing.release_feed(room.store, room.folder, room.site, "all", now=room.pass_time(2))


def roll_back(room: Newsroom, number: int | None = None) -> publishing.Outcome:
    return publishing.roll_back_feed(room.store, room.folder, room.site, "all", number, now=room.pass_time(2))


@pytest.fixture
def stories(newsroom: Newsroom) -> list[Article]:
    return fill(newsroom)


@pytest.fixture
def held(newsroom: Newsroom, stories: list[Article]) -> list[Article]:
    """A feed with an archive that waits; gives what is up."""
    bring_in_archive(newsroom, 30)
    assert newsroom.publish()["all"].held
    return stories


def test_a_flood_is_held_and_no_byte_is_touched(newsroom: Newsroom, stories: list[Article]) -> None:
    before = newsroom.feed_files()
    bring_in_archive(newsroom, 30)
    outcome = newsroom.publish()["all"]
    assert outcome.held == ("30 entries would look new and are not; max_new is 10",)
    assert outcome.changes == ()
    assert newsroom.feed_files() == before
    assert state(newsroom) == "held"


def test_a_held_edition_is_not_tried_again_until_something_changes(newsroom: Newsroom, held: list[Article]) -> None:
    assert newsroom.publish() == {}
    newsroom.write("News")
    assert newsroom.publish()["all"].held
    assert newsroom.publish() == {}
    assert "News" not in titles(newsroom)


def test_a_hold_ends_by_itself_with_its_cause(newsroom: Newsroom, stories: list[Article]) -> None:
    newsroom.define([replace(ALL, select=replace(ALL.select, sections=("Nowhere",)))])
    assert newsroom.publish()["all"].held == ("12 of 12 entries would go at once; max_lost is 50 percent",)
    newsroom.define([ALL])
    newsroom.write("News")
    assert not newsroom.publish()["all"].held
    assert titles(newsroom)[0] == "News"
    assert len(titles(newsroom)) == 13
    assert state(newsroom) == "published"
    assert holding.list_held(newsroom.store) == []


def test_other_limits_are_a_reason_to_look_again_and_change_no_date(newsroom: Newsroom, held: list[Article]) -> None:
    dates = [item["date_published"] for item in json.loads(newsroom.read("all"))["items"]]
    newsroom.define([replace(ALL, guard=GuardLimits(new=100))])
    assert newsroom.publish()["all"].changes
    assert len(titles(newsroom)) == 42
    assert [item["date_published"] for item in json.loads(newsroom.read("all"))["items"]][:12] == dates
    before = newsroom.feed_files()
    newsroom.define([ALL])
    newsroom.publish()
    assert newsroom.feed_files() == before


def test_released_once_an_edition_goes_out_with_what_has_come_since(newsroom: Newsroom, held: list[Article]) -> None:
    newsroom.write("News")
    newsroom.publish()
    assert release(newsroom).held == ()
    assert len(titles(newsroom)) == 43
    assert titles(newsroom)[0] == "News"
    assert live(newsroom).reason == "release"
    assert state(newsroom) == "published"
    bring_in_archive(newsroom, 5, prefix="A few more")
    assert not newsroom.publish()["all"].held
    bring_in_archive(newsroom, 7, prefix="Another flood")
    assert newsroom.publish()["all"].held, "five and seven within ten minutes of each other are a dozen"


def test_a_second_flood_does_not_slip_out_with_the_release_of_the_first(
    newsroom: Newsroom, held: list[Article]
) -> None:
    newsroom.define([replace(ALL, limit=100)])
    newsroom.publish()
    bring_in_archive(newsroom, 20, prefix="Second flood")
    before = newsroom.feed_files()
    assert release(newsroom).held == ("20 entries would look new and are not; max_new is 10",)
    assert newsroom.feed_files() == before
    assert release(newsroom).held == ()
    assert len(titles(newsroom)) == 62


def test_a_release_that_died_half_way_is_finished_by_the_publisher(newsroom: Newsroom, held: list[Article]) -> None:
    holding.release(newsroom.store, "all")
    assert newsroom.publish()["all"].changes
    assert len(titles(newsroom)) == 42
    assert live(newsroom).reason == "release"


def test_a_release_and_a_hold_at_the_same_time_lose_nothing(
    newsroom: Newsroom, held: list[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.write("News")
    examine = holding.examine

    def release_meanwhile(*arguments: object, **words: object) -> object:
        monkeypatch.setattr(holding, "examine", examine)
        holding.release(newsroom.store, "all")
        return examine(*arguments, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(holding, "examine", release_meanwhile)
    newsroom.publish()
    assert newsroom.publish()["all"].changes
    assert len(titles(newsroom)) == 43


def test_a_release_that_is_overtaken_says_what_has_become_of_it(
    newsroom: Newsroom, held: list[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    examine = holding.examine

    def be_overtaken(*arguments: object, **words: object) -> object:
        verdict = examine(*arguments, **words)  # type: ignore[arg-type]
        monkeypatch.setattr(holding, "examine", examine)
        newsroom.publish()
        return verdict

    monkeypatch.setattr(holding, "examine", be_overtaken)
    outcome = release(newsroom)
    assert (outcome.overtaken, outcome.held, outcome.entries) == (False, (), 42)


def test_nothing_held_is_nothing_to_release(newsroom: Newsroom, stories: list[Article]) -> None:
    with pytest.raises(Conflict, match="is not held"):
        release(newsroom)
    with pytest.raises(NotFound):
        publishing.release_feed(newsroom.store, newsroom.folder, newsroom.site, "none", now=newsroom.now)


@pytest.mark.parametrize("notice", [True, False])
def test_a_withdrawal_during_a_hold_goes_out_alone(newsroom: Newsroom, held: list[Article], *, notice: bool) -> None:
    items = {item["title"]: item for item in json.loads(newsroom.read("all"))["items"]}
    withdraw(newsroom, held[3], notice=notice)
    outcome = newsroom.publish()["all"]
    assert outcome.changes
    assert outcome.held
    now = {item["title"]: item for item in json.loads(newsroom.read("all"))["items"]}
    gone = items.pop("Story 3")
    if notice:
        assert "It was not so." in now.pop("Story 3")["content_html"]
    else:
        assert gone["id"] in newsroom.read("all", "atom.xml"), "a tombstone"
    assert now == items
    assert state(newsroom) == "held"
    assert newsroom.publish() == {}


def test_a_correction_during_a_hold_goes_out_alone(newsroom: Newsroom, held: list[Article]) -> None:
    items = {item["title"]: item for item in json.loads(newsroom.read("all"))["items"]}
    editing.edit_article(
        newsroom.store, newsroom.site, held[5].id, draft("Story 5", "<p>Typo.</p>"), based_on=None, now=newsroom.now
    )
    correct(newsroom, held[4])
    assert newsroom.publish()["all"].changes
    now = {item["title"]: item for item in json.loads(newsroom.read("all"))["items"]}
    assert "It was Tuesday." in now.pop("Story 4")["content_html"]
    items.pop("Story 4")
    assert now == items
    release(newsroom)
    assert "Typo." in newsroom.read("all")
    assert len(titles(newsroom)) == 42


def test_withdrawals_pass_however_many_there_are(newsroom: Newsroom, stories: list[Article]) -> None:
    newsroom.define([replace(ALL, limit=12)])
    for number in range(12):
        newsroom.write(f"Newer {number}")
    newsroom.publish()
    newsroom.pass_time(3600)
    with newsroom.store.reading() as connection:
        lines = publications.manifest(connection, feeds.get(connection, "all").publication or 0).lines
    for line in lines[:11]:
        withdraw(newsroom, replace(stories[0], id=line.article_id), notice=False)
    assert not newsroom.publish()["all"].held
    assert titles(newsroom) == ["Newer 0", *(f"Story {number}" for number in range(11, 0, -1))]


def test_many_corrections_at_once_are_held_and_do_not_pass_their_own_hold(
    newsroom: Newsroom, stories: list[Article]
) -> None:
    for story in stories:
        correct(newsroom, story)
    before = newsroom.feed_files()
    outcome = newsroom.publish()["all"]
    assert outcome.held == ("the dates of 12 entries would move at once; max_moved is 10",)
    assert newsroom.feed_files() == before
    withdraw(newsroom, stories[0], notice=False)
    assert newsroom.publish()["all"].held
    assert "Story 0" not in titles(newsroom)
    assert "It was Tuesday." not in newsroom.read("all")
    release(newsroom)
    assert newsroom.read("all").count("<p>It was Tuesday.</p>") == 11


def test_a_withdrawal_takes_out_what_only_the_hold_keeps_up(newsroom: Newsroom) -> None:
    newsroom.define([replace(ALL, select=replace(ALL.select, sections=("Sport",)))])
    stories = [newsroom.write(f"Match {number}", section="Sport") for number in range(6)]
    newsroom.publish()
    for story in stories[:5]:
        moved = draft(story.revision.title, section="Culture")
        editing.edit_article(newsroom.store, newsroom.site, story.id, moved, based_on=None, now=newsroom.pass_time())
    assert newsroom.publish()["all"].held
    withdraw(newsroom, stories[0])
    newsroom.publish()
    assert "Match 0" not in titles(newsroom)
    assert "Match 1" in titles(newsroom)


def test_a_withdrawal_takes_out_what_only_a_schedule_keeps_up(newsroom: Newsroom) -> None:
    sport = replace(ALL, select=replace(ALL.select, sections=("Sport",)), publish=("cron 0 6 * * *",))
    newsroom.define([sport])
    story = newsroom.write("Match", section="Sport")
    publishing.publish_feed(
        newsroom.store, newsroom.folder, newsroom.site, "all", reason="by hand", now=newsroom.pass_time()
    )
    moved = draft("Match", section="Culture")
    editing.edit_article(newsroom.store, newsroom.site, story.id, moved, based_on=None, now=newsroom.pass_time())
    assert "all" not in newsroom.publish()
    assert titles(newsroom) == ["Match"]
    withdraw(newsroom, story)
    newsroom.publish()
    assert titles(newsroom) == []


@pytest.mark.parametrize("notice", [True, False])
def test_a_flood_is_over_when_it_is_withdrawn_without_notices(
    newsroom: Newsroom, stories: list[Article], *, notice: bool
) -> None:
    before = titles(newsroom)
    flood = bring_in_archive(newsroom, 30)
    newsroom.publish()
    for taken in flood:
        withdraw(newsroom, replace(stories[0], id=taken.article_id or ""), notice=notice)
    assert bool(newsroom.publish()["all"].held) is notice
    assert titles(newsroom) == before


def test_changed_guids_are_held_even_where_a_feed_is_moving_in(newsroom: Newsroom) -> None:
    newsroom.define([replace(ALL, limit=100)])
    for prefix in ("Archive", "Another archive"):
        bring_in_archive(newsroom, 30, prefix=prefix)
        assert not newsroom.publish()["all"].held, "moving in takes several steps"
    bring_in_archive(newsroom, 30, guids="2026")
    assert newsroom.publish()["all"].held == ("30 entries would look new and are not; max_new is 10",)


def test_changed_guids_that_trickle_in_are_held_all_the_same(newsroom: Newsroom) -> None:
    bring_in_archive(newsroom, 20)
    newsroom.publish()
    held = []
    for first in range(1, 20, 4):
        bring_in_archive(newsroom, 4, guids="2026", first=first)
        newsroom.write("News") if first == 5 else None
        held.append(bool(newsroom.publish()["all"].held))
    assert held == [False, False, True, True, True]


def test_changed_guids_of_the_latest_news_are_held(newsroom: Newsroom) -> None:
    stories = [newsroom.write(f"Story {number}") for number in range(12)]
    newsroom.publish()
    change_guids(newsroom, stories)
    assert newsroom.publish()["all"].held == ("12 entries would look new and are not; max_new is 10",)


def test_news_after_moving_in_is_not_held_for_what_moved_in(newsroom: Newsroom) -> None:
    for step in range(4):
        bring_in_archive(newsroom, 10, prefix=f"Archive {step}")
        assert not newsroom.publish()["all"].held
    for number in range(5):
        newsroom.write(f"News {number}")
        assert not newsroom.publish()["all"].held
    bring_in_archive(newsroom, 3, prefix="Some old ones")
    assert not newsroom.publish()["all"].held
    assert len(titles(newsroom)) == 48


def test_what_is_late_or_was_written_while_the_clock_was_wrong_is_news(
    newsroom: Newsroom, stories: list[Article]
) -> None:
    newsroom.write("On time")
    newsroom.publish()
    for number in range(15):
        editing.create_article(
            newsroom.store,
            newsroom.site,
            draft(f"Late {number}"),
            now=newsroom.now - timedelta(seconds=40 - number),
            publish=True,
        )
    assert not newsroom.publish()["all"].held
    newsroom.pass_time(86_400)
    newsroom.write("Tomorrow")
    newsroom.publish()
    newsroom.now -= timedelta(hours=20)
    for number in range(15):
        newsroom.write(f"Back {number}")
    assert not newsroom.publish()["all"].held


def test_a_hold_is_told_once_in_the_log(
    newsroom: Newsroom, stories: list[Article], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        bring_in_archive(newsroom, 30)
        newsroom.publish()
        newsroom.write("News")
        newsroom.publish()
    assert [record.getMessage() for record in caplog.records] == [
        "feed 'all' is held: 30 entries would look new and are not; max_new is 10. See: feedsvc diff all"
    ]


def test_the_difference_names_what_would_change(newsroom: Newsroom, stories: list[Article]) -> None:
    bring_in_archive(newsroom, 30)
    correct(newsroom, stories[2], "Story 2, mended")
    newsroom.write("News")
    newsroom.publish()
    correct(newsroom, stories[2], "Story 2, mended")
    found = holding.compare(newsroom.store, "all")
    assert found.hold is not None
    assert [one.title for one in found.new][:2] == ["News", "Archive 1"]
    assert len(found.new) == 31
    assert {one.article_id for one in found.new[1:]} <= found.counted
    assert found.new[0].article_id not in found.counted
    assert found.moved == (), "the correction has passed the hold"
    assert found.lost == ()
    assert holding.compare(newsroom.store, "all").hold == found.hold


def test_a_removed_feed_is_gone_whatever_was_held(newsroom: Newsroom, held: list[Article]) -> None:
    newsroom.define([replace(ALL, slug="other")])
    newsroom.publish()
    assert holding.list_held(newsroom.store) == []
    assert not (newsroom.folder.root / "all" / "rss.xml").exists()


def test_a_feed_that_was_removed_while_held_comes_back_as_it_was_and_is_held(
    newsroom: Newsroom, held: list[Article]
) -> None:
    before = titles(newsroom)
    newsroom.define([replace(ALL, slug="other")])
    newsroom.publish()
    newsroom.define([ALL])
    assert newsroom.publish()["all"].held == ("30 entries would look new and are not; max_new is 10",)
    assert titles(newsroom) == before
    assert state(newsroom) == "held"
    withdraw(newsroom, held[0], notice=False)
    newsroom.publish()
    assert held[0].revision.title not in titles(newsroom)
    release(newsroom)
    assert len(titles(newsroom)) > len(before)
    newsroom.write("News")
    assert not newsroom.publish()["all"].held
    assert titles(newsroom)[0] == "News"


def test_what_changed_while_a_feed_was_removed_is_held_against_what_was_seen_of_it(
    newsroom: Newsroom, stories: list[Article]
) -> None:
    before = titles(newsroom)
    newsroom.define([replace(ALL, slug="other")])
    newsroom.publish()
    bring_in_archive(newsroom, 30)
    newsroom.publish()
    newsroom.define([ALL])
    assert newsroom.publish()["all"].held
    assert titles(newsroom) == before


def test_a_feed_that_was_removed_comes_back_with_the_news_of_meanwhile(
    newsroom: Newsroom, stories: list[Article]
) -> None:
    newsroom.define([replace(ALL, slug="other")])
    newsroom.publish()
    for number in range(15):
        newsroom.write(f"News {number}")
    newsroom.define([ALL])
    assert not newsroom.publish()["all"].held
    assert len(titles(newsroom)) == len(stories) + 15


def test_news_is_news_after_the_clock_was_set_back(newsroom: Newsroom) -> None:
    newsroom.pass_time(3 * 3600)
    fill(newsroom)
    newsroom.pass_time(-4 * 3600)
    for number in range(14):
        newsroom.write(f"News {number}")
    assert not newsroom.publish()["all"].held
    assert len(titles(newsroom)) == 26
    bring_in_archive(newsroom, 30)
    assert newsroom.publish()["all"].held
