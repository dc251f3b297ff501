"""Accounts in the store, on every database that it runs on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from feedsvc import accounts
from feedsvc.accounts import Attempt
from feedsvc.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from feedsvc.store import accounts as kept
from tests.newsroom import Newsroom

PASSWORD = "a storm in a teacup"  # noqa: S105 nobody's
HERE = "192.0.2.1"


def attempt(name: str = "anna", password: str = PASSWORD, browser: str | None = None) -> Attempt:
    return Attempt(name, password, HERE, browser)


def test_an_account_is_made_once_whatever_the_case_of_its_name(newsroom: Newsroom) -> None:
    made = accounts.add_user(newsroom.store, "Anna@Example.org", PASSWORD, now=newsroom.now)
    assert made.name == "anna@example.org"
    with pytest.raises(Conflict, match="has an account already"):
        accounts.add_user(newsroom.store, "anna@example.ORG", PASSWORD, now=newsroom.now)
    assert [user.name for user in accounts.list_users(newsroom.store)] == ["anna@example.org"]


@pytest.mark.parametrize("name", ["", "   ", "two words", "line\nend", "bell\a", "x" * 101])
def test_a_name_that_will_not_do_is_told(newsroom: Newsroom, name: str) -> None:
    with pytest.raises(Invalid, match="name"):
        accounts.add_user(newsroom.store, name, PASSWORD, now=newsroom.now)
    assert accounts.list_users(newsroom.store) == ()


def test_a_session_is_found_until_it_is_ended(newsroom: Newsroom) -> None:
    user = accounts.add_user(newsroom.store, "anna", PASSWORD, now=newsroom.now)
    signed_in = accounts.sign_in(newsroom.store, attempt(), now=newsroom.now)
    found = accounts.find_session(newsroom.store, signed_in.session, now=newsroom.now)
    assert found is not None
    assert (found.number, found.signed_in_at) == (user.number, newsroom.now)
    accounts.sign_out(newsroom.store, signed_in.session)
    assert accounts.find_session(newsroom.store, signed_in.session, now=newsroom.now) is None


def test_a_browser_keeps_its_word_and_is_forgotten_with_the_password(newsroom: Newsroom) -> None:
    accounts.add_user(newsroom.store, "anna", PASSWORD, now=newsroom.now)
    first = accounts.sign_in(newsroom.store, attempt(), now=newsroom.now)
    again = accounts.sign_in(newsroom.store, attempt(browser=first.browser), now=newsroom.now)
    assert again.browser == first.browser
    assert again.session != first.session
    accounts.set_password(newsroom.store, "anna", f"{PASSWORD}!")
    anew = accounts.sign_in(newsroom.store, attempt(password=f"{PASSWORD}!", browser=first.browser), now=newsroom.now)
    assert anew.browser != first.browser


def test_another_accounts_browser_is_a_strangers(newsroom: Newsroom) -> None:
    for name in ("anna", "bert"):
        accounts.add_user(newsroom.store, name, PASSWORD, now=newsroom.now)
    annas = accounts.sign_in(newsroom.store, attempt(), now=newsroom.now).browser
    berts = accounts.sign_in(newsroom.store, attempt("bert", browser=annas), now=newsroom.now).browser
    assert berts != annas


def test_a_disabled_account_is_refused_until_it_is_enabled(newsroom: Newsroom) -> None:
    accounts.add_user(newsroom.store, "anna", PASSWORD, now=newsroom.now)
    accounts.disable_user(newsroom.store, "ANNA", now=newsroom.now)
    with pytest.raises(Forbidden, match="name or the password"):
        accounts.sign_in(newsroom.store, attempt(), now=newsroom.now)
    accounts.enable_user(newsroom.store, "anna")
    assert accounts.sign_in(newsroom.store, attempt(), now=newsroom.now).user.name == "anna"


def test_who_has_no_account_is_told_by_the_name(newsroom: Newsroom) -> None:
    with pytest.raises(NotFound, match="user 'bert'"):
        accounts.disable_user(newsroom.store, "bert", now=newsroom.now)
    with pytest.raises(NotFound, match="user 'bert'"):
        accounts.set_password(newsroom.store, "bert", PASSWORD)


def test_a_weak_hash_is_made_anew_when_its_password_is_seen(newsroom: Newsroom) -> None:
    user = accounts.add_user(newsroom.store, "anna", PASSWORD, now=newsroom.now)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with newsroom.store.writing() as connection:
        kept.set_password(connection, user.number, weak)
    accounts.sign_in(newsroom.store, attempt(), now=newsroom.now)
    with newsroom.store.reading() as connection:
        assert "m=65536" in kept.password_hash(connection, user.number)


@pytest.mark.parametrize("change", ["another password", "disabled"])
def test_no_session_outlives_a_change_that_came_while_the_password_was_looked_at(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    accounts.add_user(newsroom.store, "anna", PASSWORD, now=newsroom.now)
    verify = PasswordHasher.verify

    def slow(self: PasswordHasher, kept_hash: str, password: str) -> bool:
        right = verify(self, kept_hash, password)
        if change == "disabled":
            accounts.disable_user(newsroom.store, "anna", now=newsroom.now)
        else:
            accounts.set_password(newsroom.store, "anna", f"{PASSWORD}!")
        return right

    monkeypatch.setattr(PasswordHasher, "verify", slow)
    with pytest.raises(Forbidden):
        accounts.sign_in(newsroom.store, attempt(), now=newsroom.now)


def test_many_attempts_at_once_are_all_counted(newsroom: Newsroom) -> None:
    def fail(_: int) -> str:
        try:
            accounts.sign_in(newsroom.store, attempt("nobody", "wrong"), now=newsroom.now)
        except (Forbidden, Unavailable) as error:
            return type(error).__name__
        return "in"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(fail, range(24)))
    # Those that found no place to be looked at were counted as well: no flood gets more than its free attempts.
    assert "in" not in answers
    assert len([one for one in answers if one != "TooManyAttempts"]) == 6
