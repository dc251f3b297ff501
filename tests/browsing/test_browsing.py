"""Lists go through everything once, a page at a time; searches find words of any script."""

from datetime import timedelta

import pytest

from feedsvc import browsing, editing
from feedsvc.errors import Gone, NotFound
from feedsvc.model import Feed, Status
from feedsvc.store.listings import ArticleLine, Order, Position, Wanted
from tests.newsroom import ALL, Newsroom, draft

SPORT = Feed("sport", "Sport", "")


def titles(room: Newsroom, **wanted: object) -> list[str]:
    found = browsing.list_articles(room.store, Wanted(**wanted), after=None, limit=100)  # type: ignore[arg-type]
    return [line.title for line in found.articles]


@pytest.mark.parametrize("order", Order)
def test_pages_together_hold_everything_once_in_order(newsroom: Newsroom, order: Order) -> None:
    written = [newsroom.write(f"Story {number}") for number in range(7)]
    for article in written[:3]:
        editing.edit_article(
            newsroom.store, newsroom.site, article.id, draft("Edited"), based_on=None, now=newsroom.now
        )
    wanted = Wanted(order=order)
    everything = browsing.list_articles(newsroom.store, wanted, after=None, limit=100).articles
    paged: list[ArticleLine] = []
    after: Position | None = None
    while True:
        page = browsing.list_articles(newsroom.store, wanted, after=after, limit=2)
        paged += page.articles
        after = page.next
        if after is None:
            break
    assert paged == list(everything)
    assert len({line.id for line in paged}) == 7
    key = [(line.modified_at if order is Order.MODIFIED else line.created_at, line.position.number) for line in paged]
    assert key == sorted(key, reverse=True)


def test_what_comes_between_two_pages_moves_nothing(newsroom: Newsroom) -> None:
    for number in range(4):
        newsroom.write(f"Story {number}")
    first = browsing.list_articles(newsroom.store, Wanted(), after=None, limit=2)
    newsroom.write("Story 4")
    second = browsing.list_articles(newsroom.store, Wanted(), after=first.next, limit=2)
    assert [line.title for line in (*first.articles, *second.articles)] == ["Story 3", "Story 2", "Story 1", "Story 0"]
    assert second.next is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("storm", ["Storm warning"]),
        ("WARNING storm", ["Storm warning"]),
        ("москва", ["Москва ждёт"]),
        ("ÉTAT", ["L'état de Նոր"]),
        ("sees", ["Storm warning"]),
        ("100%", ["100% sure"]),
        ("1_0", []),
        ("nothing", []),
    ],
)
def test_a_search_finds_all_its_words_in_title_or_summary(newsroom: Newsroom, words: str, found: list[str]) -> None:
    newsroom.write("Storm warning", summary="Everybody sees it.")
    newsroom.write("Москва ждёт")
    newsroom.write("L'état de Նոր")
    newsroom.write("100% sure")
    assert titles(newsroom, words=words) == found


def test_articles_are_found_by_state_section_language_and_external_id(newsroom: Newsroom) -> None:
    newsroom.write("Out", section="Évora", language="pt-PT")
    editing.create_article(newsroom.store, newsroom.site, draft("Draft", external_id="x"), now=newsroom.now)
    assert titles(newsroom, status=Status.PUBLISHED) == ["Out"]
    assert titles(newsroom, section="évora") == ["Out"]
    assert titles(newsroom, language="pt-pt") == ["Out"]
    assert titles(newsroom, external_id="x") == ["Draft"]
    assert titles(newsroom, status=Status.DRAFT, section="évora") == []


def test_a_history_is_read_from_its_end_a_page_at_a_time(newsroom: Newsroom) -> None:
    article = newsroom.write("First")
    for title in ("Second", "Third"):
        editing.edit_article(newsroom.store, newsroom.site, article.id, draft(title), based_on=None, now=newsroom.now)
    page = browsing.list_revisions(newsroom.store, article.id, after=None, limit=3)
    assert [line.number for line in page.revisions] == [4, 3, 2]
    rest = browsing.list_revisions(newsroom.store, article.id, after=page.next, limit=3)
    assert ([line.number for line in rest.revisions], rest.next) == ([1], None)
    assert browsing.find_revision(newsroom.store, article.id, 3).title == "Second"
    for number in (0, 5):
        with pytest.raises(NotFound):
            browsing.find_revision(newsroom.store, article.id, number)
    with pytest.raises(NotFound):
        browsing.list_revisions(newsroom.store, "nowhere", after=None, limit=3)


def test_a_preview_holds_what_the_feed_would_hold_now_and_the_feed_itself_only_what_was_published(
    newsroom: Newsroom,
) -> None:
    newsroom.write("Out")
    newsroom.publish()
    newsroom.write("Not yet rendered")
    later = newsroom.now + timedelta(hours=1)
    made = editing.create_article(newsroom.store, newsroom.site, draft("Later"), now=newsroom.now)
    editing.schedule_article(newsroom.store, newsroom.site, made.id, later, based_on=None, now=newsroom.now)
    entries = browsing.preview_feed(newsroom.store, newsroom.site, "all").entries
    assert [entry.title for entry in entries] == ["Not yet rendered", "Out"]
    assert browsing.find_feed(newsroom.store, newsroom.site, "all", now=newsroom.now).report.entries == 1


def test_feeds_are_listed_by_their_slugs_and_removed_ones_are_gone(newsroom: Newsroom) -> None:
    newsroom.define([SPORT, ALL])
    page = browsing.list_feeds(newsroom.store, newsroom.site, after=None, limit=1, now=newsroom.now)
    rest = browsing.list_feeds(newsroom.store, newsroom.site, after=page.next, limit=1, now=newsroom.now)
    assert [view.feed.slug for view in (*page.feeds, *rest.feeds)] == ["all", "sport"]
    assert rest.next is None
    newsroom.define([ALL])
    assert browsing.list_feeds(newsroom.store, newsroom.site, after="all", limit=9, now=newsroom.now).feeds == ()
    with pytest.raises(Gone):
        browsing.find_feed(newsroom.store, newsroom.site, "sport", now=newsroom.now)
    for slug in ("_site", "nowhere", "../all"):
        with pytest.raises(NotFound):
            browsing.preview_feed(newsroom.store, newsroom.site, slug)
