"""The web door: feeds, pages and health over HTTP.

It builds nothing that it serves and keeps nothing between requests; `create_app` is handed all it needs.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, abort, request

from feedsvc.web import api, errors, health, newsroom, pages
from feedsvc.web.deps import ArticlePage, Deps, FeedHealth, Health
from feedsvc.web.front import Front
from feedsvc.web.newsroom import NewsroomDeps
from feedsvc.web.places import is_odd

__all__ = ["ArticlePage", "Deps", "FeedHealth", "Health", "create_app"]


def create_app(deps: Deps) -> Flask:
    """Make the WSGI application: Flask, with a front before its routing that answers for published documents."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    # One address a document: //feeds/x is not /feeds/x, and is not redirected under a host that the client names.
    app.url_map.merge_slashes = False
    app.before_request(_refuse_odd_addresses)
    for room in (pages, health):
        app.register_blueprint(room.blueprint(deps))
    if deps.store is not None:
        app.register_blueprint(api.blueprint(deps, deps.store))
        desk = NewsroomDeps(deps.store, deps.site, deps.now, deps.trusted_proxies)
        app.register_blueprint(newsroom.blueprint(desk))
    errors.install(app, deps)
    app.wsgi_app = Front(deps, app.wsgi_app)  # type: ignore[method-assign]
    return app


def _refuse_odd_addresses() -> None:
    if is_odd(request.path, request.environ["QUERY_STRING"]):
        abort(HTTPStatus.BAD_REQUEST if "\0" in request.path else HTTPStatus.REQUEST_URI_TOO_LONG)
