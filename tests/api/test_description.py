"""The description is valid OpenAPI 3.1, says what the service does, and is readable by people."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from feedsvc.web.api.description import describe
from feedsvc.web.api.operations import OPERATIONS
from tests.api.desk import ROOT, Desk
from tests.newsroom import SITE

DOCS = Path(__file__).parents[2] / "docs" / "api.md"


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def test_every_schema_is_one_and_every_reference_leads_somewhere() -> None:
    description = describe(SITE)
    schemas = description["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    assert references(description) == {f"#/components/schemas/{name}" for name in schemas}
    assert description["openapi"] == "3.1.0"
    names = [operation["operationId"] for path in description["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)) == len(OPERATIONS)


def test_it_is_served_to_everybody_and_again_only_when_it_changed(desk: Desk) -> None:
    reply = desk.call("GET", "/openapi.json", scope=None)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")
    assert reply.json == json.loads(json.dumps(describe(SITE)))
    assert desk.call("GET", "/openapi.json", scope=None, If_None_Match=reply.tag).status == 304


def test_every_route_of_the_api_is_described(desk: Desk) -> None:
    paths = describe(SITE)["paths"]
    described = {(f"{ROOT}{path}", method.upper()) for path, methods in paths.items() for method in methods}
    routed = {
        (re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in desk.client.application.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    own = {(f"{ROOT}{path}", "GET") for path in ("", "/", "/openapi.json")}
    assert routed == described | own


def test_what_is_answered_is_what_is_described(desk: Desk) -> None:
    description = describe(SITE)
    made = desk.create(image={"url": "https://example.org/a.jpg"}, authors=[{"name": "City Desk"}])
    for path, name in (
        (f"/articles/{made.json['id']}", "ArticleForm"),
        ("/articles", "ArticlePage"),
        (f"/articles/{made.json['id']}/revisions", "HistoryPage"),
        (f"/articles/{made.json['id']}/revisions/1", "RevisionForm"),
        ("/feeds", "FeedPage"),
        ("/feeds/all/preview", "PreviewForm"),
        ("/nowhere", "Problem"),
    ):
        schema = {**description["components"]["schemas"][name], "components": description["components"]}
        Draft202012Validator(schema).validate(desk.call("GET", path).json)


def test_people_read_it_without_a_script_and_without_another_host(desk: Desk) -> None:
    reply = desk.call("GET", "/", scope=None)
    page = reply.body.decode()
    assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
    for operation in OPERATIONS:
        assert f'<h3 id="{operation.name}">' in page
        assert f"<code>{operation.method} {operation.path}</code>" in page
    for target in set(re.findall(r'href="#([^"]+)"', page)):
        assert f'id="{target}"' in page
    assert not re.search(r"<script|<link[^>]+stylesheet|<img|<iframe", page)
    elsewhere = re.findall(r'(?:src|href)="(https?://[^"]+)"', page)
    assert all(address.startswith("https://gazette.example.org") for address in elsewhere)


def test_the_address_without_its_slash_leads_to_it(desk: Desk) -> None:
    reply = desk.call("GET", "", scope=None, Host="evil.example.com")
    assert (reply.status, reply.headers["Location"]) == (308, "/api/v1/")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_the_document_names_every_operation(operation: Any) -> None:
    assert f"`{operation.method} {operation.path}`" in DOCS.read_text(encoding="utf-8")
