"""Reads the JSON of a request: strictly, and within bounds that no honest request comes near.

It knows nothing of articles; what the values must be is for the models to say.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final, NoReturn

from werkzeug.exceptions import BadRequest

MAX_BYTES: Final = 20_000_000
MAX_DEPTH: Final = 16
MAX_VALUES: Final = 10_000

# A string, whole or cut off, is passed over: brackets and commas inside it are text.
_MARKS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{},]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is spelled. No field is one, so that none is worked out, however long it is."""

    source: str

    def __repr__(self) -> str:
        return self.source


Value = str | bool | Number | list["Value"] | dict[str, "Value"] | None


def read_json(data: bytes) -> Value:
    """Read one JSON value (RFC 8259) in UTF-8.

    Raises BadRequest, with the place, for what is no JSON, for NaN and Infinity, for a name that comes twice in one
    object (RFC 8259 section 4: readers disagree on which one counts), and for what is nested or parted beyond bounds.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"The body is not UTF-8: byte {error.start} can't be read.") from None
    _check_size(text)
    try:
        value: Value = json.loads(
            text, object_pairs_hook=_object, parse_int=Number, parse_float=Number, parse_constant=_refuse
        )
    except json.JSONDecodeError as error:
        raise BadRequest(
            f"The body is not JSON: {error.msg[:1].lower()}{error.msg[1:]} (line {error.lineno}, column {error.colno})."
        ) from None
    return value


def _check_size(text: str) -> None:
    depth = values = 0
    for found in _MARKS.finditer(text):
        mark = found[0]
        values += mark == ","
        depth += (mark in "[{") - (mark in "]}")
        if depth > MAX_DEPTH:
            raise BadRequest(f"The body is nested deeper than {MAX_DEPTH} levels.")
        if values > MAX_VALUES:
            raise BadRequest(f"The body has more than {MAX_VALUES:,} values.")


def _object(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    members: dict[str, Value] = {}
    for name, value in pairs:
        if name in members:
            raise BadRequest(f"The body gives {name[:80]!r} twice in one object.")
        members[name] = value
    return members


def _refuse(word: str) -> NoReturn:
    raise BadRequest(f"The body is not JSON: it has no {word}.")
