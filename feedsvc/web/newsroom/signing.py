"""Signing in and out.

Whoever fails learns nothing but that: not whether there is such an account, nor whether it is disabled.
"""

from __future__ import annotations

import math
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, request

from feedsvc import accounts
from feedsvc.accounts import Attempt, SignedIn, TooManyAttempts
from feedsvc.errors import Forbidden, Unavailable
from feedsvc.web.newsroom import carrying, cookies
from feedsvc.web.newsroom.visitors import visitor

if TYPE_CHECKING:
    from flask import Blueprint

    from feedsvc.web.newsroom.carrying import Carried
    from feedsvc.web.newsroom.deps import NewsroomDeps
    from feedsvc.web.newsroom.pages import Pages

HOME = "/newsroom/"
WRONG = "The name or the password is wrong."
BUSY = "Nobody can be signed in at this moment. Try again in a few seconds."
_SOON = timedelta(seconds=5)


def install(views: Blueprint, deps: NewsroomDeps, pages: Pages) -> None:
    """Add the views."""

    @views.route("/newsroom/sign-in", methods=["GET", "POST"])
    def sign_in() -> Response:
        if request.method == "POST":
            return _try(deps, pages)
        if visitor().user is not None:
            return pages.go(_wanted())
        return ask(pages)

    @views.post("/newsroom/sign-out")
    def sign_out() -> Response:
        accounts.sign_out(deps.store, visitor().held or "")
        response = pages.go("/newsroom/sign-in")
        cookies.drop_session(response, deps)
        return response


def _try(deps: NewsroomDeps, pages: Pages) -> Response:
    attempt = Attempt(
        name=request.form.get("name", ""),
        password=request.form.get("password", ""),
        address=deps.address_of(request),
        browser=cookies.browser_of(request, deps),
    )
    try:
        signed_in = accounts.sign_in(deps.store, attempt, now=deps.now())
    except TooManyAttempts as error:
        return _refused(pages, HTTPStatus.TOO_MANY_REQUESTS, _wait(error.wait), retry=error.wait)
    except Forbidden:
        return _refused(pages, HTTPStatus.FORBIDDEN, WRONG)
    except Unavailable:
        return _refused(pages, HTTPStatus.SERVICE_UNAVAILABLE, BUSY, retry=_SOON)
    return _go_on(deps, pages, signed_in)


def _go_on(deps: NewsroomDeps, pages: Pages, signed_in: SignedIn) -> Response:
    who = visitor()
    if who.user is not None and who.held is not None:
        accounts.sign_out(deps.store, who.held)
    who.user, who.given = signed_in.user, signed_in.session
    carried = carrying.unpacked(request)
    if carried is None:
        response = pages.go(_wanted())
    else:
        response = pages.show("resend.html", carried=carried, reason="signed in")
    cookies.hold_browser(response, deps, signed_in.browser)
    return response


def _refused(pages: Pages, status: HTTPStatus, fault: str, retry: timedelta | None = None) -> Response:
    response = ask(pages, status, fault)
    if retry is not None:
        response.headers["Retry-After"] = str(math.ceil(retry.total_seconds()))
    return response


def ask(
    pages: Pages, status: HTTPStatus = HTTPStatus.OK, fault: str = "", *, carried: Carried | None = None
) -> Response:
    """Ask for name and password; a form that goes along stays with them."""
    name = request.form.get("name", "")[: accounts.LONGEST_NAME]
    carried = carried or carrying.unpacked(request)
    return pages.show("sign_in.html", status, carried=carried, name=name, fault=fault, wanted=_wanted())


def _wanted() -> str:
    """Give where to go on: a page of the newsroom, never another site (no open redirect)."""
    wanted = request.values.get("next", "")
    return wanted if carrying.is_ours(wanted) and not wanted.startswith("/newsroom/sign-in") else HOME


def _wait(wait: timedelta) -> str:
    seconds = math.ceil(wait.total_seconds())
    minutes = math.ceil(seconds / 60)
    span = f"{seconds} seconds" if minutes == 1 else f"{minutes} minutes"
    return f"Too many attempts failed. Try again in {span}."
