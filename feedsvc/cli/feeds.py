"""`feedsvc feeds`: every feed with its addresses, its entries and its runs."""

from __future__ import annotations

import click

from feedsvc import reporting
from feedsvc.cli.desk import Desk, pass_desk
from feedsvc.cli.printing import json_option, print_json, print_table, when
from feedsvc.reporting import FeedReport


@click.command()
@json_option
@pass_desk
def feeds(desk: Desk, *, as_json: bool) -> None:
    """List every feed: its addresses, entries, last and next run, and state."""
    desk.apply_feeds()
    reports = reporting.report_feeds(desk.store, desk.site, now=desk.now())
    if as_json:
        print_json([report.as_dict() for report in reports])
        return
    print_table(
        ("feed", "state", "entries", "last run", "next run", "address"),
        [
            (
                report.slug,
                report.state,
                report.entries,
                when(report.last_run, desk.zone),
                _next_run(report, desk),
                "410 Gone" if report.state == "removed" else report.addresses[0],
            )
            for report in reports
        ],
        empty="No feed is defined; add a [[feed]] to the configuration.",
    )


def _next_run(report: FeedReport, desk: Desk) -> str:
    if report.state == "removed":
        return "never"
    return when(report.next_run, desk.zone) if report.next_run else "on change"
