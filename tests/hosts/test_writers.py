"""Several hosts write at once, and the store comes out as if they had written one after the other."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Connection

from feedsvc import editing, holding, importing
from feedsvc.errors import PreconditionFailed
from feedsvc.importing import Result
from feedsvc.membership import Standing, place
from feedsvc.model import Feed, FeedTemplate, Imported, Selection
from feedsvc.store import Store, articles, entries, feeds, holds, progress
from feedsvc.store.feeds import FeedState
from tests.guard.floods import bring_in_archive, fill
from tests.hosts.together import at_once, stores_of
from tests.newsroom import ALL, Newsroom, draft
from tests.waiting import wait_until

SECTIONS = ("Sport", "Culture", "Science")
BY_SECTION = tuple(
    Feed(section.lower(), section, section, select=Selection(sections=(section,))) for section in SECTIONS
)
BY_TAG = FeedTemplate("tag", Feed("tag-{value}", "{value}", "All about {value}"))


def wrongly_placed(newsroom: Newsroom) -> list[tuple[str, int]]:
    """Give the feeds and articles whose kept place is not the one that the article and the feed come to."""
    wrong = []
    with newsroom.store.writing() as connection:
        every = articles.batch_after(connection, 0, 100_000)
        for kept in feeds.all_feeds(connection, state=FeedState.LIVE):
            there = entries.standing_in(connection, kept.number, [one.number for one in every])
            for one in every:
                right = place(one.article, kept.feed, newsroom.site.language, newsroom.now)
                found = there.get(one.number)
                if found is not None and found.standing is Standing.LEFT:
                    found = None
                if found != right:
                    wrong.append((kept.feed.slug, one.number))
    return wrong


def wanted(newsroom: Newsroom, slug: str = "all") -> int:
    with newsroom.store.reading() as connection:
        return feeds.get(connection, slug).wanted


def test_no_change_of_a_feed_is_lost_to_another_one(newsroom: Newsroom) -> None:
    newsroom.define([ALL, *BY_SECTION])
    before = wanted(newsroom)
    with stores_of(newsroom, 4) as stores:

        def write(number: int, store: Store) -> None:
            for count in range(10):
                section = SECTIONS[(number + count) % 3]
                words = draft(f"{number}-{count}", section=section)
                editing.create_article(store, newsroom.site, words, now=newsroom.now, publish=True)

        at_once(*(lambda n=number, s=store: write(n, s) for number, store in enumerate(stores)))
    assert wanted(newsroom) == before + 40
    assert wrongly_placed(newsroom) == []


def test_of_two_edits_of_one_revision_the_second_is_refused(newsroom: Newsroom) -> None:
    article = newsroom.write()
    with stores_of(newsroom, 4) as stores:

        def edit(store: Store) -> object:
            return editing.edit_article(
                store, newsroom.site, article.id, draft("Mine"), based_on=article.revision.number, now=newsroom.now
            )

        came_to = at_once(*(lambda s=store: edit(s) for store in stores))
    assert [type(one) for one in came_to].count(PreconditionFailed) == 3


def test_edits_that_are_based_on_nothing_all_become_revisions(newsroom: Newsroom) -> None:
    article = newsroom.write()
    with stores_of(newsroom, 4) as stores:

        def edit(number: int, store: Store) -> object:
            words = draft(f"By {number}", section=SECTIONS[number % 3])
            return editing.edit_article(store, newsroom.site, article.id, words, based_on=None, now=newsroom.now)

        at_once(*(lambda n=number, s=store: edit(n, s) for number, store in enumerate(stores)))
    with newsroom.store.reading() as connection:
        history = articles.history(connection, article.id)
    assert [revision.number for revision in history] == list(range(1, article.revision.number + 5))
    assert wrongly_placed(newsroom) == []


def test_one_article_imported_by_several_hosts_at_once_is_one_article(newsroom: Newsroom) -> None:
    source = [
        Imported(draft(f"Story {number}"), key=f"guid-{number}", place=f"item {number}", guid=f"guid-{number}")
        for number in range(10)
    ]
    with stores_of(newsroom, 3) as stores:

        def bring_in(store: Store) -> list[Result]:
            return [one.result for one in importing.import_articles(store, newsroom.site, source, now=newsroom.now)]

        came_to = at_once(*(lambda s=store: bring_in(s) for store in stores))
    results = [result for one in came_to for result in one]  # type: ignore[attr-defined]
    assert results.count(Result.NEW) == 10
    assert results.count(Result.UNCHANGED) == 20
    with newsroom.store.reading() as connection:
        assert articles.count(connection) == 10


def test_articles_of_a_new_tag_make_its_feed_once_and_are_all_in_it(newsroom: Newsroom) -> None:
    newsroom.define([ALL], [BY_TAG])
    with stores_of(newsroom, 4) as stores:

        def write(number: int, store: Store) -> None:
            for tag in ("Storm", "C", "C++", "Wind"):
                words = draft(f"{tag} {number}", tags=(tag,))
                editing.create_article(store, newsroom.site, words, now=newsroom.now, publish=True)

        at_once(*(lambda n=number, s=store: write(n, s) for number, store in enumerate(stores)))
    with newsroom.store.reading() as connection:
        words = [kept.template_value for kept in feeds.made_by(connection, "tag-{value}")]
    assert sorted(str(word) for word in words) == ["c", "c++", "storm", "wind"]
    assert wrongly_placed(newsroom) == []


def test_feeds_that_are_redefined_while_articles_come_in_hold_what_they_should(newsroom: Newsroom) -> None:
    newsroom.define([ALL, *BY_SECTION])
    dice = random.Random(4)
    written = [newsroom.write(str(number), section=SECTIONS[number % 3]) for number in range(20)]
    with stores_of(newsroom, 4) as stores:

        def write(store: Store) -> None:
            for count in range(15):
                words = draft(str(count), section=dice.choice(SECTIONS))
                editing.create_article(store, newsroom.site, words, now=newsroom.now, publish=True)

        def move(store: Store) -> None:
            for _ in range(15):
                words = draft("Moved", section=dice.choice(SECTIONS))
                one = dice.choice(written)
                editing.edit_article(store, newsroom.site, one.id, words, based_on=None, now=newsroom.now)

        def redefine(store: Store) -> None:
            for count in range(6):
                turned = tuple(
                    replace(feed, select=Selection(sections=(SECTIONS[(number + count) % 3],)))
                    for number, feed in enumerate(BY_SECTION)
                )
                editing.apply_feeds(store, newsroom.site, (ALL, *turned), (), now=newsroom.now)

        at_once(
            lambda: write(stores[0]), lambda: move(stores[1]), lambda: redefine(stores[2]), lambda: redefine(stores[3])
        )
    editing.fill_feeds(newsroom.store, newsroom.site, now=newsroom.now)
    assert wrongly_placed(newsroom) == []


@pytest.mark.parametrize("count", [5])
def test_an_article_that_comes_due_is_brought_out_once(newsroom: Newsroom, count: int) -> None:
    due = newsroom.pass_time(60)
    for number in range(count):
        made = editing.create_article(newsroom.store, newsroom.site, draft(str(number)), now=newsroom.now)
        at = due.replace(minute=30)
        editing.schedule_article(newsroom.store, newsroom.site, made.id, at, based_on=None, now=newsroom.now)
    now = newsroom.pass_time(3600)
    before = wanted(newsroom)
    with stores_of(newsroom, 3) as stores:
        came_to = at_once(*(lambda s=store: editing.publish_due(s, newsroom.site, now=now) for store in stores))
    assert sum(came_to) == count  # type: ignore[arg-type]
    assert before < wanted(newsroom) <= before + count
    assert wrongly_placed(newsroom) == []


def test_a_release_and_a_publisher_wait_for_each_other_in_turn(newsroom: Newsroom) -> None:
    """Both take the feed first, and then what it holds back; in two orders they would wait for each other for ever."""
    fill(newsroom)
    bring_in_archive(newsroom, 30)
    newsroom.publish()
    with stores_of(newsroom, 1) as (store,), ThreadPoolExecutor(1) as threads:
        with store.writing() as connection:
            kept = feeds.get(connection, "all")
            feeds.hold(connection, {kept.number})
            releasing = threads.submit(holding.release, newsroom.store, "all")
            if store.shared:
                wait_until(lambda: somebody_waits(connection))
            held = holds.find(connection, kept.number)
            assert held is not None
            holds.put(connection, kept.number, held, lines=held.lines, verdict=held.verdict, now=newsroom.pass_time())
        releasing.result(60)
    assert [one.released for one in holding.list_held(newsroom.store)] == [True]


def test_failures_of_feeds_and_a_publisher_of_the_same_wait_for_each_other_in_turn(newsroom: Newsroom) -> None:
    """Feeds are taken by their numbers: here those go the other way than their slugs."""
    newsroom.define([replace(ALL, slug="zoo"), replace(ALL, slug="ape")])

    def fail() -> None:
        with newsroom.store.writing() as connection:
            progress.set_failures(connection, {"ape": "no", "zoo": "no"}, newsroom.now)

    with stores_of(newsroom, 1) as (store,), ThreadPoolExecutor(1) as threads:
        with store.writing() as connection:
            numbers = [feeds.get(connection, slug).number for slug in ("zoo", "ape")]
            assert numbers == sorted(numbers)
            feeds.hold(connection, numbers[:1])
            failing = threads.submit(fail)
            if store.shared:
                wait_until(lambda: somebody_waits(connection))
            feeds.hold(connection, numbers[1:])
        failing.result(60)


def somebody_waits(connection: Connection) -> bool:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    return bool(connection.exec_driver_sql(waiting).scalar_one())
