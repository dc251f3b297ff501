"""The command `feedsvc`: its options, its commands, and what errors come to.

Nothing is done here: every command is a module of this package.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from feedsvc import __version__
from feedsvc.cli import articles, check, database, feeds, guarding, importing, pictures, publish, servers, tokens, users
from feedsvc.cli.desk import Desk
from feedsvc.errors import ConfigInvalid, FeedsvcError, Forbidden, Invalid, NotFound

# A wrong call or configuration is the caller's to mend; everything else is work that failed.
WRONG_CALL = (ConfigInvalid, Invalid, NotFound, Forbidden)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="feedsvc")
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="FEEDSVC_CONFIG",
    default="config.toml",
    show_default=True,
    help="The configuration file; FEEDSVC_CONFIG names it too.",
)
@click.pass_context
def commands(context: click.Context, path: Path) -> None:
    """Publish feeds: articles go in, RSS, Atom and JSON feeds that stay right come out."""
    context.obj = Desk(path)


for command in (
    servers.run,
    servers.web,
    servers.publisher,
    importing.import_,
    publish.publish,
    pictures.picture,
    feeds.feeds,
    guarding.held,
    guarding.diff,
    guarding.release,
    guarding.rollback,
    articles.articles,
    articles.article,
    check.check,
    tokens.token,
    database.db,
    users.user,
):
    commands.add_command(command)


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        commands(prog_name="feedsvc")
    except FeedsvcError as error:
        click.echo(f"feedsvc: {error}", err=True)
        sys.exit(2 if isinstance(error, WRONG_CALL) else 1)
