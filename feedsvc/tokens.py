"""Tokens for programs: made once, known by a hash alone, and taken out of use in one step.

Transactions and the form of a token, nothing else; what a token is sent along with is the doors' business.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from feedsvc.content.characters import clean_line
from feedsvc.errors import Forbidden, Invalid, NotFound
from feedsvc.store import Store
from feedsvc.store import tokens as kept
from feedsvc.store.tokens import Scope, Token

__all__ = ["MADE", "Made", "Scope", "Token", "create_token", "identify", "list_tokens", "require", "revoke_token"]

LONGEST_NAME: Final = 200

MADE: Final = re.compile(r"feedsvc_(?P<id>[0-9a-f]{16})_(?P<secret>[A-Za-z0-9_-]{43})")
"""The form of a token: a prefix that scanners for leaked secrets can look for, its id, and a secret of 256 bits."""

# Compared with when there is no such token, so that the answer costs the same.
_NOBODYS: Final = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Made:
    """A new token, and the only time that its text is seen."""

    token: Token
    text: str


def create_token(store: Store, name: str, scope: Scope, *, now: datetime) -> Made:
    """Make a token. Raises Invalid for a name that is empty or too long, Conflict for one that is in use."""
    name = clean_line(name)
    if not name or len(name) > LONGEST_NAME:
        raise Invalid("name", f"has {len(name)} characters", f"Use 1 to {LONGEST_NAME}: whose token it is")
    secret = secrets.token_urlsafe(32)
    token = Token(secrets.token_hex(8), name, scope, now)
    with store.writing() as connection:
        kept.add(connection, token, _hash(secret))
    return Made(token, f"feedsvc_{token.id}_{secret}")


def list_tokens(store: Store) -> tuple[Token, ...]:
    """Give every token, revoked ones too, the oldest first; no secret is among what is known of them."""
    with store.reading() as connection:
        return kept.all_tokens(connection)


def revoke_token(store: Store, name_or_id: str, *, now: datetime) -> Token:
    """Take a token out of use: the next request with it is refused. Raises NotFound when none in use is called that."""
    with store.writing() as connection:
        token = kept.find_in_use(connection, name_or_id)
        if token is None:
            raise NotFound(f"token {name_or_id!r}", "is not in use", "List them: feedsvc token list")
        kept.revoke(connection, token.id, now)
    return token


def identify(store: Store, text: str) -> Token | None:
    """Find out whose token this is; None for what is no token in use. Raises Unavailable.

    What has not the form of a token costs no look at the store. The secret is compared by its hash, in constant time.
    """
    found = MADE.fullmatch(text)
    if found is None:
        return None
    with store.reading() as connection:
        known = kept.find(connection, found["id"])
    matches = hmac.compare_digest(known.hash if known else _NOBODYS, _hash(found["secret"]))
    if known is None or not matches or known.token.revoked_at is not None:
        return None
    return known.token


def require(token: Token, scope: Scope) -> None:
    """Raise Forbidden unless the token allows this."""
    if scope is Scope.WRITE and token.scope is not Scope.WRITE:
        raise Forbidden("this token", "may only read", "Use one with the scope write: feedsvc token create")


def _hash(secret: str) -> str:
    """Hash a secret by SHA-256, at once and without salt.

    Slow, salted hashes are for passwords, which can be guessed. 256 random bits can't be, however quick the hash is: a
    slow one would only make every request slow.
    """
    return hashlib.sha256(secret.encode("ascii")).hexdigest()
