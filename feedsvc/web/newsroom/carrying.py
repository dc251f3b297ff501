"""Keeps what somebody typed when it can't be taken at this moment: signed out meanwhile, or the store out of reach.

The form comes back to the browser that sent it, whole, to be sent again. Nothing of it is kept here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from feedsvc.web.newsroom import csrf

if TYPE_CHECKING:
    from flask import Request

TO: Final = "carried-to"
_PREFIX: Final = "carried-"
# A path of ours with a query, and no more: what follows is put behind this site's own address.
_OURS: Final = re.compile(r"/newsroom/[\w./-]*(?:\?[\w.~%&=+-]*)?", re.ASCII)
# What is worth reading before it is sent again.
_SHOWN: Final = ("title", "summary", "text", "note", "reason")


@dataclass(frozen=True, slots=True)
class Carried:
    """A form that was sent: where to, and its fields without the token. A file among them can't be given back."""

    to: str
    fields: tuple[tuple[str, str], ...]
    had_file: bool = False

    @property
    def packed(self) -> tuple[tuple[str, str], ...]:
        """Give the fields under names of their own, to go along with another form."""
        return (TO, self.to), *((_PREFIX + name, value) for name, value in self.fields)

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """Give what was typed, for people."""
        typed = dict(self.fields)
        return tuple((name, typed[name]) for name in _SHOWN if typed.get(name, "").strip())


def sent(request: Request) -> Carried:
    """Take the form that a request sends."""
    had_file = any(file.filename for file in request.files.values())
    return Carried(
        request.path, tuple((name, value) for name, value in _fields(request) if name != csrf.FIELD), had_file
    )


def unpacked(request: Request) -> Carried | None:
    """Take the form that goes along with this one, if there is one."""
    to = request.form.get(TO, "")
    if not is_ours(to):
        return None
    along = [(name, value) for name, value in _fields(request) if name.startswith(_PREFIX) and name != TO]
    return Carried(to, tuple((name.removeprefix(_PREFIX), value) for name, value in along))


def is_ours(path: str) -> bool:
    """Say whether this is an address of the newsroom's pages, and of nobody else's."""
    return _OURS.fullmatch(path) is not None and "//" not in path and ".." not in path


def _fields(request: Request) -> list[tuple[str, str]]:
    return list(request.form.items(multi=True))
