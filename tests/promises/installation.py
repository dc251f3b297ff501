"""An installation as an operator has it: a folder with a config.toml, worked by `feedsvc` and read over HTTP.

The commands run in this process, by the real clock, so that hundreds can be called; `tests.service` runs processes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask.testing import FlaskClient

from feedsvc.cli import main
from feedsvc.web import wsgi
from tests.promises.gazette import Reading, ask
from tests.service import Answer

CONFIG = """\
[site]
title = "The Gazette"
base_url = "https://gazette.example.org"
authors = ["The Gazette"]

[publish]
measure_pictures = false

[[feed]]
slug = "all"
title = "All news"
"""


@dataclass(frozen=True)
class Called:
    """What a command came to."""

    code: int
    out: str
    err: str


@dataclass
class Installation(Reading):
    """A configuration, its store and its published folder."""

    folder: Path
    client: FlaskClient | None = None

    def __post_init__(self) -> None:
        self.configure(CONFIG)

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "config.toml"

    def configure(self, text: str) -> None:
        """Write the configuration; the web workers that ran are forgotten."""
        self.config.write_text(text, encoding="utf-8")
        self.client = None

    def call(self, *arguments: str | Path, environ: Mapping[str, str] | None = None) -> Called:
        """Call `feedsvc` as from the command line."""
        words = ["feedsvc", "--config", str(self.config), *map(str, arguments)]
        out, err = StringIO(), StringIO()
        with patch.object(sys, "argv", words), clean_environ(environ), redirect_stdout(out), redirect_stderr(err):
            try:
                main()
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(end.code is not None)
        return Called(code, out.getvalue(), err.getvalue())

    def run(self, *arguments: str | Path, environ: Mapping[str, str] | None = None) -> Called:
        """Call `feedsvc` in a process of its own, with this added to its environment."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FEEDSVC_")}
        done = subprocess.run(
            [sys.executable, "-m", "feedsvc", "--config", str(self.config), *map(str, arguments)],
            cwd=self.folder,
            env={**kept, **(environ or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return Called(done.returncode, done.stdout, done.stderr)

    def bring_in(self, *arguments: str | Path) -> tuple[list[dict[str, Any]], Called]:
        """Import files; give what became of each article, and the call."""
        called = self.call("import", "--json", *arguments)
        return json.loads(called.out) if called.out else [], called

    def publish(self) -> Called:
        """Regenerate every feed, which must succeed."""
        called = self.call("publish")
        assert called.code == 0, called
        return called

    def get(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
        """Ask a web worker for a path; the worker is started when it is first asked."""
        if self.client is None:
            with clean_environ({"FEEDSVC_CONFIG": str(self.config)}):
                self.client = wsgi.create().test_client()
        return ask(self.client, path, headers, method)


def files_of(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Give each file with its bytes, its mtime and its inode: equal only if nothing was written again."""
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def clean_environ(added: Mapping[str, str] | None = None) -> Any:
    """Have an environment without settings of feedsvc but these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FEEDSVC_")}
    return patch.dict(os.environ, {**kept, **(added or {})}, clear=True)
