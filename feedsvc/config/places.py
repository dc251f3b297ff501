"""Decides on which line of a TOML text a key stands, as well as a message needs it.

Never reads values and never fails: tomllib has read the text before, and what is not found here has no line.
"""

from __future__ import annotations

import re
from typing import Final

Loc = tuple[str | int, ...]

_WORD: Final = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_DOTTED: Final = rf"\s*({_WORD}(?:\s*\.\s*{_WORD})*)\s*"
_HEADER: Final = re.compile(rf"\s*(\[\[?){_DOTTED}\]")
_KEY: Final = re.compile(rf"{_DOTTED}=")
_NAME: Final = re.compile(_WORD)
_QUOTES: Final = re.compile(r'"""|\'\'\'')


def lines_of(text: str) -> dict[Loc, int]:
    """Map the location of each table and key, such as ("feed", 1, "limit"), to its line, counted from 1."""
    places: dict[Loc, int] = {}
    counts: dict[Loc, int] = {}
    table: Loc = ()
    open_quote = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if not open_quote and line.lstrip().startswith("#"):
            continue
        if not open_quote:
            header, key = _HEADER.match(line), _KEY.match(line)
            if header:
                places.setdefault(_count(header, counts), number)
                table = _within(_names(header[2]), counts)
                places.setdefault(table, number)
            elif key:
                _note(places, table, _names(key[1]), number)
        open_quote = _quote_after(line, open_quote)
    return places


def line_of(places: dict[Loc, int], loc: Loc) -> int | None:
    """Say on which line the thing at `loc` stands, or else the nearest thing that holds it."""
    return next((places[loc[:end]] for end in range(len(loc), 0, -1) if loc[:end] in places), None)


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(name.strip("\"'") for name in _NAME.findall(dotted))


def _count(header: re.Match[str], counts: dict[Loc, int]) -> Loc:
    """Count one more table of its name when the header has two brackets; give the location of them all together."""
    *parents, name = _names(header[2])
    together = (*_within(tuple(parents), counts), name)
    if header[1] == "[[":
        counts[together] = counts.get(together, -1) + 1
    return together


def _within(names: tuple[str, ...], counts: dict[Loc, int]) -> Loc:
    """Turn a header's names into a location: [feed.select] belongs to the last [[feed]] before it."""
    table: Loc = ()
    for name in names:
        table = (*table, name)
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
