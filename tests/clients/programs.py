"""Programs that no Python package brings: where they are, and what it means when they are not there.

On a person's machine a missing program skips its tests; where CI=true all must be there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import pytest

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"


def program(name: str) -> str:
    """Give the path of a program that tests/debian-packages installs."""
    found = shutil.which(name)
    return found or _missing(f"{name} is not installed here; tests/debian-packages installs it")


def node(script: str, *arguments: str) -> Any:
    """Run one of the JavaScript programs of this folder; give the JSON that it prints."""
    path = program("node")
    if not MODULES.is_dir():
        _missing("the JavaScript clients are not installed here; `make test` installs them (npm ci in tests/clients)")
    return json.loads(run(path, str(HERE / script), *arguments))


def module_file(name: str) -> Path:
    """Give a file of an npm package."""
    path = MODULES / name
    if not path.exists():
        _missing(f"{name} is not installed here; `make test` installs it (npm ci in tests/clients)")
    return path


def run(*command: str | Path, home: Path | None = None) -> str:
    """Run a program that must succeed, with a home folder of its own if it keeps things there; give what it prints."""
    environment = {**os.environ, "HOME": str(home)} if home else None
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _missing(message: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)
