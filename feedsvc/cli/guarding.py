"""`feedsvc held`, `diff`, `release` and `rollback`: what the guard holds back, and what a person decides of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from feedsvc import holding, publishing
from feedsvc.cli.desk import Desk, pass_desk
from feedsvc.cli.printing import json_option, print_json, print_table, when
from feedsvc.holding import Difference, Moved
from feedsvc.publishing import Outcome
from feedsvc.store.holds import HeldEdition
from feedsvc.store.manifests import Titled


@click.command()
@json_option
@pass_desk
def held(desk: Desk, *, as_json: bool) -> None:
    """List the feeds whose newest edition is held back, with the reasons."""
    found = holding.list_held(desk.store)
    if as_json:
        print_json([_held_words(one) for one in found])
        return
    print_table(
        ("feed", "held since", "why"),
        [(one.slug, when(one.since, desk.zone), "; ".join(one.verdict.reasons)) for one in found],
        empty="No feed is held.",
    )
    if found:
        click.echo("See what would change: feedsvc diff FEED. Let it through: feedsvc release FEED.", err=True)


@click.command()
@click.argument("feed")
@json_option
@pass_desk
def diff(desk: Desk, feed: str, *, as_json: bool) -> None:
    """Show what the held edition of FEED would change: entries that are new, would go, or move their dates."""
    difference = holding.compare(desk.store, feed)
    if as_json:
        print_json(_difference_words(difference))
        return
    if difference.hold is None:
        click.echo(f"Feed '{feed}' is not held.")
        return
    click.echo(f"Feed '{feed}' is held since {when(difference.hold.since, desk.zone)}.")
    for reason in difference.hold.verdict.reasons:
        click.echo(f"  {reason}")
    _print_entries(desk, difference)
    click.echo(f"\n* counted by the guard. Let it through: feedsvc release {feed}")


@click.command()
@click.argument("feed")
@json_option
@pass_desk
def release(desk: Desk, feed: str, *, as_json: bool) -> None:
    """Let the held edition of FEED through, once, with whatever has come since and is no flood of its own."""
    outcome = publishing.release_feed(desk.store, desk.folder, desk.site, feed, now=desk.now())
    _print_outcome(outcome, "still held" if outcome.held else "released", as_json=as_json)


@click.command()
@click.argument("feed")
@click.argument("publication", type=click.IntRange(min=1), required=False)
@click.option("--list", "only_list", is_flag=True, help="List the publications there are, and change nothing.")
@json_option
@pass_desk
def rollback(desk: Desk, feed: str, publication: int | None, *, only_list: bool, as_json: bool) -> None:
    """Put back what FEED showed in an earlier PUBLICATION, and hold everything else until it is released.

    Without a number it is the last publication that showed something else. What was withdrawn since stays withdrawn.
    """
    if only_list:
        _list(desk, feed, as_json=as_json)
        return
    outcome = publishing.roll_back_feed(desk.store, desk.folder, desk.site, feed, publication, now=desk.now())
    _print_outcome(outcome, "rolled back", as_json=as_json)


def _list(desk: Desk, feed: str, *, as_json: bool) -> None:
    live, past = holding.list_publications(desk.store, feed)
    if as_json:
        print_json(
            [
                {
                    "publication": one.number,
                    "live": one.number == live,
                    "made_at": one.made_at,
                    "reason": one.reason,
                    "entries": len(one.manifest),
                }
                for one in past
            ]
        )
        return
    print_table(
        ("publication", "made", "entries", "why", ""),
        [
            (
                one.number,
                when(one.made_at, desk.zone),
                len(one.manifest),
                one.reason,
                "live" if one.number == live else "",
            )
            for one in past
        ],
        empty=f"Feed '{feed}' has published nothing yet.",
    )


def _print_outcome(outcome: Outcome, done: str, *, as_json: bool) -> None:
    # Not which documents changed: the publisher may have been quicker to carry it out.
    if as_json:
        print_json({"feed": outcome.slug, "entries": outcome.entries, "held": list(outcome.held)})
        return
    click.echo(f"{outcome.slug}: {done}; it shows {outcome.entries} entries")
    for reason in outcome.held:
        click.echo(f"  held: {reason}")


def _print_entries(desk: Desk, difference: Difference) -> None:
    groups: list[tuple[str, list[tuple[object, ...]]]] = [
        ("new", [_row(desk, difference, one) for one in difference.new]),
        ("would go", [_row(desk, difference, one) for one in difference.lost]),
        ("dates move", [row for one in difference.moved for row in _moved_rows(desk, difference, one)]),
        ("edited", [_row(desk, difference, one) for one in difference.edited]),
    ]
    for heading, rows in groups:
        if rows:
            click.echo(f"\n{heading}:")
            print_table(("", "published", "updated", "title"), rows, empty="")


def _row(desk: Desk, difference: Difference, one: Titled) -> tuple[object, ...]:
    mark = "*" if one.article_id in difference.counted else " "
    return mark, when(one.published_at, desk.zone), when(one.updated_at, desk.zone), one.title


def _moved_rows(desk: Desk, difference: Difference, one: Moved) -> Iterable[tuple[object, ...]]:
    yield _row(desk, difference, one.becomes)
    yield " ", when(one.was.published_at, desk.zone), when(one.was.updated_at, desk.zone), "  (as it is now)"


def _held_words(one: HeldEdition) -> dict[str, Any]:
    return {
        "feed": one.slug,
        "since": one.since,
        "reasons": list(one.verdict.reasons),
        "by_hand": one.verdict.by_hand,
        "new": len(one.verdict.new),
        "moved": len(one.verdict.moved),
        "lost": len(one.verdict.lost),
    }


def _difference_words(difference: Difference) -> dict[str, Any]:
    def entry(one: Titled) -> dict[str, Any]:
        return {
            "id": one.article_id,
            "entry_id": one.entry_id,
            "title": one.title,
            "published_at": one.published_at,
            "updated_at": one.updated_at,
            "counted": one.article_id in difference.counted,
        }

    return {
        "feed": difference.slug,
        "held": _held_words(difference.hold) if difference.hold else None,
        "new": [entry(one) for one in difference.new],
        "lost": [entry(one) for one in difference.lost],
        "moved": [
            {**entry(one.becomes), "was": {"published_at": one.was.published_at, "updated_at": one.was.updated_at}}
            for one in difference.moved
        ],
        "edited": [entry(one) for one in difference.edited],
    }
