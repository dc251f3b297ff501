"""feedsvc token: made, shown once, listed without its secret, revoked."""

import json
from pathlib import Path

import pytest

from feedsvc.tokens import MADE
from tests.promises.installation import Installation


@pytest.fixture
def desk(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_a_program_gets_its_token_once(desk: Installation) -> None:
    made = desk.call("token", "create", "cms", "--scope", "write", "--json")
    assert made.code == 0
    said = json.loads(made.out)
    assert MADE.fullmatch(said["token"])
    assert (said["name"], said["scope"], said["revoked_at"]) == ("cms", "write", None)
    [listed] = json.loads(desk.call("token", "list", "--json").out)
    assert listed == {name: value for name, value in said.items() if name != "token"}
    answer = desk.get("/api/v1/articles", {"Authorization": f"Bearer {said['token']}"})
    assert answer.status == 200


def test_a_person_gets_it_alone_on_standard_output(desk: Installation) -> None:
    made = desk.call("token", "create", "reader")
    assert MADE.fullmatch(made.out.strip())
    assert "only time" in made.err
    listed = desk.call("token", "list").out
    assert "reader" in listed
    assert made.out.strip() not in listed


def test_a_revoked_one_is_of_no_use(desk: Installation) -> None:
    made = json.loads(desk.call("token", "create", "cms", "--json").out)
    field = {"Authorization": f"Bearer {made['token']}"}
    assert desk.get("/api/v1/articles", field).status == 200
    revoked = desk.call("token", "revoke", "cms", "--json")
    assert (revoked.code, json.loads(revoked.out)) == (0, {"id": made["id"], "name": "cms"})
    assert desk.get("/api/v1/articles", field).status == 401
    again = desk.call("token", "revoke", made["id"])
    assert (again.code, again.err) == (
        2,
        f"feedsvc: token '{made['id']}': is not in use. List them: feedsvc token list\n",
    )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("create", ""), 2, "name"),
        (("create", "cms", "--scope", "admin"), 2, "admin"),
        (("create", "taken"), 1, "is in use"),
        (("revoke", "nobody"), 2, "is not in use"),
        (("create",), 2, "NAME"),
    ],
)
def test_a_wrong_call_is_told_why(desk: Installation, words: tuple[str, ...], code: int, said: str) -> None:
    desk.call("token", "create", "taken")
    done = desk.call("token", *words)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert len(json.loads(desk.call("token", "list", "--json").out)) == 1
