"""What a writer on one host holds against writers on others, until its transaction ends.

On SQLite there is one writer at a time, and nothing here does anything. Whoever takes several takes them in this order,
so that no two wait for each other: articles, the definitions, the list of feeds, feeds; rows by their numbers.
"""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import ColumnElement, Connection, Table, func, select


class Subject(IntEnum):
    """What is locked as a whole. The numbers are PostgreSQL's names for them, the same in every release.

    SCHEMA is for migrations. Who changes feeds' definitions holds DEFINITIONS, who puts articles in feeds by them
    shares it: no article is placed by a definition that is on its way out. Who makes a feed holds LIST_OF_FEEDS.
    """

    SCHEMA = 0x66656564_0001
    DEFINITIONS = 0x66656564_0002
    LIST_OF_FEEDS = 0x66656564_0003


def hold(connection: Connection, subject: Subject) -> None:
    """Have a subject alone."""
    if _others_write(connection):
        connection.execute(select(func.pg_advisory_xact_lock(subject.value)))


def share(connection: Connection, subject: Subject) -> None:
    """Have a subject together with everyone else who shares it, and with nobody who holds it."""
    if _others_write(connection):
        connection.execute(select(func.pg_advisory_xact_lock_shared(subject.value)))


def hold_rows(connection: Connection, table: Table, which: ColumnElement[bool]) -> None:
    """Hold these rows of a table, in the order of their numbers: the statement that changes them takes them as found.

    The rows' numbers themselves are not to change.
    """
    if _others_write(connection):
        rows = select(table.c.number).where(which).order_by(table.c.number)
        connection.execute(rows.with_for_update(key_share=True))


def keep_rows(connection: Connection, table: Table, which: ColumnElement[bool]) -> None:
    """Keep these rows of a table from being changed by anyone, together with everyone else who does."""
    if _others_write(connection):
        rows = select(table.c.number).where(which).order_by(table.c.number)
        connection.execute(rows.with_for_update(read=True))


def _others_write(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
