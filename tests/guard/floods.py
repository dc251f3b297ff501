"""Floods for tests: archives, changed guids, bulk corrections, all through the real steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from feedsvc import editing
from feedsvc.importing import Taken, import_articles
from feedsvc.model import Article, Draft, Imported
from tests.newsroom import START, Newsroom, draft

DAY = timedelta(days=1)


def fill(room: Newsroom, count: int = 12) -> list[Article]:
    """Publish a live feed of so many articles that are an hour old by now; the newest is the last."""
    written = [room.write(f"Story {number}") for number in range(count)]
    room.publish()
    room.pass_time(3600)
    return written


def bring_in_archive(
    room: Newsroom, count: int, *, prefix: str = "Archive", guids: str = "2019", first: int = 1
) -> list[Taken]:
    """Import so many articles that came out elsewhere, one a day, until the day before the newsroom's first."""
    numbers = range(first, first + count)
    return bring_in(room, (_imported(f"{prefix} {number}", START - number * DAY, guids) for number in numbers))


def change_guids(room: Newsroom, articles: Iterable[Article]) -> list[Taken]:
    """Import articles once more under other guids, as a system does whose guids follow something that changed."""
    return bring_in(room, [_imported(one.revision.title, one.published_at or START, "2026") for one in articles])


def bring_in(room: Newsroom, items: Iterable[Imported]) -> list[Taken]:
    """Import at the time that it is."""
    return list(import_articles(room.store, room.site, list(items), now=room.pass_time()))


def correct(room: Newsroom, article: Article, title: str | None = None) -> Article:
    """Correct an article."""
    new: Draft = draft(title or article.revision.title, "<p>It was Tuesday.</p>")
    return editing.correct_article(
        room.store, room.site, article.id, new, "It was Tuesday.", based_on=None, now=room.pass_time()
    )


def withdraw(room: Newsroom, article: Article, *, notice: bool | None = None) -> Article:
    """Take an article back."""
    return editing.withdraw_article(
        room.store, room.site, article.id, "It was not so.", notice=notice, based_on=None, now=room.pass_time()
    )


def _imported(title: str, at: datetime, guids: str) -> Imported:
    guid = f"tag:example.org,{guids}:{title}"
    return Imported(draft(title), guid, place=title, guid=guid, published_at=at)
