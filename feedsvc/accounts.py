"""The newsroom's accounts: who has one, and signing in and out.

Order and transactions; what a password must be is decided by `passwords`, how long failures must wait by
`throttling`. Nothing of HTTP is known here: what a browser holds are two random words, a session and a browser.
"""

from __future__ import annotations

import ipaddress
import secrets
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection

from feedsvc import passwords, throttling
from feedsvc.content.characters import clean_line, contains_illegal
from feedsvc.errors import Conflict, Forbidden, Invalid
from feedsvc.store import Store, retried
from feedsvc.store import accounts as kept
from feedsvc.store.accounts import User
from feedsvc.throttling import Rule

LONGEST_NAME: Final = 100
SESSION_IDLE: Final = timedelta(days=1)
SESSION_LONGEST: Final = timedelta(days=14)
# A request that only reads writes nothing, but for this once in a while.
_SEEN_EVERY: Final = timedelta(minutes=10)

_DAY: Final = timedelta(days=1)
# People mistype; programs guess. Several people may sign in from one address, each for the first time.
_OF_ACCOUNT: Final = Rule(free=5, forget=_DAY)
_OF_ADDRESS: Final = Rule(free=10, forget=_DAY)


class TooManyAttempts(Forbidden):
    """Signing in failed too often; `wait` is how long until another attempt is heard."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("signing in", "failed too often", "Wait a while and try again")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody who wants to sign in: what was typed, and where from. `browser` is what an earlier signing in gave."""

    name: str
    password: str
    address: str
    browser: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the browser is to hold from now on: 256 random bits each, of which the store knows digests alone."""

    user: User
    session: str
    browser: str


@retried
def add_user(store: Store, name: str, password: str, *, now: datetime) -> User:
    """Make an account. Raises Invalid for a name or password that will not do, Conflict for a name that is taken."""
    name = _proper_name(name)
    hashed = passwords.hash_password(password)
    with store.writing() as connection:
        if kept.find(connection, name) is not None:
            raise Conflict(
                f"user '{name}'", "has an account already", f"Another password: feedsvc user password {name}"
            )
        return kept.add(connection, name, hashed, now)


def list_users(store: Store) -> tuple[User, ...]:
    """Give every account, by name."""
    with store.reading() as connection:
        return kept.all_users(connection)


@retried
def set_password(store: Store, name: str, password: str) -> User:
    """Give an account another password; whoever is signed in to it is signed out. Raises Invalid and NotFound."""
    hashed = passwords.hash_password(password)
    with store.writing() as connection:
        user = kept.get(connection, _key(name))
        kept.set_password(connection, user.number, hashed)
        kept.end_sessions(connection, user.number)
        kept.forget_failures(connection, key=_account_key(user.name))
    return user


@retried
def disable_user(store: Store, name: str, *, now: datetime) -> User:
    """Keep an account from being used, and sign it out wherever it is signed in. Raises NotFound."""
    with store.writing() as connection:
        user = kept.get(connection, _key(name))
        kept.set_disabled(connection, user.number, user.disabled_at or now)
        kept.end_sessions(connection, user.number)
    return user


@retried
def enable_user(store: Store, name: str) -> User:
    """Let a disabled account be used again. Raises NotFound."""
    with store.writing() as connection:
        user = kept.get(connection, _key(name))
        kept.set_disabled(connection, user.number, None)
    return user


def sign_in(store: Store, attempt: Attempt, *, now: datetime) -> SignedIn:
    """Begin a new session. Whatever the browser held before is worth nothing afterwards (no session can be fixed).

    Raises Forbidden, with the same words and after the same work, for an unknown name, a wrong password and a
    disabled account; TooManyAttempts after many of them; Unavailable when too many sign in at this moment.
    """
    user, hashed, counts = _count(store, attempt, now=now)
    right = passwords.verify(hashed, attempt.password)
    if not right or user is None or hashed is None or user.disabled_at is not None:
        raise _refusal()
    return _begin(store, user, hashed, attempt, counts, now=now)


def find_session(store: Store, session: str, *, now: datetime) -> User | None:
    """Find who is signed in with what a browser holds; None when nobody is, or no longer."""
    digest = _digest(session)
    with store.reading() as connection:
        found = kept.find_session(connection, digest)
    if found is None or found.user.disabled_at is not None:
        return None
    if now - found.created_at > SESSION_LONGEST or now - found.seen_at > SESSION_IDLE:
        return None
    if now - found.seen_at > _SEEN_EVERY:
        _see_session(store, digest, now)
    return found.user


@retried
def sign_out(store: Store, session: str) -> None:
    """End a session, on the side that counts."""
    with store.writing() as connection:
        kept.end_session(connection, _digest(session))


def _refusal() -> Forbidden:
    return Forbidden("signing in", "the name or the password is wrong", "Try again, or ask for a new password")


@retried
def _count(store: Store, attempt: Attempt, *, now: datetime) -> tuple[User | None, str | None, dict[str, Rule]]:
    """Count an attempt before its password is looked at: of many at once none is for nothing."""
    name = _key(attempt.name)
    with store.writing() as connection:
        user = kept.find(connection, name)
        hashed = kept.password_hash(connection, user.number) if user else None
        counts = _counts(connection, user, name, attempt)
        _count_failures(connection, counts, now)
    return user, hashed, counts


def _counts(connection: Connection, user: User | None, name: str, attempt: Attempt) -> dict[str, Rule]:
    """Say what this attempt counts against.

    A browser that the account was signed in from before has a count of its own: guesses from elsewhere, however many,
    never keep the owner out (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
    """
    if user is not None and attempt.browser and kept.knows_browser(connection, _digest(attempt.browser), user.number):
        return {_digest(f"browser {attempt.browser}"): _OF_ACCOUNT}
    return {_account_key(name): _OF_ACCOUNT, _digest(f"address {_network(attempt.address)}"): _OF_ADDRESS}


def _count_failures(connection: Connection, counts: dict[str, Rule], now: datetime) -> None:
    # In one order, so that two attempts never wait for each other.
    before = {key: kept.failures_of(connection, key) for key in sorted(counts)}
    wait = max(throttling.wait(count, now) for count in before.values())
    if wait:
        raise TooManyAttempts(wait)
    for key in sorted(counts):
        kept.keep_failures(connection, key, throttling.failed(before[key], counts[key], now), before=before[key])


@retried
def _begin(
    store: Store, user: User, hashed: str, attempt: Attempt, counts: dict[str, Rule], *, now: datetime
) -> SignedIn:
    session = secrets.token_urlsafe(32)
    rehashed = passwords.rehash(attempt.password) if passwords.is_outdated(hashed) else None
    with store.writing() as connection:
        current = kept.find(connection, user.name)
        if current is None or current.disabled_at is not None or kept.password_hash(connection, user.number) != hashed:
            # Changed while the password was looked at; whoever changed it ended every session that there was.
            raise _refusal()
        browser = attempt.browser or ""
        if not browser or not kept.knows_browser(connection, _digest(browser), user.number):
            browser = secrets.token_urlsafe(32)
            kept.add_browser(connection, _digest(browser), user.number, now)
        if rehashed is not None:
            kept.set_password(connection, user.number, rehashed)
        for key, rule in sorted(counts.items(), key=lambda one: one[0]):
            count = kept.failures_of(connection, key)
            if rule is _OF_ACCOUNT:
                kept.forget_failures(connection, key=key)
            elif count is not None:
                # One's own account must not be the way to guess at others' without end.
                kept.keep_failures(connection, key, throttling.taken_back(count), before=count)
        kept.forget_failures(connection, before=now - _DAY)
        kept.end_old_sessions(connection, begun_before=now - SESSION_LONGEST, seen_before=now - SESSION_IDLE)
        kept.add_session(connection, _digest(session), user, now)
    return SignedIn(user, session, browser)


@retried
def _see_session(store: Store, digest: str, now: datetime) -> None:
    with store.writing() as connection:
        kept.see_session(connection, digest, now)


def _proper_name(name: str) -> str:
    key = _key(name)
    if not key or contains_illegal(name) or any(sign.isspace() or not sign.isprintable() for sign in key):
        raise Invalid("name", f"{name!r} will not do", "Use one word without spaces, such as anna or anna@example.org")
    if len(key) > LONGEST_NAME:
        raise Invalid("name", f"has {len(key)} characters", f"Use at most {LONGEST_NAME}")
    return key


def _key(name: str) -> str:
    # One name for all ways to type it; what is too long is nobody's, and is not worked on.
    return unicodedata.normalize("NFKC", clean_line(name[: LONGEST_NAME * 4])).strip().casefold()


def _account_key(name: str) -> str:
    return _digest(f"account {name}")


def _network(address: str) -> str:
    """Give what one subscriber of the network has: the address, of IPv6 the first 64 bits (RFC 6177)."""
    with suppress(ValueError):
        parsed = ipaddress.ip_address(address)
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
            return str(ipaddress.ip_network((parsed, 64), strict=False))
        return str(parsed)
    return "unknown"


def _digest(secret: str) -> str:
    # Of 256 random bits: no slow hash is needed, nobody can go through them.
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
