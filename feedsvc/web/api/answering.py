"""Makes of an error the answer that programs get: a problem with every fault, and the fields that go with it.

The statuses are those of `web.errors`; what is wrong with us goes to the log alone.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Final

from werkzeug.exceptions import HTTPException

from feedsvc.errors import Conflict, FeedsvcError, Invalid, NotFound
from feedsvc.serving import Answer
from feedsvc.web import errors
from feedsvc.web.api.calls import ROOT
from feedsvc.web.api.faults import faults_of_draft
from feedsvc.web.api.operations import OPERATIONS
from feedsvc.web.api.refusals import fields_of
from feedsvc.web.deps import Deps
from feedsvc.web.problems import Fault, Faulty

log = logging.getLogger(__name__)

_FIELDS: Final = {f"api.{operation.name}": frozenset(operation.body.model_fields) for operation in OPERATIONS}


def refuse(deps: Deps, method: str, endpoint: str, error: FeedsvcError | HTTPException) -> Answer:
    """Make the answer to a request that ended in this error; `endpoint` is that of the operation."""
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        ours = status < HTTPStatus.INTERNAL_SERVER_ERROR
        return errors.problem(deps, method, status, error.description if ours else None, headers=fields_of(error))
    status = errors.status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s", error)
        return errors.problem(deps, method, status)
    detail = errors.sentences(_for_programs(error))
    return errors.problem(deps, method, status, detail, headers=fields_of(error), faults=_faults(error, endpoint))


def _for_programs(error: FeedsvcError) -> FeedsvcError:
    """Give an error as programs are told it: where to look for what is not there is said elsewhere in commands."""
    if type(error) is not NotFound:
        return error
    return NotFound(error.thing, error.reason, f"List what there is: GET {ROOT}/articles, GET {ROOT}/feeds")


def _faults(error: FeedsvcError, endpoint: str) -> tuple[Fault, ...]:
    if isinstance(error, Faulty):
        return error.faults
    if isinstance(error, (Invalid, Conflict)):
        return faults_of_draft(error, _FIELDS.get(endpoint, frozenset()))
    return ()
