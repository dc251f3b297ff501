"""A wall clock that a test sets, for processes that it starts: what they do goes by it, and nothing in them knows.

libfaketime stands between the processes and the system's clock. Time that only counts up (CLOCK_MONOTONIC) stays what
it is, as it does when somebody sets a machine's clock, and so do the dates of files.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.waiting import wait_until

LIBRARY = "faketime/libfaketimeMT.so.1"
# Python sleeps until an instant of CLOCK_MONOTONIC, which libfaketime 0.9.10 takes for one of the wall's clock, and
# refuses. Each Python process reads this as it begins, and sleeps for a while instead.
SLEEP = """\
import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds) and None
"""


@dataclass
class Clock:
    """A clock, by which all processes with its `environment` go. It runs on as time does."""

    folder: Path
    _ahead: timedelta = field(default=timedelta(0), init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "sitecustomize.py").write_text(SLEEP, encoding="ascii")
        self.move(timedelta(0))

    @property
    def environment(self) -> Mapping[str, str]:
        """Give what has a process go by this clock."""
        return {
            "LD_PRELOAD": _library(),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(self.folder), os.environ.get("PYTHONPATH")])),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    @property
    def now(self) -> datetime:
        """Give the time that it shows."""
        return datetime.now(UTC) + self._ahead

    def set(self, instant: datetime) -> None:
        """Set it to an instant."""
        self.move(instant - self.now)

    def move(self, by: timedelta) -> None:
        """Set it forward, or back."""
        self._ahead += by
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{self._ahead.total_seconds():+.6f}\n", encoding="ascii")
        beside.replace(self._file)

    def wait_for(self, instant: datetime) -> None:
        """Wait until it shows an instant, by letting time pass."""
        wait_until(lambda: self.now >= instant, pause=0.001)

    @property
    def _file(self) -> Path:
        return self.folder / "clock"


def _library() -> str:
    for folder in (Path("/usr/lib"), Path("/usr/local/lib"), Path("/usr/lib64")):
        for path in sorted((*folder.glob(LIBRARY), *folder.glob(f"*/{LIBRARY}"))):
            return str(path)
    message = "libfaketime is not installed here; tests/debian-packages installs it"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
