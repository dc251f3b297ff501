"""API tokens in the store: what each may do, and the hash of its secret. The secret itself is never here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from feedsvc.errors import Conflict
from feedsvc.store.tables import tokens


class Scope(StrEnum):
    """What a token lets its holder do; to write is to read as well."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret. `id` names it in the token itself, `name` says whose it is."""

    id: str
    name: str
    scope: Scope
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hashed:
    """A token with the hash of its secret."""

    token: Token
    hash: str


def add(connection: Connection, token: Token, hash_: str) -> None:
    """Keep a new token. Raises Conflict when one of that name is in use."""
    row = {"id": token.id, "name": token.name, "scope": token.scope.value, "created_at": token.created_at}
    try:
        connection.execute(insert(tokens).values(**row, hash=hash_))
    except IntegrityError as error:
        raise Conflict(
            f"token {token.name!r}", "is in use", "Take another name, or revoke that one: feedsvc token revoke"
        ) from error


def find(connection: Connection, token_id: str) -> Hashed | None:
    """Find a token by its id, revoked or not."""
    row = connection.execute(select(tokens).where(tokens.c.id == token_id)).one_or_none()
    return None if row is None else Hashed(_token(row), row.hash)


def find_in_use(connection: Connection, name_or_id: str) -> Token | None:
    """Find the token in use that has this id or this name."""
    named = or_(tokens.c.id == name_or_id, tokens.c.name == name_or_id)
    # An id goes before a name that looks like one.
    query = select(tokens).where(named, tokens.c.revoked_at.is_(None)).order_by(tokens.c.id != name_or_id)
    row = connection.execute(query.limit(1)).one_or_none()
    return None if row is None else _token(row)


def all_tokens(connection: Connection) -> tuple[Token, ...]:
    """Give every token, revoked ones too, the oldest first."""
    rows = connection.execute(select(tokens).order_by(tokens.c.created_at, tokens.c.id))
    return tuple(_token(row) for row in rows)


def revoke(connection: Connection, token_id: str, now: datetime) -> None:
    """Take a token out of use, for good."""
    connection.execute(update(tokens).where(tokens.c.id == token_id).values(revoked_at=now))


def _token(row: Row[Any]) -> Token:
    return Token(row.id, row.name, Scope(row.scope), row.created_at, row.revoked_at)
