"""Has a process kill itself when it comes to a step that somebody has named. Each Python process that a test starts
with the environment of a `Trap` (tests/promises/traps.py) reads this as it begins; nothing in the service knows of it.

A step is a place (module:attribute, as its caller looks it up) and a side: before the call, or after it. The file
`armed` names one, which calls of it count (those with a feed's name, or a path in its folder), and how many; it becomes
`died-<number of the process>` just before the end, so that one process dies there, once. No module is imported here
that the process would not import by itself.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import reduce, wraps
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

FOLDER = Path(os.environ["DYING_FOLDER"])
PLACES = (FOLDER / "places").read_text(encoding="ascii").split()
# What a crash left half written goes after a quarter of an hour, told by dates that only a kernel gives: the one thing
# here that is not as it is, since no test can wait for it.
SWEEPER, STALE_SECONDS = "feedsvc.folder.mirroring:sweep", 1.0

_came_by: Counter[str] = Counter()


def come_to(step: str, arguments: tuple[object, ...]) -> None:
    """End here, if this is the step, and has been come to often enough."""
    try:
        armed = (FOLDER / "armed").read_text(encoding="ascii")
    except FileNotFoundError:
        return
    wanted, feed, count, _ = armed.split("\n")
    if wanted != step or (feed and not any(names(feed, argument) for argument in arguments)):
        return
    _came_by[armed] += 1
    if _came_by[armed] == int(count):
        (FOLDER / "armed").rename(FOLDER / f"died-{os.getpid()}")
        os.kill(os.getpid(), signal.SIGKILL)


def names(feed: str, argument: object) -> bool:
    """Say whether an argument is a feed's name, or a path in its folder."""
    return isinstance(argument, str | os.PathLike) and (argument == feed or f"/{feed}/" in str(argument))


def watched(place: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function that does the same, and is watched."""

    @wraps(function)
    def step(*arguments: Any, **named: Any) -> Any:
        come_to(f"before {place}", arguments)
        result = function(*arguments, **named)
        come_to(f"after {place}", arguments)
        return result

    return step


def watch(module: ModuleType) -> None:
    """Watch the places in a module; one that is not there is an error, in every process."""
    for place in PLACES:
        name, _, path = place.partition(":")
        if name == module.__name__:
            *way, last = path.split(".")
            owner = reduce(getattr, way, module)
            setattr(owner, last, watched(place, getattr(owner, last)))
    if module.__name__ == SWEEPER.partition(":")[0]:
        module.sweep.__kwdefaults__["stale_seconds"] = STALE_SECONDS


class Watching(Loader):
    """Loads a module as its own loader does, and watches the places in it."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Make the module."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run it, and watch the places in it."""
        self._loader.exec_module(module)
        watch(module)


class Finder(MetaPathFinder):
    """Finds the modules with places in them."""

    names = frozenset(place.partition(":")[0] for place in (*PLACES, SWEEPER))

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find a module as Python does."""
        spec = PathFinder.find_spec(fullname, path, target) if fullname in self.names else None
        if spec is not None and spec.loader is not None:
            spec.loader = Watching(spec.loader)
        return spec


for loaded in Finder.names & set(sys.modules):
    watch(sys.modules[loaded])
sys.meta_path.insert(0, Finder())
