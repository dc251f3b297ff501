"""Measures things side by side, and says what came out as rows of a table.

Whoever reads the rows compares figures of one run alone: on a shared machine no other comparison means anything.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `figure` is what was measured, in words; `met` is None where there is no goal.

    `reach` is for the plot: what was measured as a share of the goal, so that 1 is the goal and more is better.
    """

    what: str
    figure: str
    goal: str = ""
    met: bool | None = None
    reach: float | None = None


class Missing(Exception):
    """What a benchmark needs is not on this machine; the text says how to come by it."""


def interleaved(rounds: int, /, **measured: Callable[[], object]) -> dict[str, float]:
    """Run each of these once a round, in turns; give the median of each, in milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in measured}
    for function in measured.values():
        function()
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, function in measured.items():
                times[name].append(milliseconds(function))
    finally:
        gc.enable()
    return {name: statistics.median(taken) for name, taken in times.items()}


def milliseconds(function: Callable[[], object]) -> float:
    """Time one call."""
    started = time.perf_counter()
    function()
    return (time.perf_counter() - started) * 1000


def times_as_fast(what: str, slow: float, fast: float, goal: float) -> Row:
    """Say how many times as fast something is."""
    ratio = slow / fast
    return Row(
        what, f"{ratio:.1f} times ({slow:.2f} and {fast:.2f} ms)", f"at least {goal:g}", ratio >= goal, ratio / goal
    )


def at_most(what: str, measured: float, floor: float, goal: float) -> Row:
    """Say how many times as long something takes as its floor."""
    ratio = measured / floor
    return Row(
        what, f"{ratio:.2f} times ({measured:.2f} and {floor:.2f} ms)", f"at most {goal:g}", ratio <= goal, goal / ratio
    )
