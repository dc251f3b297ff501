"""Turns a template and its values into a page of the newsroom.

Never asks the store: a view hands over all that a page shows. Every value is escaped; the one exception is an
article's own HTML, which was cleaned when it was read.
"""

from __future__ import annotations

from datetime import UTC
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from feedsvc.content.language import is_right_to_left
from feedsvc.model import Status
from feedsvc.render.assets import ICON
from feedsvc.render.dates import rfc3339
from feedsvc.web.newsroom import assets, csrf, statements
from feedsvc.web.newsroom.times import Clock
from feedsvc.web.newsroom.visitors import visitor

if TYPE_CHECKING:
    from datetime import datetime

    from feedsvc.web.newsroom.deps import NewsroomDeps

STATE_WORDS: Final = {
    Status.DRAFT: "Draft",
    Status.SCHEDULED: "Scheduled",
    Status.PUBLISHED: "Published",
    Status.WITHDRAWN: "Withdrawn",
}
_KILO: Final = 1000


class Pages:
    """Makes the pages of one newsroom."""

    def __init__(self, deps: NewsroomDeps) -> None:
        self._deps = deps
        self._environment = Environment(
            loader=PackageLoader("feedsvc.web.newsroom"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            finalize=_finalize,
        )
        clock = Clock(deps.zone)
        self._environment.globals |= {
            "site": deps.site,
            "at": deps.at,
            "style": deps.at(assets.STYLE.path),
            "script": deps.at(assets.SCRIPT.path),
            "htmx": deps.at(assets.HTMX.path),
            "icon": ICON,
            "clock": clock,
            "states": STATE_WORDS,
            "remarks": lambda sight, hurried: statements.remarks(sight, clock, deps.now(), hurried=hurried),
            "moment": lambda instant: _moment(clock, instant, deps.now()),
            "token": _token_field,
            "direction": lambda tag: "rtl" if is_right_to_left(tag or deps.site.language) else "ltr",
            "cleaned": Markup,
        }
        self._environment.filters |= {"size": _size, "segment": lambda text: quote(text, safe=""), "count": _count}

    def show(self, template: str, status: int = HTTPStatus.OK, **values: object) -> Response:
        """Answer with a page."""
        who = visitor()
        page = self._environment.get_template(template).render(user=who.user, **values)
        return Response(page, status, content_type="text/html; charset=utf-8")

    def go(self, path: str) -> Response:
        """Send the browser on to another page of this service."""
        return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": self._deps.at(path)})


def _token_field() -> Markup:
    token = csrf.make_token(visitor().hold())
    return Markup('<input type="hidden" name="{}" value="{}">').format(csrf.FIELD, token)


def _moment(clock: Clock, instant: datetime, now: datetime) -> Markup:
    stamp = rfc3339(instant.astimezone(UTC))
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        stamp, clock.full(instant), clock.short(instant, now)
    )


def _size(length: int) -> str:
    """Write bytes for a person: "812 bytes", "14 kB", "1.2 MB"."""
    if length < _KILO:
        return f"{length} bytes"
    if length < _KILO * _KILO:
        return f"{length / _KILO:.0f} kB"
    return f"{length / _KILO / _KILO:.1f} MB"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _finalize(value: object) -> object:
    if value is None:
        raise ValueError("a page can't show a value that isn't there")
    return value
