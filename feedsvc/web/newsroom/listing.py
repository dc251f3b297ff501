"""The list of articles, with their states and a search."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from flask import Response, request

from feedsvc import browsing
from feedsvc.content.characters import clean_line
from feedsvc.model import Status
from feedsvc.store.listings import Order, Position, Wanted
from feedsvc.store.tables import EPOCH
from feedsvc.web.newsroom.choices import find_choices

if TYPE_CHECKING:
    from flask import Blueprint

    from feedsvc.web.newsroom.deps import NewsroomDeps
    from feedsvc.web.newsroom.pages import Pages

PAGE: Final = 40
_LONGEST_WORDS: Final = 200
_MICROSECOND: Final = timedelta(microseconds=1)
# Microseconds since 1970 and an article's number, within what every store can hold.
_PLACE: Final = re.compile(r"(-?\d{1,18})\.(\d{1,15})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Query:
    """What the list was asked for."""

    words: str
    status: Status | None
    section: str
    after: Position | None

    def address(self, **changes: str) -> str:
        """Give the list's address with other words in it; the page is the first one unless it is among them."""
        values = {"q": self.words, "status": self.status or "", "section": self.section} | changes
        query = urlencode({name: value for name, value in values.items() if value})
        return f"/newsroom/?{query}" if query else "/newsroom/"


def install(views: Blueprint, deps: NewsroomDeps, pages: Pages) -> None:
    """Add the view."""

    @views.get("/newsroom/")
    def index() -> Response:
        query = _query()
        wanted = Wanted(query.words, query.status, query.section or None, order=Order.MODIFIED)
        listed = browsing.list_articles(deps.store, wanted, after=query.after, limit=PAGE)
        older = query.address(after=_write(listed.next)) if listed.next else None
        return pages.show(
            "index.html",
            query=query,
            lines=listed.articles,
            older=older,
            choices=find_choices(deps),
            statuses=tuple(Status),
        )

    @views.get("/newsroom")
    def bare() -> Response:
        return pages.go("/newsroom/")


def _query() -> Query:
    status = request.args.get("status", "")
    return Query(
        words=clean_line(request.args.get("q", ""))[:_LONGEST_WORDS],
        status=Status(status) if status in set(Status) else None,
        section=clean_line(request.args.get("section", ""))[:_LONGEST_WORDS],
        after=_read(request.args.get("after", "")),
    )


def _write(position: Position) -> str:
    return f"{(position.modified_at - EPOCH) // _MICROSECOND}.{position.number}"


def _read(text: str) -> Position | None:
    """Read where a page begins; what is no such place is the beginning."""
    found = _PLACE.fullmatch(text)
    try:
        return Position(int(found[2]), EPOCH + int(found[1]) * _MICROSECOND) if found else None
    except OverflowError:
        return None
