"""Attacks on the newsroom's pages, each tried at every page that there is: also at those that are added later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from feedsvc.model import Article, Author, Image
from tests.newsroom import EmptyDatabase, Newsroom
from tests.newsroom_pages.visiting import NAME, PASSWORD, Visitor, add_account, make_app

OPEN = {"/newsroom/sign-in", "/newsroom/static/<path:name>"}
SCRIPT = "<script>alert(1)</script>"
PAYLOADS = [
    SCRIPT,
    '"><img src=x onerror=alert(1)>',
    "' onfocus='alert(1)' autofocus='",
    "</textarea><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% include 'base.html' %}",
    "<a href=\"javascript:alert(1)\" hx-get='/newsroom/programs' hx-trigger='load'>x</a>",
    "\u202e\u2066evil",
]


def rules(app: Flask, method: str) -> Iterator[str]:
    """Give every rule of the newsroom that takes a method."""
    found = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/newsroom")]
    assert len(found) > 15
    yield from (rule.rule for rule in found if method in (rule.methods or ()) and rule.rule not in OPEN)


def filled(rule: str, article: Article) -> str:
    return re.sub(r"<(path:)?\w+>", "anything", rule.replace("<article_id>", article.id))


def snapshot(room: Newsroom) -> dict[str, list[tuple[object, ...]]]:
    """Give all that the store holds, but for when somebody was last seen."""
    with room.store.reading() as connection:
        tables = ("articles", "revisions", "tokens", "users", "manuscripts", "sessions", "feeds")
        return {
            table: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")]  # noqa: S608 our names
            for table in tables
        }


def scripts_of(visitor: Visitor) -> list[str]:
    """Give all of a page that could run and is none of ours."""
    found = []
    for one in visitor.select("//*"):
        if one.tag == "script" and not re.fullmatch(r"/newsroom/static/\w+\.[0-9a-f]{16}\.js", one.get("src", "")):
            found.append(f"<script> {one.text_content()}")
        found += [f"{name}={value}" for name, value in one.attrib.items() if str(name).startswith("on")]
        found += [
            f"{name}={value}"
            for name, value in one.attrib.items()
            if name in {"href", "src", "action", "formaction"} and str(value).strip().lower().startswith("javascript")
        ]
    return found


class TestStrangers:
    def test_no_page_opens_for_them_and_none_says_anything_of_an_article(self, app: Flask, room: Newsroom) -> None:
        article = room.write("A secret storm")
        for rule in rules(app, "GET"):
            answer = Visitor(app).client.get(filled(rule, article))
            assert answer.status_code == 303, rule
            assert answer.headers["Location"].startswith("/newsroom/sign-in?next="), rule
            assert "secret" not in answer.text

    def test_an_article_that_is_there_is_answered_like_one_that_is_not(self, app: Flask, room: Newsroom) -> None:
        article = room.write("A secret storm")
        answers = [
            Visitor(app).client.get(f"/newsroom/articles/{name}").text.replace(name, "ID")
            for name in (article.id, "00000000-0000-4000-8000-000000000000")
        ]
        assert answers[0] == answers[1]

    def test_nothing_that_they_send_changes_anything(self, app: Flask, room: Newsroom) -> None:
        article = room.write()
        before = snapshot(room)
        for rule in rules(app, "POST"):
            stranger = Visitor(app)
            stranger.open("/newsroom/sign-in")
            token = stranger.typed("token")
            fields = {"token": token, "based_on": "2", "reason": "x", "notice": "nothing", "note": "x", "title": "x"}
            assert stranger.post(filled(rule, article), fields).status_code == 403, rule
        assert snapshot(room) == before


class TestForgery:
    @pytest.mark.parametrize(
        ("token", "headers"),
        [
            ("", {}),
            ("made up", {}),
            ("another browser's", {}),
            ("the right one", {"Sec-Fetch-Site": "cross-site"}),
            ("the right one", {"Sec-Fetch-Site": "same-site"}),
            ("the right one", {"Origin": "https://evil.example.com"}),
            ("the right one", {"Origin": "null"}),
        ],
    )
    def test_a_form_that_is_none_of_ours_does_nothing(
        self, app: Flask, room: Newsroom, editor: Visitor, token: str, headers: dict[str, str]
    ) -> None:
        add_account(room, "bert")
        other = Visitor(app)
        other.sign_in("bert")
        other.open("/newsroom/articles/new")
        editor.open("/newsroom/articles/new")
        tokens = {"another browser's": other.typed("token"), "the right one": editor.typed("token")}
        article = room.write()
        before = snapshot(room)
        for rule in rules(app, "POST"):
            fields = {"token": tokens.get(token, token), "based_on": "2", "reason": "x", "notice": "nothing"}
            fields |= {"note": "x", "title": "x", "name": "x"}
            answer = editor.client.post(filled(rule, article), data=fields, headers=headers)
            assert answer.status_code == 403, rule
            assert "x" not in [one.get("value") for one in editor.select("//input")]
        assert snapshot(room) == before

    def test_what_another_site_made_up_is_never_put_before_anybody(self, editor: Visitor, room: Newsroom) -> None:
        article = room.write()
        path = f"/newsroom/articles/{article.id}"
        answer = editor.client.post(path, data={"title": "Made up elsewhere"})
        assert (answer.status_code, "Made up elsewhere" in answer.text) == (403, False)
        ours = {"Sec-Fetch-Site": "same-origin"}
        answer = editor.client.post(path, data={"title": "Typed in an old tab"}, headers=ours)
        assert (answer.status_code, "Typed in an old tab" in answer.text) == (403, True)

    def test_nobody_can_be_signed_in_as_somebody_else(self, stranger: Visitor) -> None:
        stranger.open("/newsroom/sign-in")
        answer = stranger.client.post("/newsroom/sign-in", data={"name": NAME, "password": PASSWORD})
        assert answer.status_code == 403
        assert PASSWORD not in answer.text
        stranger.open("/newsroom/")
        assert stranger.texts("//h1") == ["Sign in"]

    def test_reading_changes_nothing(self, app: Flask, room: Newsroom, editor: Visitor) -> None:
        article = room.write()
        before = snapshot(room)
        for rule in rules(app, "GET"):
            editor.open(filled(rule, article))
        assert snapshot(room) == before


class TestStoredScript:
    @pytest.mark.parametrize("payload", PAYLOADS)
    def test_what_stands_in_any_field_runs_on_no_page(
        self, app: Flask, room: Newsroom, editor: Visitor, payload: str
    ) -> None:
        article = room.write(
            payload,
            f"<p>{payload}</p>",
            summary=payload,
            section=payload[:200],
            authors=(Author(payload, url="https://example.org/?x=%22%3E"),),
            tags=(payload,),
            image=Image("https://example.org/%22onerror=1.jpg", alt=payload, caption=payload, credit=payload),
            language="en",
        )
        room.publish()
        pages = [filled(rule, article) for rule in rules(app, "GET")]
        for path in (
            *pages,
            f"/newsroom/?q={payload}&section={payload}",
            f"/newsroom/articles/{article.id}?done={payload}",
        ):
            editor.open(path)
            assert editor.page.status_code < 500, path
            assert scripts_of(editor) == [], path
            assert "49" not in editor.texts("//title")[0]

    @pytest.mark.parametrize("payload", PAYLOADS)
    def test_what_is_typed_into_any_field_runs_nowhere_and_comes_back_as_it_was(
        self, editor: Visitor, payload: str
    ) -> None:
        editor.open("/newsroom/articles/new")
        fields = ("title", "summary", "text", "section", "tags", "authors", "language", "url")
        pictures = ("picture_url", "picture_alt", "picture_caption", "picture_credit")
        for button in ("Show it", "Publish…"):
            data, action = editor.form(button)
            editor.post(action, data | dict.fromkeys((*fields, *pictures), payload))
            assert editor.page.status_code == 422
            assert scripts_of(editor) == []
            assert [editor.typed(name) for name in fields] == [payload] * len(fields)

    def test_the_preview_shows_cleaned_html_and_nothing_that_htmx_obeys(self, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        data, _ = editor.form(
            "Show it", title="x", text=f"<p hx-get='/x' data-hx-get='/x' id='sights'>Safe</p>{SCRIPT}", syntax="html"
        )
        answer = editor.post("/newsroom/preview", data)
        assert "<p>Safe</p>" in answer.text
        assert not re.search(r"hx-|<script|id=", answer.text)

    def test_the_reason_of_a_withdrawal_and_the_note_of_a_correction_are_text(
        self, room: Newsroom, editor: Visitor
    ) -> None:
        article = room.write()
        editor.open(f"/newsroom/articles/{article.id}/correct")
        editor.press("Publish the correction", note=SCRIPT)
        editor.open(f"/newsroom/articles/{article.id}/withdraw")
        editor.press("Withdraw it", reason=SCRIPT, notice="notice")
        assert SCRIPT in editor.text()
        for path in ("", "/history"):
            editor.open(f"/newsroom/articles/{article.id}{path}")
            assert scripts_of(editor) == []


class TestHeaders:
    def test_every_answer_is_locked_up_and_kept_by_nobody(self, app: Flask, room: Newsroom, editor: Visitor) -> None:
        article = room.write()
        paths = [filled(rule, article) for rule in rules(app, "GET")]
        answers = {path: editor.client.get(path) for path in paths} | {
            "stranger": Visitor(app).client.get("/newsroom/")
        }
        answers["sign-in"] = Visitor(app).client.get("/newsroom/sign-in")
        answers["refused"] = editor.client.post(f"/newsroom/articles/{article.id}")
        for path, answer in answers.items():
            assert answer.headers["Cache-Control"] == "no-store", path
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]
            policy = dict(one.strip().split(" ", 1) for one in answer.headers["Content-Security-Policy"].split(";"))
            assert policy["default-src"] == "'none'"
            assert policy["script-src"] == policy["style-src"] == "'self'"
            assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
            assert policy["form-action"] == "'self'"
            assert "unsafe" not in answer.headers["Content-Security-Policy"]

    def test_no_style_and_no_script_stands_in_a_page(self, app: Flask, room: Newsroom, editor: Visitor) -> None:
        article = room.write()
        for rule in rules(app, "GET"):
            editor.open(filled(rule, article))
            assert editor.select("//style | //*[@style] | //script[not(@src)]") == []

    @pytest.mark.parametrize("name", ["x\r\nSet-Cookie: evil=1", "x\nLocation: https://evil.example.com", "x\0"])
    def test_no_field_writes_a_header(self, editor: Visitor, name: str) -> None:
        editor.open("/newsroom/articles/new")
        data, action = editor.form("Save draft", title="x", text="x")
        for path in (action, f"/newsroom/articles/{name}", f"/newsroom/?q={name}"):
            answer = editor.client.post(path, data=data | {"id": name, "action": name, "title": name})
            assert answer.status_code in {303, 404, 405, 409, 400, 403}
            assert "evil=1" not in str(answer.headers)
            assert "evil.example.com" not in answer.headers.get("Location", "")

    def test_files_are_found_by_their_whole_name_alone(self, stranger: Visitor) -> None:
        stranger.open("/newsroom/sign-in")
        (style,) = stranger.select("//link[@rel='stylesheet']")
        answer = stranger.client.get(style.attrib["href"])
        assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        for path in ("newsroom.css", "../templates/base.html", "%2e%2e/deps.py", "htmx.LICENSE.txt", ""):
            assert stranger.client.get(f"/newsroom/static/{path}").status_code in {303, 404}


class TestSize:
    def test_a_form_of_any_size_is_refused_above_the_limit(self, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        data, action = editor.form("Save draft", title="x")
        body = urlencode(data | {"text": "x" * 20_000_000}).encode()
        answer = editor.client.post(action, data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 413
        assert editor.client.get(action).status_code == 404

    def test_strangers_may_send_less(self, stranger: Visitor) -> None:
        stranger.open("/newsroom/sign-in")
        data, action = stranger.form("Sign in", name="x" * 2_000_000)
        assert stranger.client.post(action, data=data).status_code == 413

    def test_a_form_of_very_many_fields_is_refused(self, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        data, action = editor.form("Save draft", title="x", text="x")
        many = data | {f"field{number}": "x" for number in range(1000)}
        assert editor.client.post(action, data=many, content_type="multipart/form-data").status_code == 413

    def test_a_title_that_is_too_long_is_a_fault_at_its_field(self, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        editor.press("Save draft", title="x" * 1001)
        assert editor.page.status_code == 422
        assert editor.typed("title") == "x" * 1001

    def test_a_deeply_nested_text_is_saved_without_its_depth(self, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        editor.press("Save draft", title="x", text="<div>" * 20_000 + "deep", syntax="html")
        assert editor.page.status_code == 200
        editor.open("/newsroom/articles/new")
        editor.press("Save draft", title="x", text=">" * 2_000 + "deep", syntax="markdown")
        assert editor.page.status_code == 200


def test_what_the_store_can_not_keep_is_nobodys_fault_and_names_no_store(
    tmp_path: Path, empty_database: EmptyDatabase
) -> None:
    room = Newsroom(tmp_path, empty_database)
    try:
        add_account(room)
        visitor = Visitor(make_app(room))
        visitor.open("/newsroom/sign-in")
        visitor.press("Sign in", {"name": "an\0na\0", "password": "\0"})
        assert visitor.page.status_code == 403
        assert "The name or the password is wrong" in visitor.text()
        visitor.sign_in()
        for path in ("/newsroom/?q=%00", "/newsroom/?section=a%00", "/newsroom/?after=0.99999999999999999999"):
            assert visitor.open(path).status_code == 200
        visitor.open("/newsroom/articles/new")
        visitor.press("Save draft", title="A sto\0rm", text="Stay\0 in.", tags="a\0, b")
        assert visitor.page.status_code == 200
        assert (visitor.typed("title"), visitor.typed("text")) == ("A storm", "Stay in.")
        assert visitor.post("/newsroom/preview", {**visitor.form("Save draft")[0], "id": "a\0"}).status_code == 200
    finally:
        room.close()
