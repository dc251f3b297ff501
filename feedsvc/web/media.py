"""The view of uploaded pictures: read from this host's folder, which asks the store for what it has not yet.

It decides nothing: `serving.media` does.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from feedsvc.folder.media import MediaFolder
from feedsvc.serving import preflight
from feedsvc.serving.media import PartAsked, answer_picture
from feedsvc.store import Store
from feedsvc.uploading import find_picture
from feedsvc.web.deps import Deps
from feedsvc.web.exchange import asked_by, respond


def blueprint(deps: Deps, store: Store, folder: MediaFolder) -> Blueprint:
    """Make the view."""
    views = Blueprint("media", __name__)

    @views.route("/media/<name>", methods=["GET", "HEAD", "OPTIONS"])
    def picture(name: str) -> Response:
        if request.method == "OPTIONS":
            return respond(preflight(deps.now()))
        part = PartAsked(request.headers.get("Range"), request.headers.get("If-Range"))
        return respond(answer_picture(find_picture(store, folder, name), asked_by(request.environ), part, deps.now()))

    return views
