"""A change saved beside what readers see reaches no feed before it is released."""

import pytest

from feedsvc import editing
from feedsvc.errors import Conflict, PreconditionFailed
from feedsvc.model import Article, Draft
from feedsvc.store import articles
from tests.newsroom import Newsroom, draft


def save_working(room: Newsroom, article: Article, words: Draft, based_on: int | None = None) -> Article:
    return editing.edit_article(
        room.store, room.site, article.id, words, based_on=based_on, now=room.pass_time(), live=False
    )


def stored(room: Newsroom, article: Article) -> Article:
    with room.store.reading() as connection:
        return articles.get(connection, article.id).article


def test_it_changes_no_file_until_it_is_released(newsroom: Newsroom) -> None:
    article = newsroom.write("Storm warning")
    newsroom.publish()
    before = newsroom.files()
    saved = save_working(newsroom, article, draft("Storm over"))
    assert newsroom.publish() == {}
    assert newsroom.files() == before
    assert stored(newsroom, article) == saved
    released = editing.publish_article(
        newsroom.store, newsroom.site, article.id, based_on=saved.newest.number, now=newsroom.pass_time()
    )
    assert set(newsroom.publish()) == {"all"}
    assert "Storm over" in newsroom.read("all")
    assert stored(newsroom, article) == released


def test_a_live_edit_goes_out_while_it_waits(newsroom: Newsroom) -> None:
    article = newsroom.write("Storm warning")
    saved = save_working(newsroom, article, draft("Storm over"))
    edited = editing.edit_article(
        newsroom.store, newsroom.site, article.id, draft("Storm warnings"), based_on=3, now=newsroom.pass_time()
    )
    newsroom.publish()
    assert "Storm warnings" in newsroom.read("all")
    assert edited.working == saved.working
    assert stored(newsroom, article) == edited
    with pytest.raises(Conflict):
        editing.publish_article(newsroom.store, newsroom.site, article.id, based_on=4, now=newsroom.pass_time())
    save_working(newsroom, article, draft("Storm over"), based_on=4)
    with newsroom.store.reading() as connection:
        numbers = [one.number for one in articles.history(connection, article.id)]
    assert numbers == [1, 2, 3, 4, 5]


def test_whoever_does_not_know_of_it_can_not_write_over_it(newsroom: Newsroom) -> None:
    article = newsroom.write()
    save_working(newsroom, article, draft("Storm over"))
    with pytest.raises(PreconditionFailed):
        save_working(newsroom, article, draft("Other"), based_on=article.newest.number)
