"""Loading an edition: a feed with its ordered entries, complete, in one consistent view of the store.

Its cost follows the feed's limit, not the number of articles or feeds.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    func,
    null,
    select,
    type_coerce,
)

from feedsvc.guard import Now
from feedsvc.membership import Standing
from feedsvc.model import Catalogue, Edition, Entry, Feed, Image, ManifestLine, Site, Status, Tombstone, Visibility
from feedsvc.store import codec, feeds, manifests
from feedsvc.store.feeds import FeedState, KeptFeed
from feedsvc.store.own_documents import are_sitemaps
from feedsvc.store.tables import EPOCH, articles, entries, from_microseconds, pictures, revisions
from feedsvc.store.tables import feeds as feeds_table

# RFC 6721 asks for tombstones as long as a subscriber may be away; this many of the latest stay.
TOMBSTONES = 50
# What an entry takes in memory besides its texts, in bytes.
ENTRY_OVERHEAD = 2048

_IDENTITY: tuple[Any, ...] = (
    articles.c.number,
    articles.c.id,
    articles.c.entry_id,
    articles.c.entry_id_is_permalink,
    articles.c.slug,
    articles.c.live_revision,
)
_DATES: tuple[Any, ...] = (articles.c.published_at, articles.c.updated_at, articles.c.modified_at)
_MEASURE: tuple[Any, ...] = (
    pictures.c.media_type.label("picture_type"),
    pictures.c.length.label("picture_length"),
    pictures.c.width.label("picture_width"),
    pictures.c.height.label("picture_height"),
)
# Of a past revision the picture may be another one than the article's today: it is looked up by itself.
_PAST: tuple[Any, ...] = (
    *_IDENTITY,
    articles.c.modified_at,
    null().label("picture_length"),
    *(column for column in revisions.c if column.name not in ("article_number", "number")),
)


class KnownEntries:
    """Entries read before, within some `max_bytes` of text; what was used longest ago is forgotten first.

    An entry is known by its article's number and by all that it is made of: a few short columns and a revision, which
    never changes once saved. Not to be shared between threads.
    """

    def __init__(self, max_bytes: int = 32 * 1024 * 1024) -> None:
        self._max_bytes = max_bytes
        self._weight = 0
        self._kept: OrderedDict[int, tuple[tuple[Any, ...], Entry]] = OrderedDict()

    def find(self, key: Row[Any]) -> Entry | None:
        """Find the entry that these columns stand for."""
        kept = self._kept.get(key.number)
        if kept is None or kept[0] != tuple(key):
            return None
        self._kept.move_to_end(key.number)
        return kept[1]

    def keep(self, key: Row[Any], entry: Entry) -> None:
        """Keep an entry in the place of what was kept of its article."""
        if key.number in self._kept:
            self._weight -= _weight(self._kept.pop(key.number)[1])
        self._kept[key.number] = (tuple(key), entry)
        self._weight += _weight(entry)
        while self._weight > self._max_bytes:
            self._weight -= _weight(self._kept.popitem(last=False)[1][1])


def _weight(entry: Entry) -> int:
    return ENTRY_OVERHEAD + len(entry.content_html) + len(entry.summary)


def load(connection: Connection, kept: KeptFeed, site: Site, known: KnownEntries | None = None) -> Edition:
    """Give a feed's edition as it stands now; of entries that are known already no body is read."""
    window = _entries(connection, kept, KnownEntries() if known is None else known)
    tombstones = tuple(Tombstone(*row) for row in connection.execute(_TOMBSTONES, {"feed": kept.number}))
    shown_since = window[-1].published_at if len(window) >= kept.feed.limit else EPOCH
    left_at = connection.execute(_DEPARTURE, {"feed": kept.number, "since": shown_since}).scalar()
    return _edition(kept, site, window, tombstones, left_at)


def load_manifest(connection: Connection, kept: KeptFeed, site: Site, lines: Iterable[ManifestLine]) -> Edition:
    """Give a feed's edition with these revisions of these articles, whatever stands in the feed now.

    The definition and the tombstones are those of today.
    """
    lines = tuple(lines)
    rows = {row.id: row for row in manifests.rows_of(connection, select(*_PAST), lines)}
    window = _with_measures(connection, [_as_it_was(rows[line.article_id], line) for line in lines])
    tombstones = tuple(Tombstone(*row) for row in connection.execute(_TOMBSTONES, {"feed": kept.number}))
    return _edition(kept, site, window, tombstones, max((one.withdrawn_at for one in tombstones), default=None))


def look_up(connection: Connection, kept: KeptFeed, article_ids: Collection[str]) -> dict[str, Now]:
    """Say what these articles are now, and what would stand of them in a feed."""
    here = and_(entries.c.article_number == articles.c.number, entries.c.feed_number == kept.number)
    live = and_(revisions.c.article_number == articles.c.number, revisions.c.number == articles.c.live_revision)
    query = (
        select(articles, revisions.c.corrections, entries.c.state)
        .join(revisions, live)
        .outerjoin(entries, here)
        .where(articles.c.id.in_(sorted(article_ids)))
    )
    return {row.id: _now(row) for row in connection.execute(query)}


def load_catalogue(connection: Connection, site: Site, defined_at: datetime) -> Catalogue:
    """Give the site's public feeds, in the order in which they were first defined."""
    listed = [
        kept.feed
        for kept in feeds.all_feeds(connection, state=FeedState.LIVE)
        if kept.feed.visibility is Visibility.PUBLIC
    ]
    newest = connection.execute(select(func.max(feeds_table.c.defined_at)).where(~are_sitemaps())).scalar()
    return Catalogue(site, tuple(listed), max(defined_at, newest or defined_at))


def feeds_of(connection: Connection, article_id: str) -> tuple[Feed, ...]:
    """Give the public feeds that show an article, in the order in which they were first defined."""
    query = (
        select(feeds_table.c.definition)
        .join(entries, entries.c.feed_number == feeds_table.c.number)
        .join(articles, articles.c.number == entries.c.article_number)
        .where(articles.c.id == article_id, entries.c.state == Standing.SHOWN.value)
        .where(feeds_table.c.state == FeedState.LIVE.value)
        .order_by(feeds_table.c.number)
    )
    found = (codec.load_feed(definition) for definition in connection.execute(query).scalars())
    return tuple(feed for feed in found if feed.visibility is Visibility.PUBLIC)


def _entries(connection: Connection, kept: KeptFeed, known: KnownEntries) -> list[Entry]:
    keys = connection.execute(_WINDOW, {"feed": kept.number, "limit": kept.feed.limit}).all()
    found = {key.number: known.find(key) for key in keys}
    unknown = {key.number: key for key in keys if found[key.number] is None}
    if unknown:
        for row in connection.execute(_LIVE_REVISIONS, {"numbers": sorted(unknown)}):
            key = unknown[row.article_number]
            dates = (from_microseconds(at) for at in (key.published_at, key.updated_at, key.modified_at))
            found[key.number] = entry = _entry(key, row, *dates)
            known.keep(key, entry)
    return [entry for entry in found.values() if entry is not None]


def _window() -> Select[Any]:
    """Select all that entries are made of besides their revisions."""
    shown = and_(entries.c.feed_number == bindparam("feed"), entries.c.state == Standing.SHOWN.value)
    # Newest first, and of one instant the one that came last: a total order, the same on every run (P09).
    newest = (
        select(entries.c.article_number, entries.c.published_at)
        .where(shown)
        .order_by(entries.c.published_at.desc(), entries.c.article_number.desc())
        .limit(bindparam("limit"))
        .subquery()
    )
    return (
        # Dates as they stand in the store: those of entries that are known already need no reading.
        select(*_IDENTITY, *(type_coerce(date, BigInteger).label(date.name) for date in _DATES), *_MEASURE)
        .join(newest, newest.c.article_number == articles.c.number)
        .outerjoin(pictures, and_(pictures.c.url == articles.c.image_url, pictures.c.measured_at.is_not(None)))
        .order_by(newest.c.published_at.desc(), articles.c.number.desc())
    )


def _live_revisions() -> Select[Any]:
    live = and_(articles.c.number == revisions.c.article_number, articles.c.live_revision == revisions.c.number)
    # By the articles, not by pairs of numbers: SQLite reads a whole table to find pairs in it.
    return select(revisions).join(articles, live).where(articles.c.number.in_(bindparam("numbers", expanding=True)))


def _departure() -> Select[Any]:
    gone = entries.c.state.in_((Standing.LEFT.value, Standing.WITHDRAWN.value))
    # Only a departure out of the window changed what the feed shows.
    return select(func.max(entries.c.left_at)).where(
        entries.c.feed_number == bindparam("feed"), gone, _was_seen(), entries.c.published_at >= bindparam("since")
    )


def _tombstones() -> Select[Any]:
    return (
        select(articles.c.entry_id, entries.c.left_at)
        .join(articles, articles.c.number == entries.c.article_number)
        .where(entries.c.feed_number == bindparam("feed"), entries.c.state == Standing.WITHDRAWN.value, _was_seen())
        .order_by(entries.c.left_at.desc(), articles.c.number.desc())
        .limit(TOMBSTONES)
    )


def _was_seen() -> ColumnElement[bool]:
    # What went before it was published was never in the feed, and leaves no trace in it (P10). Of old entries it is not
    # known: those that went before the end of their embargo were not.
    return func.coalesce(entries.c.seen, entries.c.left_at >= entries.c.visible_at)


# Built once: building a statement takes SQLAlchemy longer than SQLite takes to answer it.
_WINDOW = _window()
_DEPARTURE = _departure()
_LIVE_REVISIONS = _live_revisions()
_TOMBSTONES = _tombstones()


def _now(row: Row[Any]) -> Now:
    corrections = codec.load_corrections(row.corrections)
    return Now(
        line=ManifestLine(row.id, row.live_revision, row.published_at, row.updated_at),
        withdrawn=row.status == Status.WITHDRAWN.value,
        noticed=row.state == Standing.SHOWN.value,
        corrected_at=corrections[-1].at if corrections else None,
    )


def _as_it_was(row: Row[Any], line: ManifestLine) -> Entry:
    modified_at = row.modified_at if line.revision == row.live_revision else row.saved_at
    return replace(_entry(row, row, line.published_at, line.updated_at, modified_at), revision=line.revision)


def _with_measures(connection: Connection, found: list[Entry]) -> list[Entry]:
    named = sorted({entry.image.url for entry in found if entry.image})
    query = select(pictures.c.url, *_MEASURE).where(pictures.c.url.in_(named), pictures.c.measured_at.is_not(None))
    measures = {row.url: row for row in connection.execute(query)}
    return [
        replace(entry, image=_measured(entry.image, measures[entry.image.url]))
        if entry.image and entry.image.url in measures
        else entry
        for entry in found
    ]


def _edition(
    kept: KeptFeed, site: Site, window: list[Entry], tombstones: tuple[Tombstone, ...], left_at: datetime | None
) -> Edition:
    decided = [kept.defined_at, *(time for time in (kept.rolled_back_at, left_at) if time)]
    return Edition(
        site=site,
        feed=kept.feed,
        feed_id=kept.id,
        entries=tuple(window),
        tombstones=tombstones,
        updated_at=max(decided + [entry.updated_at for entry in window]),
        changed_at=max(decided + [entry.modified_at for entry in window]),
    )


def _entry(
    key: Row[Any], revision: Row[Any], published_at: datetime, updated_at: datetime, modified_at: datetime
) -> Entry:
    return Entry(
        article_id=key.id,
        entry_id=key.entry_id,
        entry_id_is_permalink=key.entry_id_is_permalink,
        slug=key.slug,
        revision=key.live_revision,
        title=revision.title,
        content_html=revision.content_html,
        summary=revision.summary,
        language=revision.language,
        section=revision.section,
        authors=codec.load_authors(revision.authors),
        tags=codec.load_words(revision.tags),
        url=revision.url,
        image=_measured(codec.load_image(revision.image), key),
        published_at=published_at,
        updated_at=updated_at,
        modified_at=modified_at,
        corrections=codec.load_corrections(revision.corrections),
    )


def _measured(image: Image | None, measure: Row[Any]) -> Image | None:
    # What was measured at the picture's address is truer than what a source said of it.
    if image is None or measure.picture_length is None:
        return image
    return replace(
        image,
        media_type=measure.picture_type or image.media_type,
        length=measure.picture_length,
        width=measure.picture_width or image.width,
        height=measure.picture_height or image.height,
    )
