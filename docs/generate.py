"""Writes the parts of the documents that the code decides: `python docs/generate.py` brings them up to date.

Never touches a line outside the marks `<!-- generated: NAME -->` and `<!-- end -->`. A test fails where they differ.
"""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from feedsvc.config.environment import variable
from feedsvc.config.faults import annotation_at
from feedsvc.config.tables import SINGLE_TABLES, AuthorTable, FeedTable, FileTable, SelectTable

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from feedsvc.config.places import Loc

DOCS = Path(__file__).parent
PART = re.compile(r"(<!-- generated: ([^>]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str) -> str:
    """Give a document's text with every generated part as the code has it now."""
    parts = {f"[{name}]": _single(name, model) for name, model in SINGLE_TABLES.items()}
    parts["an author"] = _rows(AuthorTable, ("site", "authors", 0))
    parts["[[feed]]"] = _rows(FeedTable, ("feed", 0))
    parts["select"] = _rows(SelectTable, ("feed", 0, "select"))
    return PART.sub(lambda found: f"{found[1]}\n{_table(parts[found[2]])}\n{found[3]}", text)


def _single(name: str, model: type[BaseModel]) -> list[list[str]]:
    head, *rows = _rows(model, (name,))
    keys = zip(rows, model.model_fields, strict=True)
    return [[*head, "Variable"], *([*row, f"`{variable(name, key)}`"] for row, key in keys)]


def _rows(model: type[BaseModel], loc: Loc) -> list[list[str]]:
    head = ["Key", "Meaning", "Must be", "Default"]
    return [head] + [
        [f"`{key}`", str(field.description), annotation_at((*loc, key), FileTable)[1].words, _default(field)]
        for key, field in model.model_fields.items()
    ]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    if field.default is None or field.default == ():
        return ""
    return "" if field.annotation is SelectTable else f"`{_toml(field.default)}`"


def _toml(value: object) -> str:
    """Write a default as it would stand in the file."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, Enum):
        return f'"{value.value}"'
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f'"{value}"'


def _table(rows: list[list[str]]) -> str:
    head, *others = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return "".join(f"| {row} |\n" for row in [head, " | ".join("---" for _ in rows[0]), *others])


def main() -> None:
    """Rewrite each document whose generated parts are out of date."""
    for path in sorted(DOCS.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        if filled(text) != text:
            path.write_text(filled(text), encoding="utf-8")


if __name__ == "__main__":
    main()
