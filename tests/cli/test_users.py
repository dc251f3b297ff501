"""`feedsvc user`: accounts for the newsroom, made where the service runs; no password stands on a command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.service import CONFIG

PASSWORD = "a storm in a teacup"  # noqa: S105 nobody's


class Place:
    """A folder with a configuration, in which commands are called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "config.toml").write_text(CONFIG.replace("{base_url}", "https://gazette.example.org"))

    def user(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "feedsvc", "user", *arguments],
            cwd=self.folder,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_an_account_is_made_with_a_password_from_standard_input(place: Place) -> None:
    made = place.user("add", "Anna", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == "anna may sign in at https://gazette.example.org/newsroom/.\n"
    again = place.user("add", "ANNA", typed=f"{PASSWORD}\n")
    assert again.returncode == 1
    assert (
        again.stderr == "feedsvc: user 'anna': has an account already. Another password: feedsvc user password anna\n"
    )
    listed = place.user("list")
    assert listed.stdout.split("\t")[:2] == ["anna", "may sign in"]
    assert PASSWORD not in made.stdout + listed.stdout


def test_a_password_can_be_made_and_is_printed_once(place: Place) -> None:
    made = json.loads(place.user("add", "anna", "--generate", "--json").stdout)
    assert len(made["password"]) >= 20
    changed = place.user("password", "anna", "--generate")
    assert changed.stdout.startswith("anna has another password, and is signed out everywhere.\nPassword: ")
    assert made["password"] not in changed.stdout
    assert "password" not in json.loads(place.user("list", "--json").stdout)[0]


@pytest.mark.parametrize(
    ("arguments", "typed", "told"),
    [
        (("add", "anna"), "", "password: did not come"),
        (("add", "anna"), "\n", "password: has 0 characters"),
        (("add", "anna"), "short\n", "password: has 5 characters"),
        (("add", "two words"), f"{PASSWORD}\n", "name: 'two words' will not do"),
        (("password", "nobody"), f"{PASSWORD}\n", "user 'nobody': has no account"),
        (("disable", "nobody"), "", "user 'nobody': has no account"),
    ],
)
def test_a_wrong_call_says_what(place: Place, arguments: tuple[str, ...], typed: str, told: str) -> None:
    called = place.user(*arguments, typed=typed)
    assert (called.returncode, called.stdout) == (2, "")
    assert called.stderr.startswith(f"feedsvc: {told}")


def test_an_account_is_disabled_and_enabled(place: Place) -> None:
    place.user("add", "anna", typed=f"{PASSWORD}\n")
    assert "may no longer sign in" in place.user("disable", "anna").stdout
    assert json.loads(place.user("list", "--json").stdout)[0]["disabled"] is True
    assert "may sign in again" in place.user("enable", "anna").stdout
    assert json.loads(place.user("list", "--json").stdout)[0]["disabled"] is False


def test_there_is_nobody_at_first(place: Place) -> None:
    assert place.user("list").stdout == "Nobody has an account yet: feedsvc user add NAME\n"
