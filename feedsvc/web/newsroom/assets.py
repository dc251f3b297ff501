"""Holds the style and the scripts of the newsroom's pages, each under an address that changes with its bytes.

Never reads anything but the files in static/. htmx.js is htmx 4.0.1 as its makers packed it (dist/htmx.min.js of
htmx.org, Zero-Clause BSD, see htmx.LICENSE.txt); a test holds its bytes to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from typing import Final

_TYPES: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load; `path` is where."""

    path: str
    body: bytes
    content_type: str


def _read(name: str) -> Asset:
    body = (resources.files("feedsvc.web.newsroom") / "static" / name).read_bytes()
    stem, _, kind = name.rpartition(".")
    return Asset(f"/newsroom/static/{stem}.{sha256(body).hexdigest()[:16]}.{kind}", body, _TYPES[kind])


STYLE: Final = _read("newsroom.css")
SCRIPT: Final = _read("newsroom.js")
HTMX: Final = _read("htmx.js")
BY_PATH: Final = {asset.path: asset for asset in (STYLE, SCRIPT, HTMX)}
