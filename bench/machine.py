"""Says what machine this is, and how much of it others use meanwhile. It measures nothing of feedsvc."""

from __future__ import annotations

import os
import platform
import resource
import time
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
# Of the columns of /proc/stat: the processor did nothing, or waited for a disk; guests are counted twice there.
_IDLE: Final = (3, 4)
_COLUMNS: Final = 8


def describe() -> str:
    """Name the processor, its cores, the memory, the kernel and the Python."""
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    cores = os.cpu_count() or 1
    return (
        f"{_processor()}, {cores} core{'' if cores == 1 else 's'}, {gigabytes:.0f} GB; "
        f"{platform.system()} {platform.release()}; {platform.python_implementation()} {platform.python_version()}"
    )


class Neighbours:
    """Watches from now on how much of the machine is used by processes that are not ours."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._all = _used_by_all()
        self._us = _used_by_us()

    def share(self, ours: float | None = None) -> float:
        """Give their share of all cores, 0 to 1; 0 where it can't be told.

        `ours` are the seconds that we used; unless given, those of this process and of all its children, which must
        have ended.
        """
        seconds = (time.monotonic() - self._started) * (os.cpu_count() or 1)
        used = _used_by_us() - self._us if ours is None else ours
        return max(0.0, _used_by_all() - self._all - used) / seconds


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _used_by_all() -> float:
    try:
        first = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    except OSError:
        return 0.0
    return sum(int(ticks) for column, ticks in enumerate(first[:_COLUMNS]) if column not in _IDLE) / _TICKS


def _used_by_us() -> float:
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)
