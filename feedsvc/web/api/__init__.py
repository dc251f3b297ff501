"""The JSON API for programs that write: /api/v1, described at /api/v1/openapi.json.

Routes and order, nothing else: a request is read as a call, and an operation's view answers it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from feedsvc.errors import FeedsvcError
from feedsvc.store import Store
from feedsvc.web.api import pages
from feedsvc.web.api.answering import refuse
from feedsvc.web.api.calls import ROOT
from feedsvc.web.api.operations import OPERATIONS, Operation
from feedsvc.web.api.reading import read_call
from feedsvc.web.deps import Deps
from feedsvc.web.exchange import respond

# How an address names things, and what can name them: anything else is the address of nothing.
_CONVERTERS = {"article_id": "uuid", "number": "int(max=1000000000)", "slug": "string"}
_NAMED = re.compile(r"\{(\w+)\}")


def blueprint(deps: Deps, store: Store) -> Blueprint:
    """Make the views."""
    views = Blueprint("api", __name__, url_prefix=ROOT)
    for operation in OPERATIONS:
        rule = _NAMED.sub(lambda found: f"<{_CONVERTERS[found[1]]}:{found[1]}>", operation.path)
        views.add_url_rule(
            rule,
            operation.name,
            _view(deps, store, operation),
            methods=[operation.method],
            provide_automatic_options=False,
        )
    pages.add(views, deps)

    # Whatever a view raises ends here; `web.errors` sees to addresses below the API that are none.
    @views.errorhandler(FeedsvcError)
    @views.errorhandler(HTTPException)
    def on_error(error: FeedsvcError | HTTPException) -> Response:
        return respond(refuse(deps, request.method, request.endpoint or "", error))

    return views


def _view(deps: Deps, store: Store, operation: Operation[Any, Any]) -> Callable[..., Response]:
    def view(**path: Any) -> Response:
        return respond(operation.view(read_call(request, deps, store, operation, path)))

    return view
