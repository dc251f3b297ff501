"""What comes in from elsewhere keeps its identity and its dates, and comes in once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedsvc import editing
from feedsvc.importing import Result, Taken, import_articles
from feedsvc.model import Draft, Imported, Refused, Status
from feedsvc.store import articles
from feedsvc.store.articles import Kept
from tests.newsroom import START, Newsroom

BEFORE = datetime(2020, 5, 1, 8, 30, tzinfo=UTC)
STORY = Imported(
    Draft("Storm warning", "<p>Stay in.</p>", section="Weather"),
    key="https://old.example.org/?p=12",
    place="feed.xml, item 1",
    guid="https://old.example.org/?p=12",
    guid_is_permalink=True,
    published_at=BEFORE,
    updated_at=BEFORE + timedelta(days=1),
)


def bring_in(room: Newsroom, *items: Imported | Refused, dry_run: bool = False) -> list[Taken]:
    return list(import_articles(room.store, room.site, items, now=room.pass_time(), dry_run=dry_run))


def kept(room: Newsroom, taken: Taken) -> Kept:
    with room.store.reading() as connection:
        return articles.get(connection, taken.article_id or "")


def test_guid_and_dates_are_the_source_s(newsroom: Newsroom) -> None:
    (taken,) = bring_in(newsroom, STORY)
    article = kept(newsroom, taken).article
    assert taken.result is Result.NEW
    assert (article.entry_id, article.entry_id_is_permalink) == ("https://old.example.org/?p=12", True)
    assert (article.published_at, article.updated_at) == (BEFORE, BEFORE + timedelta(days=1))
    newsroom.publish()
    assert '<guid isPermaLink="true">https://old.example.org/?p=12</guid>' in newsroom.read("all", "rss.xml")


def test_the_same_thing_again_changes_nothing(newsroom: Newsroom) -> None:
    bring_in(newsroom, STORY)
    newsroom.publish()
    (again,) = bring_in(newsroom, replace(STORY, place="other.xml, item 9"))
    assert again.result is Result.UNCHANGED
    assert newsroom.publish() == {}


def test_other_content_is_a_minor_edit_of_the_same_article(newsroom: Newsroom) -> None:
    (first,) = bring_in(newsroom, STORY)
    changed = replace(STORY, draft=replace(STORY.draft, title="Storm warning lifted"))
    (second,) = bring_in(newsroom, changed)
    assert (second.result, second.article_id) == (Result.CHANGED, first.article_id)
    article = kept(newsroom, second).article
    assert (article.revision.title, article.updated_at) == ("Storm warning lifted", BEFORE + timedelta(days=1))


def test_what_a_source_does_not_say_is_left_as_it_is(newsroom: Newsroom) -> None:
    (first,) = bring_in(newsroom, STORY)
    silent = replace(STORY, draft=replace(STORY.draft, section=None, content_html="<p>Stay out.</p>"))
    bring_in(newsroom, silent)
    revision = kept(newsroom, first).article.revision
    assert (revision.section, revision.content_html) == ("Weather", "<p>Stay out.</p>")


def test_an_article_without_guid_is_known_by_its_key_and_gets_an_identity_of_its_own(newsroom: Newsroom) -> None:
    note = Imported(Draft("A note"), key="/notes/one.txt", place="one.txt")
    (first,) = bring_in(newsroom, note)
    (second,) = bring_in(newsroom, replace(note, draft=Draft("A longer note")))
    assert second.article_id == first.article_id
    assert kept(newsroom, first).article.entry_id == f"urn:uuid:{first.article_id}"
    assert kept(newsroom, first).article.published_at == START + timedelta(seconds=1)


def test_the_order_of_a_source_is_kept_for_articles_of_one_instant(newsroom: Newsroom) -> None:
    items = [replace(STORY, key=f"k{number}", guid=f"urn:test:{number}") for number in range(5)]
    bring_in(newsroom, *items)
    newsroom.publish()
    feed = newsroom.read("all")
    places = [feed.index(f"urn:test:{number}") for number in range(5)]
    assert places == sorted(places)


def test_a_date_to_come_schedules_and_a_draft_stays_a_draft(newsroom: Newsroom) -> None:
    later = newsroom.now + timedelta(days=1)
    scheduled, draft = bring_in(
        newsroom,
        replace(STORY, key="draft", guid=None, status=Status.DRAFT),
        replace(STORY, key="later", guid=None, published_at=later, updated_at=None),
    )
    assert (kept(newsroom, scheduled).article.status, kept(newsroom, scheduled).article.publish_at) == (
        Status.SCHEDULED,
        later,
    )
    assert kept(newsroom, draft).article.status is Status.DRAFT
    assert newsroom.publish().get("all") is None or "Storm" not in newsroom.read("all")


def test_one_refused_article_spoils_no_other_and_leaves_nothing(newsroom: Newsroom) -> None:
    wrong = replace(STORY, key="wrong", guid="urn:test:wrong", draft=Draft("Bad", url="ftp://example.org/x"))
    results = bring_in(newsroom, STORY, Refused("feed.xml, item 2", "is no article"), wrong)
    assert [one.result for one in results] == [Result.REFUSED, Result.REFUSED, Result.NEW]
    assert "url" in results[0].reason
    assert results[1].reason == "is no article"
    with newsroom.store.reading() as connection:
        assert articles.count(connection) == 1


def test_a_withdrawn_article_is_not_brought_back_by_its_file(newsroom: Newsroom) -> None:
    (first,) = bring_in(newsroom, STORY)
    editing.withdraw_article(
        newsroom.store,
        newsroom.site,
        first.article_id or "",
        "Wrong",
        notice=None,
        based_on=None,
        now=newsroom.pass_time(),
    )
    changed = replace(STORY, draft=replace(STORY.draft, title="Back again"))
    (second,) = bring_in(newsroom, changed)
    assert second.result is Result.REFUSED
    assert "withdrawn" in second.reason
    assert bring_in(newsroom, STORY)[0].result is Result.UNCHANGED


@pytest.mark.parametrize("times", [1, 2])
def test_a_dry_run_changes_nothing(newsroom: Newsroom, times: int) -> None:
    for _ in range(times):
        (taken,) = bring_in(newsroom, STORY, dry_run=True)
        assert (taken.result, taken.article_id) == (Result.NEW, None)
    with newsroom.store.reading() as connection:
        assert articles.count(connection) == 0
