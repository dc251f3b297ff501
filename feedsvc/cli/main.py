"""The command `feedsvc`: its options, its commands, and what errors come to.

Nothing is done here: every command is a module of this package.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from feedsvc import __version__
from feedsvc.cli.desk import Desk
from feedsvc.errors import ConfigInvalid, FeedsvcError, Forbidden, Invalid, NotFound

# A wrong call or configuration is the caller's to mend; everything else is work that failed.
WRONG_CALL = (ConfigInvalid, Invalid, NotFound, Forbidden)

COMMANDS: Final = {
    "run": "servers:run",
    "web": "servers:web",
    "publisher": "servers:publisher",
    "import": "importing:import_",
    "publish": "publish:publish",
    "picture": "pictures:picture",
    "feeds": "feeds:feeds",
    "held": "guarding:held",
    "diff": "guarding:diff",
    "release": "guarding:release",
    "rollback": "guarding:rollback",
    "articles": "articles:articles",
    "article": "articles:article",
    "check": "check:check",
    "token": "tokens:token",
    "db": "database:db",
    "user": "users:user",
}
"""Each command, and where in this package it is."""


class Commands(click.Group):
    """The commands, each loaded when it is called: nobody who publishes waits for the web server's modules."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names in the order of the alphabet."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command, or give None for a name that is none."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(f"feedsvc.cli.{module}"), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name]} is no command")
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        commands(prog_name="feedsvc")
    except FeedsvcError as error:
        click.echo(f"feedsvc: {error}", err=True)
        sys.exit(2 if isinstance(error, WRONG_CALL) else 1)
