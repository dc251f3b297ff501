"""An earlier publication is put back in one step, and everything else waits until it is released."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from feedsvc import editing, holding, publishing, reporting
from feedsvc.errors import Conflict, NotFound
from feedsvc.model import Article, Publication
from feedsvc.publishing import Outcome
from feedsvc.store import editions, feeds, publications
from tests.guard.floods import bring_in_archive, correct, fill, withdraw
from tests.newsroom import ALL, Newsroom, draft


def roll_back(room: Newsroom, number: int | None = None) -> Outcome:
    return publishing.roll_back_feed(room.store, room.folder, room.site, "all", number, now=room.pass_time(2))


def release(room: Newsroom) -> Outcome:
    return publishing.release_feed(room.store, room.folder, room.site, "all", now=room.pass_time(2))


def items(room: Newsroom) -> dict[str, str]:
    return {item["title"]: item["content_html"] for item in json.loads(room.read("all"))["items"]}


def history(room: Newsroom) -> list[Publication]:
    return holding.list_publications(room.store, "all")[1]


@pytest.fixture
def stories(newsroom: Newsroom) -> list[Article]:
    return fill(newsroom)


def test_the_publication_before_is_put_back_byte_for_byte_but_for_the_feeds_own_date(
    newsroom: Newsroom, stories: list[Article]
) -> None:
    before = {name: newsroom.read("all", name) for name in ("feed.json", "rss.xml", "atom.xml")}
    newsroom.write("A mistake")
    newsroom.publish()
    outcome = roll_back(newsroom)
    assert outcome.entries == 12
    assert newsroom.read("all") == before["feed.json"]
    for name in ("rss.xml", "atom.xml"):
        assert without_dates(newsroom.read("all", name)) == without_dates(before[name])
        assert newsroom.read("all", name) != before[name], "the feed's own date has moved on"
    assert history(newsroom)[0].reason == "rollback"


def without_dates(text: str) -> list[str]:
    lines = text.replace(">", ">\n").splitlines()
    return [line for number, line in enumerate(lines) if not lines[number - 1].startswith(("<updated", "<lastBuild"))]


def test_what_comes_after_a_rollback_waits_for_the_release(newsroom: Newsroom, stories: list[Article]) -> None:
    newsroom.write("A mistake")
    newsroom.publish()
    roll_back(newsroom)
    newsroom.write("News")
    assert newsroom.publish()["all"].held == (f"publication {history(newsroom)[2].number} was put back by hand",)
    assert "News" not in items(newsroom)
    (report,) = reporting.report_feeds(newsroom.store, newsroom.site, now=newsroom.now)
    assert (report.state, report.entries) == ("held", 12)
    assert [one.title for one in holding.compare(newsroom.store, "all").new] == ["News", "A mistake"]
    assert release(newsroom).held == ()
    assert list(items(newsroom))[:2] == ["News", "A mistake"]


def test_a_flood_that_was_let_through_is_taken_back_in_one_step(newsroom: Newsroom, stories: list[Article]) -> None:
    bring_in_archive(newsroom, 30)
    newsroom.publish()
    release(newsroom)
    assert len(items(newsroom)) == 42
    roll_back(newsroom)
    assert len(items(newsroom)) == 12
    bring_in_archive(newsroom, 15, prefix="Second flood")
    newsroom.publish()
    assert len(items(newsroom)) == 12


def test_a_second_rollback_does_not_bring_back_what_the_first_one_took(
    newsroom: Newsroom, stories: list[Article]
) -> None:
    for title in ("One mistake", "Another mistake"):
        newsroom.write(title)
        newsroom.publish()
    roll_back(newsroom)
    with pytest.raises(Conflict, match="rolled back already"):
        roll_back(newsroom)
    roll_back(newsroom, history(newsroom)[3].number)
    assert "One mistake" not in items(newsroom)
    assert "Another mistake" not in items(newsroom)


def test_what_was_withdrawn_since_stays_withdrawn(newsroom: Newsroom, stories: list[Article]) -> None:
    first = history(newsroom)[0].number
    withdraw(newsroom, stories[0], notice=True)
    withdraw(newsroom, stories[1], notice=False)
    newsroom.publish()
    roll_back(newsroom, first)
    assert len(items(newsroom)) == 11
    assert "It was not so." in items(newsroom)["Story 0"]
    assert "Story 1" not in items(newsroom)


def test_an_edit_is_rolled_back_and_a_later_correction_passes(newsroom: Newsroom, stories: list[Article]) -> None:
    edited = draft("Story 3", "<p>A bad edit.</p>")
    editing.edit_article(newsroom.store, newsroom.site, stories[3].id, edited, based_on=None, now=newsroom.now)
    correct(newsroom, stories[4])
    newsroom.publish()
    roll_back(newsroom)
    assert "A bad edit." not in newsroom.read("all")
    assert "It was Tuesday." not in newsroom.read("all"), "corrections of before are rolled back with the rest"
    correct(newsroom, stories[5])
    withdraw(newsroom, stories[6], notice=False)
    newsroom.publish()
    assert "It was Tuesday." in items(newsroom)["Story 5"]
    assert "It was Tuesday." not in items(newsroom)["Story 4"]
    assert "Story 6" not in items(newsroom)
    assert release(newsroom).held == ()
    assert "A bad edit." in items(newsroom)["Story 3"]
    assert "It was Tuesday." in items(newsroom)["Story 4"]


def test_the_feeds_own_date_never_falls_behind_a_rollback(newsroom: Newsroom, stories: list[Article]) -> None:
    newsroom.write("A mistake")
    newsroom.publish()
    newsroom.pass_time(60)
    roll_back(newsroom)
    put_back_at = newsroom.now
    newsroom.pass_time(60)
    release(newsroom)
    with newsroom.store.reading() as connection:
        kept = feeds.get(connection, "all")
        assert editions.load(connection, kept, newsroom.site).updated_at == put_back_at


def test_what_cannot_be_put_back_is_refused_with_the_reason(newsroom: Newsroom) -> None:
    newsroom.define([ALL, replace(ALL, slug="other")])
    newsroom.publish()
    with pytest.raises(Conflict, match="no earlier publication"):
        roll_back(newsroom)
    newsroom.write("News")
    newsroom.publish()
    with pytest.raises(Conflict, match="no earlier publication"):
        roll_back(newsroom)
    of_the_other = holding.list_publications(newsroom.store, "other")[1][0].number
    with pytest.raises(NotFound, match="--list"):
        roll_back(newsroom, of_the_other)
    with pytest.raises(NotFound, match="feed 'none'"):
        publishing.roll_back_feed(newsroom.store, newsroom.folder, newsroom.site, "none", now=newsroom.now)
    with pytest.raises(Conflict, match="no entries to put back"):
        publishing.roll_back_feed(newsroom.store, newsroom.folder, newsroom.site, "_site", 1, now=newsroom.now)
    newsroom.define([replace(ALL, slug="other")])
    newsroom.publish()
    with pytest.raises(Conflict, match="no entries to put back"):
        roll_back(newsroom)
    assert holding.list_held(newsroom.store) == []


def test_every_manifest_is_kept_for_a_time_after_it_was_replaced(newsroom: Newsroom, stories: list[Article]) -> None:
    first = history(newsroom)[0].number
    newsroom.pass_time(60 * 86_400)
    for title in ("One", "Two", "Three"):
        newsroom.write(title)
        newsroom.publish()
    with newsroom.store.writing() as connection:
        publications.forget_before(connection, newsroom.now - timedelta(days=30))
    roll_back(newsroom, first)
    assert len(items(newsroom)) == 12
    newsroom.pass_time(31 * 86_400)
    with newsroom.store.writing() as connection:
        publications.forget_before(connection, newsroom.now - timedelta(days=30))
    with pytest.raises(NotFound):
        roll_back(newsroom, first)


@pytest.mark.parametrize(("overtakers", "done"), [(2, True), (9, False)])
def test_a_rollback_that_is_overtaken_is_tried_again(
    newsroom: Newsroom, stories: list[Article], monkeypatch: pytest.MonkeyPatch, overtakers: int, *, done: bool
) -> None:
    put_back = holding.put_back
    titles = [f"Overtaker {number}" for number in range(overtakers)]

    def put_back_and_be_overtaken(*arguments: object) -> object:
        found = put_back(*arguments)  # type: ignore[arg-type]
        if titles:
            newsroom.write(titles.pop())
            newsroom.publish()
        return found

    newsroom.write("A mistake")
    newsroom.publish()
    monkeypatch.setattr(holding, "put_back", put_back_and_be_overtaken)
    number = history(newsroom)[1].number
    if done:
        assert roll_back(newsroom, number).overtaken is False
        assert len(items(newsroom)) == 12
    else:
        with pytest.raises(Conflict, match="Nothing was rolled back"):
            roll_back(newsroom, number)


def test_what_was_put_back_stays_so_when_the_feed_is_removed_and_comes_back(
    newsroom: Newsroom, stories: list[Article]
) -> None:
    newsroom.write("A mistake")
    newsroom.publish()
    roll_back(newsroom)
    newsroom.define([replace(ALL, slug="other")])
    newsroom.publish()
    assert holding.list_held(newsroom.store) == []
    newsroom.define([ALL])
    assert newsroom.publish()["all"].held
    assert len(items(newsroom)) == 12
    assert "A mistake" not in items(newsroom)
    newsroom.write("News")
    newsroom.publish()
    assert "News" not in items(newsroom)
    release(newsroom)
    assert {"A mistake", "News"} < set(items(newsroom))
