"""`feedsvc publish`: regenerate feeds now, in the foreground."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import click

from feedsvc import publishing
from feedsvc.cli.desk import Desk, pass_desk
from feedsvc.cli.printing import json_option, print_json
from feedsvc.errors import FeedsvcError
from feedsvc.publishing import Hot
from feedsvc.store import feeds
from feedsvc.store.feeds import CATALOGUE
from feedsvc.store.own_documents import SITEMAPS

_OWN = {CATALOGUE: "the list of feeds", SITEMAPS: "the sitemap"}


@dataclass(frozen=True)
class Line:
    """What one feed came to."""

    feed: str
    state: str
    entries: int
    milliseconds: int
    detail: str = ""


@click.command()
@click.argument("slugs", metavar="[FEED]...", nargs=-1)
@json_option
@pass_desk
def publish(desk: Desk, slugs: tuple[str, ...], *, as_json: bool) -> None:
    """Regenerate feeds now; a line a feed says whether it changed, or is held. Without a name, every feed."""
    desk.apply_feeds()
    with desk.store.reading() as connection:
        for slug in slugs:
            feeds.get(connection, slug)
        every = [kept.feed.slug for kept in feeds.all_feeds(connection)]
        # The list of sitemaps after its parts.
        own = [kept.feed.slug for kept in reversed(feeds.own_documents(connection))]
    lines, hot = [], Hot()
    for slug in slugs or (*every, *own):
        line = _publish(desk, slug, hot)
        lines.append(line)
        if not as_json:
            name = _OWN.get(slug, slug)
            entries = "" if slug in own else f"  {line.entries:>5} entries"
            click.echo(f"{name:<24} {line.state:<9} {line.milliseconds:>6} ms{entries}  {line.detail}".rstrip())
    if as_json:
        print_json([vars(line) for line in lines])
    if any(line.state == "failed" for line in lines):
        sys.exit(1)


def _publish(desk: Desk, slug: str, hot: Hot) -> Line:
    started = time.monotonic()
    try:
        outcome = publishing.publish_feed(
            desk.store, desk.folder, desk.site, slug, reason="by hand", now=desk.now(), hot=hot
        )
    except (FeedsvcError, OSError) as error:
        return Line(slug, "failed", 0, _since(started), str(error))
    left_out = "; ".join(f"left out article {article.article_id}: {article.reason}" for article in outcome.left_out)
    state = "changed" if outcome.changes and not outcome.overtaken else "unchanged"
    if outcome.held:
        return Line(slug, "held", outcome.entries, _since(started), "; ".join(outcome.held))
    return Line(slug, state, outcome.entries, _since(started), left_out)


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
