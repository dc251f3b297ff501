"""Every rule finds its fault, seeded into a clean document, and nothing else; the clean twins stay clean.

The cases are data: `cases/*.toml` names a clean document, what is replaced in it, and what must be found.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feedsvc.standards import BY_ID, Finding, check_document

CASES = Path(__file__).with_name("cases")
NOW = datetime(2026, 8, 10, tzinfo=UTC)


def load(kind: str) -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.toml")):
        table = tomllib.loads(path.read_text("utf-8"))
        for case in table.get(kind, []):
            name = f"{case.get('rule', path.stem)}: {case['name']}"
            found.append(pytest.param(table["base"], case, id=name))
    return found


def check(base: str, case: dict[str, Any]) -> tuple[Finding, ...]:
    text = (CASES / base).read_text("utf-8")
    edits = [*([(case["old"], case["new"])] if "old" in case else []), *case.get("edits", [])]
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} must stand once in {base}"
        text = text.replace(old, new)
    return check_document(text.encode("utf-8"), content_type=case.get("content_type"), url=case.get("url"), now=NOW)


@pytest.mark.parametrize("base", ["clean.rss", "clean.atom", "clean.json", "clean.opml"])
def test_a_clean_document_has_no_findings(base: str) -> None:
    assert check_document((CASES / base).read_bytes(), now=NOW) == ()


@pytest.mark.parametrize(("base", "case"), load("case"))
def test_a_seeded_fault_is_found_and_nothing_else(base: str, case: dict[str, Any]) -> None:
    findings = check(base, case)
    assert {found.rule for found in findings} == {case["rule"], *case.get("also", [])}, findings
    fitting = [
        found
        for found in findings
        if found.rule == case["rule"]
        and case.get("place", "") in found.place
        and case.get("says", "") in found.message
        and case.get("fix", "") in found.fix
    ]
    assert fitting, findings
    assert fitting[0].level == case.get("level", BY_ID[case["rule"]].level)


@pytest.mark.parametrize(("base", "case"), load("clean"))
def test_a_clean_twin_has_no_findings(base: str, case: dict[str, Any]) -> None:
    assert check(base, case) == ()


def test_every_finding_says_what_is_wrong_where_and_what_to_do() -> None:
    for param in load("case"):
        for found in check(*param.values):
            assert found.rule in BY_ID
            assert found.place
            assert found.message
            assert found.fix.endswith((".", "…", "/>")), found
