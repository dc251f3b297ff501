"""Who asks: what the browser holds, and who is signed in with it. Lives as long as the request.

Never looks at the store or at a form.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import g

from feedsvc.store.accounts import User


@dataclass(slots=True)
class Visitor:
    """`held` is what the browser holds, or None; `given` what it is to hold from now on, if that is something new."""

    held: str | None
    user: User | None = None
    given: str | None = None

    def hold(self) -> str:
        """Give what the browser holds; a browser that holds nothing is given something, for its forms to be known by.

        That alone opens nothing: signing in always gives something new.
        """
        if self.given is None and self.held is None:
            self.given = secrets.token_urlsafe(32)
        return self.given or self.held or ""


def welcome(who: Visitor) -> None:
    """Remember who asks."""
    g.newsroom_visitor = who


def visitor() -> Visitor:
    """Give who asks; a stranger, while the door has not looked yet."""
    who = g.get("newsroom_visitor")
    return who if isinstance(who, Visitor) else Visitor(None)
