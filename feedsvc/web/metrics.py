"""The view of the numbers, for operators and their monitors: asked within a bounded time, and not by everyone.

It counts nothing itself and knows no form: the door that starts the web hands in both.
"""

from __future__ import annotations

from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request

from feedsvc.conditional import http_date
from feedsvc.errors import Forbidden
from feedsvc.serving import Answer
from feedsvc.web.deps import Deps, Numbers
from feedsvc.web.exchange import respond
from feedsvc.web.looking import Look

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# Any of these, and a proxy passed the request on: whoever asks is not on this machine.
_PASSED_ON: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


def blueprint(deps: Deps, numbers: Numbers) -> Blueprint:
    """Make the view."""
    views = Blueprint("metrics", __name__)
    look = Look(numbers.measure, deps.health_seconds)

    @views.get("/metrics")
    def metrics() -> Response:
        if not (numbers.public or is_local(request.environ)):
            raise Forbidden("this address", "answers programs on its own machine alone", 'Set [web] metrics = "all"')
        content_type, body = numbers.write(look(), request.headers.get("Accept"))
        headers = (
            ("Date", http_date(deps.now())),
            ("Content-Type", content_type),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Vary", "Accept"),
            ("X-Content-Type-Options", "nosniff"),
        )
        return respond(Answer(HTTPStatus.OK, headers, b"" if request.method == "HEAD" else body))

    return views


def is_local(environ: WSGIEnvironment) -> bool:
    """Say whether a program on this machine asks, and for itself."""
    if any(name in environ for name in _PASSED_ON):
        return False
    try:
        address = ip_address(environ.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
