"""`feedsvc db upgrade`: bring the store to this release's schema."""

from __future__ import annotations

import click

from feedsvc.cli.desk import Desk, pass_desk
from feedsvc.store import open_store, schema


@click.group()
def db() -> None:
    """Look after the store."""


@db.command()
@pass_desk
def upgrade(desk: Desk) -> None:
    """Bring the store to this release's schema; all or nothing."""
    store = open_store(desk.config.store.url)
    try:
        before, after = schema.upgrade(store)
    finally:
        store.close()
    if before == after:
        click.echo(f"the store is at schema {after} already")
    else:
        click.echo(f"the store went from schema {before or 'none'} to {after}")
