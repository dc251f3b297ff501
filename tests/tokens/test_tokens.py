"""A token is shown once, kept as a hash, and of no use once revoked (P42)."""

import json

import pytest
from sqlalchemy import text

from feedsvc import tokens
from feedsvc.errors import Conflict, Forbidden, Invalid, NotFound
from feedsvc.tokens import MADE, Scope
from tests.newsroom import Newsroom


def make(room: Newsroom, name: str = "cms", scope: Scope = Scope.WRITE) -> tokens.Made:
    return tokens.create_token(room.store, name, scope, now=room.now)


def test_a_token_is_known_again(newsroom: Newsroom) -> None:
    made = make(newsroom)
    assert tokens.identify(newsroom.store, made.text) == made.token
    assert (made.token.name, made.token.scope) == ("cms", Scope.WRITE)


def test_the_store_holds_no_secret(newsroom: Newsroom) -> None:
    secret = MADE.fullmatch(make(newsroom).text)
    assert secret is not None
    with newsroom.store.reading() as connection:
        rows = [dict(row._mapping) for row in connection.execute(text("SELECT * FROM tokens"))]  # noqa: SLF001
    assert secret["id"] in json.dumps(rows)
    assert secret["secret"] not in json.dumps(rows)


def test_no_two_are_alike(newsroom: Newsroom) -> None:
    first, second = make(newsroom, "a"), make(newsroom, "b")
    assert first.text != second.text
    mixed = f"feedsvc_{first.token.id}_{second.text.rpartition(second.token.id + '_')[2]}"
    assert tokens.identify(newsroom.store, mixed) is None


@pytest.mark.parametrize(
    "wrong",
    ["", "x", "feedsvc_", f"feedsvc_{'0' * 16}_{'A' * 43}", f"feedsvc_{'0' * 16}_{'é' * 43}", "' OR 1=1 --"],
    ids=["empty", "short", "prefix", "unknown", "not ASCII", "SQL"],
)
def test_what_is_no_token_is_nobodys(newsroom: Newsroom, wrong: str) -> None:
    assert tokens.identify(newsroom.store, wrong) is None


def test_any_change_of_one_character_makes_it_nobodys(newsroom: Newsroom) -> None:
    made = make(newsroom).text
    for place, character in enumerate(made):
        other = made[:place] + ("A" if character != "A" else "B") + made[place + 1 :]
        assert tokens.identify(newsroom.store, other) is None


def test_a_revoked_token_is_nobodys_from_then_on(newsroom: Newsroom) -> None:
    made = make(newsroom)
    assert tokens.revoke_token(newsroom.store, "cms", now=newsroom.now).id == made.token.id
    assert tokens.identify(newsroom.store, made.text) is None
    assert [one.revoked_at for one in tokens.list_tokens(newsroom.store)] == [newsroom.now]
    with pytest.raises(NotFound, match="feedsvc token list"):
        tokens.revoke_token(newsroom.store, "cms", now=newsroom.now)


def test_a_name_in_use_is_refused_and_is_free_again_once_revoked(newsroom: Newsroom) -> None:
    first = make(newsroom)
    with pytest.raises(Conflict, match="in use"):
        make(newsroom)
    tokens.revoke_token(newsroom.store, first.token.id, now=newsroom.now)
    assert tokens.identify(newsroom.store, make(newsroom).text) is not None


@pytest.mark.parametrize("name", ["", " \n", "x" * 201])
def test_a_token_is_somebodys(newsroom: Newsroom, name: str) -> None:
    with pytest.raises(Invalid, match="name"):
        make(newsroom, name)


def test_to_write_is_to_read_and_to_read_is_not_to_write(newsroom: Newsroom) -> None:
    reader, writer = make(newsroom, "reader", Scope.READ).token, make(newsroom, "writer").token
    tokens.require(reader, Scope.READ)
    tokens.require(writer, Scope.READ)
    tokens.require(writer, Scope.WRITE)
    with pytest.raises(Forbidden, match="only read"):
        tokens.require(reader, Scope.WRITE)
