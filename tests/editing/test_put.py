"""Create or replace by the id that the caller's own system has; create once under a key."""

from datetime import timedelta

import pytest

from feedsvc import editing
from feedsvc.errors import Conflict, Invalid, PreconditionFailed
from feedsvc.model import Article, Draft, Status
from feedsvc.store import articles
from feedsvc.store.creations import Once
from feedsvc.tokens import Scope, create_token
from tests.newsroom import Newsroom, draft


def put(
    room: Newsroom, words: Draft, status: Status | None = None, based_on: int | None = None
) -> tuple[Article, bool]:
    return editing.put_article(
        room.store, room.site, "cms/1?a=b", words, status=status, based_on=based_on, now=room.pass_time()
    )


def test_the_first_makes_it_and_the_next_replaces_it(newsroom: Newsroom) -> None:
    made, new = put(newsroom, draft("Storm warning"), Status.PUBLISHED)
    assert (new, made.external_id, made.status) == (True, "cms/1?a=b", Status.PUBLISHED)
    newsroom.publish()
    replaced, new = put(newsroom, draft("Storm over"))
    assert (new, replaced.id, replaced.status) == (False, made.id, Status.PUBLISHED)
    newsroom.publish()
    assert "Storm over" in newsroom.read("all")


def test_the_same_again_changes_nothing(newsroom: Newsroom) -> None:
    made, _ = put(newsroom, draft(), Status.PUBLISHED)
    newsroom.publish()
    before = newsroom.files()
    assert put(newsroom, draft(), Status.PUBLISHED) == (made, False)
    assert newsroom.publish() == {}
    assert newsroom.files() == before


def test_it_goes_on_with_the_life_of_the_article_and_never_back(newsroom: Newsroom) -> None:
    assert put(newsroom, draft())[0].status is Status.DRAFT
    later = newsroom.now + timedelta(hours=1)
    with pytest.raises(Invalid, match="publish_at"):
        put(newsroom, draft(), Status.SCHEDULED)
    scheduled, _ = put(newsroom, draft(publish_at=later), Status.SCHEDULED)
    assert (scheduled.status, scheduled.publish_at) == (Status.SCHEDULED, later)
    moved, _ = put(newsroom, draft(publish_at=later + timedelta(hours=1)), Status.SCHEDULED)
    assert moved.publish_at == later + timedelta(hours=1)
    assert put(newsroom, draft(), Status.DRAFT)[0].status is Status.DRAFT
    assert put(newsroom, draft(), Status.PUBLISHED)[0].status is Status.PUBLISHED
    for back in (Status.DRAFT, Status.SCHEDULED):
        with pytest.raises(Conflict):
            put(newsroom, draft(), back)


def test_a_caller_can_insist_on_what_it_knows(newsroom: Newsroom) -> None:
    made, _ = put(newsroom, draft(), based_on=0)
    with pytest.raises(PreconditionFailed):
        put(newsroom, draft("Other"), based_on=0)
    with pytest.raises(PreconditionFailed):
        put(newsroom, draft("Other"), based_on=made.newest.number + 1)
    assert put(newsroom, draft("Other"), based_on=made.newest.number)[0].revision.title == "Other"


def test_an_external_id_belongs_to_one_article(newsroom: Newsroom) -> None:
    put(newsroom, draft())
    with pytest.raises(Conflict, match="cms/1"):
        editing.create_article(newsroom.store, newsroom.site, draft(external_id="cms/1?a=b"), now=newsroom.now)
    other = newsroom.write()
    with pytest.raises(Conflict, match="cms/1"):
        editing.edit_article(
            newsroom.store, newsroom.site, other.id, draft(external_id="cms/1?a=b"), based_on=None, now=newsroom.now
        )
    with newsroom.store.reading() as connection:
        assert articles.count(connection) == 2
    with pytest.raises(Invalid, match="external_id"):
        editing.put_article(newsroom.store, newsroom.site, " ", draft(), status=None, based_on=None, now=newsroom.now)


@pytest.fixture
def once(newsroom: Newsroom) -> Once:
    return Once(create_token(newsroom.store, "cms", Scope.WRITE, now=newsroom.now).token.id, "key-1")


def create(room: Newsroom, words: Draft, once: Once, *, publish: bool = True) -> Article:
    return editing.create_article(room.store, room.site, words, now=room.pass_time(), publish=publish, once=once)


def test_the_same_key_gives_the_first_answer_whatever_happened_since(newsroom: Newsroom, once: Once) -> None:
    made = create(newsroom, draft(), once)
    editing.edit_article(newsroom.store, newsroom.site, made.id, draft("Other"), based_on=None, now=newsroom.now)
    editing.withdraw_article(
        newsroom.store, newsroom.site, made.id, "Wrong", notice=None, based_on=None, now=newsroom.pass_time()
    )
    assert create(newsroom, draft(), once) == made
    with newsroom.store.reading() as connection:
        assert articles.count(connection) == 1


def test_the_same_key_with_other_words_is_refused(newsroom: Newsroom, once: Once) -> None:
    create(newsroom, draft(), once)
    for words, publish in ((draft("Other"), True), (draft(), False)):
        with pytest.raises(Invalid, match="Idempotency-Key"):
            create(newsroom, words, once, publish=publish)


def test_a_key_holds_for_a_day_and_for_its_caller_alone(newsroom: Newsroom, once: Once) -> None:
    made = create(newsroom, draft(), once)
    another = create_token(newsroom.store, "feeder", Scope.WRITE, now=newsroom.now).token.id
    assert create(newsroom, draft(), Once(another, once.key)).id != made.id
    newsroom.pass_time(24 * 3600)
    assert create(newsroom, draft("Other"), once).id != made.id
