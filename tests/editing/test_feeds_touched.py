"""An edit reaches every feed that it concerns, and no other (P06)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feedsvc import editing
from feedsvc.errors import Invalid, NotFound, PreconditionFailed
from feedsvc.model import Author, Draft, Feed, Image, Selection
from feedsvc.store import feeds
from tests.newsroom import Newsroom, draft

SPORT = Feed("sport", "Sport", "", Selection(sections=("Sport",)))
POLITICS = Feed("politics", "Politics", "", Selection(sections=("Politics",)))
CUP = Feed("cup", "Cup", "", Selection(tags=("cup",)))
DESK = Feed("desk", "Desk", "", Selection(authors=("City Desk",)))
PORTUGUESE = Feed("pt", "Portuguese", "", Selection(languages=("pt",)))


@pytest.fixture
def room(newsroom: Newsroom) -> Newsroom:
    newsroom.define([SPORT, POLITICS, CUP, DESK, PORTUGUESE])
    newsroom.publish()
    return newsroom


def test_an_article_reaches_the_feeds_of_its_section_tags_author_and_language_and_no_other(room: Newsroom) -> None:
    room.write(section="Sport", tags=("Cup", "final"), authors=(Author("city desk"),))
    assert set(room.publish()) == {"sport", "cup", "desk"}
    room.write(section="Politics", language="pt-BR")
    assert set(room.publish()) == {"politics", "pt"}


def test_an_article_that_moves_leaves_one_feed_and_enters_the_other(room: Newsroom) -> None:
    article = room.write(section="Sport")
    room.publish()
    moved = draft(section="Politics")
    editing.edit_article(room.store, room.site, article.id, moved, based_on=None, now=room.pass_time())
    assert set(room.publish()) == {"sport", "politics"}
    assert article.entry_id not in room.read("sport")
    assert article.entry_id in room.read("politics")
    back = draft(section="Sport")
    editing.edit_article(room.store, room.site, article.id, back, based_on=None, now=room.pass_time())
    room.publish()
    assert article.entry_id in room.read("sport")


def test_a_draft_touches_no_feed(room: Newsroom) -> None:
    editing.create_article(room.store, room.site, draft(section="Sport"), now=room.pass_time())
    assert room.publish() == {}


def test_a_scheduled_article_appears_at_its_time_with_that_date(room: Newsroom) -> None:
    made = editing.create_article(room.store, room.site, draft(section="Sport"), now=room.pass_time())
    due = room.now + timedelta(hours=1)
    editing.schedule_article(room.store, room.site, made.id, due, based_on=None, now=room.pass_time())
    assert editing.next_due(room.store) == due
    assert room.publish() == {}
    room.now = due + timedelta(minutes=3)
    assert set(room.publish()) == {"sport"}
    assert f'"date_published":"{due.isoformat().replace("+00:00", "Z")}"' in room.read("sport")
    assert editing.next_due(room.store) is None


def test_an_embargo_delays_one_feed_alone(newsroom: Newsroom) -> None:
    newsroom.define([SPORT, replace(CUP, embargo=timedelta(hours=2))])
    newsroom.publish()
    article = newsroom.write(section="Sport", tags=("cup",))
    assert set(newsroom.publish()) == {"sport"}
    before = newsroom.read("cup")
    newsroom.pass_time(3600)
    assert newsroom.publish() == {}
    newsroom.pass_time(3600)
    assert set(newsroom.publish()) == {"cup"}
    assert article.entry_id in newsroom.read("cup")
    assert article.entry_id not in before


def test_a_withdrawal_does_not_wait_for_the_schedule(newsroom: Newsroom) -> None:
    newsroom.define([replace(SPORT, publish=("cron 0 6 * * *",), keep_notice=False)])
    article = newsroom.write(section="Sport")
    with newsroom.store.writing() as connection:
        feeds.run_schedule(connection, "cron 0 6 * * *", newsroom.now)
    newsroom.publish()
    assert article.entry_id in newsroom.read("sport")
    edited = draft("Storm", section="Sport")
    editing.edit_article(newsroom.store, newsroom.site, article.id, edited, based_on=None, now=newsroom.pass_time())
    assert newsroom.publish() == {}
    editing.withdraw_article(
        newsroom.store, newsroom.site, article.id, "Wrong", notice=None, based_on=None, now=newsroom.pass_time()
    )
    assert set(newsroom.publish()) == {"sport"}
    assert article.entry_id not in newsroom.read("sport")
    assert f'ref="{article.entry_id}"' in newsroom.read("sport", "atom.xml")


def test_an_edit_based_on_an_older_revision_is_refused_and_changes_nothing(room: Newsroom) -> None:
    article = room.write(section="Sport")
    room.publish()
    with pytest.raises(PreconditionFailed, match="changed meanwhile"):
        editing.edit_article(room.store, room.site, article.id, draft("Other"), based_on=1, now=room.pass_time())
    assert room.publish() == {}


def test_an_article_that_is_not_there_is_not_found(room: Newsroom) -> None:
    with pytest.raises(NotFound, match="feedsvc articles"):
        editing.publish_article(room.store, room.site, "nowhere", based_on=None, now=room.now)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Draft(""), "title"),
        (Draft("x" * 1001), "title"),
        (Draft("A", language="not a language"), "language"),
        (Draft("A", url="javascript:alert(1)"), "url"),
        (Draft("A", url="/relative"), "url"),
        (Draft("A", authors=(Author("Desk", email="nobody"),)), "authors.email"),
        (Draft("A", authors=(Author("Desk", url="ftp://example.org"),)), "authors.url"),
        (Draft("A", image=Image("")), "image.url"),
        (Draft("A", tags=tuple(map(str, range(101)))), "tags"),
        (Draft("A", "x" * (16 * 1024 * 1024 + 1)), "content_html"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_mended_is_refused_by_the_name_of_its_field(room: Newsroom, wrong: Draft, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        editing.create_article(room.store, room.site, wrong, now=room.now, publish=True)
    assert refused.value.thing == field
    assert room.publish() == {}
