"""The addresses of published documents: feeds in every format, their pages, the list of feeds, OPML.

No store and no rendering on this path; each view is one call.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from feedsvc import serving
from feedsvc.errors import NotFound
from feedsvc.folder import OPML, SITE, is_slug
from feedsvc.model import FORMATS, Format
from feedsvc.serving import CORS, FeedRequest
from feedsvc.web.deps import Deps
from feedsvc.web.exchange import asked_by, redirect_to, respond

_PAGE = FORMATS[Format.PAGE].filename
_METHODS = ("GET", "HEAD", "OPTIONS")


def blueprint(deps: Deps) -> Blueprint:
    """Make the views."""
    views = Blueprint("feeds", __name__)

    def serve(slug: str, filename: str) -> Response:
        wanted = FeedRequest(slug, filename, asked_by(request))
        return respond(serving.answer(deps.shelf, deps.site, wanted, deps.now()))

    def feed(slug: str, filename: str = _PAGE) -> Response:
        _check(slug)
        return serve(slug, filename)

    def to_page(slug: str) -> Response:
        # The address without its slash, and the file's own name: one page has one address.
        _check(slug)
        return respond(redirect_to(deps.site, request, f"/feeds/{slug}/", CORS))

    for rule, name, view in (
        ("/feeds/<slug>/<filename>", "document", feed),
        ("/feeds/<slug>/", "page", feed),
        ("/feeds/<slug>", "bare", to_page),
        (f"/feeds/<slug>/{_PAGE}", "file", to_page),
        ("/", "index", lambda: serve(SITE, _PAGE)),
        (f"/{OPML}", "opml", lambda: serve(SITE, OPML)),
    ):
        views.add_url_rule(rule, name, view, methods=_METHODS, provide_automatic_options=False)
    return views


def _check(slug: str) -> None:
    """Refuse what names no feed: the site's own folder, and text that a redirect could not carry."""
    if slug == SITE or not is_slug(slug):
        raise NotFound("this address", "is no feed's", "The list of feeds is at /")
