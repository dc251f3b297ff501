"""The publisher's clockwork: APScheduler runs every job, and a watch on the store wakes it when something has changed.

Jobs are one call each. Their state is in our own tables: APScheduler's memory is made anew at each start.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.interval import IntervalTrigger

from feedsvc import editing, mirroring, picturing, publishing, repacking, scheduling, uploading
from feedsvc.announcing import Sender
from feedsvc.errors import Unavailable
from feedsvc.fetching import Fetcher
from feedsvc.folder import Folder
from feedsvc.folder.media import MediaFolder
from feedsvc.following import Follower
from feedsvc.mirroring import Round
from feedsvc.model import Site
from feedsvc.schedules import Schedule, next_due, parse_schedule
from feedsvc.store import Store, clock, feeds, hosts, leases, live_changes, publications
from feedsvc.store.watching import Watch

log = logging.getLogger(__name__)

SWEEP = timedelta(seconds=1)
KEEP_MANIFESTS = timedelta(days=30)
KEEP_LIVE_CHANGES = 10_000
# Feeds claimed at once, and seconds after which publishing lets the clockwork have a look at what else there is.
BATCH = 16
AT_A_STRETCH = 5.0
# What is committed while feeds are published has a turn of its own behind it, and waits for no tick of the clock. Both
# turns have one thread.
RUNNING_AND_WAITING = 2
# Seconds for which one host cleans up, and no other.
CLEANED_UP_WITHIN = 600
# Seconds by which a host's clock may differ from the database's before somebody should know.
CLOCK_IS_OFF = 2.0
# A wall clock that has moved by more than this against the monotonic one was set: every job counts anew.
CLOCK_WAS_SET = 2.0


@dataclass(frozen=True)
class Publisher:
    """What the publisher works with, and what it keeps ready.

    `now` gives the wall clock's time in UTC. `hub_fetcher` reaches the hubs that the operator named,
    `picture_fetcher` the addresses that articles name; without one, pictures are not measured.
    `media` is where this host serves uploaded pictures from; `observer` counts what is published.
    """

    store: Store
    folder: Folder
    site: Site
    now: Callable[[], datetime]
    hub_fetcher: Fetcher = field(default_factory=Fetcher)
    picture_fetcher: Fetcher | None = None
    hot: publishing.Hot = field(default_factory=publishing.Hot)
    media: MediaFolder | None = None
    observer: publishing.Observer | None = None

    @property
    def host(self) -> str | None:
        """Give the name by which hosts on one store tell each other apart; None on a store that has one host."""
        return f"{socket.gethostname()}:{self.folder.root.resolve()}" if self.store.shared else None

    @cached_property
    def follower(self) -> Follower | None:
        """Give what brings here what other hosts publish."""
        return Follower(self.store, self.folder, self.host) if self.host else None

    @cached_property
    def round(self) -> Round:
        """Give what looks after the folder."""
        return Round(self.store, self.folder)

    @cached_property
    def sender(self) -> Sender:
        """Give what tells the hubs."""
        return Sender(self.store, self.hub_fetcher, self.now)


def run(publisher: Publisher, stop: threading.Event) -> None:
    """Publish until `stop` is set: what is under way is finished first."""
    drift = _drift(publisher)
    if publisher.follower:
        publisher.follower.follow(now=publisher.now())
    else:
        mirroring.mirror_all(publisher.store, publisher.folder, now=publisher.now())
    scheduler = _scheduler()
    _add_jobs(scheduler, publisher)
    _follow_schedules(scheduler, publisher)
    scheduler.start()
    watch = Watch(publisher.store, partial(_wake, scheduler, publisher))
    try:
        _watch(scheduler, publisher, drift, stop)
    finally:
        watch.close()
        scheduler.shutdown(wait=True)
        if publisher.follower:
            with _store_may_be_away("saying good-bye"):
                publisher.follower.leave()


def publish_due(publisher: Publisher) -> None:
    """Bring out what has come due, and publish the feeds that have changed, a few at a time."""
    until = time.monotonic() + AT_A_STRETCH
    with _store_may_be_away("publishing"):
        editing.publish_due(publisher.store, publisher.site, now=publisher.now())
        while _publish_some(publisher) and time.monotonic() < until:
            pass


def _publish_some(publisher: Publisher) -> bool:
    done = publishing.publish_due(
        publisher.store,
        publisher.folder,
        publisher.site,
        now=publisher.now(),
        hot=publisher.hot,
        limit=BATCH,
        host=publisher.host,
        observer=publisher.observer,
    )
    return bool(done)


def _wake(scheduler: BackgroundScheduler, publisher: Publisher) -> None:
    """Have what others have committed published at once."""
    for job in ("publish", "follow") if publisher.follower else ("publish",):
        # Where the jobs are just made anew, they run at once anyway.
        with suppress(JobLookupError):
            scheduler.modify_job(job, next_run_time=datetime.now(UTC))


def _drift(publisher: Publisher) -> float:
    """Give the seconds by which the wall clock is ahead of the monotonic one: the same until it is set."""
    return publisher.now().timestamp() - time.monotonic()


def _watch(scheduler: BackgroundScheduler, publisher: Publisher, drift: float, stop: threading.Event) -> None:
    """Keep the jobs in step with the schedules that there are, and with the clock."""
    while not stop.wait(SWEEP.total_seconds()):
        moved = _drift(publisher) - drift
        if abs(moved) > CLOCK_WAS_SET:
            log.warning("the clock was set by %+.0f s; every schedule counts anew", moved)
            drift += moved
            scheduler.remove_all_jobs()
            _add_jobs(scheduler, publisher)
        _follow_schedules(scheduler, publisher)
        # The scheduler sleeps on the wall clock, which may have been set back while it slept.
        scheduler.wakeup()


def _scheduler() -> BackgroundScheduler:
    return BackgroundScheduler(
        timezone=UTC,
        # One thread publishes; what waits for other people's servers, or can wait, has its own and holds up nothing.
        executors={
            "default": ThreadPoolExecutor(1),
            "following": ThreadPoolExecutor(1),
            "outside": ThreadPoolExecutor(2),
            "idle": ThreadPoolExecutor(1),
        },
        # A job that comes late runs once, however late and however often it was missed (P30).
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )


def _add_jobs(scheduler: BackgroundScheduler, publisher: Publisher) -> None:
    def every(interval: timedelta, job: Callable[..., None], name: str, executor: str = "default") -> None:
        trigger = IntervalTrigger(seconds=int(interval.total_seconds()), timezone=UTC)
        first = datetime.now(UTC)
        scheduler.add_job(
            job, trigger, (publisher,), id=name, next_run_time=first, executor=executor, replace_existing=True
        )

    scheduler.add_job(
        publish_due, EachSecond(), (publisher,), id="publish", next_run_time=datetime.now(UTC), replace_existing=True
    )
    scheduler.modify_job("publish", max_instances=RUNNING_AND_WAITING)
    every(timedelta(minutes=1), mirror, "mirror")
    every(timedelta(hours=1), clean_up, "clean up")
    every(SWEEP, announce_due, "announce", "outside")
    every(SWEEP, tidy, "tidy", "idle")
    every(timedelta(seconds=5), fill_due, "fill", "idle")
    every(timedelta(minutes=1), drop_old_news, "drop old news", "idle")
    if publisher.follower:
        every(SWEEP, follow, "follow", "following")
        scheduler.modify_job("follow", max_instances=RUNNING_AND_WAITING)
        every(timedelta(minutes=1), look_at_clock, "look at the clock", "idle")
    if publisher.media is not None:
        every(timedelta(minutes=1), drop_pictures, "drop pictures", "idle")
    if publisher.picture_fetcher is not None:
        every(SWEEP, measure_due, "measure pictures", "outside")


def _follow_schedules(scheduler: BackgroundScheduler, publisher: Publisher) -> None:
    """Have one job for each distinct schedule that feeds are on.

    No job of the scheduler itself: one that asks for the scheduler's lock while it is shut down never ends (3.11).
    """
    with _store_may_be_away("following the schedules"):
        with publisher.store.reading() as connection:
            wanted = {f"schedule {text}": text for text in feeds.schedules(connection)}
        present = {job.id for job in scheduler.get_jobs() if job.id.startswith("schedule ")}
        for name in sorted(present - set(wanted)):
            scheduler.remove_job(name)
        for name in sorted(set(wanted) - present):
            schedule = wanted[name]
            served = scheduling.served_until(publisher.store, schedule, now=publisher.now())
            trigger = DueTrigger(parse_schedule(schedule), served, ZoneInfo(publisher.site.time_zone))
            scheduler.add_job(run_schedule, trigger, (publisher, schedule), id=name, replace_existing=True)


def run_schedule(publisher: Publisher, schedule: str) -> None:
    """Publish the feeds on a schedule that has come due."""
    with _store_may_be_away(f"the schedule '{schedule}'"):
        zone = ZoneInfo(publisher.site.time_zone)
        scheduling.serve_schedule(publisher.store, schedule, zone, now=publisher.now())
    publish_due(publisher)


def follow(publisher: Publisher) -> None:
    """Show here what any host has published."""
    if publisher.follower:
        with _store_may_be_away("following"):
            publisher.follower.follow(now=publisher.now())


def fill_due(publisher: Publisher) -> None:
    """Fill feeds that a host which died, or was cut off, has left half filled."""
    with _store_may_be_away("filling"):
        editing.fill_feeds(publisher.store, publisher.site, now=publisher.now())


def drop_old_news(publisher: Publisher) -> None:
    """Have the news sitemap without what is news no longer."""
    with _store_may_be_away("dropping old news"):
        editing.drop_old_news(publisher.store, publisher.site, now=publisher.now())


def drop_pictures(publisher: Publisher) -> None:
    """Have no picture on this host that was taken down, whichever host was told."""
    if publisher.media is not None:
        with _store_may_be_away("dropping pictures"):
            uploading.drop_removed(publisher.store, publisher.media, now=publisher.now())


def look_at_clock(publisher: Publisher) -> None:
    """Say when this host's clock is off: what it publishes would be dated wrongly, articles come out early or late."""
    with _store_may_be_away("looking at the clock"), publisher.store.reading() as connection:
        off = (publisher.now() - clock.tell(connection)).total_seconds()
    if abs(off) > CLOCK_IS_OFF:
        log.warning("the clock of this host is %+.0f s off the database's; see that both are set by NTP", off)


def mirror(publisher: Publisher) -> None:
    """Put right what has become of the folder."""
    with _store_may_be_away("mirroring"):
        for slug in publisher.round.go_on(now=publisher.now()).spoilt:
            log.warning("the files of feed '%s' were not what was published; they are again", slug)


def announce_due(publisher: Publisher) -> None:
    """Tell the hubs of what was published."""
    with _store_may_be_away("announcing"):
        publisher.sender.send_due()


def measure_due(publisher: Publisher) -> None:
    """Measure the pictures of new articles."""
    if publisher.picture_fetcher is not None:
        with _store_may_be_away("measuring pictures"):
            picturing.measure_due(publisher.store, publisher.picture_fetcher, now=publisher.now())


def tidy(publisher: Publisher) -> None:
    """Do what can wait: compress better what has stood a while, a few documents a second, and settle the store."""
    with _store_may_be_away("tidying"):
        repacking.repack_due(publisher.store, publisher.folder, now=publisher.now())
        publisher.store.settle()


def clean_up(publisher: Publisher) -> None:
    """Forget publications that are older than they are kept, and what hosts knew of each other."""
    with _store_may_be_away("cleaning up"):
        with publisher.store.claiming() as connection:
            mine = leases.take(connection, {"clean up"}, publisher.host or "here", CLEANED_UP_WITHIN)
        if mine:
            _clean_up(publisher)


def _clean_up(publisher: Publisher) -> None:
    with publisher.store.writing() as connection:
        publications.forget_before(connection, publisher.now() - KEEP_MANIFESTS)
        live_changes.forget_all_but(connection, KEEP_LIVE_CHANGES)
        hosts.forget_gone(connection)
        leases.forget_old(connection)


class DueTrigger(BaseTrigger):  # type: ignore[misc]
    """APScheduler's view of one of our schedules: the due times that `schedules.next_due` gives, and no others."""

    def __init__(self, schedule: Schedule, served_until: datetime, zone: ZoneInfo) -> None:
        self._schedule = schedule
        self._served_until = served_until
        self._zone = zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:  # noqa: ARG002
        """Give the next due time, which may have gone by: the job then runs at once."""
        return next_due(self._schedule, previous_fire_time or self._served_until, self._zone)


class EachSecond(BaseTrigger):  # type: ignore[misc]
    """The beginning of each second of the clock, when a feed that was published in the last one may be so again."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:  # noqa: ARG002
        """Give the beginning of the next second."""
        return now.replace(microsecond=0) + SWEEP


@contextmanager
def _store_may_be_away(doing: str) -> Iterator[None]:
    # The job comes round again; whatever it was to do is still to be done then.
    try:
        yield
    except Unavailable as error:
        log.warning("%s waits: %s", doing, error)
