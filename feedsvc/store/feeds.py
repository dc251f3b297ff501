"""Feeds in the store: their definitions, their terms and schedules, and the three numbers that drive publication.

wanted counts the changes to a feed, due is how far they may be published now, published how far they have been.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    false,
    insert,
    or_,
    select,
    update,
)

from feedsvc.errors import NotFound
from feedsvc.membership import Term
from feedsvc.model import Feed, FeedTemplate
from feedsvc.store import codec, live_changes, locks
from feedsvc.store.own_documents import are_feeds
from feedsvc.store.tables import feed_schedules, feed_terms, feeds, templates

# The index page and the OPML list are published like a feed, under a slug that no feed can have.
CATALOGUE = "_site"


# Built once: building a statement takes SQLAlchemy longer than SQLite takes to answer it.
_SCHEDULES = select(feed_schedules.c.schedule).distinct()
_UNFILLED = select(feeds).where(feeds.c.filled_to.is_not(None))
_ANY_TEMPLATE_UNFILLED = select(exists(select(templates.c.slug).where(~templates.c.filled)))
_BY_SLUG = select(feeds).where(feeds.c.slug == bindparam("slug"))


class FeedState(StrEnum):
    """Whether a feed is served, or was removed: its slug then stays taken and answers 410."""

    LIVE = "live"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a feed's definition comes to.

    `digest` covers all that the documents are made of besides the entries, `selection` all that decides which entries
    there are. `schedules` are those that time drives; `on_change` says whether a change publishes at once.
    """

    feed: Feed
    digest: str
    renderer: int
    selection: str
    terms: frozenset[Term]
    schedules: frozenset[str]
    on_change: bool


@dataclass(frozen=True, slots=True)
class KeptFeed:
    """A feed as the store keeps it. `publication` is the number of its live publication."""

    number: int
    id: str
    state: FeedState
    feed: Feed
    digest: str
    renderer: int
    selection: str
    template: str | None
    template_value: str | None
    created_at: datetime
    defined_at: datetime
    filled_to: int | None
    wanted: int
    due: int
    published: int
    publication: int | None
    rolled_back_at: datetime | None
    last_run_at: datetime | None
    failure: str | None

    @property
    def is_catalogue(self) -> bool:
        """Say whether this is the site's list of feeds."""
        return self.feed.slug == CATALOGUE


def get(connection: Connection, slug: str) -> KeptFeed:
    """Give a feed by its slug. Raises NotFound."""
    kept = find(connection, slug)
    if kept is None:
        raise NotFound(f"feed '{slug}'", "is not in the store", "List them: feedsvc feeds")
    return kept


def find(connection: Connection, slug: str) -> KeptFeed | None:
    """Find a feed by its slug."""
    row = connection.execute(_BY_SLUG, {"slug": slug}).one_or_none()
    return None if row is None else _kept(row)


def slugs(connection: Connection, numbers: Collection[int]) -> dict[int, str]:
    """Give the slugs of the feeds of these numbers, in the order of the numbers."""
    rows = connection.execute(select(feeds.c.number, feeds.c.slug).where(feeds.c.number.in_(sorted(numbers))))
    return dict(sorted((row.number, row.slug) for row in rows))


def find_made(connection: Connection, template: str, value: str) -> KeptFeed | None:
    """Find the feed that a template made for a section, tag or author."""
    made = select(feeds).where(feeds.c.template == template, feeds.c.template_value == value)
    row = connection.execute(made).one_or_none()
    return None if row is None else _kept(row)


def all_feeds(connection: Connection, *, state: FeedState | None = None) -> list[KeptFeed]:
    """Give every feed, in the order in which they came; without the site's own documents."""
    query = select(feeds).where(are_feeds()).order_by(feeds.c.number)
    if state is not None:
        query = query.where(feeds.c.state == state.value)
    return [_kept(row) for row in connection.execute(query)]


def page(connection: Connection, *, after: str | None, limit: int) -> list[KeptFeed]:
    """Give live feeds in the order of their slugs, after this one, at most `limit`; no documents of the site."""
    query = select(feeds).where(are_feeds(), feeds.c.state == FeedState.LIVE.value)
    if after is not None:
        query = query.where(feeds.c.slug > after)
    return [_kept(row) for row in connection.execute(query.order_by(feeds.c.slug).limit(limit))]


def own_documents(connection: Connection) -> list[KeptFeed]:
    """Give the site's own documents as they are published: the list of feeds, and the sitemaps."""
    return [_kept(row) for row in connection.execute(select(feeds).where(~are_feeds()).order_by(feeds.c.number))]


def made_by(connection: Connection, template: str) -> list[KeptFeed]:
    """Give the feeds that a template made."""
    query = select(feeds).where(feeds.c.template == template).order_by(feeds.c.number)
    return [_kept(row) for row in connection.execute(query)]


def unfilled(connection: Connection) -> list[KeptFeed]:
    """Give the feeds whose selection is not filled from the articles yet."""
    return [_kept(row) for row in connection.execute(_UNFILLED)]


def touching(connection: Connection, terms: Collection[Term], holding: Collection[int]) -> list[KeptFeed]:
    """Give the live feeds that are found under one of the terms, and those of the given numbers."""
    words: dict[str, list[str]] = {}
    for kind, term in sorted(terms):
        words.setdefault(kind, []).append(term)
    query = _touching(tuple(words))
    return [_kept(row) for row in connection.execute(query, {**words, "holding": sorted(holding)})]


@lru_cache(maxsize=32)
def _touching(kinds: tuple[str, ...]) -> Select[Any]:
    # The words of each kind in a list of their own: SQLite reads the whole table to find pairs in it.
    under = (and_(feed_terms.c.kind == kind, feed_terms.c.term.in_(bindparam(kind, expanding=True))) for kind in kinds)
    found = select(feed_terms.c.feed_number).where(or_(false(), *under))
    holding = feeds.c.number.in_(bindparam("holding", expanding=True))
    mine = or_(feeds.c.number.in_(found), holding)
    return select(feeds).where(feeds.c.state == FeedState.LIVE.value, mine).order_by(feeds.c.number)


def add(
    connection: Connection,
    definition: Definition,
    *,
    feed_id: str,
    now: datetime,
    template: str | None = None,
    template_value: str | None = None,
    filled_to: int | None = None,
) -> None:
    """Keep a new feed, wanted once; with `filled_to` it is to be filled from the articles after that number."""
    row = _defined(definition)
    added = insert(feeds).values(
        id=feed_id,
        state=FeedState.LIVE.value,
        slug=definition.feed.slug,
        template=template,
        template_value=template_value,
        created_at=now,
        defined_at=now,
        filled_to=filled_to,
        wanted=1,
        due=1,
        published=0,
        **row,
    )
    number = connection.execute(added.returning(feeds.c.number)).scalar_one()
    _add_to_index(connection, number, definition.terms, definition.schedules)


def redefine(
    connection: Connection, number: int, definition: Definition, *, defined_at: datetime, refill: bool
) -> None:
    """Keep a feed's changed definition and want it once more; `refill` has it filled anew from the articles."""
    values: dict[str, Any] = {
        "state": FeedState.LIVE.value,
        "defined_at": defined_at,
        "wanted": feeds.c.wanted + 1,
        "due": feeds.c.wanted + 1,
        **_defined(definition),
    }
    if refill:
        values["filled_to"] = 0
    connection.execute(update(feeds).where(feeds.c.number == number).values(**values))
    _index(connection, number, definition.terms, definition.schedules)


def remove(connection: Connection, number: int, now: datetime) -> None:
    """Take a feed away: it answers 410 from its next publication on, and its slug stays taken."""
    connection.execute(
        update(feeds)
        .where(feeds.c.number == number)
        .values(
            state=FeedState.REMOVED.value,
            digest="",
            defined_at=now,
            filled_to=None,
            wanted=feeds.c.wanted + 1,
            due=feeds.c.wanted + 1,
        )
    )
    _index(connection, number, (), ())
    live_changes.note(connection, {number: 0})


def set_filled(connection: Connection, number: int, filled_to: int | None) -> None:
    """Remember how far a feed is filled; None when it is complete."""
    connection.execute(update(feeds).where(feeds.c.number == number).values(filled_to=filled_to))


def want(connection: Connection, numbers: Collection[int], *, at_once: Collection[int] = ()) -> None:
    """Count one more change for each of these feeds.

    Those that publish on change are due with it, and so are those in `at_once`: a withdrawal waits for no schedule.
    """
    if not numbers:
        return
    touched = feeds.c.number.in_(sorted(numbers))
    locks.hold_rows(connection, feeds, touched)
    hurried = or_(feeds.c.on_change, feeds.c.number.in_(sorted(at_once)))
    due = case((hurried, feeds.c.wanted + 1), else_=feeds.c.due)
    connection.execute(update(feeds).where(touched).values(wanted=feeds.c.wanted + 1, due=due))


def run_schedule(connection: Connection, schedule: str, now: datetime) -> None:
    """Make every change of the feeds on this schedule due."""
    members = select(feed_schedules.c.feed_number).where(feed_schedules.c.schedule == schedule)
    mine = feeds.c.number.in_(members)
    locks.hold_rows(connection, feeds, mine)
    connection.execute(update(feeds).where(mine).values(last_run_at=now, due=feeds.c.wanted))


def schedules(connection: Connection) -> tuple[str, ...]:
    """Give every distinct schedule that a live feed is on."""
    # Sorted here: databases differ in the order of texts.
    return tuple(sorted(connection.execute(_SCHEDULES).scalars()))


def hold(connection: Connection, numbers: Collection[int]) -> None:
    """Have these feeds alone, until the transaction ends, to change them one after the other."""
    locks.hold_rows(connection, feeds, feeds.c.number.in_(sorted(numbers)))


def has_templates(connection: Connection, wanted: Iterable[FeedTemplate]) -> bool:
    """Say whether these templates are kept, and no others."""
    kept = {row.slug: (row.for_each, row.definition) for row in connection.execute(select(templates))}
    return kept == {one.feed.slug: (one.for_each, codec.dump_feed(one.feed)) for one in wanted}


def keep_templates(connection: Connection, kept: Iterable[FeedTemplate]) -> None:
    """Keep these templates and no others; those that changed are not filled from the articles yet."""
    before = {row.slug: row for row in connection.execute(select(templates))}
    connection.execute(delete(templates))
    for template in kept:
        old = before.get(template.feed.slug)
        definition = codec.dump_feed(template.feed)
        same = old is not None and (old.for_each, old.definition, old.filled) == (template.for_each, definition, True)
        row = {"slug": template.feed.slug, "for_each": template.for_each, "filled": same}
        connection.execute(insert(templates).values(**row, definition=definition))


def any_template_unfilled(connection: Connection) -> bool:
    """Say whether a template's feeds are still to be made from the articles that there are."""
    return connection.execute(_ANY_TEMPLATE_UNFILLED).scalar_one()


def set_templates_filled(connection: Connection) -> None:
    """Remember that every template's feeds are made and filled."""
    connection.execute(update(templates).values(filled=True))


def all_templates(connection: Connection) -> tuple[FeedTemplate, ...]:
    """Give the templates that make a feed of each section, tag or author."""
    rows = connection.execute(select(templates)).all()
    return tuple(FeedTemplate(row.for_each, codec.load_feed(row.definition)) for row in sorted(rows, key=_slug))


def _slug(row: Row[Any]) -> str:
    return str(row.slug)


def _defined(definition: Definition) -> dict[str, Any]:
    return {
        "definition": codec.dump_feed(definition.feed),
        "digest": definition.digest,
        "renderer": definition.renderer,
        "selection": definition.selection,
        "on_change": definition.on_change,
    }


def _index(connection: Connection, number: int, terms: Iterable[Term], schedules: Iterable[str]) -> None:
    connection.execute(delete(feed_terms).where(feed_terms.c.feed_number == number))
    connection.execute(delete(feed_schedules).where(feed_schedules.c.feed_number == number))
    _add_to_index(connection, number, terms, schedules)


def _add_to_index(connection: Connection, number: int, terms: Iterable[Term], schedules: Iterable[str]) -> None:
    for kind, term in sorted(terms):
        connection.execute(insert(feed_terms).values(kind=kind, term=term, feed_number=number))
    for schedule in sorted(set(schedules)):
        connection.execute(insert(feed_schedules).values(schedule=schedule, feed_number=number))


def _kept(row: Row[Any]) -> KeptFeed:
    return KeptFeed(
        number=row.number,
        id=row.id,
        state=FeedState(row.state),
        feed=codec.load_feed(row.definition),
        digest=row.digest,
        renderer=row.renderer,
        selection=row.selection,
        template=row.template,
        template_value=row.template_value,
        created_at=row.created_at,
        defined_at=row.defined_at,
        filled_to=row.filled_to,
        wanted=row.wanted,
        due=row.due,
        published=row.published,
        publication=row.publication,
        rolled_back_at=row.rolled_back_at,
        last_run_at=row.last_run_at,
        failure=row.failure,
    )
