"""Decides how a fault in a configuration is told: one line with place, table, key, value and what would be right.

Never touches a file. A store's URL is never printed whole, since it may hold a password.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Final, Union, get_args, get_origin

from pydantic import BaseModel

from feedsvc.config.places import line_of
from feedsvc.config.words import Rule, nearest

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from feedsvc.config.places import Loc

MOST_VALUE_CHARACTERS: Final = 60
MOST_ITEMS: Final = 5
MOST_BITS: Final = 128
TABLE: Final = Rule("a table")
_CREDENTIALS: Final = re.compile(r"://.*@", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong and where; `line` is None when the environment is at fault, or nothing that is in the file."""

    place: str
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}, {self.place}" if self.line else self.place
        return readable(f"{where}: {self.reason}")


@dataclass(frozen=True, slots=True)
class Source:
    """What the place of a fault is told from: the raw values, their lines in the file, the variables that set them."""

    raw: Mapping[str, Any]
    lines: dict[Loc, int]
    origins: Mapping[Loc, str]


def fault_at(source: Source, loc: Loc, reason: str) -> Fault:
    """Describe the fault of the thing at `loc`, with its value when it has one."""
    value = _shown(loc, _found(source.raw, loc))
    variable = source.origins.get(loc[:2])
    if variable is not None:
        return Fault(f"{variable}{_key(loc[2:])}{value}", reason)
    table, rest = _table(source.raw, loc)
    key = f"{_key(rest)}{value}" if rest else ""
    return Fault(", ".join(part for part in (table, key) if part), reason, line_of(source.lines, loc))


def told(source: Source, error: ErrorDetails, model: type[BaseModel]) -> Fault:
    """Describe one error that pydantic found when it read the whole file as `model`."""
    loc, kind = error["loc"], error["type"]
    if kind == "extra_forbidden":
        return fault_at(source, loc, _unknown(loc, model, _found(source.raw, loc)))
    words = annotation_at(loc, model)[1].words
    if kind == "missing":
        return fault_at(source, loc, f"is missing; it must be {words}")
    own = str(error.get("ctx", {}).get("error", "")) if kind == "value_error" else ""
    return fault_at(source, loc, own or f"must be {words}")


def readable(text: str) -> str:
    """Write out every character that a terminal would act on or could not show."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def _unknown(loc: Loc, model: type[BaseModel], value: object) -> str:
    """Name the key that was meant."""
    name, right = str(loc[-1]), list(annotation_at(loc[:-1], model)[0].model_fields)
    if len(loc) == 1 and not _is_nested(value):
        # A key without a table: it was meant for one, however much it looks like the name of a table.
        tables = {table: annotation_at((table,), model)[0] for table in reversed(right)}
        owners = {key: table for table, kind in tables.items() for key in getattr(kind, "model_fields", {})}
        like = nearest(name, owners)
        hint = f"did you mean {like}, under [{owners[like]}]?" if like else f"the tables are {', '.join(right)}"
        return f"stands in no table; {hint}"
    like = nearest(name, right)
    return f"is not known here; did you mean {like}?" if like else f"is not known here; what is: {', '.join(right)}"


def annotation_at(loc: Loc, model: type[BaseModel]) -> tuple[Any, Rule]:
    """Follow a location down the models, to the type that stands there and its rule."""
    bare: Any = model
    rule = TABLE
    for part in loc:
        if isinstance(part, int):
            bare, found = _bare(get_args(bare)[0])
        else:
            field = bare.model_fields[part]
            bare, found = _bare(field.annotation)
            found = next((data for data in field.metadata if isinstance(data, Rule)), found)
        rule = found or TABLE
    return bare, rule


def _bare(annotation: Any) -> tuple[Any, Rule | None]:
    """Take Annotated and None off a type; give its rule besides."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        bare, inner = _bare(arguments[0])
        return bare, next((data for data in arguments[1:] if isinstance(data, Rule)), inner)
    if origin in {Union, UnionType}:
        return _bare(arguments[0])
    return annotation, None


def _table(raw: Mapping[str, Any], loc: Loc) -> tuple[str, Loc]:
    """Divide a location into the words for its table and the rest."""
    head, content = loc[0], raw.get(str(loc[0]))
    if len(loc) > 1 and isinstance(loc[1], int):
        slug = _found(raw, (*loc[:2], "slug"))
        return f"[[{head}]] {loc[1] + 1}" + (f" {_quoted(slug)}" if isinstance(slug, str) else ""), loc[2:]
    if isinstance(content, list):
        return f"[[{head}]]", loc[1:]
    if len(loc) > 1 or content is None or isinstance(content, Mapping):
        return f"[{head}]", loc[1:]
    return "", loc


def _key(loc: Loc) -> str:
    words = ""
    for part in loc:
        if isinstance(part, int):
            words += f" item {part + 1}"
        else:
            words += f".{part}" if words else part
    return words


def _found(raw: object, loc: Loc) -> object:
    """Look a raw value up. Where a text stands for a table, as an author's name does, the text is the value."""
    for part in loc:
        if isinstance(raw, Mapping):
            raw = raw.get(part)
        elif isinstance(raw, list) and isinstance(part, int):
            raw = raw[part]
        else:
            return raw if isinstance(raw, str) else None
    return raw


def _shown(loc: Loc, value: object) -> str:
    if value is None or isinstance(value, Mapping) or (isinstance(value, list) and any(map(_is_nested, value))):
        return ""
    if isinstance(value, list):
        items = [_literal(loc, item) for item in value[:MOST_ITEMS]]
        return f" = [{', '.join(items + ['...'] * (len(value) > MOST_ITEMS))}]"
    return f" = {_literal(loc, value)}"


def _is_nested(value: object) -> bool:
    return isinstance(value, Mapping | list)


def _literal(loc: Loc, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        return "..."
    if not isinstance(value, str):
        return str(value)
    if loc[0] == "store" and not value.startswith("sqlite:"):
        # Not even a part: a URL with a mistake in it cannot be divided safely.
        return '"..."'
    return _quoted(value)


def _quoted(text: str) -> str:
    text = _CREDENTIALS.sub("://...@", text)
    short = text if len(text) <= MOST_VALUE_CHARACTERS else f"{text[:MOST_VALUE_CHARACTERS]}..."
    return '"' + short.replace("\\", "\\\\").replace('"', '\\"') + '"'
