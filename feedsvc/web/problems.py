"""Writes errors as RFC 9457 problems: what is wrong, and for each field its place, its value and the rule.

It decides no status, and never tells what is wrong with us: that is for the log.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from feedsvc.content.characters import clean_text
from feedsvc.errors import Invalid
from feedsvc.model import Site

CONTENT_TYPE: Final = "application/problem+json"

KINDS: Final[dict[HTTPStatus, tuple[str, str]]] = {
    HTTPStatus.BAD_REQUEST: ("malformed", "The request can't be read: its JSON or its address is broken."),
    HTTPStatus.UNAUTHORIZED: ("no-token", "There is no token, or it is unknown or revoked."),
    HTTPStatus.FORBIDDEN: ("scope", "The token's scope does not cover this."),
    HTTPStatus.NOT_FOUND: ("not-found", "There is no such thing."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("method", "This address does not take that method; Allow names those it takes."),
    HTTPStatus.CONFLICT: ("conflict", "The thing is in a state that does not allow this, or a name is taken."),
    HTTPStatus.GONE: ("gone", "There was such a thing; it was taken away for good."),
    HTTPStatus.PRECONDITION_FAILED: ("stale", "The article was changed since it was read. Read it again."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("too-large", "The body is larger than the service takes."),
    HTTPStatus.REQUEST_URI_TOO_LONG: ("address-too-long", "The address is longer than the service takes."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ("media-type", "The body is not of a type that this takes."),
    HTTPStatus.UNPROCESSABLE_ENTITY: ("invalid", "Values break rules; `errors` names each."),
    HTTPStatus.PRECONDITION_REQUIRED: ("unconditional", "A change to an article needs If-Match with its entity tag."),
    HTTPStatus.INTERNAL_SERVER_ERROR: ("internal", "Something went wrong here; it has been noted."),
    HTTPStatus.SERVICE_UNAVAILABLE: ("unavailable", "The store is out of reach; try again after Retry-After seconds."),
}
"""The name and the meaning of each kind of problem. A name never changes: programs tell kinds apart by it."""

_SHOWN: Final = 100
"""Characters of a wrong value that are shown."""

_LONGEST_NAME: Final = 300

Place = Literal["pointer", "parameter", "header"]


class Fault(BaseModel):
    """One value that breaks a rule, and where it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pointer: str | None = Field(default=None, description="Where in the body: a JSON pointer (RFC 6901).")
    parameter: str | None = Field(default=None, description="Which parameter of the address.")
    header: str | None = Field(default=None, description="Which header field.")
    value: str | None = Field(default=None, description="The value as it came, shortened.")
    detail: str = Field(description="The rule that it breaks, and what would be right.")


class Problem(BaseModel):
    """An error (RFC 9457)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = Field(description="Which kind of error; an address that explains it.")
    title: str = Field(description="The kind in words.")
    status: int = Field(description="The status of the answer.")
    detail: str = Field(description="What is wrong this time, and what to do about it.")
    errors: list[Fault] | None = Field(default=None, description="Every value that breaks a rule.")


class Faulty(Invalid):
    """Something with one or more values that break rules, all of them named."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        count = "a rule" if len(faults) == 1 else f"{len(faults)} rules"
        super().__init__("the request", f"breaks {count}", "See errors")
        self.faults = faults


def fault_at(place: Place, name: str, detail: str, value: object = None) -> Fault:
    """Name a fault; a value that is no text is shown as Python writes it, and never longer than a line."""
    shown = None if value is None else clean_text(value if isinstance(value, str) else repr(value))
    if shown is not None and len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]}…"
    where: dict[str, str] = {place: clean_text(name)[:_LONGEST_NAME]}
    return Fault(**where, value=shown, detail=detail)


def write_problem(site: Site, status: HTTPStatus, detail: str, faults: tuple[Fault, ...] = ()) -> bytes:
    """Write a problem as JSON in UTF-8."""
    name, _ = KINDS.get(status, ("other", ""))
    problem = Problem(
        type=f"{site.base_url}/api/v1/#problem-{name}",
        title=status.phrase,
        status=status,
        detail=clean_text(detail),
        errors=list(faults) or None,
    )
    return problem.model_dump_json(exclude_none=True).encode() + b"\n"
