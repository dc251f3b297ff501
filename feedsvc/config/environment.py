"""Decides what the environment changes in a configuration: FEEDSVC_<TABLE>_<KEY> for the tables that occur once.

Never reads the process's environment: the mapping is handed in.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

from feedsvc.config import rules
from feedsvc.config.faults import Fault
from feedsvc.config.tables import SINGLE_TABLES
from feedsvc.config.words import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

    from feedsvc.config.places import Loc

PREFIX: Final = "FEEDSVC_"
MOST_DIGITS: Final = 18


def variable(table: str, key: str) -> str:
    """Name the variable that sets a key."""
    return f"{PREFIX}{table}_{key}".upper()


KNOWN: Final = {
    variable(table, key): (table, key) for table, model in SINGLE_TABLES.items() for key in model.model_fields
}
# Only these prefixes are looked at: FEEDSVC_CONFIG names the file, and others may be somebody else's.
PREFIXES: Final = tuple(variable(table, "") for table in (*SINGLE_TABLES, "feed"))


def overlay(raw: dict[str, Any], environ: Mapping[str, str]) -> tuple[dict[Loc, str], list[Fault]]:
    """Put the environment's values into `raw`; say which location came from which variable, and what is wrong.

    An empty variable counts as not set, since a compose file cannot leave one out.
    """
    origins: dict[Loc, str] = {}
    faults: list[Fault] = []
    for name in sorted(environ):
        if not environ[name] or not name.startswith(PREFIXES):
            continue
        if name not in KNOWN:
            faults.append(_unknown(name))
            continue
        table, key = KNOWN[name]
        target = raw.setdefault(table, {})
        if isinstance(target, dict):
            target[key] = _value(environ[name], SINGLE_TABLES[table].model_fields[key])
            origins[table, key] = name
    return origins, faults


def _unknown(name: str) -> Fault:
    if name.startswith(variable("feed", "")):
        return Fault(name, "is no setting; feeds are written in the file alone")
    like = nearest(name, KNOWN)
    return Fault(name, f"is no setting; did you mean {like}?" if like else "is no setting")


def _value(text: str, field: FieldInfo) -> object:
    """Turn a variable's text into what the key's type wants; what does not fit is left for the check to refuse."""
    if field.annotation is bool:
        return {"true": True, "false": False}.get(text.lower(), text)
    if field.annotation is int and text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return int(text)
    if rules.AsTuple in field.metadata or text.lstrip().startswith("["):
        return _listed(text)
    return text


def _listed(text: str) -> object:
    """Read a list that is written as in the file, or with commas alone."""
    if not text.lstrip().startswith("["):
        return [part.strip() for part in text.split(",")]
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text
