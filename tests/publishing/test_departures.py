"""An entry that was published and has gone leaves its traces in the feed; one that never was published leaves none."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from feedsvc import editing, mirroring, publishing
from feedsvc.model import Article
from feedsvc.scheduling import serve_schedule
from feedsvc.store.tables import entries
from tests.guard.floods import bring_in_archive, fill, withdraw
from tests.newsroom import ALL, Newsroom, draft

SPORT = replace(ALL, select=replace(ALL.select, sections=("Sport",)))


def move(room: Newsroom, article: Article, section: str) -> None:
    moved = draft(article.revision.title, section=section)
    editing.edit_article(room.store, room.site, article.id, moved, based_on=None, now=room.pass_time())


def updated(room: Newsroom) -> str:
    return room.read("all", "atom.xml").partition("<updated>")[2].partition("<")[0]


def stamp(room: Newsroom) -> str:
    return f"{room.now:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize("notice", [False, None], ids=["gone", "gone as the feed says"])
def test_what_comes_and_goes_between_two_publications_leaves_no_trace(newsroom: Newsroom, notice: bool | None) -> None:
    newsroom.define([replace(ALL, keep_notice=False)])
    newsroom.write("Stays")
    newsroom.publish()
    before = newsroom.feed_files()
    gone = newsroom.write("Comes and goes")
    withdraw(newsroom, gone, notice=notice)
    assert newsroom.publish()["all"].changes == ()
    assert newsroom.feed_files() == before
    newsroom.write("News")
    newsroom.publish()
    assert gone.entry_id not in newsroom.read("all", "atom.xml")


def test_what_a_feed_no_longer_takes_before_it_was_published_leaves_no_trace(newsroom: Newsroom) -> None:
    newsroom.define([SPORT])
    newsroom.write("Stays", section="Sport")
    newsroom.publish()
    before = newsroom.feed_files()
    passing = newsroom.write("Comes and goes", section="Sport")
    move(newsroom, passing, "Politics")
    newsroom.publish()
    assert newsroom.feed_files() == before


def test_what_came_and_went_within_the_hour_of_a_feed_that_is_published_hourly_was_never_there(
    newsroom: Newsroom,
) -> None:
    newsroom.define([replace(SPORT, publish=("every 1 hour",))])
    stays = newsroom.write("Stays", section="Sport")

    def serve() -> None:
        newsroom.pass_time(3600)
        serve_schedule(newsroom.store, "every 1 hour", ZoneInfo("UTC"), now=newsroom.now)
        newsroom.publish()

    serve()
    before = newsroom.feed_files()
    move(newsroom, newsroom.write("Comes and goes", section="Sport"), "Politics")
    serve()
    assert newsroom.feed_files() == before
    withdraw(newsroom, newsroom.write("Comes and is taken back", section="Sport"), notice=False)
    newsroom.publish()
    assert newsroom.feed_files() == before
    withdraw(newsroom, stays, notice=False)
    newsroom.publish()
    assert newsroom.read("all", "atom.xml").count("deleted-entry ") == 1


def test_what_was_published_and_goes_moves_the_date_and_leaves_its_tombstone(newsroom: Newsroom) -> None:
    newsroom.define([SPORT])
    newsroom.write("Stays", section="Sport")
    moves, goes = newsroom.write("Moves", section="Sport"), newsroom.write("Goes", section="Sport")
    newsroom.publish()
    move(newsroom, moves, "Politics")
    left = stamp(newsroom)
    newsroom.publish()
    assert updated(newsroom) == left
    withdraw(newsroom, goes, notice=False)
    left = stamp(newsroom)
    newsroom.publish()
    assert updated(newsroom) == left
    assert f'ref="{goes.entry_id}"' in newsroom.read("all", "atom.xml")


def test_what_was_recorded_before_a_crash_counts_as_published(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.define([ALL])
    goes = newsroom.write("Goes")
    with monkeypatch.context() as patch:
        patch.setattr(mirroring, "show_feed", lambda *_, **__: None)
        newsroom.publish()
    withdraw(newsroom, goes, notice=False)
    newsroom.publish()
    assert f'ref="{goes.entry_id}"' in newsroom.read("all", "atom.xml")


def test_what_was_held_and_is_withdrawn_was_never_published(newsroom: Newsroom) -> None:
    stories = fill(newsroom)
    newsroom.publish()
    bring_in_archive(newsroom, 30)
    waiting = newsroom.write("Waits with the flood")
    assert newsroom.publish()["all"].held
    withdraw(newsroom, waiting, notice=False)
    withdraw(newsroom, stories[0], notice=False)
    newsroom.publish()
    atom = newsroom.read("all", "atom.xml")
    assert f'ref="{stories[0].entry_id}"' in atom
    assert waiting.entry_id not in atom


def test_what_was_published_before_a_rollback_took_it_away_still_leaves_its_tombstone(newsroom: Newsroom) -> None:
    newsroom.write("First")
    newsroom.publish()
    goes = newsroom.write("Second")
    newsroom.publish()
    publishing.roll_back_feed(newsroom.store, newsroom.folder, newsroom.site, "all", now=newsroom.pass_time(2))
    assert goes.entry_id not in newsroom.read("all", "atom.xml")
    withdraw(newsroom, goes, notice=False)
    publishing.release_feed(newsroom.store, newsroom.folder, newsroom.site, "all", now=newsroom.pass_time(2))
    assert f'ref="{goes.entry_id}"' in newsroom.read("all", "atom.xml")


def test_entries_of_an_older_release_go_by_the_end_of_their_embargo(newsroom: Newsroom) -> None:
    newsroom.define([replace(ALL, embargo=timedelta(minutes=5))])
    goes = newsroom.write("Goes")
    newsroom.pass_time(600)
    newsroom.publish()
    never = newsroom.write("Never")
    with newsroom.store.writing() as connection:
        connection.execute(update(entries).values(seen=None))
    withdraw(newsroom, goes, notice=False)
    withdraw(newsroom, never, notice=False)
    newsroom.publish()
    atom = newsroom.read("all", "atom.xml")
    assert f'ref="{goes.entry_id}"' in atom
    assert never.entry_id not in atom


@pytest.mark.parametrize("by_hand", [True, False], ids=["rolled back", "held"])
def test_of_what_is_withdrawn_below_what_a_held_feed_shows_its_tombstone_does_not_wait(
    newsroom: Newsroom, *, by_hand: bool
) -> None:
    newsroom.define([replace(ALL, limit=12, keep_notice=False)])
    below = newsroom.write("Below")
    newsroom.publish()
    fill(newsroom)
    if by_hand:
        newsroom.write("Newest")
        newsroom.publish()
        publishing.roll_back_feed(newsroom.store, newsroom.folder, newsroom.site, "all", now=newsroom.pass_time(2))
    else:
        newsroom.define([replace(newsroom.feeds[0], limit=100)])
        bring_in_archive(newsroom, 30)
        assert newsroom.publish()["all"].held
    withdraw(newsroom, below)
    assert newsroom.publish()["all"].held
    atom = newsroom.read("all", "atom.xml")
    assert f'ref="{below.entry_id}"' in atom
    assert atom.count("<entry>") + atom.count("<entry ") == 12
    before = newsroom.feed_files()
    newsroom.write("News waits")
    newsroom.publish()
    assert newsroom.feed_files() == before
