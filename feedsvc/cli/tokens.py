"""`feedsvc token`: make, list and revoke the tokens by which programs reach the API."""

from __future__ import annotations

import click

from feedsvc import tokens
from feedsvc.cli.desk import Desk, pass_desk
from feedsvc.cli.printing import json_option, print_json, print_table, when
from feedsvc.tokens import Scope, Token


@click.group()
def token() -> None:
    """Look after the tokens by which programs reach the API."""


@token.command()
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice([scope.value for scope in Scope]),
    default=Scope.READ.value,
    show_default=True,
    help="What its holder may do; to write is to read as well.",
)
@json_option
@pass_desk
def create(desk: Desk, name: str, scope: str, *, as_json: bool) -> None:
    """Make a token for the program NAME; it is shown now and never again."""
    made = tokens.create_token(desk.store, name, Scope(scope), now=desk.now())
    if as_json:
        print_json({"token": made.text, **_plain(made.token)})
        return
    click.echo(made.text)
    click.echo(f"This is the only time that it is shown. It may {made.token.scope}; its name is {name}.", err=True)


@token.command("list")
@json_option
@pass_desk
def list_(desk: Desk, *, as_json: bool) -> None:
    """List every token, revoked ones too; never a secret."""
    known = tokens.list_tokens(desk.store)
    if as_json:
        print_json([_plain(one) for one in known])
        return
    print_table(
        ("id", "name", "scope", "made", "revoked"),
        [
            (one.id, one.name, one.scope, when(one.created_at, desk.zone), when(one.revoked_at, desk.zone))
            for one in known
        ],
        empty="There is no token yet; make one: feedsvc token create NAME",
    )


@token.command()
@click.argument("name", metavar="NAME|ID")
@json_option
@pass_desk
def revoke(desk: Desk, name: str, *, as_json: bool) -> None:
    """Take a token out of use: the next request with it is refused."""
    revoked = tokens.revoke_token(desk.store, name, now=desk.now())
    if as_json:
        print_json({"id": revoked.id, "name": revoked.name})
    else:
        click.echo(f"token {revoked.name} ({revoked.id}) is revoked")


def _plain(one: Token) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "scope": one.scope.value,
        "created_at": one.created_at,
        "revoked_at": one.revoked_at,
    }
