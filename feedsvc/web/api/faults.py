"""Says what is wrong with a value in the words of the API: its place, the value, the rule.

It finds no fault itself: pydantic and the rules of a draft do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from feedsvc.errors import Conflict, Invalid
from feedsvc.web.problems import Fault, Faulty, Place, fault_at

M = TypeVar("M", bound=BaseModel)

_MESSAGES: Final[Mapping[str, str]] = {
    "missing": "Must be given.",
    "extra_forbidden": "Is not known here. Look for a typing error, or leave it out.",
    "string_type": "Must be a text.",
    "string_unicode": "Holds half of a surrogate pair, which is no character.",
    "bool_type": "Must be true or false.",
    "list_type": "Must be a list.",
    "model_type": "Must be an object.",
    "dict_type": "Must be an object.",
    "model_attributes_type": "Must be an object.",
    "string_too_long": "Must have at most {max_length} characters.",
    "string_too_short": "Must have at least {min_length} characters.",
    "string_pattern_mismatch": "Must match {pattern}",
    "too_long": "Must have at most {max_length} members.",
    "literal_error": "Must be one of: {expected}.",
    "enum": "Must be one of: {expected}.",
    "greater_than_equal": "Must be at least {ge}.",
    "less_than_equal": "Must be at most {le}.",
}
KEY_FIELD: Final = "Idempotency-Key"
_ABSENT: Final = frozenset({"missing", "extra_forbidden"})
_READ_ONLY: Final = frozenset(
    {
        "id",
        "entry_id",
        "revision",
        "working_revision",
        "created_at",
        "modified_at",
        "published_at",
        "updated_at",
        "withdrawn_at",
        "withdrawal_reason",
        "corrections",
        "permalink",
    }
)


def check(model: type[M], value: object, place: Place) -> M:
    """Read a value as this model. Raises Faulty, with every fault."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Faulty(tuple(_fault(found, place) for found in error.errors(include_url=False))) from None


def faults_of_draft(error: Invalid | Conflict, fields: frozenset[str]) -> tuple[Fault, ...]:
    """Give the fault that the rules of a draft or of a step found, where it is one of these fields of the body."""
    if error.thing == KEY_FIELD:
        return (fault_at("header", KEY_FIELD, _sentences(error)),)
    names = error.thing.split(".")
    if names[0] not in fields:
        return ()
    return (fault_at("pointer", _pointer(names), _sentences(error)),)


def _fault(found: ErrorDetails, place: Place) -> Fault:
    kind = found["type"]
    names = [str(part) for part in found["loc"]]
    value = None if kind in _ABSENT or not names else found["input"]
    if "field" in found.get("ctx", {}):
        names.append(found["ctx"]["field"])
    name = _pointer(names) if place == "pointer" else ".".join(names)
    return fault_at(place, name, _message(kind, names, found), value)


def _message(kind: str, names: list[str], found: ErrorDetails) -> str:
    if kind == "extra_forbidden" and len(names) == 1 and names[0] in _READ_ONLY:
        return "Is read only. Leave it out."
    context: dict[str, Any] = found.get("ctx", {})
    message = _MESSAGES.get(kind)
    return message.format(**context) if message else f"{found['msg']}"


def _pointer(names: list[str]) -> str:
    # RFC 6901 section 3.
    return "".join(f"/{name.replace('~', '~0').replace('/', '~1')}" for name in names)


def _sentences(error: Invalid | Conflict) -> str:
    words = f"{error.reason}. {error.fix}".rstrip(". ")
    return f"{words[:1].upper()}{words[1:]}."
