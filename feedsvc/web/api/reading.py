"""Reads a request of the API as a call: who calls, then the address, then the body, each checked before the next.

Nothing of a body is read for a caller without a token: strangers cost a look at one header field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Request
from pydantic import BaseModel
from werkzeug.exceptions import RequestEntityTooLarge

from feedsvc import tokens
from feedsvc.errors import NotFound
from feedsvc.folder import is_slug
from feedsvc.store import Store
from feedsvc.tokens import Token
from feedsvc.web.api.calls import Call
from feedsvc.web.api.faults import KEY_FIELD, check
from feedsvc.web.api.jsonbody import MAX_BYTES, read_json
from feedsvc.web.api.models import Nothing, Upload
from feedsvc.web.api.operations import Operation
from feedsvc.web.api.refusals import Coded, Unidentified, WrongType
from feedsvc.web.api.uploads import read_upload
from feedsvc.web.deps import Deps
from feedsvc.web.exchange import asked_by
from feedsvc.web.problems import Faulty, fault_at

_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/=-]+) *", re.IGNORECASE)
# Visible ASCII, as the field's own draft writes it and as every client's identifiers are.
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def read_call(
    request: Request, deps: Deps, store: Store, operation: Operation[Any, Any], path: Mapping[str, Any]
) -> Call[Any, Any]:
    """Read a request.

    Raises Unidentified, Forbidden, NotFound for an address that can be nothing's, Faulty with every wrong value,
    BadRequest for broken JSON, RequestEntityTooLarge, WrongType, Coded.
    """
    caller = _identify(request, store)
    tokens.require(caller, operation.scope)
    # The site's own documents are published under slugs that no feed can have.
    if "slug" in path and (not is_slug(path["slug"]) or path["slug"].startswith("_")):
        raise NotFound("this feed", "is not in the store", "List the feeds")
    return Call(
        store=store,
        site=deps.site,
        now=deps.now(),
        caller=caller,
        asked=asked_by(request.environ),
        path={name: str(value) for name, value in path.items()},
        query=_read_query(request, operation.query),
        body=_read_body(request, deps, operation) if operation.takes_body else Nothing(),
        key=_read_key(request) if operation.once else None,
        media=deps.media,
        picture_limits=deps.picture_limits,
    )


def _identify(request: Request, store: Store) -> Token:
    field = request.headers.get("Authorization")
    found = _BEARER.fullmatch(field) if field else None
    token = tokens.identify(store, found[1]) if found else None
    if token is None:
        raise Unidentified(token_given=found is not None)
    return token


def _read_query(request: Request, model: type[BaseModel]) -> BaseModel:
    given = request.args
    twice = [name for name in given if len(given.getlist(name)) > 1]
    if twice:
        raise Faulty(tuple(fault_at("parameter", name, "Must be given once.") for name in twice))
    return check(model, given.to_dict(), "parameter")


def _read_body(request: Request, deps: Deps, operation: Operation[Any, Any]) -> BaseModel:
    coding = request.headers.get("Content-Encoding", "")
    if coding.strip().lower() not in {"", "identity"}:
        raise Coded(coding)
    if operation.body is Upload:
        if request.mimetype not in operation.types:
            raise WrongType(request.headers.get("Content-Type", ""), operation.types)
        return read_upload(request, deps.picture_limits.max_bytes)
    data = _read_bytes(request)
    if not data and operation.body is Nothing:
        return Nothing()
    if request.mimetype not in operation.types:
        raise WrongType(request.headers.get("Content-Type", ""), operation.types)
    model: type[BaseModel] = operation.body
    return check(model, read_json(data), "pointer")


def _read_bytes(request: Request) -> bytes:
    # One more than is taken: of a body that comes in chunks, werkzeug 3.1 drops what is beyond without a word.
    request.max_content_length = MAX_BYTES + 1
    try:
        data = request.get_data(cache=False)
    except RequestEntityTooLarge:
        data = None
    if data is None or len(data) > MAX_BYTES:
        raise RequestEntityTooLarge(f"The body has more than {MAX_BYTES:,} bytes.")
    return data


def _read_key(request: Request) -> str | None:
    key = request.headers.get(KEY_FIELD)
    if key is not None and _KEY.fullmatch(key) is None:
        rule = "Must be 1 to 255 visible ASCII characters, such as a UUID."
        raise Faulty((fault_at("header", KEY_FIELD, rule, key),))
    return key
