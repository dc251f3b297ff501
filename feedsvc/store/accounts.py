"""The newsroom's accounts in the store: who may sign in, who is signed in, and who failed to.

Plain reads and writes: what a password, a session or a wait is worth is decided elsewhere. No secret is kept that
could be used by whoever reads the store: passwords as hashes, what browsers hold as digests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from feedsvc.errors import NotFound
from feedsvc.store.tables import browsers, failures, sessions, users
from feedsvc.throttling import Count


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in to the newsroom, unless disabled."""

    number: int
    name: str
    created_at: datetime
    disabled_at: datetime | None = None
    signed_in_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A browser that is signed in."""

    user: User
    created_at: datetime
    seen_at: datetime


def add(connection: Connection, name: str, password_hash: str, now: datetime) -> User:
    """Keep a new account."""
    row = {"name": name, "password_hash": password_hash, "created_at": now}
    number = connection.execute(insert(users).values(**row).returning(users.c.number)).scalar_one()
    return User(number, name, now)


def get(connection: Connection, name: str) -> User:
    """Give an account by its name. Raises NotFound."""
    user = find(connection, name)
    if user is None:
        raise NotFound(f"user '{name}'", "has no account", "List them: feedsvc user list")
    return user


def find(connection: Connection, name: str) -> User | None:
    """Find an account by its name."""
    row = connection.execute(select(users).where(users.c.name == name)).one_or_none()
    return None if row is None else _user(row)


def all_users(connection: Connection) -> tuple[User, ...]:
    """Give every account, by name."""
    return tuple(_user(row) for row in connection.execute(select(users).order_by(users.c.name)))


def password_hash(connection: Connection, number: int) -> str:
    """Give the hash of an account's password."""
    return str(connection.execute(select(users.c.password_hash).where(users.c.number == number)).scalar_one())


def set_password(connection: Connection, number: int, hashed: str) -> None:
    """Keep another password."""
    connection.execute(update(users).where(users.c.number == number).values(password_hash=hashed))


def set_disabled(connection: Connection, number: int, disabled_at: datetime | None) -> None:
    """Keep whether an account may be used."""
    connection.execute(update(users).where(users.c.number == number).values(disabled_at=disabled_at))


def add_session(connection: Connection, digest: str, user: User, now: datetime) -> None:
    """Keep that a browser is signed in, and when its user was."""
    row = {"digest": digest, "user_number": user.number, "created_at": now, "seen_at": now}
    connection.execute(insert(sessions).values(**row))
    connection.execute(update(users).where(users.c.number == user.number).values(signed_in_at=now))


def find_session(connection: Connection, digest: str) -> KeptSession | None:
    """Find a session by the digest of what its browser holds."""
    query = select(users, sessions.c.created_at.label("begun_at"), sessions.c.seen_at)
    query = query.join(sessions, sessions.c.user_number == users.c.number).where(sessions.c.digest == digest)
    row = connection.execute(query).one_or_none()
    return None if row is None else KeptSession(_user(row), row.begun_at, row.seen_at)


def see_session(connection: Connection, digest: str, now: datetime) -> None:
    """Keep when a session was last used."""
    connection.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=now))


def end_session(connection: Connection, digest: str) -> None:
    """Forget a session."""
    connection.execute(delete(sessions).where(sessions.c.digest == digest))


def end_sessions(connection: Connection, user_number: int) -> None:
    """Forget every session of an account, and the browsers that it is known from."""
    connection.execute(delete(sessions).where(sessions.c.user_number == user_number))
    connection.execute(delete(browsers).where(browsers.c.user_number == user_number))


def end_old_sessions(connection: Connection, *, begun_before: datetime, seen_before: datetime) -> None:
    """Forget the sessions that are over."""
    over = or_(sessions.c.created_at < begun_before, sessions.c.seen_at < seen_before)
    connection.execute(delete(sessions).where(over))


def knows_browser(connection: Connection, digest: str, user_number: int) -> bool:
    """Say whether an account was signed in from this browser before."""
    query = select(browsers.c.digest).where(browsers.c.digest == digest, browsers.c.user_number == user_number)
    return connection.execute(query).one_or_none() is not None


def add_browser(connection: Connection, digest: str, user_number: int, now: datetime) -> None:
    """Remember a browser that an account was signed in from."""
    connection.execute(insert(browsers).values(digest=digest, user_number=user_number, created_at=now))


def failures_of(connection: Connection, key: str) -> Count | None:
    """Give what is remembered of failed attempts under a key; nobody else changes it before this transaction ends."""
    row = connection.execute(select(failures).where(failures.c.key == key).with_for_update()).one_or_none()
    return None if row is None else Count(row.failures, row.last_at, row.open_at)


def keep_failures(connection: Connection, key: str, count: Count, *, before: Count | None) -> None:
    """Remember failed attempts under a key; `before` is what `failures_of` gave.

    Where that was nothing there was no row to hold: another writer may have added it since, whose count must not be
    written over. The store then takes this transaction back (Overtaken).
    """
    values = {"failures": count.failures, "last_at": count.last_at, "open_at": count.open_at}
    if before is None:
        connection.execute(insert(failures).values(key=key, **values))
    else:
        connection.execute(update(failures).where(failures.c.key == key).values(**values))


def forget_failures(connection: Connection, *, key: str | None = None, before: datetime | None = None) -> None:
    """Forget the failed attempts under a key, or all those whose last one was before an instant."""
    if key is not None:
        connection.execute(delete(failures).where(failures.c.key == key))
    if before is not None:
        connection.execute(delete(failures).where(failures.c.last_at < before))


def _user(row: Row[Any]) -> User:
    return User(row.number, row.name, row.created_at, row.disabled_at, row.signed_in_at)
