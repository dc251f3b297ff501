"""Decides whether a form came from a page of ours, shown to the browser that sends it.

Two walls. Browsers say themselves from where a form comes (Fetch Metadata, Origin); and each form carries a token
that is signed with what this browser alone holds in its cookie, so that there is no secret to configure or to leak.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from itsdangerous import Signer

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers

    from feedsvc.model import Site

FIELD: Final = "token"
_OURS: Final = frozenset({"same-origin", "none"})


def make_token(held: str) -> str:
    """Make a token for a form that is shown to the browser which holds this. Each differs (BREACH)."""
    return _signer(held).sign(secrets.token_urlsafe(12)).decode("ascii")


def fits(held: str, token: str) -> bool:
    """Say whether a token was made for the browser that holds this."""
    return bool(held) and _signer(held).validate(token.encode("utf-8", "replace"))


def comes_from_us(headers: Headers, host_url: str, site: Site) -> bool | None:
    """Say whether the browser tells that this comes from a page of ours; None when it tells nothing of where from."""
    fetched = headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched in _OURS
    origin = headers.get("Origin")
    return None if origin is None else origin in {_origin(host_url), _origin(site.base_url)}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _signer(held: str) -> Signer:
    return Signer(held, salt="feedsvc newsroom form", key_derivation="hmac", digest_method=sha256)
