"""How the feeds are doing: what each holds, when it ran and will run, what is wrong with it, what it left out.

A feed that is held waits for a person: what it would change is shown, and it can be let go.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Response, request

from feedsvc import holding, reporting
from feedsvc.store import feeds, publications

if TYPE_CHECKING:
    from flask import Blueprint

    from feedsvc.holding import Difference
    from feedsvc.model import LeftOut
    from feedsvc.reporting import FeedReport
    from feedsvc.stamping import Stamp
    from feedsvc.web.newsroom.deps import NewsroomDeps
    from feedsvc.web.newsroom.pages import Pages


DONE: Final = "Let go. Subscribers see it as soon as the feed is published: usually within a second."


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed's report, with the documents that it serves and the articles that it could not show."""

    report: FeedReport
    documents: tuple[Stamp, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def install(views: Blueprint, deps: NewsroomDeps, pages: Pages) -> None:
    """Add the view."""

    @views.get("/newsroom/feeds")
    def feed_health() -> Response:
        done = DONE if request.args.get("done") == "released" else ""
        return pages.show("feeds.html", lines=_lines(deps), notice=done)

    @views.get("/newsroom/feeds/<slug>/held")
    def held(slug: str) -> Response:
        return _show_held(deps, pages, slug)

    @views.post("/newsroom/feeds/<slug>/held")
    def let_go(slug: str) -> Response:
        difference = holding.compare(deps.store, slug)
        if difference.hold is None or _looked_at(difference) != request.form.get("looked_at", ""):
            # Somebody was quicker, or more came since: it is looked at once more.
            return _show_held(deps, pages, slug, changed=True)
        holding.release(deps.store, slug)
        return pages.go("/newsroom/feeds?done=released")


def _show_held(deps: NewsroomDeps, pages: Pages, slug: str, *, changed: bool = False) -> Response:
    difference = holding.compare(deps.store, slug)
    with deps.store.reading() as connection:
        feed = feeds.get(connection, slug).feed
    return pages.show(
        "held.html",
        HTTPStatus.CONFLICT if changed else HTTPStatus.OK,
        feed=feed,
        difference=difference,
        changed=changed,
        looked_at=_looked_at(difference),
    )


def _looked_at(difference: Difference) -> str:
    """Give a word for what a held edition would show: another word when it is another edition."""
    if difference.hold is None:
        return ""
    lines = ((line.article_id, line.revision) for line in difference.hold.lines)
    return sha256(repr(tuple(lines)).encode()).hexdigest()


def _lines(deps: NewsroomDeps) -> list[FeedLine]:
    reports = reporting.report_feeds(deps.store, deps.site, now=deps.now())
    with deps.store.reading() as connection:
        live = {kept.feed.slug: kept.publication for kept in feeds.all_feeds(connection)}
        lines = []
        for report in reports:
            number = live.get(report.slug)
            if number is None:
                lines.append(FeedLine(report))
                continue
            stamps = publications.stamps(connection, number)
            lines.append(FeedLine(report, stamps, publications.left_out(connection, number)))
    return lines
