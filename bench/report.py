"""Writes what was measured: a table for the terminal, and tables and a plot for docs/performance.md.

Measures nothing. What was measured last of each benchmark is kept in bench/results.json, so that one of them can be
run without the others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bench import plot
from bench.load import NOISY
from bench.measuring import Row

_ROOT: Final = Path(__file__).parent.parent
RESULTS: Final = _ROOT / "bench" / "results.json"
DOCUMENT: Final = _ROOT / "docs" / "performance.md"
PLOT: Final = _ROOT / "docs" / "images" / "performance.svg"

_PART: Final = re.compile(r"(<!-- measured: ([a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Result:
    """What came out of a benchmark, when and where. `others` is the share of the machine that others used."""

    rows: tuple[Row, ...]
    at: datetime
    machine: str
    others: float


def table(rows: Sequence[Row]) -> str:
    """Write rows as a table in Markdown."""
    lines = ["| what | measured | goal | |", "| --- | --- | --- | --- |"]
    verdicts = {True: "reached", False: "**not reached**", None: ""}
    lines += [f"| {row.what} | {row.figure} | {row.goal} | {verdicts[row.met]} |" for row in rows]
    return "\n".join(lines)


def circumstances(result: Result) -> str:
    """Say when and where it was measured, and whether that was a quiet place."""
    said = f"Measured at {result.at:%Y-%m-%d %H:%M} UTC on {result.machine}."
    busy = f"{result.others:.0%} of the machine"
    if result.others < NOISY:
        return f"{said} Others used {busy}."
    return f"{said} **A noisy place: others used {busy} meanwhile.**"


def keep(name: str, result: Result) -> None:
    """Keep a result in place of the last one."""
    kept = _kept()
    kept[name] = {**asdict(result), "at": result.at.isoformat()}
    RESULTS.write_text(json.dumps(kept, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def write(titles: Mapping[str, str]) -> None:
    """Bring the document and the plot up to what is kept."""
    results = {name: _result(facts) for name, facts in _kept().items() if name in titles}
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(_PART.sub(lambda part: _filled(part, results), text), encoding="utf-8")
    shown = {titles[name]: results[name].rows for name in titles if name in results}
    PLOT.write_text(plot.draw(shown), encoding="utf-8")


def _filled(part: re.Match[str], results: Mapping[str, Result]) -> str:
    result = results.get(part[2])
    body = "Not measured yet." if result is None else f"{circumstances(result)}\n\n{table(result.rows)}"
    return f"{part[1]}\n{body}\n\n{part[3]}"


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    return kept


def _result(facts: dict[str, Any]) -> Result:
    rows = tuple(Row(**row) for row in facts["rows"])
    return Result(rows, datetime.fromisoformat(facts["at"]), facts["machine"], facts["others"])
