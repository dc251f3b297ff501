"""P10: nothing leaks before its time.

publish_at one hour ahead: in no feed, page, search, sitemap, OPML, count or ETag; at its time it appears in 2 s with
that pubDate and exactly one push. The same for drafts and for an embargo per feed.

not yet: search, counts (there are none); the push itself (here: what is recorded to be sent, one a document).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from feedsvc import editing, publishing, scheduling
from feedsvc.model import Article, Author, Draft, Feed, FeedTemplate, Image, Selection, Visibility
from feedsvc.store.feeds import CATALOGUE
from feedsvc.store.tables import announcements
from tests.newsroom import ALL, SITE
from tests.promises.gazette import Gazette, public_paths, snapshot
from tests.promises.readers import FEEDS, TOMBSTONE, parse_xml

HOUR = timedelta(hours=1)
SECRET = Draft(
    title="Merger announced",
    content_html="<p>Acquisition details.</p>",
    summary="Acquisition in short.",
    section="Takeovers",
    authors=(Author("Deals Desk"),),
    tags=("takeover", "banks"),
    url="https://example.org/merger-announced",
    image=Image("https://example.org/merger.jpg"),
)
# Whatever could tell of it: every word that stands in no other article, addresses and identities included.
WORDS = ("Merger", "merger", "Acquisition", "akeover", "Deals Desk")

FEEDS_OF_ALL_KINDS = (
    ALL,
    Feed("business", "Business", "By section", Selection(sections=("takeovers",))),
    Feed("banks", "Money", "By tag", Selection(tags=("banks",))),
    Feed("desk", "A desk", "By author", Selection(authors=("Deals Desk",))),
    Feed("quarter", "Late", "Fifteen minutes later", embargo=timedelta(minutes=15)),
    Feed("partner", "Partner", "Nobody lists it", visibility=Visibility.UNLISTED),
)
TEMPLATES = tuple(
    FeedTemplate(kind, Feed(f"{kind}-{{value}}", "{value}", "Of {value}")) for kind in ("section", "tag", "author")
)


@pytest.fixture
def room(gazette: Gazette) -> Gazette:
    """A newsroom with feeds of every kind, one open story in all of them, and a hub to be told of changes."""
    gazette.site = replace(SITE, hubs=("https://hub.example.org/",))
    gazette.define(FEEDS_OF_ALL_KINDS, TEMPLATES)
    gazette.open()
    gazette.write("Rates rise", section="Money", tags=("banks",), authors=(Author("Money Desk"),))
    gazette.publish()
    gazette.pass_time(3600)
    gazette.publish()
    return gazette


Keep = Callable[[Gazette], str]


def schedule(room: Gazette) -> str:
    made = editing.create_article(room.store, room.site, SECRET, now=room.pass_time())
    at = room.now + HOUR
    editing.schedule_article(room.store, room.site, made.id, at, based_on=None, now=room.pass_time())
    return made.id


def keep_a_draft(room: Gazette) -> str:
    return editing.create_article(room.store, room.site, SECRET, now=room.pass_time()).id


def keep_a_draft_with_a_date(room: Gazette) -> str:
    dated = replace(SECRET, publish_at=room.now + timedelta(minutes=1))
    return editing.create_article(room.store, room.site, dated, now=room.pass_time()).id


def imported(room: Gazette, name: str, text: str) -> str:
    (taken,) = room.bring_in(name, text.format(at=(room.now + HOUR).isoformat()).encode())
    assert taken.article_id is not None
    return taken.article_id


FRONT = """---
title: {secret.title}
section: {secret.section}
tags: [takeover, banks]
authors: [Deals Desk]
image: {secret.image.url}
{more}
---
Acquisition details.
"""


def import_a_draft(room: Gazette) -> str:
    return imported(room, "merger.md", FRONT.format(secret=SECRET, more="draft: true"))


def import_with_publish_at(room: Gazette) -> str:
    return imported(room, "merger.md", FRONT.format(secret=SECRET, more="publish_at: {at}"))


def import_with_a_date_to_come(room: Gazette) -> str:
    return imported(room, "merger.md", FRONT.format(secret=SECRET, more="date: {at}"))


def import_json_with_a_date_to_come(room: Gazette) -> str:
    item = (
        '{{"id":"urn:merger","url":"https://example.org/merger","title":"Merger announced","content_text":"x",'
        '"tags":["takeover"],"authors":[{{"name":"Deals Desk"}}],"date_published":"{at}"}}'
    )
    feed = '{{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[' + item + "]}}"
    return imported(room, "merger.json", feed)


KEPT_BACK: dict[str, Keep] = {
    "scheduled": schedule,
    "a draft": keep_a_draft,
    "a draft whose date goes by": keep_a_draft_with_a_date,
    "an imported draft": import_a_draft,
    "imported with publish_at": import_with_publish_at,
    "imported with a date to come": import_with_a_date_to_come,
    "imported from a feed with a date to come": import_json_with_a_date_to_come,
}


@pytest.mark.parametrize("keep", KEPT_BACK.values(), ids=KEPT_BACK.keys())
def test_what_is_kept_back_leaves_no_trace_anywhere(room: Gazette, keep: Keep) -> None:
    before, told = snapshot(room), announced(room)
    article_id = keep(room)
    run_everything(room)
    changed = replace(SECRET, title="Merger announced, second version")
    editing.edit_article(room.store, room.site, article_id, changed, based_on=None, now=room.pass_time())
    room.pass_time(600)
    run_everything(room)
    assert snapshot(room) == before
    assert announced(room) == told
    # Of an article that is kept back as little is known as of one that never was.
    absent = room.get("/articles/00000000-0000-4000-8000-000000000000")
    for path in (f"/articles/{article_id}", f"/articles/{article_id}/", f"/articles/{article_id}/merger-announced"):
        answer = room.get(path)
        assert (answer.status, answer.body) == (404, absent.body)
    for slug in ("section-takeovers", "tag-takeover", "author-deals-desk"):
        assert room.get(f"/feeds/{slug}/rss.xml").status == 404
    for path in public_paths(room):
        answer = room.get(path)
        for word in (*WORDS, article_id):
            assert word not in answer.text + str(answer.headers), (path, word)


def test_at_its_time_it_appears_everywhere_with_that_date_and_one_push(room: Gazette) -> None:
    article_id = schedule(room)
    at = room.now + HOUR - timedelta(seconds=1)
    before, told = snapshot(room), announced(room)
    room.now = at - timedelta(milliseconds=1)
    room.publish_now()
    assert snapshot(room) == before
    room.now = at + timedelta(seconds=2)
    room.publish_now()
    for slug in ("all", "business", "banks", "desk", "partner", "section-takeovers", "tag-takeover"):
        for reader, items in room.read_all(slug).items():
            assert items[0].title == SECRET.title, (slug, reader)
            assert items[0].published == items[0].updated == at or reader.startswith("RSS"), (slug, reader)
            assert items[0].published == at, (slug, reader)
    assert room.get(f"/articles/{article_id}/merger-announced").status == 200
    # By then the quarter of an hour is not over.
    assert snapshot(room)["/feeds/quarter/rss.xml"] == before["/feeds/quarter/rss.xml"]
    topics = {
        f"{room.site.base_url}/feeds/{slug}/{name}"
        for slug in ("all", "business", "banks", "desk", "partner")
        for name in FEEDS
    }
    new = [topic for topic in announced(room)[len(told) :] if "-" not in topic]
    assert sorted(new) == sorted(topics)
    after = announced(room)
    room.pass_time(30)
    room.publish_now()
    assert announced(room) == after


def test_a_publisher_that_comes_late_keeps_the_date_that_was_set(room: Gazette) -> None:
    schedule(room)
    at = room.now + HOUR - timedelta(seconds=1)
    room.now = at + timedelta(days=1)
    room.publish_now()
    assert {items[0].published for items in room.read_all().values()} == {at}


# --- an embargo per feed ---------------------------------------------------------------------------------------------


@pytest.fixture
def embargoed(gazette: Gazette) -> Gazette:
    """A newsroom whose one feed is an hour behind, with one story that is old enough."""
    gazette.define([replace(ALL, embargo=HOUR)])
    gazette.write("Rates rise")
    gazette.pass_time(7200)
    gazette.publish()
    assert "Rates rise" in gazette.read("all")
    return gazette


Change = Callable[[Gazette, Article], object]
CHANGES: dict[str, Change] = {
    "nothing more": lambda room, _: room.pass_time(),
    "an edit": lambda room, article: room.edit(article, replace(SECRET, title="Merger edited")),
    "a correction": lambda room, article: room.correct(article, SECRET, "It was a takeover."),
    "a withdrawal without a trace": lambda room, article: room.withdraw(article, notice=False),
    "a withdrawal with a notice": lambda room, article: room.withdraw(article, notice=True),
    "an edit that takes it out of the feed": lambda room, article: room.edit(article, replace(SECRET, tags=("x",))),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_an_embargo_keeps_every_trace_out_of_its_feed_whatever_happens_meanwhile(
    gazette: Gazette, change: Change
) -> None:
    gazette.define([replace(ALL, embargo=HOUR, select=Selection(tags=("banks",)))])
    gazette.write("Rates rise", tags=("banks",))
    gazette.pass_time(7200)
    gazette.publish()
    before = snapshot(gazette)
    article = gazette.write(SECRET.title, SECRET.content_html, tags=SECRET.tags)
    run_everything(gazette)
    change(gazette, article)
    run_everything(gazette)
    gazette.pass_time(1000)
    run_everything(gazette)
    assert snapshot(gazette) == before


def test_an_embargo_ends_to_the_second_with_the_date_of_publication(embargoed: Gazette) -> None:
    article = embargoed.write(SECRET.title, SECRET.content_html)
    before = snapshot(embargoed)
    published = embargoed.now
    embargoed.now = published + HOUR - timedelta(milliseconds=1)
    embargoed.publish_now()
    assert snapshot(embargoed) == before
    embargoed.now = published + HOUR + timedelta(seconds=2)
    embargoed.publish_now()
    for reader, items in embargoed.read_all().items():
        assert items[0].title == SECRET.title, reader
        assert items[0].published == published.replace(microsecond=0), reader
    assert article.entry_id in embargoed.read("all", "atom.xml")


def test_a_story_withdrawn_under_embargo_never_appears_not_even_as_taken_back(embargoed: Gazette) -> None:
    article = embargoed.write(SECRET.title, SECRET.content_html)
    embargoed.withdraw(article, notice=False)
    before = snapshot(embargoed)
    embargoed.pass_time(7200)
    run_everything(embargoed)
    assert snapshot(embargoed) == before
    assert parse_xml(embargoed.get("/feeds/all/atom.xml").body).find(TOMBSTONE) is None


def test_a_feed_defined_later_keeps_its_embargo_over_what_is_there_already(gazette: Gazette) -> None:
    gazette.write("Rates rise")
    gazette.pass_time(7200)
    gazette.write(SECRET.title, SECRET.content_html)
    gazette.define([ALL, Feed("late", "Late", "An hour later", embargo=HOUR)])
    gazette.publish()
    assert [item.title for item in gazette.read_all("late")["Atom by lxml"]] == ["Rates rise"]
    assert "Merger" not in gazette.get("/feeds/late/").text


def test_a_withdrawn_story_leaves_no_mark_in_a_feed_that_never_held_it(gazette: Gazette) -> None:
    article = gazette.write(SECRET.title, SECRET.content_html)
    gazette.publish()
    gazette.withdraw(article, notice=False)
    gazette.define([ALL, Feed("new", "New", "Defined later")])
    gazette.publish()
    assert parse_xml(gazette.get("/feeds/all/atom.xml").body).find(TOMBSTONE) is not None
    assert parse_xml(gazette.get("/feeds/new/atom.xml").body).find(TOMBSTONE) is None


# --- what stands around it -------------------------------------------------------------------------------------------


def run_everything(room: Gazette) -> None:
    """Do all that the publisher does by itself, and `feedsvc publish` besides, which regenerates every feed."""
    room.publish()
    for schedule in scheduling.next_runs(room.store, ZoneInfo("UTC"), now=room.now):
        scheduling.run_schedule(room.store, schedule, now=room.pass_time(2))
    room.publish()
    for slug in (*(feed.slug for feed in room.feeds), CATALOGUE):
        publishing.publish_feed(room.store, room.folder, room.site, slug, reason="by hand", now=room.pass_time(2))


def announced(room: Gazette) -> list[str]:
    """Give the topics that hubs are told of, in the order in which they were recorded."""
    with room.store.reading() as connection:
        return list(connection.execute(select(announcements.c.topic).order_by(announcements.c.number)).scalars())
