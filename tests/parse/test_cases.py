"""Each file in cases/ is a source; the .expected.json beside it says what `parse` makes of it, field by field.

A new trap is a new pair of files. Fields that stand at their model's default are left out of the expectation.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedsvc.drafting import accept
from feedsvc.errors import Invalid
from feedsvc.model import Imported
from feedsvc.parse import Defaults, detect, parse

CASES = Path(__file__).parent / "cases"
SOURCES = sorted(path for path in CASES.iterdir() if path.name[0] != "." and not path.name.endswith(".expected.json"))


def plain(value: object) -> object:
    """Return a record as plain data, without the fields that say nothing."""
    if is_dataclass(value) and not isinstance(value, type):
        stated = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        return {name: found for name, found in stated.items() if found not in (None, "", [], False)}
    if isinstance(value, datetime):
        assert value.utcoffset() == UTC.utcoffset(None)
        return value.isoformat()
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def outcome(name: str, data: bytes) -> dict[str, object]:
    """Return all that a source comes to: its kind and its articles, or why it is none."""
    try:
        articles = list(parse(name, data, Defaults()))
    except Invalid as error:
        return {"invalid": str(error)}
    return {"kind": detect(name, data).value, "articles": [plain(article) for article in articles]}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_a_source_becomes_what_its_case_says(source: Path) -> None:
    expected = json.loads(source.with_name(f"{source.name}.expected.json").read_text(encoding="utf-8"))

    assert outcome(source.name, source.read_bytes()) == expected


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_what_comes_out_is_ready_for_the_store(source: Path) -> None:
    """Nothing that a parser lets through is changed or refused at the next door."""
    try:
        articles = list(parse(source.name, source.read_bytes(), Defaults(base_url="https://example.org/")))
    except Invalid:
        return
    drafts = [article.draft for article in articles if isinstance(article, Imported)]

    assert [accept(draft) for draft in drafts] == drafts
