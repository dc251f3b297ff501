"""Traps for processes: one that comes to a step which a test has named kills itself there (SIGKILL), once.

The service is as it ships; `dying` is put beside it from outside, in the environment of its processes.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.waiting import wait_until

DYING = Path(__file__).with_name("dying.py")
# Only a fault takes that long; a busy machine may need a part of it.
PATIENCE = 120.0


@dataclass
class Trap:
    """A trap in a folder of its own, for some steps: `before` or `after`, and what `dying` calls a place."""

    folder: Path
    steps: Collection[str]
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        (self.folder / "places").write_text(
            "\n".join(sorted({step.partition(" ")[2] for step in self.steps})), encoding="ascii"
        )
        # Every Python process reads a module of this name as it begins.
        (self.folder / "sitecustomize.py").write_bytes(DYING.read_bytes())

    @property
    def environment(self) -> Mapping[str, str]:
        """Give what has a process walk into it."""
        path = os.pathsep.join(filter(None, [str(self.folder), os.environ.get("PYTHONPATH")]))
        return {"PYTHONPATH": path, "DYING_FOLDER": str(self.folder)}

    def set(self, step: str, of: str = "", count: int = 1) -> None:
        """Have the process die that comes to a step so many times from now on, with this feed if one is named."""
        assert step in self.steps, step
        assert not self._armed.exists(), "the trap is set already"
        beside = self.folder / "arming"
        beside.write_text(f"{step}\n{of}\n{count}\n{next(self._numbers)}", encoding="ascii")
        beside.rename(self._armed)

    def wait_for_death(self) -> int:
        """Wait until one has died there; give its number."""
        wait_until(lambda: any(self.folder.glob("died-*")), within=PATIENCE)
        [marker] = self.folder.glob("died-*")
        marker.unlink()
        return int(marker.name.removeprefix("died-"))

    @property
    def _armed(self) -> Path:
        return self.folder / "armed"
