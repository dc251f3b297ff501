"""Runs benchmarks and writes what came out into docs/performance.md: `python -m bench [NAME...]`, all without a name.

Each is a module of this folder with `run() -> list[Row]`; to add one, write it and name it here. Rows hold ratios of
things measured side by side, since on a shared machine no other figure means anything the next day.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from bench import machine, report
from bench.measuring import Missing, Row

BENCHMARKS: Final = {
    "generating": "Making documents",
    "publishing": "Publishing an article",
    "rebuilding": "Rebuilding, and doing nothing",
    "serving": "Serving",
    "latency": "From the newsroom to the readers",
}


def main(names: Sequence[str]) -> int:
    """Run these benchmarks; give the exit code, which is 0 when all could be measured, whatever came out."""
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        print(f"bench: there is no {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)  # noqa: T201
        return 2
    failed = 0
    for name in names or BENCHMARKS:
        print(f"\n{name} ...", flush=True)  # noqa: T201
        try:
            result = measure(name)
        except Missing as missing:
            print(f"bench: {name} was not measured: {missing}", file=sys.stderr)  # noqa: T201
            failed = 1
            continue
        print(report.table(result.rows))  # noqa: T201
        print(report.circumstances(result))  # noqa: T201
        report.keep(name, result)
    report.write(BENCHMARKS)
    return failed


def measure(name: str) -> report.Result:
    """Run one benchmark, and watch meanwhile how busy others keep this machine."""
    neighbours = machine.Neighbours()
    rows: list[Row] = importlib.import_module(f"bench.{name}").run()
    return report.Result(
        rows=tuple(rows),
        at=datetime.now(UTC).replace(microsecond=0),
        machine=machine.describe(),
        others=neighbours.share(),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
