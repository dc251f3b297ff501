"""Who may do what: no token, another's, a revoked one, one without the scope (P42)."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from sqlalchemy import text

from feedsvc import tokens
from feedsvc.tokens import Scope
from feedsvc.web.api.operations import OPERATIONS, Operation
from tests.api.desk import Desk

each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
NOWHERE = "8a6e0804-2bd0-4672-b79d-d97027f9071a"


def address(operation: Operation[Any, Any], article_id: str = NOWHERE) -> str:
    return operation.path.format(article_id=article_id, number=1, slug="all")


def everything(desk: Desk) -> list[tuple[Any, ...]]:
    with desk.store.reading() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT * FROM revisions ORDER BY 1, 2"))]


@each_operation
def test_without_a_token_nothing_is_told_and_nothing_done(desk: Desk, operation: Operation[Any, Any]) -> None:
    made = desk.create()
    before = everything(desk)
    for article_id in (made.json["id"], NOWHERE):
        reply = desk.call(
            operation.method, address(operation, article_id), {"title": "x"}, scope=None, If_Match=made.tag
        )
        assert (reply.status, reply.headers["WWW-Authenticate"]) == (401, 'Bearer realm="feedsvc"')
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.json["detail"] == "Send a token: Authorization: Bearer feedsvc_..."
    assert everything(desk) == before


@each_operation
def test_who_may_only_read_changes_nothing(desk: Desk, operation: Operation[Any, Any]) -> None:
    made = desk.create()
    before = everything(desk)
    path = address(operation, made.json["id"])
    reply = desk.call(operation.method, path, {"title": "x"}, scope=Scope.READ, If_Match="*")
    if operation.method == "GET":
        assert reply.status in {200, 404, 422}
    else:
        assert (reply.status, reply.json["type"]) == (403, "https://gazette.example.org/api/v1/#problem-scope")
        assert 'error="insufficient_scope", scope="write"' in reply.headers["WWW-Authenticate"]
    assert everything(desk) == before


@pytest.mark.parametrize(
    "field",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic {token}",
        "Token {token}",
        "{token}",
        "Bearer {token}x",
        "Bearer x{token}",
        "Bearer {token} {token}",
        "Bearer {token},{token}",
        "Bearer {upper}",
        "Bearer {unknown}",
        "Bearer {zeros}",
        "Bearer ' OR 1=1 --",
        "Bearer \xe9",
    ],
)
def test_what_is_not_the_token_is_no_token(desk: Desk, field: str) -> None:
    token = desk.tokens[Scope.WRITE]
    sent = field.format(
        token=token, upper=token.upper(), unknown=f"feedsvc_{'0' * 16}_{'A' * 43}", zeros=f"{token[:25]}{'A' * 43}"
    )
    reply = desk.call("GET", "/articles", scope=None, Authorization=sent)
    assert reply.status == 401
    assert reply.body.count(b"\n") == 1


def test_the_scheme_has_no_case(desk: Desk) -> None:
    for scheme in ("Bearer", "bearer", "BEARER", "Bearer  "):
        field = f"{scheme} {desk.tokens[Scope.READ]}"
        assert desk.call("GET", "/articles", scope=None, Authorization=field).status == 200


def test_a_token_in_the_address_is_none(desk: Desk) -> None:
    """Addresses end up in logs and histories."""
    token = desk.tokens[Scope.WRITE]
    assert desk.call("GET", f"/articles?access_token={token}", scope=None).status == 401


def test_unknown_and_revoked_tokens_look_alike(desk: Desk) -> None:
    assert desk.call("GET", "/articles").status == 200
    tokens.revoke_token(desk.store, "write", now=desk.now)
    revoked = desk.call("GET", "/articles")
    unknown = desk.call("GET", "/articles", scope=None, Authorization=f"Bearer feedsvc_{'0' * 16}_{'A' * 43}")
    garbled = desk.call("GET", "/articles", scope=None, Authorization="Bearer x")
    assert revoked.status == 401
    assert 'error="invalid_token"' in revoked.headers["WWW-Authenticate"]
    assert (revoked.headers, revoked.body) == (unknown.headers, unknown.body) == (garbled.headers, garbled.body)


def test_a_revoked_token_writes_nothing_more_in_any_worker(desk: Desk) -> None:
    other = desk.another_worker()
    fields = {"Authorization": desk.bearer}
    assert other.post("/api/v1/articles", json={"title": "a"}, headers=fields).status_code == 201
    tokens.revoke_token(desk.store, "write", now=desk.now)
    before = everything(desk)
    for client in (other, desk.client):
        assert client.post("/api/v1/articles", json={"title": "a"}, headers=fields).status_code == 401
    assert everything(desk) == before


def test_no_token_is_ever_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        desk.create()
        desk.call("GET", "/articles", scope=None, Authorization=f"Bearer {desk.tokens[Scope.READ]}x")
        with desk.store.writing() as connection:
            connection.execute(text("ALTER TABLE articles RENAME TO hidden"))
        assert desk.call("GET", "/articles").status == 503
    for token in desk.tokens.values():
        assert token not in caplog.text
        assert token.split("_", 2)[2] not in caplog.text


def test_no_page_of_another_host_may_read_or_write(desk: Desk) -> None:
    """P26: neither by a script, nor after a preflight, nor by a form."""
    origin = "https://evil.example.com"
    made = desk.create()
    replies = [
        desk.call("GET", f"/articles/{made.json['id']}", Origin=origin),
        desk.call("GET", "/articles", scope=None, Origin=origin),
        desk.call("GET", "/openapi.json", scope=None, Origin=origin),
        desk.call("GET", "/", scope=None, Origin=origin),
        desk.call("OPTIONS", "/articles", Access_Control_Request_Method="POST", scope=None, Origin=origin),
        desk.call(
            "POST", "/articles", data=b"title=x", Content_Type="application/x-www-form-urlencoded", Origin=origin
        ),
        desk.call("GET", "/nowhere", scope=None, Origin=origin),
    ]
    for reply in replies:
        assert not [name for name in reply.headers if name.lower().startswith("access-control-")]
    assert [reply.status for reply in replies] == [200, 401, 200, 200, 405, 415, 404]
