"""Promise: sitemaps tell of what is public, of all of it, and a change to one article rewrites one part."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree
from sqlalchemy import delete

from feedsvc import editing, publishing
from feedsvc.model import Article, Draft, Feed, Visibility
from feedsvc.render import sitemap
from feedsvc.store import sitemaps
from feedsvc.store.own_documents import are_sitemaps
from feedsvc.store.tables import feeds
from tests.newsroom import ALL, Newsroom, draft

DAY = 86_400
SIZE = 3


def names(room: Newsroom, slug: str = "_sitemap", filename: str = "sitemap.xml") -> list[str]:
    """Give the last part of each address in a sitemap, in its order: an article's slug, or a file."""
    path = room.folder.root / slug / filename
    if not path.exists():
        return []
    locations = etree.fromstring(path.read_bytes()).iterfind(".//{*}loc")
    return [str(one.text).rpartition("/")[2] for one in locations]


def news(room: Newsroom, slug: str = "_sitemap") -> list[str]:
    return names(room, slug, "news-sitemap.xml")


def sitemap_files(room: Newsroom) -> dict[str, tuple[bytes, int, int]]:
    return {name: file for name, file in room.files().items() if name.startswith("_sitemap")}


def withdraw(room: Newsroom, article: Article) -> None:
    editing.withdraw_article(
        room.store, room.site, article.id, "It was not so.", notice=None, based_on=None, now=room.pass_time()
    )


def test_a_new_site_has_a_sitemap_of_its_start_page_and_no_news(newsroom: Newsroom) -> None:
    newsroom.publish()
    assert names(newsroom) == [""]
    assert news(newsroom) == []


def test_a_published_article_stands_in_both(newsroom: Newsroom) -> None:
    newsroom.write("First")
    newsroom.write("Second")
    newsroom.publish()
    assert names(newsroom) == ["", "first", "second"]
    assert news(newsroom) == ["second", "first"]


def test_what_is_not_public_stands_in_none(newsroom: Newsroom) -> None:
    newsroom.define([replace(ALL, embargo=timedelta(hours=1)), Feed("partner", "", "", visibility=Visibility.UNLISTED)])
    newsroom.publish()
    before = sitemap_files(newsroom)
    made = editing.create_article(newsroom.store, newsroom.site, draft("Draft"), now=newsroom.pass_time())
    at = newsroom.now + timedelta(hours=1)
    editing.schedule_article(newsroom.store, newsroom.site, made.id, at, based_on=None, now=newsroom.pass_time())
    newsroom.write("Under embargo, and shown to the partner")
    newsroom.write("Elsewhere", url="https://example.org/elsewhere")
    newsroom.publish()
    assert sitemap_files(newsroom) == before


def test_the_end_of_an_embargo_and_a_scheduled_time_bring_it_in(newsroom: Newsroom) -> None:
    newsroom.define([replace(ALL, embargo=timedelta(hours=1))])
    newsroom.write("Embargoed")
    made = editing.create_article(newsroom.store, newsroom.site, draft("Scheduled"), now=newsroom.pass_time())
    at = newsroom.now + timedelta(minutes=30)
    editing.schedule_article(newsroom.store, newsroom.site, made.id, at, based_on=None, now=newsroom.pass_time())
    newsroom.pass_time(3600)
    newsroom.publish()
    assert names(newsroom) == ["", "embargoed"]
    newsroom.pass_time(3600)
    newsroom.publish()
    assert names(newsroom) == ["", "embargoed", "scheduled"]


def test_what_is_taken_back_goes_at_once(newsroom: Newsroom) -> None:
    story = newsroom.write("Story")
    newsroom.write("Other")
    newsroom.publish()
    withdraw(newsroom, story)
    newsroom.publish()
    assert names(newsroom) == ["", "other"]
    assert news(newsroom) == ["other"]


def test_a_quiet_edit_moves_no_date_and_a_correction_does(newsroom: Newsroom) -> None:
    story = newsroom.write("Story")
    newsroom.publish()
    before = newsroom.read("_sitemap", "sitemap.xml")

    def save(new: Draft, note: str | None = None) -> None:
        now = newsroom.pass_time(60)
        if note is None:
            editing.edit_article(newsroom.store, newsroom.site, story.id, new, based_on=None, now=now)
        else:
            editing.correct_article(newsroom.store, newsroom.site, story.id, new, note, based_on=None, now=now)
        newsroom.publish()

    save(draft("Story, retold"))
    assert newsroom.read("_sitemap", "sitemap.xml") == before
    assert "Story, retold" in newsroom.read("_sitemap", "news-sitemap.xml")
    save(draft("Story, put right"), "It was Tuesday.")
    assert newsroom.read("_sitemap", "sitemap.xml") != before
    save(draft("Story, put right", url="https://example.org/story"))
    assert names(newsroom) == [""]


def test_feeds_that_go_or_hide_take_along_what_only_they_showed(newsroom: Newsroom) -> None:
    newsroom.write("Story")
    newsroom.publish()
    newsroom.define([replace(ALL, visibility=Visibility.UNLISTED)])
    newsroom.publish()
    assert names(newsroom) == [""]
    newsroom.define([ALL])
    newsroom.publish()
    assert names(newsroom) == ["", "story"]
    newsroom.define([Feed("empty", "", "", embargo=timedelta(days=9))])
    newsroom.publish()
    assert names(newsroom) == [""]
    newsroom.define([Feed("later", "Later", "")])
    newsroom.publish()
    assert names(newsroom) == ["", "story"]


def test_runs_without_a_change_rewrite_nothing_and_news_goes_when_it_is_old(newsroom: Newsroom) -> None:
    editing.drop_old_news(newsroom.store, newsroom.site, now=newsroom.now)
    newsroom.write("Old")
    newsroom.pass_time(DAY)
    newsroom.write("New")
    newsroom.publish()
    before = sitemap_files(newsroom)

    def look() -> int:
        dropped = editing.drop_old_news(newsroom.store, newsroom.site, now=newsroom.now)
        newsroom.publish()
        publishing.publish_feed(
            newsroom.store, newsroom.folder, newsroom.site, "_sitemap", reason="by hand", now=newsroom.pass_time(2)
        )
        return dropped

    newsroom.pass_time(DAY - 600)
    assert look() == 0
    assert sitemap_files(newsroom) == before
    newsroom.pass_time(600)
    assert look() == 1
    assert news(newsroom) == ["new"]
    assert newsroom.files()["_sitemap/sitemap.xml"] == before["_sitemap/sitemap.xml"]
    # A publisher that was away for long makes up for it in one look.
    newsroom.pass_time(30 * DAY)
    assert look() == 1
    assert news(newsroom) == []
    assert look() == 0


# --- more than one part ----------------------------------------------------------------------------------------------


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "PART_SIZE", SIZE)


@pytest.fixture
def stories(newsroom: Newsroom, small_parts: None) -> list[Article]:
    """Eight articles: two full parts and one that is not."""
    made = [newsroom.write(f"Story {number}") for number in range(1, 9)]
    newsroom.publish()
    newsroom.publish()
    return made


def test_above_a_part_there_is_a_list_of_parts_and_news_stays_one_file(
    newsroom: Newsroom, stories: list[Article]
) -> None:
    assert names(newsroom) == ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]
    assert names(newsroom, "_sitemap-1") == ["", "story-1", "story-2", "story-3"]
    assert names(newsroom, "_sitemap-2") == ["story-4", "story-5", "story-6"]
    assert names(newsroom, "_sitemap-3") == ["story-7", "story-8"]
    assert news(newsroom) == [f"story-{number}" for number in range(8, 0, -1)]
    assert news(newsroom, "_sitemap-2") == ["story-6", "story-5", "story-4"]


def test_a_change_to_one_article_rewrites_its_part_and_the_list_alone(
    newsroom: Newsroom, stories: list[Article]
) -> None:
    before = sitemap_files(newsroom)
    withdraw(newsroom, stories[4])
    newsroom.publish()
    newsroom.publish()
    after = sitemap_files(newsroom)
    changed = {name.partition("/")[0] for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed == {"_sitemap", "_sitemap-2"}
    assert names(newsroom, "_sitemap-2") == ["story-4", "story-6"]


def test_the_list_tells_when_each_part_last_changed(newsroom: Newsroom, stories: list[Article]) -> None:
    newsroom.pass_time(100)
    withdraw(newsroom, stories[4])
    newsroom.publish()
    newsroom.publish()
    root = etree.fromstring(newsroom.read("_sitemap", "sitemap.xml").encode())
    listed = [str(one.text) for one in root.iterfind(".//{*}lastmod")]
    files = newsroom.files()
    mtimes = [files[f"_sitemap-{part}/sitemap.xml"][1] // 1_000_000_000 for part in (1, 2, 3)]
    assert [f"{datetime.fromtimestamp(one, UTC):%Y-%m-%dT%H:%M:%SZ}" for one in mtimes] == listed
    assert len(set(listed)) == 2


def test_a_part_whose_last_article_goes_is_gone_with_it(newsroom: Newsroom, stories: list[Article]) -> None:
    for story in stories[3:6]:
        withdraw(newsroom, story)
    newsroom.publish()
    newsroom.publish()
    assert names(newsroom) == ["sitemap-1.xml", "sitemap-3.xml"]
    assert not (newsroom.folder.root / "_sitemap-2" / "sitemap.xml").exists()


def test_more_news_than_one_file_holds_stands_in_its_parts(
    newsroom: Newsroom, stories: list[Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemap, "MOST_NEWS", 5)
    monkeypatch.setattr(sitemaps, "MOST_NEWS", 5)
    newsroom.write("Story 9")
    newsroom.publish()
    newsroom.publish()
    assert news(newsroom) == ["news-sitemap-1.xml", "news-sitemap-2.xml", "news-sitemap-3.xml"]
    assert news(newsroom, "_sitemap-3") == ["story-9", "story-8", "story-7"]


def test_a_store_from_before_gets_its_sitemaps_at_the_next_start(newsroom: Newsroom, small_parts: None) -> None:
    with newsroom.store.writing() as connection:
        connection.execute(delete(feeds).where(are_sitemaps()))
    for number in range(1, 5):
        newsroom.write(f"Story {number}")
    newsroom.define()
    newsroom.publish()
    newsroom.publish()
    assert names(newsroom) == ["sitemap-1.xml", "sitemap-2.xml"]
    assert names(newsroom, "_sitemap-2") == ["story-4"]


def test_a_site_that_moves_has_its_new_address_in_every_part(newsroom: Newsroom, stories: list[Article]) -> None:
    newsroom.site = replace(newsroom.site, base_url="https://moved.example.org")
    newsroom.define()
    newsroom.publish()
    newsroom.publish()
    for slug in ("_sitemap", "_sitemap-1", "_sitemap-2", "_sitemap-3"):
        text = newsroom.read(slug, "sitemap.xml")
        assert "https://moved.example.org/" in text
        assert "gazette.example.org" not in text
