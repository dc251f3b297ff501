"""Maps errors to answers: one table of statuses, and the form that suits whoever meets them.

No view catches anything. At a document's address the answer is short plain text, never HTML (P20); at a page's
address it is a page; at the API's a problem.
"""

from __future__ import annotations

import logging
import re
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from feedsvc.conditional import http_date
from feedsvc.errors import (
    Conflict,
    FeedsvcError,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    PreconditionFailed,
    Unavailable,
)
from feedsvc.render.article_page import render_message
from feedsvc.serving import CORS, Answer
from feedsvc.web.deps import Deps
from feedsvc.web.exchange import respond
from feedsvc.web.problems import CONTENT_TYPE, Fault, write_problem

log = logging.getLogger(__name__)

STATUSES: Final[dict[type[FeedsvcError], HTTPStatus]] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Gone: HTTPStatus.GONE,
    Conflict: HTTPStatus.CONFLICT,
    PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Forbidden: HTTPStatus.FORBIDDEN,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

RETRY_SECONDS: Final = 5

# Addresses at which people stand, and addresses that web pages on other hosts may read (P26).
_PAGES = re.compile(r"/(?:feeds/[^/]*/?|articles/.*)?")
_API = re.compile(r"/api(?:/|\Z)")
_PUBLIC_DOCUMENTS = re.compile(r"/(?:opml\.xml|(?:news-)?sitemap[^/]*\.xml|feeds(?:/.*)?|media/.*)?")

# What strangers are told. The reasons of 5xx name folders and databases: those go to the log.
_WORDS: Final = {
    HTTPStatus.BAD_REQUEST: "The request cannot be read.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address. The list of feeds is at the start page.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "The address is too long.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here. It has been noted; please try again later.",
    HTTPStatus.SERVICE_UNAVAILABLE: "This cannot be answered at the moment. Please try again shortly.",
}


def install(app: Flask, deps: Deps) -> None:
    """Answer every error of `app` in the right form."""

    @app.errorhandler(FeedsvcError)
    def on_own_error(error: FeedsvcError) -> Response:
        return respond(answer_to(error, deps, request.method, request.path))

    @app.errorhandler(HTTPException)
    def on_http_error(error: HTTPException) -> Response:
        status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        allowed = error.valid_methods if isinstance(error, MethodNotAllowed) else None
        allow = (("Allow", ", ".join(sorted(allowed))),) if allowed else ()
        return respond(refusal(deps, request.method, request.path, status, headers=allow))


def answer_to(error: FeedsvcError, deps: Deps, method: str, path: str) -> Answer:
    """Make the answer to a request that ended in this error; what is wrong with us goes to the log alone."""
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s", error)
        return refusal(deps, method, path, status)
    return refusal(deps, method, path, status, sentences(error))


def status_of(error: FeedsvcError) -> HTTPStatus:
    """Give the status of an error by its class, or by the nearest class above it that has one."""
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def sentences(error: FeedsvcError) -> str:
    """Write an error for whoever made the request."""
    words = f"{error.thing} {error.reason}. {error.fix}".rstrip(". ")
    return f"{words[:1].upper()}{words[1:]}."


def refusal(
    deps: Deps,
    method: str,
    path: str,
    status: HTTPStatus,
    text: str | None = None,
    *,
    headers: tuple[tuple[str, str], ...] = (),
) -> Answer:
    """Make the answer to a request that is refused, in the form that suits its address."""
    if _API.match(path):
        return problem(deps, method, status, text, headers=headers)
    text = text or _WORDS.get(status, status.description or status.phrase)
    if _PAGES.fullmatch(path):
        body = render_message(deps.site, status, status.phrase, text)
        content_type = "text/html; charset=utf-8"
    else:
        body = f"{text}\n".encode()
        content_type = "text/plain; charset=utf-8"
    return Answer(
        status,
        (
            ("Date", http_date(deps.now())),
            ("Content-Type", content_type),
            ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"),
            *_freshness(status),
            *(CORS if _PUBLIC_DOCUMENTS.fullmatch(path) else ()),
            *headers,
        ),
        b"" if method == "HEAD" else body,
    )


def problem(
    deps: Deps,
    method: str,
    status: HTTPStatus,
    detail: str | None = None,
    *,
    headers: tuple[tuple[str, str], ...] = (),
    faults: tuple[Fault, ...] = (),
) -> Answer:
    """Make the answer to a program's request that is refused (RFC 9457); what is wrong with us is not told."""
    body = write_problem(deps.site, status, detail or _WORDS.get(status, status.description or status.phrase), faults)
    retry = (("Retry-After", str(RETRY_SECONDS)),) if status == HTTPStatus.SERVICE_UNAVAILABLE else ()
    return Answer(
        status,
        (
            ("Date", http_date(deps.now())),
            ("Content-Type", CONTENT_TYPE),
            ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
            *retry,
            *headers,
        ),
        b"" if method == "HEAD" else body,
    )


def _freshness(status: HTTPStatus) -> tuple[tuple[str, str], ...]:
    """Let no cache keep an error: 404 and 410 would be kept for long by default (RFC 9111, section 4.2.2)."""
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return ("Retry-After", str(RETRY_SECONDS)), ("Cache-Control", "no-store")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return (("Cache-Control", "no-store"),)
    return (("Cache-Control", "max-age=1"),)
