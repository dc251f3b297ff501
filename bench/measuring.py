"""Measures things side by side, and says what came out as rows of a table.

Whoever reads the rows compares figures of one run alone: on a shared machine no other comparison means anything.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace


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
    """Run each of these twice a round, in turns; give the median of each second time, in milliseconds of the processor.

    For what waits for nothing: neighbours then count for little. The first time brings into the processor's caches what
    the one before has driven out; else the next one would gain by what this one has brought there.
    """
    times: dict[str, list[float]] = {name: [] for name in measured}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, function in measured.items():
                function()
                started = time.process_time()
                function()
                times[name].append((time.process_time() - started) * 1000)
    finally:
        gc.enable()
    return {name: statistics.median(taken) for name, taken in times.items()}


def milliseconds(function: Callable[[], object]) -> float:
    """Time one call."""
    started = time.perf_counter()
    function()
    return (time.perf_counter() - started) * 1000


class Taken:
    """How long each round took, by the clock and of the processor."""

    def __init__(self) -> None:
        self._wall: list[float] = []
        self._busy: list[float] = []

    def add(self, function: Callable[[], object]) -> None:
        """Take the time of one round."""
        busy = time.process_time()
        self._wall.append(milliseconds(function))
        self._busy.append((time.process_time() - busy) * 1000)

    @property
    def wall(self) -> float:
        """Give the median by the clock, in milliseconds."""
        return statistics.median(self._wall)

    @property
    def busy(self) -> float:
        """Give the median of the processor's time, in milliseconds."""
        return statistics.median(self._busy)


def of_processor(row: Row, slow: Taken, fast: Taken) -> Row:
    """Add to a row how the two compare by the processor's time, which neighbours disturb less."""
    ratio = slow.busy / fast.busy
    return replace(row, figure=f"{row.figure}; of the processor, {ratio:.2f} ({slow.busy:.1f} and {fast.busy:.1f} ms)")


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
