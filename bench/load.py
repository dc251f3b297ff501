"""Puts servers under load with wrk, in turns, and says what each answered and what that took of the processor.

Only ever on the loopback, a few seconds at a time.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.machine import Neighbours
from bench.measuring import Missing, Row

CONNECTIONS: Final = 32
THREADS: Final = 2
NOISY: Final = 0.1
"""The share of the machine that others may use before answers a second say too little."""
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_ANSWERED: Final = re.compile(r"^\s*(\d+) requests in ", re.MULTILINE)
_RATE: Final = re.compile(r"^Requests/sec:\s+([0-9.]+)", re.MULTILINE)
_FAULTS: Final = re.compile(r"^\s*(?:Non-2xx|Socket errors).*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Server:
    """A server to be asked: its address, the processes that all others of it come from, and a field to ask with."""

    url: str
    processes: tuple[int, ...]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shot:
    """What came of one round. Microseconds of processor time a request, of the server and of wrk together.

    `others` is the share of the machine that neither of them used, nor left unused.
    """

    rate: float
    microseconds: float
    others: float


@dataclass(frozen=True, slots=True)
class Compared:
    """How a server did against another, and how often a second each answered.

    `ratio` is of answers a second; `by_processor` of the answers that the processor could give if it did nothing else,
    which is less moved by whatever else the machine has to do. `others` is the share of it that others used.
    """

    ratio: float
    by_processor: float
    rate: float
    other: float
    others: float

    @property
    def decisive(self) -> float:
        """The ratio that says whether a goal was reached."""
        return self.ratio if self.others < NOISY else self.by_processor


def program(name: str) -> str:
    """Find a program; raises Missing."""
    found = shutil.which(name)
    if found is None:
        raise Missing(f"{name} is not installed here; on Debian: apt-get install {name}")
    return found


def in_turns(servers: Mapping[str, Server], *, rounds: int, seconds: int) -> dict[str, list[Shot]]:
    """Ask each server for some seconds, round after round, so that all share the machine's good and bad moments."""
    shots: dict[str, list[Shot]] = {name: [] for name in servers}
    for server in servers.values():
        shoot(server, seconds=1)
    for _ in range(rounds):
        for name, server in servers.items():
            shots[name].append(shoot(server, seconds=seconds))
    return shots


def compare(shots: Sequence[Shot], others: Sequence[Shot]) -> Compared:
    """Compare two servers that were asked in turns; every figure is a median."""
    median = statistics.median
    return Compared(
        ratio=median(one.rate / other.rate for one, other in zip(shots, others, strict=True)),
        by_processor=median(other.microseconds for other in others) / median(one.microseconds for one in shots),
        rate=median(one.rate for one in shots),
        other=median(other.rate for other in others),
        others=median(shot.others for shot in (*shots, *others)),
    )


def row(what: str, compared: Compared, goal: float) -> Row:
    """Say how a server did."""
    reached = compared.decisive
    return Row(
        what,
        f"{compared.ratio:.2f} ({compared.rate:,.0f} and {compared.other:,.0f} a second); by processor time"
        f" {compared.by_processor:.2f}",
        f"at least {goal:g}",
        reached >= goal,
        reached / goal,
    )


def shoot(server: Server, *, seconds: int) -> Shot:
    """Ask one server for some seconds; raises RuntimeError if any answer was an error."""
    command = [program("wrk"), f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    for text in server.fields:
        command += ["-H", text]
    neighbours, before = Neighbours(), _used(server)
    said = subprocess.run([*command, server.url], capture_output=True, text=True, check=True).stdout  # noqa: S603
    used = _used(server) - before
    answered, rate, faults = _ANSWERED.search(said), _RATE.search(said), _FAULTS.search(said)
    if answered is None or rate is None or faults is not None:
        raise RuntimeError(f"{server.url}: {said}")
    return Shot(float(rate[1]), used / int(answered[1]) * 1_000_000, neighbours.share(used))


def _used(server: Server) -> float:
    """Give the processor time of a server, and of whatever this process ran and saw end, in seconds."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(_used_by(process) for process in server.processes) + ended.ru_utime + ended.ru_stime


def _used_by(process: int) -> float:
    """Give the seconds of processor time that a process and its children have used."""
    columns = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return (int(columns[11]) + int(columns[12])) / _TICKS + sum(_used_by(int(child)) for child in children)
