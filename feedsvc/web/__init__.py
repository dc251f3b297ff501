"""The web door: feeds, pages and health over HTTP.

It builds nothing that it serves and keeps nothing between requests; `create_app` is handed all it needs.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, abort, request

from feedsvc.web import api, errors, health, media, metrics, newsroom, pages
from feedsvc.web.deps import ArticlePage, Deps, FeedHealth, Health, Numbers
from feedsvc.web.front import Front
from feedsvc.web.hot import Hot
from feedsvc.web.newsroom import NewsroomDeps
from feedsvc.web.places import is_odd
from feedsvc.web.ready import Ready
from feedsvc.web.watching import Watched, note_route

__all__ = ["ArticlePage", "Deps", "FeedHealth", "Health", "Numbers", "create_app"]


def create_app(deps: Deps) -> Flask:
    """Make the WSGI application: Flask, and what answers for published documents before its routing."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    # One address a document: //feeds/x is not /feeds/x, and is not redirected under a host that the client names.
    app.url_map.merge_slashes = False
    note_route(app)
    app.before_request(_refuse_odd_addresses)
    for room in (pages, health):
        app.register_blueprint(room.blueprint(deps))
    if deps.numbers is not None:
        app.register_blueprint(metrics.blueprint(deps, deps.numbers))
    if deps.store is not None and deps.media is not None:
        app.register_blueprint(media.blueprint(deps, deps.store, deps.media))
    if deps.store is not None:
        app.register_blueprint(api.blueprint(deps, deps.store))
        desk = NewsroomDeps(deps.store, deps.site, deps.now, deps.trusted_proxies, deps.media, deps.picture_limits)
        app.register_blueprint(newsroom.blueprint(desk))
    errors.install(app, deps)
    ready = Ready()
    watched = Watched(Front(deps, ready, app.wsgi_app), deps.tally)
    app.wsgi_app = Hot(deps, ready, watched)  # type: ignore[method-assign]
    return app


def _refuse_odd_addresses() -> None:
    if is_odd(request.path, request.environ["QUERY_STRING"]):
        abort(HTTPStatus.BAD_REQUEST if "\0" in request.path else HTTPStatus.REQUEST_URI_TOO_LONG)
