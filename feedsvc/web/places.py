"""Says what stands at a path: a published document, or a page that has another address.

It looks at the path alone; whether the document exists is for the folder to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from feedsvc.folder import NEWS_SITEMAP, OPML, SITE, SITEMAP, SITEMAPS, is_slug
from feedsvc.model import FORMATS, Format

PAGE: Final = FORMATS[Format.PAGE].filename

_LONGEST_ADDRESS: Final = 4096  # characters, path and query; ours have under 300

_FEED = re.compile(r"/feeds/([^/]+)(?:/([^/]*))?")
_OWN: Final = {
    "/": (SITE, PAGE),
    f"/{OPML}": (SITE, OPML),
    f"/{SITEMAP}": (SITEMAPS, SITEMAP),
    f"/{NEWS_SITEMAP}": (SITEMAPS, NEWS_SITEMAP),
}
_PART = re.compile(r"/((?:news-)?sitemap)-([1-9][0-9]{0,8})\.xml", re.ASCII)


def is_odd(path: str, query: str) -> bool:
    """Say whether an address is none of ours whatever it stands for: too long, or with a NUL in it."""
    return len(path) + len(query) > _LONGEST_ADDRESS or "\0" in path


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document would be in the folder. The file name may be any text that a client sent."""

    slug: str
    filename: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A page's other address: the one without its slash, and the file's own name. One page has one address."""

    path: str


def find_place(path: str) -> Place | Moved | None:
    """Find what a path stands for; None if it is the address of no document."""
    if path in _OWN:
        return Place(*_OWN[path])
    part = _PART.fullmatch(path)
    if part is not None:
        return Place(f"{SITEMAPS}-{part[2]}", f"{part[1]}.xml")
    found = _FEED.fullmatch(path)
    # The site's own folders are no feed's; and what is no slug could not even be carried by a redirect.
    if found is None or not is_slug(found[1]) or found[1].startswith("_"):
        return None
    slug, filename = found[1], found[2]
    return Moved(f"/feeds/{slug}/") if filename in {None, PAGE} else Place(slug, filename or PAGE)
