"""Answers for the documents of feeds and of the site: found in the folder, with their links and their policy.

It never looks at Accept: an address gives one format, to every client.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from feedsvc.conditional import Validators, http_date
from feedsvc.errors import Gone, Invalid, NotFound, Unavailable
from feedsvc.folder import NEWS_SITEMAP, OPML, SITE, SITEMAP, SITEMAPS, Shelf, Shelved
from feedsvc.model import FORMATS, Format, Site
from feedsvc.render.addresses import feed_url, sitemap_url
from feedsvc.serving.representing import Answer, Asked, Headers, Representation, represent

ALLOWED: Final = "GET, HEAD, OPTIONS"

CORS: Final[Headers] = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Last-Modified, Link, Cache-Control, Date, Retry-After"),
)
"""What lets a web page read a public feed. On every answer, errors too, or a script cannot tell what went wrong."""

# A second: news is never late by a cache, and a burst of readers still costs one request. While the service is down,
# caches may go on for a day (RFC 5861).
_FRESHNESS: Final = ("Cache-Control", "public, max-age=1, stale-if-error=86400")
_DOCUMENT_POLICY: Final[Headers] = (_FRESHNESS, ("Vary", "Accept-Encoding"), *CORS)

# A page carries its own Content-Security-Policy, with the hashes of the style and script of the version that wrote it.
# This says only what holds for every version, and what a page cannot say of itself.
PAGE_POLICY: Final[Headers] = (
    (
        "Content-Security-Policy",
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; object-src 'none'",
    ),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
)

_FORMAT_OF: Final = {facts.filename: format_ for format_, facts in FORMATS.items()}
_SITE_NAMES: Final = (FORMATS[Format.PAGE].filename, OPML)
_SITEMAP_NAMES: Final = (SITEMAP, NEWS_SITEMAP)
# text/x-opml is what reader software knows the list by (HTTP-02), and what the pages that link to it say (DISC-03).
_CONTENT_TYPES: Final = {facts.filename: facts.content_type for facts in FORMATS.values()} | {
    OPML: "text/x-opml; charset=utf-8",
    SITEMAP: "application/xml; charset=utf-8",
    NEWS_SITEMAP: "application/xml; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """A request for one document: GET, HEAD or OPTIONS. Slug and file name may be any text that a client sent."""

    slug: str
    filename: str
    asked: Asked = field(default_factory=lambda: Asked("GET"))


def answer(shelf: Shelf, site: Site, request: FeedRequest, now: datetime) -> Answer:
    """Answer a request for a published document: 200, 304, or 204 to OPTIONS.

    Raises NotFound for what was never published, Gone for a feed that was removed, PreconditionFailed, Unavailable
    when the folder cannot be read or the site's own documents are not there yet, Invalid for another method.
    """
    asked = request.asked
    if asked.method == "OPTIONS":
        # Also for what is not there: a script that may not ask could not read the 404 either.
        return preflight(now)
    if asked.method not in {"GET", "HEAD"}:
        raise Invalid(f"method {asked.method}", "documents are only read", f"Use one of {ALLOWED}")
    shelved = shelf.find(request.slug, request.filename) if request.filename in _names(request.slug) else None
    if shelved is None:
        raise _missing(shelf, request.slug)
    return represent(asked, _representation(shelf, site, request, shelved, now), now)


def _representation(shelf: Shelf, site: Site, request: FeedRequest, shelved: Shelved, now: datetime) -> Representation:
    links = _links(site, request.slug, request.filename, shelf.beside(request.slug, now))
    return Representation(
        body=shelved.body,
        content_type=_CONTENT_TYPES[request.filename],
        validators=Validators(shelved.entity_tag, shelved.last_modified),
        gzip=shelved.gzip,
        policy=_DOCUMENT_POLICY,
        description=(("Link", links), *(PAGE_POLICY if _format_of(request.filename) is Format.PAGE else ())),
    )


def preflight(now: datetime) -> Answer:
    """Answer OPTIONS: a script of any host may read, and may send the validators that it holds."""
    headers: Headers = (
        ("Date", http_date(now)),
        ("Allow", ALLOWED),
        *CORS,
        ("Access-Control-Allow-Methods", ALLOWED),
        ("Access-Control-Allow-Headers", "If-None-Match, If-Modified-Since"),
        ("Access-Control-Max-Age", "86400"),
    )
    return Answer(204, headers)


def _missing(shelf: Shelf, slug: str) -> NotFound | Unavailable:
    if slug in {SITE, SITEMAPS}:
        return Unavailable("the list", "nothing has been published yet", "Try again in a moment")
    if shelf.is_gone(slug):
        return Gone("this feed", "was removed for good", "Unsubscribe from it")
    if not _is_anything_there(shelf):
        return Unavailable("this address", "nothing has been published yet", "Try again in a moment")
    return NotFound("this address", "is no feed's, or not in a format that it has", "The list of feeds is at /")


def _is_anything_there(shelf: Shelf) -> bool:
    """Say whether the list is there, without which nothing is published.

    A folder without it is new, or its disk is not mounted: it tells nothing of a feed, and reader software may give up
    an address that is said to be nobody's.
    """
    path = shelf.locate(SITE, FORMATS[Format.PAGE].filename)
    return path is not None and shelf.look(path) is not None


def _links(site: Site, slug: str, filename: str, beside: tuple[str, ...]) -> str:
    """Write the Link field (RFC 8288): hubs and self for a subscriber, then the same in other formats.

    Hubs tell of documents that reader software takes, so a page names none; its own address is its canonical one.
    `self` is byte for byte the one inside the document (WebSub section 4).
    """
    format_ = _format_of(filename)
    subscribable = format_ not in {None, Format.PAGE}
    links = [f'<{hub}>; rel="hub"' for hub in site.hubs] if subscribable else []
    relation = "canonical" if format_ is Format.PAGE else "self"
    links.append(f'<{_address(site, slug, filename)}>; rel="{relation}"')
    links.extend(
        f'<{_address(site, slug, other)}>; rel="alternate"; type="{_CONTENT_TYPES[other].partition(";")[0]}"'
        for other in _names(slug)
        # The news are not the whole site once more.
        if other != filename and other in beside and other not in _SITEMAP_NAMES
    )
    return ", ".join(links)


def _address(site: Site, slug: str, filename: str) -> str:
    if slug == SITE:
        return f"{site.base_url}/" if filename != OPML else f"{site.base_url}/{OPML}"
    if filename in _SITEMAP_NAMES:
        return sitemap_url(site, filename, int(slug.rpartition("-")[2]) if slug != SITEMAPS else None)
    return feed_url(site, slug, _FORMAT_OF[filename])


def _names(slug: str) -> Collection[str]:
    if slug == SITE:
        return _SITE_NAMES
    return _SITEMAP_NAMES if slug.startswith(SITEMAPS) else _FORMAT_OF


def _format_of(filename: str) -> Format | None:
    return _FORMAT_OF.get(filename)
