"""The web door: feeds, pages and health over HTTP.

It builds nothing that it serves and keeps nothing between requests; `create_app` is handed all it needs.
"""

from __future__ import annotations

from flask import Flask, abort, request

from feedsvc.web import errors, feeds, health, pages
from feedsvc.web.deps import ArticlePage, Deps, FeedHealth, Health

__all__ = ["ArticlePage", "Deps", "FeedHealth", "Health", "create_app"]

_LONGEST_ADDRESS = 4096  # characters, path and query; ours have under 300


def create_app(deps: Deps) -> Flask:
    """Make the WSGI application."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    # One address a document: //feeds/x is not /feeds/x, and is not redirected under a host that the client names.
    app.url_map.merge_slashes = False
    app.before_request(_refuse_odd_addresses)
    for room in (feeds, pages, health):
        app.register_blueprint(room.blueprint(deps))
    errors.install(app, deps)
    return app


def _refuse_odd_addresses() -> None:
    if len(request.path) + len(request.query_string) > _LONGEST_ADDRESS:
        abort(414)
    if "\0" in request.path:
        abort(400)
