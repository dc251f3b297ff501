"""Decides what the environment changes in a configuration: FEEDSVC_<TABLE>_<KEY> for the tables that occur once.

Never reads the process's environment: the mapping is handed in.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final, get_origin

from feedsvc.config.faults import Fault
from feedsvc.config.rules import nearest
from feedsvc.config.tables import FileTable, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

    from feedsvc.config.places import Loc

PREFIX: Final = "FEEDSVC_"
RESERVED: Final = frozenset({"FEEDSVC_CONFIG"})


def single_tables() -> dict[str, type[Table]]:
    """Name the tables that occur once in the file, with their models."""
    return {
        name: field.annotation
        for name, field in FileTable.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Table)
    }


def variable(table: str, key: str) -> str:
    """Name the variable that sets a key."""
    return f"{PREFIX}{table}_{key}".upper()


def overlay(raw: dict[str, Any], environ: Mapping[str, str]) -> tuple[dict[Loc, str], list[Fault]]:
    """Put the environment's values into `raw`; say which location came from which variable, and what is wrong.

    An empty variable counts as not set, since compose files cannot leave one out.
    """
    origins: dict[Loc, str] = {}
    faults: list[Fault] = []
    tables = single_tables()
    known = {variable(table, key): (table, key) for table, model in tables.items() for key in model.model_fields}
    prefixes = tuple(variable(table, "") for table in (*tables, "feed"))
    for name in sorted(environ):
        text = environ[name]
        if name in RESERVED or not text or not name.startswith(prefixes):
            continue
        if name not in known:
            faults.append(_unknown(name, sorted(known)))
            continue
        table, key = known[name]
        target = raw.setdefault(table, {})
        if isinstance(target, dict):
            target[key] = _value(text, tables[table].model_fields[key])
            origins[table, key] = name
    return origins, faults


def _unknown(name: str, known: list[str]) -> Fault:
    if name.startswith(variable("feed", "")):
        return Fault(name, "is no setting: feeds are written in the file alone")
    like = nearest(name, known)
    return Fault(name, f"is no setting; did you mean {like}?" if like else "is no setting")


def _value(text: str, field: FieldInfo) -> object:
    """Turn a variable's text into what the key's type wants; text that does not fit is left for the check to refuse."""
    if field.annotation is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    if field.annotation is int:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else text  # noqa: PLR2004
    if get_origin(field.annotation) is tuple:
        return _listed(text)
    return text


def _listed(text: str) -> object:
    if not text.lstrip().startswith("["):
        return [part.strip() for part in text.split(",")]
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
