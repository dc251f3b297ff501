"""Turns a template and its values into the bytes of a public HTML page.

Never asks the clock, the locale or the network: a page is one document that any static file server can serve, with
no request to anyone but for the pictures of its articles.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from feedsvc.content.characters import clean_text
from feedsvc.content.language import is_right_to_left
from feedsvc.content.urls import absolute_url
from feedsvc.render import assets
from feedsvc.render.dates import rfc3339
from feedsvc.render.wording import Wording, primary, wording_for

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from feedsvc.model import Author, Image, Site
    from feedsvc.render.discovery import Address

_LINKED_SCHEMES: Final = ("http:", "https:", "mailto:")


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself. `address` is its canonical address.

    Without one it is kept out of search engines, and so is a page that is not listed anywhere.
    """

    title: str
    language: str
    description: str = ""
    address: str | None = None
    alternates: tuple[Address, ...] = ()
    is_listed: bool = True


@dataclass(frozen=True, slots=True)
class PageDates:
    """Writes instants for people: in the page's words and the site's time zone."""

    words: Wording
    zone: ZoneInfo

    def day(self, instant: datetime) -> str:
        """The day: "14 January 2025"."""
        return self.words.date(instant.astimezone(self.zone))

    def clock(self, instant: datetime) -> str:
        """The time of day in 24 hours: "16:05"."""
        local = instant.astimezone(self.zone)
        return f"{local.hour:02}:{local.minute:02}"

    def offset(self, instant: datetime) -> str:
        """How far that clock is from UTC: "UTC", "UTC+4", "UTC−3:30"."""
        minutes = round((instant.astimezone(self.zone).utcoffset() or timedelta(0)).total_seconds() / 60)
        hours, rest = divmod(abs(minutes), 60)
        sign = "−" if minutes < 0 else "+"
        return f"UTC{sign}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"


def web_address(url: str | None) -> str | None:
    """Give the address as a valid URI if a page may link to it: http, https or mailto. Else None.

    The last gate before an href: whatever an import or an author brought, no page of ours links to a script.
    """
    absolute = absolute_url(url or "", "")
    return absolute if absolute and absolute.startswith(_LINKED_SCHEMES) else None


def page_title(title: str, site: Site) -> str:
    """Give a page's `title`, its subject first: tabs and search results show little more than that."""
    return title if site.title in title else f"{title} – {site.title}"


def byline(authors: Iterable[Author], words: Wording) -> Markup:
    """Give the authors as one sentence, each linked to the author's page where there is one."""
    names = [
        Markup('<a href="{}">{}</a>').format(address, author.name) if address else Markup.escape(author.name)
        for author, address in ((author, web_address(author.url)) for author in authors)
    ]
    return Markup.escape(words.by).format(names=Markup(words.join(names)))  # noqa: S704 each name is escaped above


def breakable(address: str) -> Markup:
    """Let an address break after its slashes when it is longer than its line; copied, it is the address alone."""
    return Markup("/<wbr>").join(address.split("/"))


def measures(image: Image) -> Markup:
    """Give an img's width and height where both are known, so that the text doesn't jump when the picture comes."""
    if not (image.width and image.height):
        return Markup()
    return Markup(' width="{}" height="{}"').format(image.width, image.height)


def render(template: str, site: Site, head: Head, **values: object) -> bytes:
    """Render a page in UTF-8. Every value is escaped, and cleaned of characters that no document may hold.

    Raises jinja2.UndefinedError if the template asks for a value that isn't there, ValueError for a time zone that
    isn't known.
    """
    words = wording_for(head.language)
    dates = PageDates(words, _zone(site.time_zone))
    ours = words.language != primary(head.language)
    page = _ENVIRONMENT.get_template(template).render(
        site=site,
        home=f"{site.base_url}/",
        page=head,
        words=words,
        # Where a page's own words are in another language than the page, screen readers must be told.
        chrome=Markup(' lang="{}"').format(words.language) if ours else Markup(),
        dates=dates,
        **values,
    )
    return page.encode("utf-8")


def _direction(tag: str) -> str:
    return "rtl" if is_right_to_left(tag) else "ltr"


def _finalize(value: object) -> object:
    if value is None:
        raise ValueError("a page can't show a value that isn't there")
    return clean_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    # Of the tzdata package, whose version is locked, not of the host: every host must render the same bytes.
    parts = name.split("/")
    file = resources.files("tzdata").joinpath("zoneinfo", *parts)
    if not all(part.strip(".") for part in parts) or not file.is_file():
        raise ValueError(f"the time zone {name!r} is not in the IANA list; write it like 'Europe/Paris' or 'UTC'")
    with file.open("rb") as stream:
        return ZoneInfo.from_file(stream, key=name)


_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("feedsvc.render"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
    finalize=_finalize,
)
_ENVIRONMENT.globals |= {
    "article_style": Markup(assets.ARTICLE_STYLE),  # noqa: S704 our own file
    "style": Markup(assets.STYLE),  # noqa: S704 our own file
    "copy_script": Markup(assets.COPY_SCRIPT),  # noqa: S704 our own file
    "find_script": Markup(assets.FIND_SCRIPT),  # noqa: S704 our own file
    "policy": assets.CONTENT_SECURITY_POLICY,
    "icon": assets.ICON,
    "direction": _direction,
    "breakable": breakable,
    "byline": byline,
    "measures": measures,
    "web_address": web_address,
    "rfc3339": rfc3339,
}
