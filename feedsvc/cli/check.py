"""`feedsvc check`: do the feeds keep the standards, and where not, how to mend it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import click

from feedsvc import checking
from feedsvc.checking import Report
from feedsvc.cli.desk import Desk, pass_desk
from feedsvc.cli.printing import json_option, print_json
from feedsvc.content.urls import is_web_url
from feedsvc.errors import NotFound
from feedsvc.fetching import Fetcher, user_agent
from feedsvc.standards import Finding, Level
from feedsvc.store import feeds

COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.ADVICE: "cyan"}


@click.command()
@click.argument("subjects", metavar="[FEED|FILE|URL]...", nargs=-1)
@json_option
@pass_desk
def check(desk: Desk, subjects: tuple[str, ...], *, as_json: bool) -> None:
    """Say which rules of the standards a feed breaks, where, and how to mend it.

    A subject is the name of a published feed, a file, or an address; without one, every published feed is checked. The
    exit code is 1 when an error was found; warnings and advice alone leave it 0.
    """
    reports = list(_reports(desk, subjects or _published(desk)))
    if as_json:
        print_json([{"subject": report.subject, "findings": list(map(asdict, report.findings))} for report in reports])
    else:
        for report in reports:
            _print(report)
    if any(finding.level is Level.ERROR for report in reports for finding in report.findings):
        sys.exit(1)


def _published(desk: Desk) -> tuple[str, ...]:
    with desk.store.reading() as connection:
        known = feeds.all_feeds(connection, state=feeds.FeedState.LIVE)
    return tuple(kept.feed.slug for kept in known if kept.publication)


def _reports(desk: Desk, subjects: Iterable[str]) -> Iterator[Report]:
    for subject in subjects:
        if is_web_url(subject):
            # The operator asks for this address, so that it may well be on this host.
            yield checking.check_url(subject, Fetcher(user_agent(), allow_private_hosts=True), now=desk.now())
        elif Path(subject).is_file():
            yield checking.check_file(subject, Path(subject).read_bytes(), now=desk.now())
        elif (desk.folder.root / subject).is_dir():
            yield checking.check_published(desk.folder.root, subject, base_url=desk.site.base_url, now=desk.now())
        else:
            raise NotFound(
                f"'{subject}'", "is no published feed, no file and no address", "List the feeds: feedsvc feeds"
            )


def _print(report: Report) -> None:
    click.secho(report.subject, bold=True)
    for finding in report.findings:
        _print_finding(finding)
    counted = [f"{report.counts[level]} {level.value}{_plural(level, report.counts[level])}" for level in Level]
    click.echo(f"  {', '.join(counted)}\n" if report.findings else "  keeps every rule that is checked\n")


def _print_finding(finding: Finding) -> None:
    level = click.style(f"{finding.level.value:<8}", fg=COLOURS[finding.level])
    click.echo(f"  {level} {finding.rule:<9} {finding.place}")
    click.echo(f"           {finding.message}")
    click.echo(f"           → {finding.fix}")


def _plural(level: Level, count: int) -> str:
    return "" if count == 1 or level is Level.ADVICE else "s"
