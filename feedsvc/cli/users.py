"""`feedsvc user`: who may sign in to the newsroom.

A password never stands on the command line, where every process of the machine could read it.
"""

from __future__ import annotations

import secrets
import sys
from typing import Any

import click

from feedsvc import accounts
from feedsvc.cli.desk import Desk, pass_desk
from feedsvc.cli.printing import json_option, print_json, print_table, when
from feedsvc.errors import Invalid
from feedsvc.store.accounts import User

_generate = click.option("--generate", is_flag=True, help="Make a password and print it, once.")


@click.group()
def user() -> None:
    """Say who may sign in to the newsroom, at /newsroom/.

    A new password is asked for, or read from standard input when that is no terminal: one line.
    """


@user.command()
@click.argument("name")
@_generate
@json_option
@pass_desk
def add(desk: Desk, name: str, *, generate: bool, as_json: bool) -> None:
    """Make an account, such as anna or anna@example.org."""
    password = _new_password(generate=generate)
    made = accounts.add_user(desk.store, name, password, now=desk.now())
    where = f"{desk.site.base_url}/newsroom/"
    _tell(made, f"{made.name} may sign in at {where}", password if generate else None, as_json=as_json)


@user.command("list")
@json_option
@pass_desk
def list_(desk: Desk, *, as_json: bool) -> None:
    """List every account."""
    users = accounts.list_users(desk.store)
    if as_json:
        print_json([_facts(one) for one in users])
        return
    print_table(
        ("name", "state", "made", "last signed in"),
        [
            (
                one.name,
                "disabled" if one.disabled_at else "may sign in",
                when(one.created_at, desk.zone),
                when(one.signed_in_at, desk.zone),
            )
            for one in users
        ],
        empty="Nobody has an account yet: feedsvc user add NAME",
    )


@user.command()
@click.argument("name")
@json_option
@pass_desk
def disable(desk: Desk, name: str, *, as_json: bool) -> None:
    """Keep an account from being used, and sign it out everywhere. Its articles stay."""
    changed = accounts.disable_user(desk.store, name, now=desk.now())
    _tell(changed, f"{changed.name} may no longer sign in, and is signed out everywhere", as_json=as_json)


@user.command()
@click.argument("name")
@json_option
@pass_desk
def enable(desk: Desk, name: str, *, as_json: bool) -> None:
    """Let a disabled account be used again."""
    changed = accounts.enable_user(desk.store, name)
    _tell(changed, f"{changed.name} may sign in again", as_json=as_json)


@user.command()
@click.argument("name")
@_generate
@json_option
@pass_desk
def password(desk: Desk, name: str, *, generate: bool, as_json: bool) -> None:
    """Give an account another password, and sign it out everywhere."""
    new = _new_password(generate=generate)
    changed = accounts.set_password(desk.store, name, new)
    told = f"{changed.name} has another password, and is signed out everywhere"
    _tell(changed, told, new if generate else None, as_json=as_json)


def _new_password(*, generate: bool) -> str:
    if generate:
        return secrets.token_urlsafe(18)
    if sys.stdin.isatty():
        new: str = click.prompt("Password", hide_input=True, confirmation_prompt="Once more")
        return new
    line = sys.stdin.readline()
    if not line:
        raise Invalid(
            "password", "did not come", "Call this in a terminal, give a line on standard input, or --generate"
        )
    return line.removesuffix("\n").removesuffix("\r")


def _tell(user: User, sentence: str, password: str | None = None, *, as_json: bool) -> None:
    if as_json:
        print_json(_facts(user) | ({"password": password} if password else {}))
        return
    click.echo(f"{sentence}.")
    if password:
        click.echo(f"Password: {password}")


def _facts(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "disabled": user.disabled_at is not None,
        "created_at": user.created_at,
        "signed_in_at": user.signed_in_at,
    }
