"""What the store knows of how the service is doing, in numbers: a few queries, none of which reads an article's text.

It names no feed and no article. Counting the entries reads an index from end to end: some 40 ms a million.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from feedsvc.membership import Standing
from feedsvc.store import announcements, media
from feedsvc.store.feeds import FeedState
from feedsvc.store.own_documents import are_feeds
from feedsvc.store.tables import articles, entries, feeds, holds, pictures, publications

STATES = ("published", "changed", "held", "filling", "new", "failed", "removed")
"""What a feed can be, as `feedsvc feeds` says it."""


@dataclass(frozen=True, slots=True)
class Measures:
    """The store's numbers.

    `feeds` counts them by state. `waiting_changes` are changes that no publication holds yet, `due_changes` those of
    them that no schedule holds back.
    """

    feeds: dict[str, int]
    articles: int
    entries: int
    waiting_changes: int
    due_changes: int
    publications: int
    last_publication_at: datetime | None
    unsent_announcements: int
    waiting_pictures: int
    uploaded_pictures: int


def measure(connection: Connection) -> Measures:
    """Count."""
    number, made_at = _last_publication(connection)
    waiting = select(func.count()).select_from(pictures).where(pictures.c.due_at.is_not(None))
    return Measures(
        feeds=dict.fromkeys(STATES, 0) | _feeds_by_state(connection),
        articles=connection.execute(select(func.max(articles.c.number))).scalar() or 0,
        entries=_count_entries(connection),
        waiting_changes=_behind(connection, feeds.c.wanted),
        due_changes=_behind(connection, feeds.c.due),
        publications=number,
        last_publication_at=made_at,
        unsent_announcements=announcements.count_unsent(connection),
        waiting_pictures=connection.execute(waiting).scalar_one(),
        uploaded_pictures=media.count(connection),
    )


def _feeds_by_state(connection: Connection) -> dict[str, int]:
    """Count by the rules of `reporting`, in the store: reading every feed's definition would take far longer."""
    state = case(
        (feeds.c.state == FeedState.REMOVED.value, "removed"),
        (feeds.c.failure.is_not(None), "failed"),
        (feeds.c.filled_to.is_not(None), "filling"),
        (feeds.c.number.in_(select(holds.c.feed_number)), "held"),
        (feeds.c.publication.is_(None), "new"),
        (feeds.c.published >= feeds.c.wanted, "published"),
        else_="changed",
    ).label("state_word")
    rows = connection.execute(select(state, func.count()).where(are_feeds()).group_by("state_word"))
    return {word: count for word, count in rows}  # noqa: C416 - of rows


def _count_entries(connection: Connection) -> int:
    shown = select(func.count()).select_from(entries).where(entries.c.state == Standing.SHOWN.value)
    return connection.execute(shown).scalar_one()


def _behind(connection: Connection, number: ColumnElement[int]) -> int:
    behind = select(func.sum(number - feeds.c.published)).where(and_(are_feeds(), number > feeds.c.published))
    return int(connection.execute(behind).scalar() or 0)


def _last_publication(connection: Connection) -> tuple[int, datetime | None]:
    last = select(publications.c.number, publications.c.made_at).order_by(publications.c.number.desc()).limit(1)
    row = connection.execute(last).one_or_none()
    return (row.number, row.made_at) if row else (0, None)
