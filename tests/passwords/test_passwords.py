"""Passwords are kept as Argon2id hashes, and nobody's takes as long as somebody's."""

from __future__ import annotations

import threading

import argon2
import pytest
from argon2 import PasswordHasher, extract_parameters

from feedsvc import passwords
from feedsvc.errors import Invalid, Unavailable

GOOD = "a storm in a teacup"


def test_a_hash_is_argon2id_and_different_each_time() -> None:
    first, second = passwords.hash_password(GOOD), passwords.hash_password(GOOD)
    assert first != second
    assert first.startswith("$argon2id$")
    assert passwords.verify(first, GOOD)
    assert not passwords.verify(first, f"{GOOD} ")
    assert not passwords.is_outdated(first)


def test_a_letter_is_the_same_however_it_is_composed() -> None:
    kept = passwords.hash_password("caf\u00e9 caf\u00e9 caf\u00e9")
    assert passwords.verify(kept, "cafe\u0301 cafe\u0301 cafe\u0301")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "has 0 characters"),
        ("eleven char", "has 11 characters"),
        ("x" * 501, "has 501 characters"),
        ("tab\tin the middle", "seen"),
    ],
)
def test_what_will_not_do_is_told(password: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        passwords.hash_password(password)


def test_a_password_of_any_length_or_characters_can_be_tried() -> None:
    kept = passwords.hash_password("x" * 500)
    for password in ("", "x" * 501, "x" * 1_000_000, "\0", "\ud800", "é" * 300):
        assert not passwords.verify(kept, password)


def test_without_a_hash_as_much_is_worked_out_and_nothing_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[argon2.Parameters] = []
    original = PasswordHasher.verify

    def noted(self: PasswordHasher, kept: str, password: str) -> bool:
        verified.append(extract_parameters(kept))
        return original(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", noted)
    assert not passwords.verify(None, GOOD)
    assert not passwords.verify(passwords.hash_password(GOOD), "something else")
    nobodys, somebodys = verified
    assert nobodys == somebodys


def test_a_hash_made_with_less_is_made_anew() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    assert passwords.verify(weak, GOOD)
    assert passwords.is_outdated(weak)
    assert not passwords.is_outdated(passwords.rehash(GOOD))


def test_many_at_once_are_refused_and_hold_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    begun, go_on = threading.Semaphore(0), threading.Event()
    original = PasswordHasher.verify

    def held(self: PasswordHasher, kept: str, password: str) -> bool:
        begun.release()
        go_on.wait(30)
        return original(self, kept, password)

    monkeypatch.setattr(PasswordHasher, "verify", held)
    threads = [threading.Thread(target=passwords.verify, args=(kept, GOOD)) for _ in range(2)]
    for thread in threads:
        thread.start()
        assert begun.acquire(timeout=30)
    with pytest.raises(Unavailable, match="busy"):
        passwords.verify(kept, GOOD)
    go_on.set()
    for thread in threads:
        thread.join()
    assert passwords.verify(kept, GOOD)
