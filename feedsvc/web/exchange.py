"""Carries requests and answers between WSGI, Flask and the use cases.

It decides nothing: an answer goes out exactly as it was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flask import Response

from feedsvc.conditional import Preconditions
from feedsvc.model import Site
from feedsvc.serving import Answer, Asked, Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from werkzeug.datastructures import Headers as Fields


class Exact(Response):
    """A response that goes out as it is.

    Werkzeug would take Last-Modified off a 304 (against RFC 9110, section 15.4.5, and P03) and add a Content-Type
    where there is none.
    """

    default_mimetype = None

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Fields:  # noqa: ARG002
        """Give the headers as they were made."""
        return self.headers

    def get_app_iter(self, environ: WSGIEnvironment) -> Iterable[bytes]:  # noqa: ARG002
        """Give the body as the list that it is; the server sends that in one piece."""
        return cast("list[bytes]", self.response)


def asked_by(environ: WSGIEnvironment) -> Asked:
    """Read from a request how it wants its representation."""
    get = environ.get
    return Asked(
        method=environ["REQUEST_METHOD"],
        preconditions=Preconditions(
            if_match=get("HTTP_IF_MATCH"),
            if_none_match=get("HTTP_IF_NONE_MATCH"),
            if_modified_since=get("HTTP_IF_MODIFIED_SINCE"),
            if_unmodified_since=get("HTTP_IF_UNMODIFIED_SINCE"),
        ),
        accept_encoding=get("HTTP_ACCEPT_ENCODING"),
    )


def status_line(answer: Answer) -> str:
    """Write the status as WSGI takes it."""
    return f"{answer.status:d} {HTTPStatus(answer.status).phrase}"


def respond(answer: Answer) -> Response:
    """Hand an answer to Flask."""
    # As a list: given bytes, Werkzeug would put their length over Content-Length, which for HEAD is that of GET.
    return Exact([answer.body], answer.status, list(answer.headers))


def moved_to(site: Site, path: str, query: str, policy: Headers = ()) -> Answer:
    """Move for good to another path of this service, keeping the request's query (308).

    The location names no host, so that it holds under any; a proxy's path in front is the one in the base URL.
    """
    location = f"{urlsplit(site.base_url).path}{path}"
    headers = (
        ("Location", f"{location}?{query}" if query else location),
        ("Cache-Control", "max-age=3600"),
        ("Content-Length", "0"),
        *policy,
    )
    return Answer(308, headers)
