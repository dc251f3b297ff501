"""Describes the API as OpenAPI 3.1, out of the operations and the models themselves.

Pure: the same code gives the same description; nothing is written in it twice.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from feedsvc.model import Site
from feedsvc.web.api.answers import ArticleForm
from feedsvc.web.api.calls import JSON, ROOT
from feedsvc.web.api.models import Nothing, Upload
from feedsvc.web.api.operations import OPERATIONS, Operation
from feedsvc.web.api.uploads import FORM
from feedsvc.web.problems import CONTENT_TYPE, KINDS, Problem

Plain = dict[str, Any]

_REFERENCE: Final = "#/components/schemas/{model}"
_ALWAYS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_URI_TOO_LONG,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_WRITING: Final = (
    HTTPStatus.FORBIDDEN,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)
_NAMED: Final = re.compile(r"\{(\w+)\}")

_PARAMETERS: Final[dict[str, Plain]] = {
    "article_id": {
        "description": "The article's id.",
        "schema": {"type": "string", "format": "uuid"},
    },
    "number": {
        "description": "The revision's number.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 1_000_000_000},
    },
    "slug": {
        "description": "The feed's slug.",
        "schema": {"type": "string", "pattern": "^[a-z0-9_-]{1,100}$"},
    },
}
_IF_MATCH: Final[Plain] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The entity tag of the article that was read; the change is refused when it is another by now.",
    "schema": {"type": "string"},
    "example": '"3-published"',
}
_KEY: Final[Plain] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A new one for each article: the same request sent again makes no second one.",
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,255}$"},
}
_IF_NONE_MATCH: Final[Plain] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The entity tag of what was read before; 304 when it is still that.",
    "schema": {"type": "string"},
}
_ETAG: Final[Plain] = {"description": "The entity tag, for If-Match and If-None-Match.", "schema": {"type": "string"}}


def describe(site: Site) -> Plain:
    """Give the description."""
    paths: dict[str, Plain] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"feedsvc at {site.title}",
            "version": "1",
            "summary": "Articles are written, scheduled, published, corrected and withdrawn; feeds follow.",
            "description": "Errors are RFC 9457 problems. What was answered with a success is kept, whatever happens.",
        },
        "servers": [{"url": f"{site.base_url}{ROOT}"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by `feedsvc token create NAME --scope write`; to write is to read as well.",
                }
            },
        },
    }


def _operation(operation: Operation[Any, Any]) -> Plain:
    described: Plain = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"{operation.description} Scope: {operation.scope.value}.".strip(),
        "parameters": _parameters(operation),
        "responses": _responses(operation),
    }
    if operation.takes_body:
        schema = _reference(operation.body)
        described["requestBody"] = {
            "required": operation.body is not Nothing,
            # A body that is a file has no schema (OpenAPI 3.1 section 4.8.14.2).
            "content": {
                media_type: {} if operation.body is Upload and media_type != FORM else {"schema": schema}
                for media_type in operation.types
            },
        }
    return described


def _parameters(operation: Operation[Any, Any]) -> list[Plain]:
    in_path: list[Plain] = [
        {"name": name, "in": "path", "required": True, **_PARAMETERS[name]} for name in _NAMED.findall(operation.path)
    ]
    headers = [_IF_MATCH] if operation.conditional else []
    headers += [_KEY] if operation.once else []
    headers += [_IF_NONE_MATCH] if operation.tagged and not operation.takes_body else []
    return [*in_path, *_query(operation.query), *headers]


def _query(model: type[BaseModel]) -> list[Plain]:
    schema = model.model_json_schema(ref_template=_REFERENCE)
    parameters = []
    for name, plain in schema.get("properties", {}).items():
        # A parameter is there or it is not: there is no null in an address.
        variants = [one for one in plain.get("anyOf", []) if one != {"type": "null"}]
        kept = {key: value for key, value in plain.items() if key not in {"anyOf", "title", "description"}}
        if kept.get("default", ...) is None:
            del kept["default"]
        parameters.append(
            {
                "name": name,
                "in": "query",
                "required": name in schema.get("required", ()),
                "description": plain["description"],
                "schema": {**kept, **(variants[0] if variants else {})},
            }
        )
    return parameters


def _responses(operation: Operation[Any, Any]) -> dict[str, Plain]:
    success: Plain = {
        "description": "Done." if operation.takes_body else "Found.",
        "content": {JSON: {"schema": _reference(operation.form)}},
        **({"headers": {"ETag": _ETAG}} if operation.tagged else {}),
        **({"links": _links()} if operation.form is ArticleForm else {}),
    }
    responses = {str(status.value): success for status in operation.successes}
    if operation.tagged and not operation.takes_body:
        responses["304"] = {"description": "It is still what If-None-Match names."}
    for status in sorted(_refusals(operation)):
        responses[str(status.value)] = {
            "description": KINDS[status][1],
            "content": {CONTENT_TYPE: {"schema": _reference(Problem)}},
        }
    return responses


def _links() -> dict[str, Plain]:
    """Say what can be done next with the article that an answer holds, and in which state it is then known to be."""
    known = {"article_id": "$response.body#/id"}
    tag = {"If-Match": "$response.header.ETag"}
    return {
        operation.name: {
            "operationId": operation.name,
            "parameters": {**known, **(tag if operation.conditional else {})},
        }
        for operation in OPERATIONS
        if _NAMED.findall(operation.path) == ["article_id"]
    }


def _refusals(operation: Operation[Any, Any]) -> set[HTTPStatus]:
    statuses = {*_ALWAYS, *(_WRITING if operation.takes_body else ())}
    if "{" in operation.path or not operation.takes_body:
        statuses |= {HTTPStatus.NOT_FOUND}
    if operation.path.startswith("/feeds/{"):
        statuses |= {HTTPStatus.GONE, HTTPStatus.CONFLICT}
    if operation.tagged:
        statuses |= {HTTPStatus.PRECONDITION_FAILED}
    if operation.conditional:
        statuses |= {HTTPStatus.PRECONDITION_REQUIRED}
    return statuses


def _schemas() -> Plain:
    bodies = {operation.body for operation in OPERATIONS if operation.takes_body}
    forms = {operation.form for operation in OPERATIONS} | {Problem}
    # In one order whatever the hash order: the description is the same on every machine.
    models = [
        *((model, "validation") for model in sorted(bodies, key=lambda one: one.__name__)),
        *((model, "serialization") for model in sorted(forms, key=lambda one: one.__name__)),
    ]
    _, schema = models_json_schema(models, ref_template=_REFERENCE)  # type: ignore[arg-type]
    # The parameters of addresses refer to these too.
    for operation in OPERATIONS:
        schema["$defs"].update(operation.query.model_json_schema(ref_template=_REFERENCE).get("$defs", {}))
    return dict(sorted(schema["$defs"].items()))


def _reference(model: type[BaseModel]) -> Plain:
    return {"$ref": _REFERENCE.format(model=model.__name__)}
