"""publishing.py can be read from top to bottom: no step jumps back up, and it is short enough for one sitting."""

import ast
from pathlib import Path

from feedsvc import publishing

SOURCE = Path(publishing.__file__).read_text(encoding="utf-8")
STEPS = [node for node in ast.parse(SOURCE).body if isinstance(node, ast.FunctionDef)]


def test_no_step_jumps_back_up() -> None:
    place = {step.name: number for number, step in enumerate(STEPS)}
    back_up = [
        f"{step.name} → {used.id}"
        for step in STEPS
        for used in ast.walk(step)
        if isinstance(used, ast.Name) and place.get(used.id, len(STEPS)) < place[step.name]
    ]
    assert len(STEPS) > 5
    assert back_up == []


def test_it_begins_with_the_way_in_and_stays_short() -> None:
    assert STEPS[0].name == "publish_due"
    assert len(SOURCE.splitlines()) < 400
