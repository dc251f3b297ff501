"""Decides on which line of a TOML text a key stands, as well as a message needs it.

Never parses values and never fails: tomllib has read the text before; what is not found here has no line.
"""

from __future__ import annotations

import re
from typing import Final

Loc = tuple[str | int, ...]

_HEADER: Final = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY: Final = re.compile(r"\s*([A-Za-z0-9_\-.\"' ]+?)\s*=")
_QUOTES: Final = re.compile(r'"""|\'\'\'')


def lines_of(text: str) -> dict[Loc, int]:
    """Map the location of each table and key, such as ("feed", 1, "limit"), to its line, counted from 1."""
    places: dict[Loc, int] = {}
    counts: dict[Loc, int] = {}
    table: Loc = ()
    open_quote = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if not open_quote:
            header, key = _HEADER.match(line), _KEY.match(line)
            if header:
                table = _enter(header[1] == "[[", _names(header[2]), counts)
                places.setdefault(table, number)
            elif key:
                _note(places, table, _names(key[1]), number)
        open_quote = _quote_after(line, open_quote)
    return places


def line_of(places: dict[Loc, int], loc: Loc) -> int | None:
    """Say on which line the thing at `loc` stands, or else the nearest thing that holds it."""
    for end in range(len(loc), 0, -1):
        if loc[:end] in places:
            return places[loc[:end]]
    return None


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _enter(several: bool, names: tuple[str, ...], counts: dict[Loc, int]) -> Loc:  # noqa: FBT001
    """Give the location of a header's table: [feed.select] belongs to the last [[feed]] before it."""
    table: Loc = ()
    for position, name in enumerate(names):
        table = (*table, name)
        if position == len(names) - 1 and several:
            counts[table] = counts.get(table, -1) + 1
        if table in counts:
            table = (*table, counts[table])
    return table


def _note(places: dict[Loc, int], table: Loc, names: tuple[str, ...], number: int) -> None:
    for end in range(1, len(names) + 1):
        places.setdefault((*table, *names[:end]), number)


def _quote_after(line: str, open_quote: str) -> str:
    """Tell which multi-line quotation is open at the line's end, if any."""
    for quote in _QUOTES.findall(line):
        if not open_quote:
            open_quote = quote
        elif quote == open_quote:
            open_quote = ""
    return open_quote
