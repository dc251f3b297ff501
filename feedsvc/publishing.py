"""Publishing feeds: from what the store wants published to the files that subscribers read.

Read from top to bottom, this is the product:

    publish_due     every feed with changes that may come out now
    release_feed    a held edition let through, once
    publish_feed    one feed: load the edition | guard it | render it | stamp and pack its documents | record | mirror
    roll_back_feed  an earlier publication put back, by the same steps

Order and transactions, nothing else: which feeds may run is decided in `claiming`, which go together in `batching`,
what may go out in `holding` and `guard`, how it looks in `render`, how a version is told from another in `stamping`.
The store is written first and the folder after it, by `mirroring`: whatever a crash leaves undone in the folder, the
store says how it is to be.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from sqlalchemy import Connection

from feedsvc import holding, mirroring, stamping
from feedsvc.batching import Batch, batches
from feedsvc.claiming import claimed, put_off
from feedsvc.errors import Conflict, FeedsvcError
from feedsvc.folder import Folder
from feedsvc.folder.recompressing import Recompressor
from feedsvc.guard import Hold, Manifest, Release
from feedsvc.model import FORMATS, Document, Edition, Format, LeftOut, ManifestLine, Site
from feedsvc.render import Rendered
from feedsvc.render.addresses import feed_url
from feedsvc.render.documents import Publishable, render_documents
from feedsvc.render.pieces import Pieces
from feedsvc.stamping import Stamp
from feedsvc.store import Store, announcements, editions, entries, feeds, holds, progress, publications, sitemaps
from feedsvc.store.editions import KnownEntries
from feedsvc.store.feeds import FeedState, KeptFeed
from feedsvc.store.holds import HeldEdition
from feedsvc.store.publications import Measure, NewPublication
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

    Nothing but time depends on it: an empty one gives the same documents. Not to be shared between publishers.
    """

    entries: KnownEntries = field(default_factory=KnownEntries)
    pieces: Pieces = field(default_factory=Pieces)
    compressed: Recompressor = field(default_factory=Recompressor)


class Observer(Protocol):
    """Whoever counts what publishing comes to."""

    def note(self, published: int, failed: int, seconds: float) -> None:
        """Note how many feeds were published together, how many could not be, and how long it took."""


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
    edition: Publishable | None
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
    """What an edition came to: its documents, the names of those that changed, and the entries that they show.

    It is `overtaken` when another publisher was quicker to record one.
    """

    work: _Work
    documents: tuple[Document, ...] = ()
    changes: tuple[str, ...] = ()
    manifest: tuple[ManifestLine, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class _Run:
    """What all steps of a run work with, and why it is made."""

    store: Store
    folder: Folder
    site: Site
    reason: str
    now: datetime
    hot: Hot


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
    run = _Run(store, folder, site, "change", now, hot or Hot())
    outcomes: list[Outcome] = []
    with claimed(store, host, now, limit) as due:
        for slugs in batches(due):
            began = time.perf_counter()
            published, failures = _publish(run, slugs, _guard)
            outcomes += published
            put_off(store, failures, host, now)
            if observer is not None:
                observer.note(len(published), len(failures), time.perf_counter() - began)
    return tuple(outcomes)


def release_feed(store: Store, folder: Folder, site: Site, slug: str, *, now: datetime) -> Outcome:
    """Let a feed's held edition through, once, with what has come since and would pass after it.

    Raises Conflict when nothing is held, and as `publish_feed` does; what it has released is published by a later run
    then.
    """
    holding.release(store, slug)
    return publish_feed(store, folder, site, slug, reason="release", now=now)


def publish_feed(
    store: Store, folder: Folder, site: Site, slug: str, *, reason: str, now: datetime, hot: Hot | None = None
) -> Outcome:
    """Publish one feed: record and mirror what has changed, and touch nothing that has not.

    An edition that would flood subscribers is held: the last publication stays up, with later withdrawals and
    corrections alone. While other publishers are quicker it is tried again, since their work may lack what this was
    called for. Raises NotFound for a feed that is not defined, Conflict for one that is not filled yet,
    Unavailable when the store is out of reach, or the folder can't be written: the publication is then recorded, and
    mirrored by a later run.
    """
    return _publish_one(_Run(store, folder, site, reason, now, hot or Hot()), slug, _guard)


def roll_back_feed(
    store: Store, folder: Folder, site: Site, slug: str, number: int | None = None, *, now: datetime
) -> Outcome:
    """Publish what an earlier publication showed, less what was withdrawn since, and hold all else until a release.

    Without a number it is the last one that showed something else. Raises NotFound for one that is not kept, Conflict
    when there is none or other publishers are quicker each time, and as `publish_feed` does.
    """
    run = _Run(store, folder, site, "rollback", now, Hot())
    outcome = _publish_one(run, slug, partial(_go_back, number=number))
    if outcome.overtaken:
        raise Conflict(f"feed '{slug}'", "was published by others each time", "Nothing was rolled back; try again")
    return outcome


# --- the steps of publishing, in their order --------------------------------------------------------------------------


def _publish_one(run: _Run, slug: str, decide: Callable[[_Run, _Work], _Work]) -> Outcome:
    for _ in range(ATTEMPTS):
        published, failures = _publish(run, [slug], decide)
        for error in failures.values():
            raise error
        if not published[0].overtaken:
            break
    return published[0]


def _publish(
    run: _Run, slugs: Iterable[str], decide: Callable[[_Run, _Work], _Work]
) -> tuple[list[Outcome], dict[str, Exception]]:
    """Take some feeds through every step together; give what came of each, and what went wrong with the others."""
    batch = Batch()
    with run.store.reading() as connection:
        works = batch.each({slug: slug for slug in slugs}, partial(_load, run, connection))
    works = batch.each(works, partial(decide, run))
    rendered = batch.each(works, partial(_render, run))
    made = batch.each_at_once({slug: (works[slug], one) for slug, one in rendered.items()}, partial(_pack, run))
    recorded = _record(run, batch, made)
    outcomes = batch.each_at_once(recorded, partial(_mirror, run))
    mirroring.let_hubs_be_told(run.store, [works[slug].kept.number for slug in outcomes], now=run.now)
    return list(outcomes.values()), batch.failures


def _load(run: _Run, connection: Connection, slug: str) -> _Work:
    kept = feeds.get(connection, slug)
    before = publications.stamps(connection, kept.publication)
    if kept.is_catalogue:
        return _Work(kept, editions.load_catalogue(connection, run.site, kept.defined_at), before)
    if sitemaps.is_sitemap(slug):
        return _Work(kept, sitemaps.load(connection, run.site, slug, run.now), before)
    held = holds.find(connection, kept.number)
    if kept.state is FeedState.REMOVED:
        # What a person holds is held when the feed comes back.
        held = None if held and held.verdict.by_hand else held
        return _Work(kept, None, before, held=held, measure=Measure.NEVER)
    last = publications.manifest(connection, kept.publication) if kept.publication and before else None
    # Of a feed that was removed and is back, what was seen before counts.
    last = last or publications.last_shown(connection, kept.number)
    if kept.filled_to is not None:
        raise Conflict(f"feed '{slug}'", "is still being filled from the articles", "Wait for it to be ready")
    return _Work(kept, editions.load(connection, kept, run.site, run.hot.entries), before, last, held)


def _guard(run: _Run, work: _Work) -> _Work:
    """Let the edition pass; or hold it, and put in its place what goes out all the same."""
    if not isinstance(work.edition, Edition):
        return work
    verdict = holding.examine(run.store, work.kept, work.edition, last=work.last, held=work.held, now=run.now)
    if isinstance(verdict, Release):
        return replace(work, measure=Measure.AT_ONCE if verdict.as_it_is else Measure.LATER)
    if work.held is None:
        slug = work.kept.feed.slug
        log.warning("feed '%s' is held: %s. See: feedsvc diff %s", slug, "; ".join(verdict.reasons), slug)
    passing = holding.what_passes(
        run.store, run.site, work.kept, last=work.last, held=work.held, is_up=bool(work.before)
    )
    waiting = holding.lines_of(work.edition)
    return replace(work, edition=passing, hold=verdict, waiting=waiting, measure=Measure.NEVER)


def _go_back(run: _Run, work: _Work, number: int | None) -> _Work:
    """Hold the edition by hand, and put in its place what an earlier publication showed."""
    kept = replace(work.kept, rolled_back_at=run.now)
    earlier, edition = holding.put_back(run.store, run.site, kept, number)
    hold = Hold((f"publication {earlier} was put back by hand",), by_hand=True)
    waiting = holding.lines_of(work.edition)
    return replace(work, kept=kept, edition=edition, hold=hold, waiting=waiting, measure=Measure.NEVER)


def _render(run: _Run, work: _Work) -> Rendered:
    return render_documents(work.edition, run.hot.pieces)


def _pack(run: _Run, ready: tuple[_Work, Rendered]) -> _Made:
    """Give documents their validators, and compress those that have changed; the others stay as the store has them."""
    work, rendered = ready
    if work.stands:
        return _Made(work, manifest=work.last.lines if work.last else ())
    documents = stamping.stamp(rendered.documents, work.before, run.now)
    changes = stamping.changes(documents, work.before)
    missing = {article.article_id for article in rendered.left_out}
    shown = tuple(line for line in holding.lines_of(work.edition) if line.article_id not in missing)
    gzip, slug = run.hot.compressed.gzip, work.kept.feed.slug
    packed = (
        replace(one, gzip=gzip((slug, one.filename), one.body)) if one.filename in changes else one for one in documents
    )
    return _Made(work, tuple(packed), changes, shown, rendered.left_out)


def _record(run: _Run, batch: Batch, made: Mapping[str, _Made]) -> Mapping[str, _Made]:
    """Keep what has changed, all of it in one transaction.

    When something is wrong with that, each has a transaction of its own, and it shows with which.
    """
    if len(made) > 1:
        try:
            _keep(run, made.values())
        except OutOfReach:
            raise
        except (FeedsvcError, ValueError) as error:
            log.info("%s; each feed is recorded by itself", error)
        else:
            return made
    return batch.each(made, partial(_record_alone, run))


def _record_alone(run: _Run, made: _Made) -> _Made:
    """Keep what has changed, unless another publisher was quicker: its work stands then, and not this."""
    try:
        _keep(run, [made])
    except Conflict as overtaken:
        log.info("%s", overtaken)
        return replace(made, overtaken=True)
    return made


def _keep(run: _Run, made: Collection[_Made]) -> None:
    """Record what has changed, and that nothing else is wanted. Raises Conflict when another publisher was quicker."""
    changed = [one for one in made if one.changes]
    everyone = [one.work.kept for one in made]
    with run.store.writing() as connection:
        shown = {one.work.kept.number: holding.newly_shown(one.manifest, one.work.last) for one in changed}
        entries.note_seen(connection, shown)
        mapped = set[int]().union(*(sitemaps.with_list(connection, one.work.kept.feed.slug) for one in changed))
        progress.require_publications(connection, everyone, beside=mapped)
        numbers = publications.record(connection, [_new_publication(run, one) for one in changed])
        live = {one.work.kept.number: number for one, number in zip(changed, numbers, strict=True)}
        progress.set_published(connection, everyone, live, run.now)
        topics = {number: _topics(run.site, one) for one, number in zip(changed, numbers, strict=True)}
        announcements.add(connection, topics, run.site.hubs)
        publications.forget_bytes(connection, live, KEPT_WITH_BYTES)
        feeds.want(connection, mapped - set(live))
        for one in made:
            _hold_or_let_go(connection, one.work, run.now)


def _new_publication(run: _Run, made: _Made) -> NewPublication:
    work = made.work
    # A release is one, whichever process carries it out.
    is_release = work.hold is None and work.held is not None and work.held.released
    return NewPublication(
        feed_number=work.kept.number,
        before=work.kept.publication,
        reason="release" if is_release else run.reason,
        made_at=run.now,
        last_modified=stamping.last_modified(made.documents) or run.now.replace(microsecond=0),
        manifest=made.manifest,
        left_out=made.left_out,
        documents=made.documents,
        repack_at=run.now + REPACK_AFTER,
        measure=work.measure,
    )


def _hold_or_let_go(connection: Connection, work: _Work, now: datetime) -> None:
    number, held = work.kept.number, work.held
    if work.hold is None:
        if held is not None:
            holds.let_go(connection, number, held)
    elif held is None or held.released or (held.lines, held.verdict) != (work.waiting, work.hold):
        holds.put(connection, number, held, lines=work.waiting, verdict=work.hold, now=now)
    if work.kept.rolled_back_at == now:
        progress.set_rolled_back(connection, number, now)


def _mirror(run: _Run, made: _Made) -> Outcome:
    work = made.work
    mirroring.show_feed(run.store, run.folder, work.kept.feed.slug, at_hand=made.documents)
    held = work.hold.reasons if work.hold else ()
    return Outcome(work.kept.feed.slug, made.changes, len(made.manifest), made.left_out, held, made.overtaken)


# --- small questions --------------------------------------------------------------------------------------------------


def _topics(site: Site, made: _Made) -> list[str]:
    """Give the addresses of the feed documents that changed: hubs are told of these, and of no page."""
    if not isinstance(made.work.edition, Edition):
        return []
    feed = made.work.edition.feed
    formats = (one for one in feed.formats if one is not Format.PAGE and FORMATS[one].filename in made.changes)
    return [feed_url(site, feed.slug, one) for one in formats]
