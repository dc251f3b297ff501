"""What an attacker with a token, or with words in an honest program, can send: it does no harm to anybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsvc.content.characters import contains_illegal
from tests.api.desk import Desk
from tests.newsroom import ALL
from tests.promises.gazette import public_paths
from tests.promises.hostile import CHARACTERS, MARKUP

WITHOUT_HTML = {"title": "a", "status": "published"}
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a>\"'>"


def whole(text: str) -> dict[str, Any]:
    """An article with this text in every field that takes any."""
    return {
        "title": text,
        "summary": text,
        "content_html": text,
        "section": text,
        "authors": [{"name": text}],
        "tags": [text],
        "external_id": text,
        "image": {"url": "https://example.org/a.jpg", "alt": text, "caption": text, "credit": text},
    }


def shown(desk: Desk, path: str) -> bytes:
    answer = desk.get(path)
    assert answer.status in {200, 410}, (path, answer)
    return answer.body


def test_a_script_in_any_field_is_text_to_every_reader(desk: Desk) -> None:
    made = desk.create(**whole(SCRIPT))
    corrected = desk.step(made, "correct", {"note": SCRIPT})
    assert corrected.status == 200, corrected
    desk.publish()
    paths = [path for path in (*public_paths(desk), made.json["permalink"]) if "/_" not in path]
    pages = [path for path in paths if path.endswith("/") or path.startswith("/articles")]
    for path in pages:
        body = shown(desk, path)
        assert b"<script>alert" not in body
        assert b"<img src=x" not in body
        assert b"javascript:alert(1)'>x" not in body
    for path in paths:
        if path.endswith(".xml"):
            assert b"<script>alert" not in shown(desk, path)
    for items in desk.read_all().values():
        assert "<script" not in items[0].content.replace("&lt;script", "")
        assert "onerror" not in items[0].content.replace("&lt;img src=x onerror=alert(1)&gt;", "")
    withdrawn = desk.step(corrected, "withdraw", {"reason": SCRIPT, "notice": True})
    desk.publish()
    assert b"<script>alert" not in shown(desk, withdrawn.json["permalink"])
    for items in desk.read_all().values():
        assert "<script" not in items[0].content


def test_an_answer_is_never_a_page(desk: Desk) -> None:
    made = desk.create(**whole(SCRIPT))
    for reply in (
        desk.article(made),
        desk.call("GET", "/articles"),
        desk.call("GET", "/articles?q=%3Cscript%3E"),
        desk.call("GET", "/%3Cscript%3Ealert(1)%3C/script%3E"),
        desk.call("GET", "/articles?status=%3Cscript%3E"),
        desk.call("POST", "/articles", {SCRIPT: SCRIPT}),
    ):
        assert reply.headers["Content-Type"] in {"application/json", "application/problem+json"}
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_of(inner)


@pytest.mark.parametrize("texts", [CHARACTERS, MARKUP], ids=["characters", "markup"])
def test_every_text_is_cleaned_or_refused_by_the_name_of_its_field(desk: Desk, texts: list[str]) -> None:
    desk.define([replace(ALL, limit=1_000, max_bytes=10_000_000)])
    taken = 0
    for number, text in enumerate(texts):
        words = {**whole(f"a{text}b"), "external_id": str(number), "status": "published"}
        for body in (words, {**WITHOUT_HTML, "content_markdown": text}, {**WITHOUT_HTML, "content_text": text}):
            reply = desk.call("POST", "/articles", body)
            if reply.status == 422:
                assert reply.errors
                continue
            taken += 1
            step = desk.step(reply, "correct", {"note": f"n{text}"})
            assert step.status == 200 or step.errors
            assert not any(map(contains_illegal, texts_of(step.json)))
    desk.publish()
    assert all(len(items) == taken > len(texts) for items in desk.read_all().values())


@pytest.mark.parametrize("tail", ["\r\nSet-Cookie: a=b", "\nx", "\r", "\x00", "\u2028", "%0d%0aX: y"])
def test_no_value_becomes_a_header_field(desk: Desk, tail: str) -> None:
    value = f"a{tail}"
    made = desk.create(title=value, external_id=value, url="https://example.org/x")
    quoted = "".join(f"%{byte:02x}" for byte in value.encode())
    for reply in (
        made,
        desk.call("GET", f"/articles/by-external-id?external_id={quoted}"),
        desk.call("GET", f"/articles/{quoted}"),
        desk.call("GET", f"/feeds/{quoted}"),
        desk.call("GET", f"/{quoted}"),
        desk.call("GET", f"?{quoted}"),
    ):
        for name, field in reply.headers.items():
            assert name not in {"Set-Cookie", "X"}
            assert not set(field) & {"\r", "\n", "\0"}


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e%2f%2e%2e%2fconfig.toml",
        "....//....//store.db",
        "..\\..\\store.db",
        "%00",
        "a%00b",
        "8A6E0804-2BD0-4672-B79D-D97027F9071A",
        "{8a6e0804-2bd0-4672-b79d-d97027f9071a}",
        "8a6e08042bd04672b79dd97027f9071a",
        "' OR 1=1 --",
        "\u0661",
        "x" * 3000,
    ],
)
def test_an_id_leads_nowhere_but_to_an_article(desk: Desk, name: str) -> None:
    for path in (f"/articles/{name}", f"/articles/{name}/revisions", f"/feeds/{name}", f"/feeds/{name}/preview"):
        reply = desk.call("GET", path)
        assert reply.status in {400, 404}
        assert reply.headers["Content-Type"] == "application/problem+json"
    for key in ("external_id", "section"):
        made = desk.call("POST", "/articles", {"title": name, key: name[:200], "status": "published"})
        assert made.status in {201, 422}
    desk.publish()
    assert {path.name for path in desk.path.iterdir()} <= {"feeds", "store.db", "store.db-wal", "store.db-shm"}
    assert {path.name for path in desk.folder.root.iterdir()} == {"all", "_site", "_sitemap"}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.dictionaries(
        st.sampled_from(["title", "summary", "content_html", "tags", "authors", "image", "url", "status", "other"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
            lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
            max_leaves=8,
        ),
    )
)
def test_no_json_at_all_is_our_fault(desk: Desk, words: dict[str, Any]) -> None:
    reply = desk.call("POST", "/articles", data=json.dumps(words).encode(), Content_Type="application/json")
    assert reply.status in {201, 400, 409, 422}
    assert reply.json
