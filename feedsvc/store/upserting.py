"""Inserting a row or changing the one that is there, in one statement that no other writer comes between.

Nothing here knows what is kept.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Begin an INSERT that can go on with ON CONFLICT, which both databases know and SQLAlchemy only each by itself."""
    return (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(table)
