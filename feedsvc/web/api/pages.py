"""What the API says of itself: its description for programs, and the same as a page for people.

Both are made once, when the application is; neither needs a token, for neither holds anything of the newsroom's.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, Response, request
from markupsafe import Markup

from feedsvc.conditional import Validators
from feedsvc.model import Site
from feedsvc.render.webpage import Head, page_title, render
from feedsvc.serving import PAGE_POLICY, Headers, Representation, represent
from feedsvc.web.api.calls import JSON, ROOT
from feedsvc.web.api.description import Plain, describe
from feedsvc.web.deps import Deps
from feedsvc.web.exchange import asked_by, moved_to, respond
from feedsvc.web.problems import KINDS

_POLICY: Final[Headers] = (("Cache-Control", "max-age=60"),)


@dataclass(frozen=True, slots=True)
class Field:
    """A field or a parameter, for people."""

    name: str
    rule: str
    meaning: Markup
    required: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """An operation, for people. `body` and `form` name objects of the page."""

    name: str
    call: str
    summary: str
    description: Markup
    parameters: tuple[Field, ...]
    body: str
    form: str


@dataclass(frozen=True, slots=True)
class Thing:
    """An object that is sent or answered, for people."""

    name: str
    meaning: Markup
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of error, for people."""

    name: str
    status: HTTPStatus
    meaning: str


def add(views: Blueprint, deps: Deps) -> None:
    """Add the views."""
    description = describe(deps.site)
    machine = _representation(json.dumps(description, ensure_ascii=False, indent=1).encode() + b"\n", JSON)
    page = _representation(_page(deps.site, description), "text/html; charset=utf-8", PAGE_POLICY)

    def openapi() -> Response:
        return respond(represent(asked_by(request.environ), machine, deps.now()))

    def readable() -> Response:
        return respond(represent(asked_by(request.environ), page, deps.now()))

    def bare() -> Response:
        return respond(moved_to(deps.site, f"{ROOT}/", request.environ["QUERY_STRING"]))

    for rule, view in (("/openapi.json", openapi), ("/", readable), ("", bare)):
        views.add_url_rule(rule, view.__name__, view, methods=["GET"], provide_automatic_options=False)


def _representation(body: bytes, content_type: str, description: Headers = ()) -> Representation:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return Representation(body, content_type, Validators(tag), policy=_POLICY, description=description)


def _page(site: Site, description: Plain) -> bytes:
    schemas = description["components"]["schemas"]
    return render(
        "api.html",
        site,
        Head(
            title=page_title("API", site),
            language="en",
            description="How programs write, publish, correct and withdraw articles here.",
            address=f"{site.base_url}{ROOT}/",
        ),
        root=f"{site.base_url}{ROOT}",
        sections=[
            _section(path, method, operation, schemas)
            for path, methods in description["paths"].items()
            for method, operation in methods.items()
        ],
        things=[_thing(name, schema, schemas) for name, schema in schemas.items() if schema.get("type") == "object"],
        kinds=[Kind(name, status, meaning) for status, (name, meaning) in sorted(KINDS.items())],
    )


def _section(path: str, method: str, operation: Plain, schemas: Plain) -> Section:
    body = operation.get("requestBody", {}).get("content", {})
    success = next(answer for status, answer in operation["responses"].items() if status.startswith("20"))
    return Section(
        name=operation["operationId"],
        call=f"{method.upper()} {path}",
        summary=operation["summary"],
        description=_marked(operation["description"]),
        parameters=tuple(
            Field(each["name"], _rule(each["schema"], schemas), _marked(each["description"]), each["required"])
            for each in operation["parameters"]
        ),
        body=_name(next(iter(body.values()))["schema"]) if body else "",
        form=_name(success["content"][JSON]["schema"]),
    )


def _thing(name: str, schema: Plain, schemas: Plain) -> Thing:
    required = schema.get("required", ())
    return Thing(
        name,
        _marked(schema.get("description", "")),
        tuple(
            Field(field, _rule(plain, schemas), _marked(plain.get("description", "")), field in required)
            for field, plain in schema.get("properties", {}).items()
        ),
    )


def _rule(schema: Plain, schemas: Plain) -> str:
    """Write what a value must be, in a few words."""
    if "anyOf" in schema:
        return " or ".join(_rule(one, schemas) for one in schema["anyOf"])
    if "$ref" in schema:
        known = schemas[_name(schema)]
        return _name(schema) if known["type"] == "object" else _rule(known, schemas)
    if schema.get("type") == "array":
        return f"list of {_rule(schema['items'], schemas)}"
    words = [str(schema.get("format") or schema.get("type", "value"))]
    if "enum" in schema:
        words = [", ".join(map(json.dumps, schema["enum"]))]
    words += [bound.format(schema[key]) for key, bound in _BOUNDS.items() if key in schema]
    return ", ".join(words)


def _marked(text: str) -> Markup:
    """Show what stands between backticks as code."""
    parts = (
        Markup("<code>{}</code>").format(part) if place % 2 else Markup.escape(part)
        for place, part in enumerate(text.split("`"))
    )
    return Markup().join(parts)


_BOUNDS: Final[dict[str, str]] = {
    "minimum": "at least {:,}",
    "maximum": "at most {:,}",
    "maxLength": "at most {:,} characters",
    "maxItems": "at most {:,}",
}


def _name(schema: dict[str, Any]) -> str:
    return str(schema["$ref"].rpartition("/")[2])
