"""Signing in and out: who gets in, what the browser holds, and what failing tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from feedsvc import accounts
from tests.newsroom import Newsroom
from tests.newsroom_pages.visiting import NAME, PASSWORD, Visitor, add_account, make_app

WRONG = "not the right one at all"


def fail(visitor: Visitor, name: str = NAME) -> int:
    visitor.open("/newsroom/sign-in")
    return visitor.press("Sign in", name=name, password=WRONG).status_code


class TestGettingIn:
    def test_a_stranger_is_asked_to_sign_in_and_comes_to_the_page_that_was_wanted(self, stranger: Visitor) -> None:
        stranger.open("/newsroom/?status=draft")
        assert stranger.texts("//h1") == ["Sign in"]
        stranger.press("Sign in", name=NAME, password=PASSWORD)
        assert stranger.path == "/newsroom/?status=draft"
        assert stranger.texts("//h1") == ["Articles"]

    def test_a_name_is_the_same_however_its_letters_are_cased(self, stranger: Visitor) -> None:
        stranger.sign_in(name=" ANNA ")
        assert stranger.texts("//h1") == ["Articles"]

    def test_what_failed_keeps_the_name_and_never_the_password(self, stranger: Visitor) -> None:
        stranger.sign_in(password=WRONG)
        assert stranger.page.status_code == 403
        assert stranger.typed("name") == NAME
        assert WRONG not in stranger.page.text

    def test_signing_out_ends_the_session_for_whoever_holds_it(self, editor: Visitor, app: Flask) -> None:
        thief = Visitor(app)
        thief.client.set_cookie("newsroom", editor.cookies["newsroom"])
        thief.open("/newsroom/")
        assert thief.texts("//h1") == ["Articles"]
        editor.press("Sign out")
        thief.open("/newsroom/")
        assert thief.texts("//h1") == ["Sign in"]

    @pytest.mark.parametrize(
        ("step", "still"),
        [(timedelta(hours=23), True), (timedelta(hours=25), False)],
        ids=["used within a day", "unused for a day"],
    )
    def test_a_session_ends_when_it_is_not_used(
        self, room: Newsroom, editor: Visitor, step: timedelta, *, still: bool
    ) -> None:
        room.now += step
        editor.open("/newsroom/")
        assert (editor.texts("//h1") == ["Articles"]) is still

    def test_a_session_ends_after_two_weeks_however_much_it_is_used(self, room: Newsroom, editor: Visitor) -> None:
        days = 0
        while editor.texts("//h1") == ["Articles"]:
            room.now += timedelta(hours=20)
            days += 1
            assert days < 18, "a session that never ends"
            editor.open("/newsroom/")
        assert days >= 16

    def test_a_new_password_and_a_disabled_account_sign_out_everywhere(self, room: Newsroom, app: Flask) -> None:
        visitor = Visitor(app)
        visitor.sign_in()
        accounts.set_password(room.store, NAME, f"{PASSWORD}!")
        visitor.open("/newsroom/")
        assert visitor.texts("//h1") == ["Sign in"]
        visitor.sign_in(password=f"{PASSWORD}!")
        assert visitor.texts("//h1") == ["Articles"]
        accounts.disable_user(room.store, NAME, now=room.now)
        visitor.open("/newsroom/")
        assert visitor.texts("//h1") == ["Sign in"]


class TestCookies:
    def test_the_session_is_out_of_reach_of_scripts_and_of_other_sites(self, stranger: Visitor) -> None:
        stranger.open("/newsroom/sign-in")
        data, action = stranger.form("Sign in", name=NAME, password=PASSWORD)
        cookies = stranger.post(action, data, follow=False).headers.getlist("Set-Cookie")
        assert len(cookies) == 2
        for cookie in cookies:
            assert {"HttpOnly", "SameSite=Lax", "Path=/newsroom/"} <= set(cookie.split("; "))
            assert "Secure" not in cookie

    def test_by_https_a_cookie_goes_by_https_alone_and_no_neighbour_can_set_it(self, room: Newsroom) -> None:
        room.site = replace(room.site, base_url="https://gazette.example.org/news")
        visitor = Visitor(make_app(room))
        visitor.page = visitor.client.get("/newsroom/sign-in", base_url="https://gazette.example.org")
        (cookie,) = visitor.page.headers.getlist("Set-Cookie")
        name, *attributes = cookie.split("; ")
        assert name.startswith("__Host-newsroom=")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes)
        assert not any(one.startswith("Domain") for one in attributes)

    def test_a_proxys_path_stands_before_every_address(self, room: Newsroom) -> None:
        room.site = replace(room.site, base_url="http://gazette.example.org/news")
        visitor = Visitor(make_app(room))
        page = visitor.client.get("/newsroom/")
        assert page.headers["Location"].startswith("/news/newsroom/sign-in?")
        visitor.page = visitor.client.get("/newsroom/sign-in")
        addresses = [
            one.get("href") or one.get("src") or one.get("action")
            for one in visitor.select(
                "//link[@rel='stylesheet'] | //script | //form | //a[not(starts-with(@href, '#'))]"
            )
        ]
        assert len(addresses) > 4
        assert all(str(one).startswith("/news/newsroom/") for one in addresses)


class TestFixation:
    def test_what_a_browser_held_before_is_worth_nothing_afterwards(self, app: Flask) -> None:
        attacker = Visitor(app)
        attacker.open("/newsroom/sign-in")
        planted = attacker.cookies["newsroom"]
        victim = Visitor(app)
        victim.client.set_cookie("newsroom", planted, path="/newsroom/")
        victim.sign_in()
        assert victim.texts("//h1") == ["Articles"]
        assert victim.cookies["newsroom"] != planted
        attacker.open("/newsroom/")
        assert attacker.texts("//h1") == ["Sign in"]

    def test_signing_in_anew_ends_the_session_before(self, editor: Visitor, app: Flask, room: Newsroom) -> None:
        before = editor.cookies["newsroom"]
        form = Visitor(app)
        form.client.set_cookie("newsroom", before, path="/newsroom/")
        form.open("/newsroom/")
        data, _ = form.form("Sign out")
        token = data["token"]
        editor.post("/newsroom/sign-in", {"token": token, "name": NAME, "password": PASSWORD})
        assert editor.cookies["newsroom"] != before
        assert accounts.find_session(room.store, before, now=room.now) is None
        assert accounts.find_session(room.store, editor.cookies["newsroom"], now=room.now) is not None

    @pytest.mark.parametrize("value", ["", "short", "x" * 43 + "'", "é" * 43, "x" * 4000])
    def test_a_cookie_that_was_never_given_opens_nothing(self, stranger: Visitor, value: str) -> None:
        stranger.client.set_cookie("newsroom", value, path="/newsroom/")
        stranger.open("/newsroom/")
        assert stranger.texts("//h1") == ["Sign in"]


class TestEnumeration:
    def test_an_unknown_name_a_wrong_password_and_a_disabled_account_are_answered_alike(
        self, room: Newsroom, app: Flask
    ) -> None:
        add_account(room, "bert")
        accounts.disable_user(room.store, "bert", now=room.now)
        answers = []
        for name, password in (("anna", WRONG), ("nobody", WRONG), ("bert", PASSWORD), ("bert", WRONG)):
            visitor = Visitor(app)
            visitor.sign_in(name=name, password=password)
            body = visitor.page.text.replace(name, "NAME").replace(visitor.typed("token"), "TOKEN")
            answers.append((visitor.page.status_code, sorted(visitor.page.headers.keys()), body))
        assert answers == [answers[0]] * 4
        assert "The name or the password is wrong." in answers[0][2]

    def test_unknown_names_come_to_wait_as_known_ones_do(self, room: Newsroom, app: Flask) -> None:
        waits = {}
        for name in (NAME, "nobody"):
            visitor = Visitor(app, {"X-Forwarded-For": "192.0.2.1"})
            waits[name] = [fail(visitor, name) for _ in range(7)]
            room.now += timedelta(days=2)
        assert waits[NAME] == waits["nobody"]
        assert waits[NAME][:6] == [403] * 6
        assert 429 in waits[NAME]


class TestThrottling:
    def test_after_some_failures_even_the_right_password_waits_and_then_gets_in(
        self, room: Newsroom, stranger: Visitor
    ) -> None:
        assert [fail(stranger) for _ in range(6)] == [403] * 6
        stranger.sign_in()
        assert stranger.page.status_code == 429
        assert stranger.texts("//*[@role='alert']") == ["Too many attempts failed. Try again in 1 seconds."]
        room.pass_time(int(stranger.page.headers["Retry-After"]))
        stranger.sign_in()
        assert stranger.texts("//h1") == ["Articles"]

    def test_trying_while_one_must_wait_makes_the_wait_no_longer(self, room: Newsroom, stranger: Visitor) -> None:
        while fail(stranger) != 429:
            pass
        wait = int(stranger.page.headers["Retry-After"])
        for _ in range(20):
            fail(stranger)
        assert int(stranger.page.headers["Retry-After"]) == wait
        room.pass_time(wait)
        stranger.sign_in()
        assert stranger.texts("//h1") == ["Articles"]

    def test_guesses_from_elsewhere_keep_no_owner_out(self, app: Flask, editor: Visitor) -> None:
        editor.press("Sign out")
        guesser = Visitor(app)
        while fail(guesser) == 403:
            pass
        guesser.sign_in()
        assert guesser.page.status_code == 429
        editor.sign_in()
        assert editor.texts("//h1") == ["Articles"]

    def test_many_names_from_one_address_are_one_count(self, room: Newsroom) -> None:
        add_account(room, "bert")
        app = make_app(room, trusted_proxies=1)
        guesser = Visitor(app, {"X-Forwarded-For": "198.51.100.1, 192.0.2.7"})
        answers = [fail(guesser, f"name{number}") for number in range(12)]
        assert answers == [*[403] * 11, 429]
        # What a client writes into the header itself is not believed.
        liar = Visitor(app, {"X-Forwarded-For": "203.0.113.9, 192.0.2.7"})
        assert fail(liar, "bert") == 429
        elsewhere = Visitor(app, {"X-Forwarded-For": "192.0.2.7, 203.0.113.9"})
        assert fail(elsewhere, "bert") == 403

    def test_an_account_of_ones_own_is_no_way_to_guess_without_end(self, room: Newsroom, app: Flask) -> None:
        add_account(room, "mallory")
        guesser = Visitor(app)
        for number in range(11):
            assert fail(guesser, f"name{number}") == 403
            if number % 5 == 4:
                Visitor(app).sign_in("mallory")
        assert fail(guesser, "one more") == 429


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example.com/",
        "//evil.example.com/",
        "///evil.example.com",
        "/\\evil.example.com",
        "/newsroom/..//evil.example.com",
        "/newsroom/../../healthz",
        "/newsroom//evil.example.com",
        "javascript:alert(1)",
        "/newsroom/\r\nSet-Cookie: newsroom=x",
        "/newsroom/\x00",
        "/feeds/all/",
        "newsroom/",
    ],
)
def test_signing_in_leads_nowhere_but_to_the_newsroom(stranger: Visitor, wanted: str) -> None:
    stranger.open("/newsroom/sign-in")
    data, action = stranger.form("Sign in", name=NAME, password=PASSWORD)
    answer = stranger.post(action, data | {"next": wanted}, follow=False)
    assert answer.status_code == 303
    assert answer.headers.getlist("Location") == ["/newsroom/"]
    assert len(answer.headers.getlist("Set-Cookie")) == 2


def test_the_store_holds_nothing_that_lets_its_reader_in(room: Newsroom, editor: Visitor) -> None:
    with room.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    stored = (room.path / "store.db").read_bytes()
    for secret in (PASSWORD, editor.cookies["newsroom"], editor.cookies["newsroom-browser"]):
        assert secret.encode() not in stored
    assert b"$argon2id$" in stored
