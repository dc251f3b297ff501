"""Reads a JSON object member by member, so that each element of its list has a line, and a break costs only the rest.

It knows no feed; numbers stay as they are spelled.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from feedsvc.errors import Invalid

MAX_DEPTH = 64
# About four times as many values as 64 MB of the densest real feed; they take up to 600 MB of memory.
MAX_COMMAS = 4_000_000
_SPACE = re.compile(r"[ \t\n\r]*")
_BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Number:
    """A JSON number, as it is spelled."""

    source: str


Value = str | bool | Number | list["Value"] | dict[str, "Value"] | None


@dataclass(frozen=True, slots=True)
class Member:
    """An element of the list, and the line that it begins in."""

    line: int
    value: Value


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a document breaks off, "line 9, column 14", and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class JsonObject:
    """A document's members, the elements of the list that was asked for (None if there is none), and where it broke."""

    members: dict[str, Value]
    elements: tuple[Member, ...] | None
    fault: Fault | None


def read_object(name: str, text: str, list_name: str) -> JsonObject:
    """Read a document that is one JSON object (RFC 8259), and the list `list_name` in it element by element.

    What is whole before a fault is returned along with it. Control characters inside strings are let through. Raises
    Invalid for anything but an object, and for nesting of more than MAX_DEPTH levels, or more than MAX_COMMAS
    values.
    """
    if text.count(",") > MAX_COMMAS:
        raise Invalid(name, f"has more than {MAX_COMMAS:,} values", "Split it into several files")
    _check_depth(name, text)
    reader = _Reader(text)
    if not reader.takes("{"):
        raise Invalid(name, "is no JSON object", "A JSON Feed begins with {")
    try:
        reader.read_members(list_name)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        reason = f"is not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}; what stands before it was read"
        return JsonObject(reader.members, reader.elements(), Fault(place, reason))
    return JsonObject(reader.members, reader.elements(), None)


def _check_depth(name: str, text: str) -> None:
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if depth > MAX_DEPTH:
            line = text.count("\n", 0, found.start()) + 1
            raise Invalid(
                name, f"is nested deeper than {MAX_DEPTH} levels (line {line})", "A JSON Feed needs less than ten"
            )


class _Reader:
    """Walks over the outer two levels by hand and gives each value inside to the json module."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.members: dict[str, Value] = {}
        self.found: list[Member] | None = None
        self.decoder = json.JSONDecoder(strict=False, parse_int=Number, parse_float=Number, parse_constant=Number)
        self.line, self.counted = 1, 0

    def elements(self) -> tuple[Member, ...] | None:
        return None if self.found is None else tuple(self.found)

    def takes(self, mark: str) -> bool:
        space = _SPACE.match(self.text, self.position)
        self.position = space.end() if space else self.position
        if not self.text.startswith(mark, self.position):
            return False
        self.position += len(mark)
        return True

    def expects(self, mark: str) -> None:
        if not self.takes(mark):
            raise json.JSONDecodeError(f"{mark!r} expected", self.text, self.position)

    def value(self) -> Value:
        self.takes("")
        value, self.position = self.decoder.raw_decode(self.text, self.position)
        return value  # type: ignore[no-any-return]  # the decoder makes nothing but Values

    def read_members(self, list_name: str) -> None:
        if not self.takes("}"):
            while True:
                self.read_member(list_name)
                if self.takes("}"):
                    break
                self.expects(",")
        self.takes("")
        if self.position < len(self.text):
            raise json.JSONDecodeError("something follows the end of the object", self.text, self.position)

    def read_member(self, list_name: str) -> None:
        start = self.position
        key = self.value()
        if not isinstance(key, str):
            raise json.JSONDecodeError("a name in quotation marks expected", self.text, start)
        self.expects(":")
        if key == list_name and self.takes("["):
            self.read_elements()
        else:
            self.members[key] = self.value()

    def read_elements(self) -> None:
        self.found = []
        if self.takes("]"):
            return
        while True:
            self.takes("")
            self.line += self.text.count("\n", self.counted, self.position)
            self.counted = self.position
            self.found.append(Member(self.line, self.value()))
            if self.takes("]"):
                return
            self.expects(",")
