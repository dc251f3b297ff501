"""Publishing feeds: from what the store wants published to the files that subscribers read.

Read from top to bottom, this is the product:

    publish_due    which feeds have changes that may come out now
    publish_feed   load the edition | render it | stamp and pack its documents | record the publication | mirror it
    mirror_feed    bring feeds/<slug>/ to what the store says is published
    mirror_all     the same for every feed, after a crash
    repack_due     compress better what has stood a while

Order and transactions, nothing else. The store is written first and the folder after it: whatever a crash leaves undone
in the folder, the store says how it is to be.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Connection

from feedsvc import folder as folders
from feedsvc.conditional import entity_tag
from feedsvc.errors import Conflict, FeedsvcError, Unavailable
from feedsvc.folder import Folder
from feedsvc.folder.coding import gzip_quickly, gzip_well
from feedsvc.model import FORMATS, Catalogue, Document, Edition, Format, LeftOut, ManifestLine, Site
from feedsvc.render import Rendered, render
from feedsvc.render.addresses import feed_url
from feedsvc.render.catalogue import render_catalogue
from feedsvc.render.pieces import Pieces
from feedsvc.store import Store, announcements, editions, feeds, leases, publications
from feedsvc.store.editions import KnownEntries
from feedsvc.store.feeds import FeedState, KeptFeed
from feedsvc.store.publications import Stamp
from feedsvc.store.transactions import OutOfReach

log = logging.getLogger(__name__)

# The bytes of the live publication and of the one before it are kept; manifests longer.
KEPT_WITH_BYTES = 2
# A feed that failed is tried again after this time, not every second.
RETRY_AFTER = timedelta(seconds=30)
# A document that has stood so long is read many times more: from then on smaller is worth more than sooner.
REPACK_AFTER = timedelta(seconds=30)
# A host that has not done it by then has died over it.
REPACKED_WITHIN = timedelta(minutes=1)
ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Hot:
    """What a publisher keeps from one publication to the next, so that what is unchanged is not made again.

    Nothing but time depends on it: an empty one gives the same bytes. Not to be shared between threads.
    """

    entries: KnownEntries = field(default_factory=KnownEntries)
    pieces: Pieces = field(default_factory=Pieces)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What publishing a feed came to. `changes` are the names of the documents that changed, came or went."""

    slug: str
    changes: tuple[str, ...]
    entries: int
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class _Work:
    """A feed as the store had it in one consistent view: what is to be published, and what was."""

    kept: KeptFeed
    edition: Edition | Catalogue | None
    before: tuple[Stamp, ...]


def publish_due(
    store: Store,
    folder: Folder,
    site: Site,
    *,
    now: datetime,
    hot: Hot | None = None,
    limit: int = 1000,
    host: str | None = None,
) -> tuple[Outcome, ...]:
    """Publish every feed with changes that may come out now; a feed that fails is logged and holds up no other.

    A feed is published at most once in each second: what changes in between goes out together, a second later, so that
    Last-Modified tells two versions apart and is never later than the clock. With a name of this `host`, feeds that
    another one is publishing are left to it. Raises Unavailable when the store is out of reach.
    """
    outcomes, hot = [], hot or Hot()
    with _claimed(store, host, now, limit) as due:
        for kept in due:
            try:
                outcomes.append(publish_feed(store, folder, site, kept.feed.slug, reason="change", now=now, hot=hot))
            except OutOfReach:
                raise
            except (FeedsvcError, OSError, ValueError) as error:
                log.exception("feed '%s' could not be published; its last version stays up", kept.feed.slug)
                if host is not None and isinstance(error, Unavailable):
                    # This host's own folder: the feed is published, the others show it, and this one tries again.
                    continue
                with store.writing() as connection:
                    feeds.set_failure(connection, kept.number, f"{type(error).__name__}: {error}", now)
    return tuple(outcomes)


def publish_feed(
    store: Store, folder: Folder, site: Site, slug: str, *, reason: str, now: datetime, hot: Hot | None = None
) -> Outcome:
    """Publish one feed: record and mirror what has changed, and touch nothing that has not.

    Raises NotFound for a feed that is not defined, Conflict for one that is not filled yet, Unavailable when the store
    is out of reach, OSError when the folder can't be written: the publication is then recorded, and mirrored by a later
    run.
    """
    hot = hot or Hot()
    work = _load(store, site, slug, hot.entries)
    rendered = _render(work.edition, hot.pieces)
    documents = stamp(rendered.documents, work.before, now)
    changes = _changes(documents, work.before)
    documents = _packed(documents, changes)
    if changes:
        _record(store, site, work, rendered, documents, reason=reason, now=now)
    else:
        with store.writing() as connection:
            feeds.set_published(connection, work.kept.number, work.kept.wanted, now)
    mirror_feed(store, folder, slug, now=now, at_hand=documents)
    return Outcome(slug, changes, len(_manifest(work.edition, rendered)), rendered.left_out)


def stamp(bodies: Mapping[str, bytes], before: tuple[Stamp, ...], now: datetime) -> tuple[Document, ...]:
    """Give each document its validators: the old ones where its bytes are the old ones, else new ones.

    Last-Modified is a whole second, and grows by one at least with each change (RFC 9110 section 8.8.2.1).
    """
    known = {old.filename: old for old in before}
    newest = max((old.last_modified for old in before), default=None)
    fresh = now.replace(microsecond=0)
    if newest is not None:
        fresh = max(fresh, newest + ONE_SECOND)
    documents = []
    for filename, body in sorted(bodies.items()):
        tag = entity_tag(body)
        old = known.get(filename)
        unchanged = old is not None and old.entity_tag == tag
        documents.append(Document(filename, body, tag, old.last_modified if old and unchanged else fresh))
    return tuple(documents)


def mirror_feed(store: Store, folder: Folder, slug: str, *, now: datetime, at_hand: tuple[Document, ...] = ()) -> None:
    """Bring a feed's folder to what the store says is published; files that are right already are left untouched.

    The store is read under the folder's lock: of two publishers, the slower one can't put an older version back. Of
    compressed documents that are at hand, it is asked for the validators alone. Hubs may be told from then on: one that
    fetches at once finds the new bytes.
    """
    with folders.locked(folder, slug):
        with store.reading() as connection:
            kept = feeds.get(connection, slug)
            documents: tuple[Document, ...] = ()
            if kept.publication:
                documents = publications.live_documents(connection, kept.publication, at_hand)
            held = kept.number in announcements.held(connection)
        if kept.state is FeedState.REMOVED:
            folders.withdraw(folder, slug)
        elif kept.publication:
            folders.mirror(folder, slug, documents)
    if held:
        with store.writing() as connection:
            announcements.release(connection, kept.number, now)


def mirror_all(store: Store, folder: Folder, *, now: datetime) -> tuple[str, ...]:
    """Bring the whole folder to what the store says; give the slugs of the feeds that were not there.

    Files are looked at, not read: it costs a few system calls a feed where nothing is wrong.
    """
    with store.reading() as connection:
        kept_feeds = [*feeds.all_feeds(connection), *_catalogue(connection)]
        stamps = {kept.feed.slug: publications.stamps(connection, kept.publication) for kept in kept_feeds}
        held = announcements.held(connection)
    stale = [
        kept.feed.slug
        for kept in kept_feeds
        if kept.publication
        and (kept.number in held or not folders.is_current(folder, kept.feed.slug, stamps[kept.feed.slug]))
    ]
    for slug in stale:
        mirror_feed(store, folder, slug, now=now)
    return tuple(stale)


def repack_due(store: Store, folder: Folder, *, now: datetime, limit: int = 8) -> int:
    """Compress documents again, and better, that have stood a while; give how many were due. One host does each.

    Their validators stay: the entity tag is made of the plain bytes. Files follow through `mirror_feed`.
    """
    with store.reading() as connection:
        due = publications.find_to_repack(connection, now, limit)
    for found in due:
        with store.claiming() as connection:
            mine = publications.claim_to_repack(connection, found, now, now + REPACKED_WITHIN)
        if not mine:
            continue
        better = gzip_well(found.body)
        with store.writing() as connection:
            publications.repack(connection, found, min(better, found.gzip or better, key=len))
    for slug in sorted({found.slug for found in due}):
        mirror_feed(store, folder, slug, now=now)
    return len(due)


# --- the steps of publish_feed, in their order -----------------------------------------------------------------------


@contextmanager
def _claimed(store: Store, host: str | None, now: datetime, limit: int) -> Iterator[list[KeptFeed]]:
    """Give feeds that are due, and keep other hosts from them for the time of the block."""
    mine: set[str] = set()
    due = _find_due(store, host, now, limit)
    while host is not None and due and not mine:
        names = {leases.of_feed(kept.number): kept for kept in due}
        with store.claiming() as connection:
            mine = leases.take(connection, names, host)
        # When another host was quicker with all of them, there may be others.
        due = [names[name] for name in names if name in mine] or _find_due(store, host, now, limit)
    try:
        yield due
    finally:
        if host is not None and mine:
            with suppress(Unavailable), store.claiming() as connection:
                leases.give_back(connection, mine, host)


def _find_due(store: Store, host: str | None, now: datetime, limit: int) -> list[KeptFeed]:
    with store.reading() as connection:
        candidates = feeds.find_due(connection, host)
        return list(islice((kept for kept in candidates if _may_run(connection, kept, now)), limit))


def _load(store: Store, site: Site, slug: str, known: KnownEntries) -> _Work:
    with store.reading() as connection:
        kept = feeds.get(connection, slug)
        before = publications.stamps(connection, kept.publication)
        if kept.state is FeedState.REMOVED:
            return _Work(kept, None, before)
        if kept.is_catalogue:
            return _Work(kept, editions.load_catalogue(connection, site, kept.defined_at), before)
        if kept.filled_to is not None:
            raise Conflict(f"feed '{slug}'", "is still being filled from the articles", "Wait for it to be ready")
        return _Work(kept, editions.load(connection, kept, site, known), before)


def _render(edition: Edition | Catalogue | None, pieces: Pieces) -> Rendered:
    if edition is None:
        return Rendered({}, ())
    return render_catalogue(edition) if isinstance(edition, Catalogue) else render(edition, pieces)


def _packed(documents: tuple[Document, ...], changes: tuple[str, ...]) -> tuple[Document, ...]:
    """Compress the documents that changed; the others stay as the store has them."""
    return tuple(
        replace(document, gzip=gzip_quickly(document.body)) if document.filename in changes else document
        for document in documents
    )


def _record(
    store: Store,
    site: Site,
    work: _Work,
    rendered: Rendered,
    documents: tuple[Document, ...],
    *,
    reason: str,
    now: datetime,
) -> None:
    """Keep the publication, unless another publisher was quicker: its work stands then, and this is dropped."""
    fresh = max((document.last_modified for document in documents), default=now.replace(microsecond=0))
    try:
        with store.writing() as connection:
            number = publications.record(
                connection,
                feed_number=work.kept.number,
                reason=reason,
                made_at=now,
                last_modified=fresh,
                manifest=_manifest(work.edition, rendered),
                left_out=rendered.left_out,
                released=documents,
                before=work.kept.publication,
                repack_at=now + REPACK_AFTER,
            )
            feeds.set_publication(connection, work.kept, number)
            feeds.set_published(connection, work.kept.number, work.kept.wanted, now)
            announcements.add(connection, number, _topics(site, work, documents), site.hubs)
            publications.forget_bytes(connection, work.kept.number, KEPT_WITH_BYTES)
    except Conflict as overtaken:
        log.info("%s", overtaken)


# --- small questions --------------------------------------------------------------------------------------------------


def _may_run(connection: Connection, kept: KeptFeed, now: datetime) -> bool:
    if kept.failure and _ran_within(RETRY_AFTER, kept, now):
        return False
    newest = max((old.last_modified for old in publications.stamps(connection, kept.publication)), default=None)
    if newest is not None and newest > now + ONE_SECOND:
        # The clock was set back: news does not wait until it has caught up with the last publication.
        return not _ran_within(ONE_SECOND, kept, now)
    return newest is None or newest < now.replace(microsecond=0)


def _ran_within(period: timedelta, kept: KeptFeed, now: datetime) -> bool:
    return kept.last_run_at is not None and timedelta(0) <= now - kept.last_run_at < period


def _changes(documents: tuple[Document, ...], before: tuple[Stamp, ...]) -> tuple[str, ...]:
    was = {(old.filename, old.entity_tag) for old in before}
    becomes = {(new.filename, new.entity_tag) for new in documents}
    return tuple(sorted({filename for filename, _ in was ^ becomes}))


def _manifest(edition: Edition | Catalogue | None, rendered: Rendered) -> tuple[ManifestLine, ...]:
    if not isinstance(edition, Edition):
        return ()
    left_out = {article.article_id for article in rendered.left_out}
    shown = (entry for entry in edition.entries if entry.article_id not in left_out)
    return tuple(ManifestLine(entry.article_id, entry.revision) for entry in shown)


def _topics(site: Site, work: _Work, documents: tuple[Document, ...]) -> list[str]:
    """Give the addresses of the feed documents that changed: hubs are told of these, and of no page."""
    if not isinstance(work.edition, Edition):
        return []
    new = _changes(documents, work.before)
    formats = (one for one in work.edition.feed.formats if one is not Format.PAGE and FORMATS[one].filename in new)
    return [feed_url(site, work.kept.feed.slug, one) for one in formats]


def _catalogue(connection: Connection) -> list[KeptFeed]:
    kept = feeds.find(connection, feeds.CATALOGUE)
    return [kept] if kept else []
