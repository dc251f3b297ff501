"""The table of rules: complete, tried out, and the same in the docs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from feedsvc.standards import RULES
from feedsvc.standards.rules import table

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "standards.md"
PACKAGE = HERE.parents[1] / "feedsvc" / "standards"
RULE_ID = re.compile(r"\b(?:DOC|XML|RSS|PROF|ATOM|JSON|NS|LANG|PAGE|TOMB|WS|XSL|OPML|HTTP|SAME)-[0-9]{2}\b")


def test_no_rule_is_there_twice() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_every_rule_is_tried_out() -> None:
    seeded = {
        case["rule"]
        for path in (HERE / "cases").glob("*.toml")
        for case in tomllib.loads(path.read_text("utf-8"))["case"]
    }
    tested = {
        found
        for path in (HERE / "test_http.py", HERE / "test_agreement.py", HERE / "test_documents.py")
        for found in RULE_ID.findall(path.read_text("utf-8"))
    }
    assert {rule.id for rule in RULES} - seeded - tested == set()


def test_every_rule_of_the_table_is_used_and_every_used_one_is_in_the_table() -> None:
    used = {
        found
        for path in PACKAGE.glob("*.py")
        if path.name != "rules.py"
        for found in re.findall(r'"([A-Z]+-[0-9]{2})"', path.read_text("utf-8"))
    }
    assert used == {rule.id for rule in RULES}


def test_the_docs_hold_the_table_as_it_is() -> None:
    assert table() in DOCS.read_text("utf-8"), (
        "docs/standards.md is behind: put feedsvc.standards.rules.table() into it"
    )
