"""`feedsvc check`: do the feeds keep the standards."""

from __future__ import annotations

import click


@click.command()
def check() -> None:
    """Check feeds."""
