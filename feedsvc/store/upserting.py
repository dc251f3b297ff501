"""Inserting a row or changing the one that is there, in one statement that no other writer comes between.

Nothing here knows what is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

# Both databases know ON CONFLICT, and SQLAlchemy only each by itself.
Upsert: TypeAlias = postgresql.Insert | sqlite.Insert


def upsert(connection: Connection, table: Table) -> Upsert:
    """Begin an INSERT that can go on with ON CONFLICT."""
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)


def upserts(table: Table, build: Callable[[Upsert], Any]) -> Mapping[str, Any]:
    """Build such a statement once, for each database by the name of its dialect."""
    return {"postgresql": build(postgresql.insert(table)), "sqlite": build(sqlite.insert(table))}
