"""How the feeds are doing: what each holds, when it ran and will run, what is wrong with it, what it left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response

from feedsvc import reporting
from feedsvc.store import feeds, publications

if TYPE_CHECKING:
    from flask import Blueprint

    from feedsvc.model import LeftOut
    from feedsvc.reporting import FeedReport
    from feedsvc.store.publications import Stamp
    from feedsvc.web.newsroom.deps import NewsroomDeps
    from feedsvc.web.newsroom.pages import Pages


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
        return pages.show("feeds.html", lines=_lines(deps))


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
