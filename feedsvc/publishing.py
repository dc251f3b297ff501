"""Publishing feeds: from what the store wants published to the files that subscribers read.

Read from top to bottom, this is the product:

    publish_due     every feed with changes that may come out now
    release_feed    a held edition let through, once
    publish_feed    one feed: load the edition | guard it | render it | stamp and pack its documents | record | mirror
    roll_back_feed  an earlier publication put back, by the same steps

Order and transactions, nothing else: which feeds may run is decided in `claiming`, what may go out in `holding` and
`guard`, how it looks in `render`, how a version is told from another in `stamping`. The store is written first and the
folder after it, by `mirroring`: whatever a crash leaves undone in the folder, the store says how it is to be.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from feedsvc import holding, mirroring, stamping
from feedsvc.claiming import claimed
from feedsvc.errors import Conflict, FeedsvcError, Unavailable
from feedsvc.folder import Folder
from feedsvc.folder.coding import gzip_quickly
from feedsvc.guard import Hold, Manifest, Release
from feedsvc.model import FORMATS, Catalogue, Document, Edition, Format, LeftOut, ManifestLine, Site
from feedsvc.render import Rendered, render
from feedsvc.render.addresses import feed_url
from feedsvc.render.catalogue import render_catalogue
from feedsvc.render.pieces import Pieces
from feedsvc.render.sitemap import SitemapIndex, SitemapPart, render_index, render_part
from feedsvc.stamping import Stamp
from feedsvc.store import Store, announcements, editions, feeds, holds, publications, sitemaps
from feedsvc.store.editions import KnownEntries
from feedsvc.store.feeds import FeedState, KeptFeed
from feedsvc.store.holds import HeldEdition
from feedsvc.store.publications import Measure
from feedsvc.store.transactions import OutOfReach

log = logging.getLogger(__name__)

# The bytes of the live publication and of the one before it are kept; manifests longer.
KEPT_WITH_BYTES = 2
# A document that has stood so long is read many times more: from then on smaller is worth more than sooner.
REPACK_AFTER = timedelta(seconds=30)
# What a person asks for is tried so often before it is given up to a publisher that is quicker.
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Hot:
    """What a publisher keeps from one publication to the next, so that what is unchanged is not made again.

    Nothing but time depends on it: an empty one gives the same bytes. Not to be shared between threads.
    """

    entries: KnownEntries = field(default_factory=KnownEntries)
    pieces: Pieces = field(default_factory=Pieces)


class Observer(Protocol):
    """Whoever counts what publishing comes to."""

    def time(self, seconds: float) -> None:
        """Note how long it took to publish a feed."""

    def count_failure(self) -> None:
        """Count a feed that could not be published."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What publishing a feed came to. `changes` are the names of the documents that changed, came or went.

    `held` says why the feed's newest edition waits for a person, a sentence for each reason. When it is `overtaken`,
    another publisher was quicker: its work stands, and this was dropped.
    """

    slug: str
    changes: tuple[str, ...]
    entries: int
    left_out: tuple[LeftOut, ...] = ()
    held: tuple[str, ...] = ()
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class _Work:
    """A feed as the store had it in one consistent view: what is to be published, what was, and what is held already.

    The guard adds its verdict: with a `hold`, `edition` is what may go out all the same, and `waiting` what may not.
    """

    kept: KeptFeed
    edition: Edition | Catalogue | SitemapPart | SitemapIndex | None
    before: tuple[Stamp, ...]
    last: Manifest | None = None
    held: HeldEdition | None = None
    hold: Hold | None = None
    waiting: tuple[ManifestLine, ...] = ()
    measure: Measure = Measure.LATER

    @property
    def stands(self) -> bool:
        """Whether the last publication stays as it is: the edition is held, and nothing of it may go out."""
        return self.hold is not None and self.edition is None


@dataclass(frozen=True, slots=True)
class _Made:
    """What an edition came to: its documents, the names of those that changed, and the entries that they show."""

    documents: tuple[Document, ...] = ()
    changes: tuple[str, ...] = ()
    manifest: tuple[ManifestLine, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def publish_due(
    store: Store,
    folder: Folder,
    site: Site,
    *,
    now: datetime,
    hot: Hot | None = None,
    limit: int = 1000,
    host: str | None = None,
    observer: Observer | None = None,
) -> tuple[Outcome, ...]:
    """Publish every feed with changes that may come out now; a feed that fails is logged and holds up no other.

    A feed is published at most once in each second: what changes in between goes out together, a second later, so that
    Last-Modified tells two versions apart and is never later than the clock. With a name of this `host`, feeds that
    another one is publishing are left to it. Raises Unavailable when the store is out of reach.
    """
    outcomes, hot = [], hot or Hot()
    with claimed(store, host, now, limit) as due:
        for kept in due:
            began = time.perf_counter()
            try:
                outcomes.append(publish_feed(store, folder, site, kept.feed.slug, reason="change", now=now, hot=hot))
                if observer is not None:
                    observer.time(time.perf_counter() - began)
            except OutOfReach:
                raise
            except (FeedsvcError, OSError, ValueError) as error:
                if observer is not None:
                    observer.count_failure()
                log.exception("feed '%s' could not be published; its last version stays up", kept.feed.slug)
                if host is not None and isinstance(error, Unavailable):
                    # This host's own folder: the feed is published, the others show it, and this one tries again.
                    continue
                with store.writing() as connection:
                    feeds.set_failure(connection, kept.number, f"{type(error).__name__}: {error}", now)
    return tuple(outcomes)


def release_feed(store: Store, folder: Folder, site: Site, slug: str, *, now: datetime) -> Outcome:
    """Let a feed's held edition through, once, with what has come since and would pass after it.

    Raises Conflict when nothing is held, and as `publish_feed` does; what it has released is published by a later run
    then.
    """
    holding.release(store, slug)
    outcome = publish_feed(store, folder, site, slug, reason="release", now=now)
    # Whoever was quicker has published it, or has found a second flood: look which.
    return publish_feed(store, folder, site, slug, reason="release", now=now) if outcome.overtaken else outcome


def publish_feed(
    store: Store, folder: Folder, site: Site, slug: str, *, reason: str, now: datetime, hot: Hot | None = None
) -> Outcome:
    """Publish one feed: record and mirror what has changed, and touch nothing that has not.

    An edition that would flood subscribers is held: the last publication stays up, with later withdrawals and
    corrections alone. Raises NotFound for a feed that is not defined, Conflict for one that is not filled yet,
    Unavailable when the store is out of reach, OSError when the folder can't be written: the publication is then
    recorded, and mirrored by a later run.
    """
    hot = hot or Hot()
    work = _guard(store, site, _load(store, site, slug, hot.entries, now), now)
    return _put_out(store, folder, site, work, hot, reason=reason, now=now)


def roll_back_feed(
    store: Store, folder: Folder, site: Site, slug: str, number: int | None = None, *, now: datetime
) -> Outcome:
    """Publish what an earlier publication showed, less what was withdrawn since, and hold all else until a release.

    Without a number it is the last one that showed something else. Raises NotFound for one that is not kept, Conflict
    when there is none or other publishers are quicker each time, and as `publish_feed` does.
    """
    hot = Hot()
    for _ in range(ATTEMPTS):
        work = _go_back(store, site, _load(store, site, slug, hot.entries, now), number, now)
        outcome = _put_out(store, folder, site, work, hot, reason="rollback", now=now)
        if not outcome.overtaken:
            return outcome
    raise Conflict(f"feed '{slug}'", "was published by others each time", "Nothing was rolled back; try again")


# --- the steps of publishing, in their order --------------------------------------------------------------------------


def _load(store: Store, site: Site, slug: str, known: KnownEntries, now: datetime) -> _Work:
    with store.reading() as connection:
        kept = feeds.get(connection, slug)
        before = publications.stamps(connection, kept.publication)
        if kept.is_catalogue:
            return _Work(kept, editions.load_catalogue(connection, site, kept.defined_at), before)
        if sitemaps.is_sitemap(slug):
            return _Work(kept, sitemaps.load(connection, site, slug, now), before)
        last = publications.manifest(connection, kept.publication) if kept.publication else None
        held = holds.find(connection, kept.number)
        if kept.state is FeedState.REMOVED:
            return _Work(kept, None, before, last, held)
        if kept.filled_to is not None:
            raise Conflict(f"feed '{slug}'", "is still being filled from the articles", "Wait for it to be ready")
        return _Work(kept, editions.load(connection, kept, site, known), before, last, held)


def _guard(store: Store, site: Site, work: _Work, now: datetime) -> _Work:
    """Let the edition pass; or hold it, and put in its place what goes out all the same."""
    if not isinstance(work.edition, Edition):
        return work
    verdict = holding.examine(store, work.kept, work.edition, last=work.last, held=work.held, now=now)
    if isinstance(verdict, Release):
        return replace(work, measure=Measure.AT_ONCE if verdict.as_it_is else Measure.LATER)
    if work.held is None:
        slug = work.kept.feed.slug
        log.warning("feed '%s' is held: %s. See: feedsvc diff %s", slug, "; ".join(verdict.reasons), slug)
    passing = holding.what_passes(store, site, work.kept, last=work.last, held=work.held)
    waiting = _lines(work)
    return replace(work, edition=passing, hold=verdict, waiting=waiting, measure=Measure.NEVER)


def _go_back(store: Store, site: Site, work: _Work, number: int | None, now: datetime) -> _Work:
    """Hold the edition by hand, and put in its place what an earlier publication showed."""
    kept = replace(work.kept, rolled_back_at=now)
    earlier, edition = holding.put_back(store, site, kept, number)
    hold = Hold((f"publication {earlier} was put back by hand",), by_hand=True)
    waiting = _lines(work)
    return replace(work, kept=kept, edition=edition, hold=hold, waiting=waiting, measure=Measure.NEVER)


def _put_out(store: Store, folder: Folder, site: Site, work: _Work, hot: Hot, *, reason: str, now: datetime) -> Outcome:
    made = _make(work, hot.pieces, now)
    recorded = _record(store, site, work, made, reason=_reason(work, reason), now=now)
    mirroring.mirror_feed(store, folder, work.kept.feed.slug, now=now, at_hand=made.documents)
    held = work.hold.reasons if work.hold else ()
    return Outcome(work.kept.feed.slug, made.changes, len(made.manifest), made.left_out, held, overtaken=not recorded)


def _make(work: _Work, pieces: Pieces, now: datetime) -> _Made:
    if work.stands:
        return _Made(manifest=work.last.lines if work.last else ())
    rendered = _render(work, pieces)
    documents = stamping.stamp(rendered.documents, work.before, now)
    changes = stamping.changes(documents, work.before)
    missing = {article.article_id for article in rendered.left_out}
    shown = tuple(line for line in _lines(work) if line.article_id not in missing)
    return _Made(_packed(documents, changes), changes, shown, rendered.left_out)


def _render(work: _Work, pieces: Pieces) -> Rendered:
    match work.edition:
        case Edition() as edition:
            return render(edition, pieces)
        case Catalogue() as catalogue:
            return render_catalogue(catalogue)
        case SitemapPart() as part:
            return render_part(part)
        case SitemapIndex() as index:
            return render_index(index)
        case None:
            return Rendered({}, ())


def _packed(documents: tuple[Document, ...], changes: tuple[str, ...]) -> tuple[Document, ...]:
    """Compress the documents that changed; the others stay as the store has them."""
    return tuple(
        replace(document, gzip=gzip_quickly(document.body)) if document.filename in changes else document
        for document in documents
    )


def _record(store: Store, site: Site, work: _Work, made: _Made, *, reason: str, now: datetime) -> bool:
    """Keep what has changed, and say so, unless another publisher was quicker: its work stands then, and not this."""
    try:
        with store.writing() as connection:
            if made.changes:
                mapped = sitemaps.with_list(connection, work.kept.feed.slug)
                feeds.hold(connection, mapped)
                number = publications.record(
                    connection,
                    feed_number=work.kept.number,
                    reason=reason,
                    made_at=now,
                    last_modified=stamping.last_modified(made.documents) or now.replace(microsecond=0),
                    manifest=made.manifest,
                    left_out=made.left_out,
                    released=made.documents,
                    before=work.kept.publication,
                    repack_at=now + REPACK_AFTER,
                    measure=work.measure,
                )
                feeds.set_publication(connection, work.kept, number)
                announcements.add(connection, number, _topics(site, work, made.changes), site.hubs)
                publications.forget_bytes(connection, work.kept.number, KEPT_WITH_BYTES)
                feeds.want(connection, mapped - {work.kept.number})
            else:
                feeds.require_publication(connection, work.kept)
            feeds.set_published(connection, work.kept.number, work.kept.wanted, now)
            _hold_or_let_go(connection, work, now)
    except Conflict as overtaken:
        log.info("%s", overtaken)
        return False
    return True


def _hold_or_let_go(connection: Connection, work: _Work, now: datetime) -> None:
    number, held = work.kept.number, work.held
    if work.hold is None:
        if held is not None:
            holds.let_go(connection, number, held)
    elif held is None or held.released or (held.lines, held.verdict) != (work.waiting, work.hold):
        holds.put(connection, number, held, lines=work.waiting, verdict=work.hold, now=now)
    if work.kept.rolled_back_at == now:
        feeds.set_rolled_back(connection, number, now)


# --- small questions --------------------------------------------------------------------------------------------------


def _lines(work: _Work) -> tuple[ManifestLine, ...]:
    """Give the manifest of a feed; the site's own documents have none."""
    return holding.lines_of(work.edition) if isinstance(work.edition, Edition) else ()


def _reason(work: _Work, asked: str) -> str:
    """Give the reason of a publication: a release is one, whichever process carries it out."""
    is_release = work.hold is None and work.held is not None and work.held.released
    return "release" if is_release else asked


def _topics(site: Site, work: _Work, changes: tuple[str, ...]) -> list[str]:
    """Give the addresses of the feed documents that changed: hubs are told of these, and of no page."""
    if not isinstance(work.edition, Edition):
        return []
    formats = (one for one in work.edition.feed.formats if one is not Format.PAGE and FORMATS[one].filename in changes)
    return [feed_url(site, work.kept.feed.slug, one) for one in formats]
