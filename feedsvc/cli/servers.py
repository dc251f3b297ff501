"""`feedsvc run`, `web` and `publisher`: the processes of the service."""

from __future__ import annotations

import logging
import logging.config
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from feedsvc import logs, scheduler, supervisor
from feedsvc.cli.desk import Desk, pass_desk
from feedsvc.config import WebConfig, load
from feedsvc.errors import FeedsvcError, Unavailable
from feedsvc.fetching import Fetcher, user_agent
from feedsvc.folder import SITE
from feedsvc.scheduler import Publisher
from feedsvc.web.listening import find_address, written
from feedsvc.web.server import serve

log = logging.getLogger(__name__)

# Seconds between two attempts of a publisher to reach the store.
STORE_AGAIN_AFTER = 1.0
# As the Prometheus client library calls it. `feedsvc.metrics` is not imported here: it must find the variable set.
SHARED_COUNTS = "PROMETHEUS_MULTIPROC_DIR"


def _address_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--workers", type=click.IntRange(1, 64), help="How many web workers; [web] workers otherwise."),
        click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on; [web] port otherwise."),
        click.option("--host", help="The address to listen on; [web] host otherwise."),
    ):
        command = option(command)
    return command


_supervised = click.option("--supervised", is_flag=True, hidden=True, help="End when standard input closes.")


@click.command()
@_address_options
@pass_desk
def run(desk: Desk, /, **address: Any) -> None:
    """Run the web server and the publisher together, until Ctrl-C or SIGTERM.

    SIGHUP has both read the configuration anew; one that cannot be loaded changes nothing.
    """
    _start_log(desk)
    web = _web_config(desk, address)
    # The web server looks again; but what is wrong from the start is for whoever starts it.
    find_address(web.host, web.port)
    _apply_feeds(desk)
    python = [sys.executable, "-m", "feedsvc", "--config", str(desk.config.path)]
    where = ["--host", web.host, "--port", str(web.port), "--workers", str(web.workers)]
    click.echo(f"feedsvc serves {desk.site.title} at http://{written(web.host, web.port)}/  (Ctrl-C ends it)")
    children = {"publisher": [*python, "publisher", "--supervised"], "web": [*python, "web", "--supervised", *where]}
    with _counting_together():
        sys.exit(supervisor.run(children))


@click.command()
@_address_options
@_supervised
@pass_desk
def web(desk: Desk, /, *, supervised: bool, **address: Any) -> None:
    """Run the web server alone, for a host that supervises it."""
    log = _start_log(desk)
    if supervised:
        supervisor.end_with_supervisor()
    os.environ["FEEDSVC_CONFIG"] = str(desk.config.path)
    wanted = _web_config(desk, address)
    with _counting_together():
        serve(wanted.host, wanted.port, wanted.workers, log=log)


@click.command()
@_supervised
@pass_desk
def publisher(desk: Desk, *, supervised: bool) -> None:
    """Run the publisher alone, for a host that supervises it.

    SIGHUP ends it too, to be started again with a new configuration, unless that cannot be loaded.
    """
    _start_log(desk)
    stop = threading.Event()
    renew = partial(_make_way, desk.config.path, stop)
    supervisor.on_signals({signal.SIGTERM: stop.set, signal.SIGINT: stop.set, signal.SIGHUP: renew})
    if supervised:
        supervisor.end_with_supervisor()
    while not _apply_feeds(desk):
        if stop.wait(STORE_AGAIN_AFTER):
            return
    # Not before: the client library looks at its import whether processes count together.
    from feedsvc.metrics import Publishing  # noqa: PLC0415

    agent = user_agent(desk.site.base_url)
    hosts = frozenset(desk.config.publish.picture_hosts)
    scheduler.run(
        Publisher(
            store=desk.store,
            folder=desk.folder,
            site=desk.site,
            now=desk.now,
            # The operator chose the hubs, and may run one on this host; pictures are chosen by whoever writes.
            hub_fetcher=Fetcher(agent, allow_private_hosts=True),
            picture_fetcher=Fetcher(agent, allow_private_hosts=hosts) if desk.config.publish.measure_pictures else None,
            media=desk.media,
            observer=Publishing(),
        ),
        stop,
    )


def _make_way(path: Path, stop: threading.Event) -> None:
    """End in good order for a process with the configuration as it is now, if that can be loaded."""
    try:
        load(path, os.environ)
    except FeedsvcError as error:
        log.error("not reloaded, the publisher goes on as it is: %s", error)  # noqa: TRY400 - a trace would add nothing
    else:
        stop.set()


def _apply_feeds(desk: Desk) -> bool:
    """Bring the store to the configuration; say no when it is out of reach, and this host has feeds to serve (P32).

    Raises Unavailable when it has none: it was never started before, and what is wrong is for whoever starts it.
    """
    try:
        desk.apply_feeds()
    except Unavailable as error:
        if not desk.folder.place(SITE).is_dir():
            raise
        log.warning("what was published is served, and nothing new: %s", error)
        return False
    return True


def _web_config(desk: Desk, address: dict[str, Any]) -> WebConfig:
    return replace(desk.config.web, **{key: value for key, value in address.items() if value is not None})


def _start_log(desk: Desk) -> dict[str, Any]:
    settings = logs.settings(desk.config.log.format, desk.config.log.level)
    logging.config.dictConfig(settings)
    return settings


@contextmanager
def _counting_together() -> Iterator[None]:
    """Have all processes that are started from here count into one folder, which goes with them.

    An operator who runs web and publisher apart names a folder for both; it is theirs to empty before they start.
    """
    if os.environ.get(SHARED_COUNTS):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="feedsvc-counts-") as folder:
        os.environ[SHARED_COUNTS] = folder
        yield
