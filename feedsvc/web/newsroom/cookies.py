"""The two cookies that the newsroom sets: one says who is signed in, the other from which browser that was before.

Never looks at the store: what a cookie's value is worth is decided elsewhere.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from flask import Request, Response

from feedsvc.accounts import SESSION_LONGEST
from feedsvc.web.newsroom.deps import NewsroomDeps

_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_BROWSER_FOR: Final = timedelta(days=365)


def session_of(request: Request, deps: NewsroomDeps) -> str | None:
    """Give what the browser holds; None for what we never gave."""
    return _read(request, _name(deps, "newsroom"))


def browser_of(request: Request, deps: NewsroomDeps) -> str | None:
    """Give the browser's own word, if an account was signed in from it before."""
    return _read(request, _name(deps, "newsroom-browser"))


def hold_session(response: Response, deps: NewsroomDeps, value: str) -> None:
    """Have the browser hold this from now on."""
    _set(response, deps, "newsroom", value, SESSION_LONGEST)


def hold_browser(response: Response, deps: NewsroomDeps, value: str) -> None:
    """Have the browser keep its own word, signed in or not."""
    _set(response, deps, "newsroom-browser", value, _BROWSER_FOR)


def drop_session(response: Response, deps: NewsroomDeps) -> None:
    """Have the browser forget that it was signed in."""
    _set(response, deps, "newsroom", "", timedelta(0))


def _read(request: Request, name: str) -> str | None:
    value = request.cookies.get(name, "")
    return value if _SHAPE.fullmatch(value) else None


def _name(deps: NewsroomDeps, name: str) -> str:
    # RFC 6265bis section 4.1.3.2: a browser takes such a cookie from this very host by https alone, so that no
    # neighbour under the same domain can put one in its place.
    return f"__Host-{name}" if deps.is_secure else name


def _set(response: Response, deps: NewsroomDeps, name: str, value: str, keep: timedelta) -> None:
    response.set_cookie(
        _name(deps, name),
        value,
        max_age=keep,
        path="/" if deps.is_secure else deps.at("/newsroom/"),
        secure=deps.is_secure,
        httponly=True,
        samesite="Lax",
    )
