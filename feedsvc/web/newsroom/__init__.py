"""The newsroom's pages: where people write, schedule, correct and withdraw, and watch what is out.

Made on the server and whole without script; with it, what feeds will show is seen while writing.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, abort

from feedsvc.web.newsroom import access, assets, editor, feeds, history, listing, pictures, programs, signing, steps
from feedsvc.web.newsroom.deps import NewsroomDeps
from feedsvc.web.newsroom.pages import Pages

__all__ = ["NewsroomDeps", "blueprint"]


def blueprint(deps: NewsroomDeps) -> Blueprint:
    """Make the views."""
    views = Blueprint("newsroom", __name__)
    pages = Pages(deps)
    access.install(views, deps, pages)
    for room in (signing, listing, editor, pictures, steps, history, feeds, programs):
        room.install(views, deps, pages)

    @views.get("/newsroom/static/<path:name>")
    def asset(name: str) -> Response:
        found = assets.BY_PATH.get(f"/newsroom/static/{name}") or abort(HTTPStatus.NOT_FOUND)
        # Its name says what is in it: it can be kept for ever.
        keep = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(found.body, content_type=found.content_type, headers=keep)

    @views.route("/newsroom/<path:rest>", methods=["GET", "POST"])
    def nothing(rest: str) -> Response:  # noqa: ARG001 whatever it is, there is nothing
        abort(HTTPStatus.NOT_FOUND)

    return views
