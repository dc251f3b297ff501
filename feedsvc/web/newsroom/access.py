"""Decides who gets in: every request to the newsroom passes here before any view.

It tells nobody more than that they must sign in. What was typed into a form that can't be taken is never lost.
"""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Response, request
from werkzeug.exceptions import HTTPException

from feedsvc import accounts
from feedsvc.errors import FeedsvcError, NotFound, Unavailable
from feedsvc.web.newsroom import carrying, cookies, csrf
from feedsvc.web.newsroom.signing import ask
from feedsvc.web.newsroom.visitors import Visitor, visitor, welcome

if TYPE_CHECKING:
    from flask import Blueprint

    from feedsvc.web.newsroom.deps import NewsroomDeps
    from feedsvc.web.newsroom.pages import Pages

OPEN: Final = frozenset({"newsroom.sign_in", "newsroom.asset"})
"""The views that need nobody to be signed in."""

# The largest article has 16 MB of text; strangers have nothing to send but a name and a password, and what they typed
# before they were signed out.
_LARGEST_FORM: Final = 20_000_000
_LARGEST_STRANGERS_FORM: Final = 2_000_000
_MOST_FIELDS: Final = 200
# Strangers' forms that one process reads at once. A form that comes a byte a minute keeps a thread for as long as it
# likes, and no server of ours ends that: with as many as there are threads, nobody would be answered any more.
_STRANGERS_AT_ONCE: Final = 6

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self' http: https: data:; media-src http: https:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}


_WORDS: Final = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "That is more than a form may hold. Go back to what you typed.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here, and has been noted. Go back to what you typed.",
}


class Door:
    """Stands in front of the views of one newsroom."""

    def __init__(self, deps: NewsroomDeps, pages: Pages) -> None:
        self._deps = deps
        self._pages = pages
        self._places = threading.BoundedSemaphore(_STRANGERS_AT_ONCE)

    def admit(self) -> Response | None:
        """Let a request in, or answer it here."""
        welcome(Visitor(cookies.session_of(request, self._deps)))
        _limit(_LARGEST_STRANGERS_FORM)
        if _sends() and self._comes_from_us() is False:
            return self._message(HTTPStatus.FORBIDDEN, "This form came from another site. Nothing was done.")
        return self._identify() or self._check_form()

    def finish(self, response: Response) -> Response:
        """Add what holds for every answer."""
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        given = visitor().given
        if given is not None:
            cookies.hold_session(response, self._deps, given)
        return response

    def on_unavailable(self, _error: Unavailable) -> Response:
        """Give back what was sent, to whoever sent it from a form of ours: nothing of the store is needed for that."""
        status = HTTPStatus.SERVICE_UNAVAILABLE
        if _sends() and (busy := self._hear()) is not None:
            return busy
        if _sends() and self._may_be_given_back():
            response = self._give_back("unavailable", status)
        else:
            response = self._message(status, "The store is out of reach at the moment. Please try again shortly.")
        response.headers["Retry-After"] = "5"
        return response

    def on_own_error(self, error: FeedsvcError) -> Response:
        """Tell what can't be done, and why."""
        if isinstance(error, NotFound):
            # What to do about it is said to operators, in commands; here the page has a link to the list.
            return self._message(HTTPStatus.NOT_FOUND, _sentences(NotFound(error.thing, error.reason)))
        return self._message(HTTPStatus.CONFLICT, _sentences(error))

    def on_http_error(self, error: HTTPException) -> Response:
        """Tell what Flask refuses, and our own faults without their words."""
        status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        return self._message(status, _WORDS.get(status, status.description or status.phrase))

    def _identify(self) -> Response | None:
        who = visitor()
        if who.held is not None and request.endpoint != "newsroom.asset":
            who.user = accounts.find_session(self._deps.store, who.held, now=self._deps.now())
        if who.user is not None:
            _limit(_LARGEST_FORM, files=self._deps.picture_limits.max_bytes)
        elif (busy := self._hear()) is not None:
            return busy
        elif request.endpoint not in OPEN:
            return self._ask_to_sign_in()
        return None

    def _hear(self) -> Response | None:
        """Read what a stranger sends, unless as many others are still being read as may be."""
        if not _sends() or visitor().user is not None:
            return None
        if not self._places.acquire(blocking=False):
            response = self._message(HTTPStatus.SERVICE_UNAVAILABLE, "Too many forms come in at once. Send it again.")
            response.headers["Retry-After"] = "5"
            return response
        try:
            # Flask keeps it: whoever looks at it from here on waits for nothing.
            _ = request.form
        finally:
            self._places.release()
        return None

    def _ask_to_sign_in(self) -> Response:
        if _is_partial():
            return self._message(HTTPStatus.FORBIDDEN, "You are signed out. Save, and sign in again: nothing is lost.")
        if _sends():
            carried = carrying.sent(request) if self._may_be_given_back() else None
            return ask(self._pages, HTTPStatus.FORBIDDEN, carried=carried)
        query = request.query_string.decode("ascii", "replace")
        wanted = f"{request.path}?{query}" if query else request.path
        return self._pages.go(f"/newsroom/sign-in?next={quote(wanted, safe='')}")

    def _check_form(self) -> Response | None:
        if not _sends() or _is_ours():
            return None
        if request.endpoint == "newsroom.sign_in":
            # A password is not given back.
            return ask(self._pages, HTTPStatus.FORBIDDEN, "Please try once more. Signing in needs a cookie to be kept.")
        if self._may_be_given_back():
            return self._give_back("stale", HTTPStatus.FORBIDDEN)
        return self._message(HTTPStatus.FORBIDDEN, "This form is not one that was shown here. Nothing was done.")

    def _comes_from_us(self) -> bool | None:
        return csrf.comes_from_us(request.headers, request.host_url, self._deps.site)

    def _may_be_given_back(self) -> bool:
        """Say whether a form came from a page of ours: what another site made up is not put before anybody."""
        return _is_ours() or self._comes_from_us() is True

    def _give_back(self, reason: str, status: HTTPStatus) -> Response:
        if _is_partial():
            return self._message(status, "This can't be shown at the moment. What you typed stands where it is.")
        return self._pages.show("resend.html", status, carried=carrying.sent(request), reason=reason)

    def _message(self, status: HTTPStatus, text: str) -> Response:
        if _is_partial():
            return self._pages.show("partial.html", status, text=text)
        return self._pages.show("message.html", status, title=status.phrase, text=text)


def install(views: Blueprint, deps: NewsroomDeps, pages: Pages) -> None:
    """Put the door in front of the views."""
    door = Door(deps, pages)
    views.before_request(door.admit)
    views.after_request(door.finish)
    views.register_error_handler(Unavailable, door.on_unavailable)
    views.register_error_handler(FeedsvcError, door.on_own_error)
    views.register_error_handler(HTTPException, door.on_http_error)


def _sends() -> bool:
    return request.method == "POST"


def _is_partial() -> bool:
    """Say whether script asks for a part of a page that it shows already."""
    return request.headers.get("HX-Request") == "true"


def _is_ours() -> bool:
    return csrf.fits(visitor().held or "", request.form.get(csrf.FIELD, ""))


def _limit(size: int, *, files: int = 0) -> None:
    # Only a form in parts carries files. Others are read at once, and their fields have no other limit.
    request.max_content_length = size + files if request.mimetype == "multipart/form-data" else size
    request.max_form_memory_size = size
    request.max_form_parts = _MOST_FIELDS


def _sentences(error: FeedsvcError) -> str:
    words = f"{error.thing} {error.reason}. {error.fix}".rstrip(". ")
    return f"{words[:1].upper()}{words[1:]}."
