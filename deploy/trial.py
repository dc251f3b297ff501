"""Tries the files of this folder: nginx in a place of its own, on a free port, for tests and benchmarks.

Knows nothing of feedsvc; the lines that are changed are those that a file itself tells its reader to change.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

DEPLOY: Final = Path(__file__).parent
HOST: Final = "127.0.0.1"
_WITHIN_SECONDS: Final = 30.0
# As Debian has it, where that may matter: tcp_nopush, gzip, the temporary files in a place of this nginx.
_MAIN: Final = """\
{user}
daemon off;
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    gzip on;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/client_body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{servers}
}}
"""


def deployed(name: str, port: int, changes: Mapping[str, str]) -> str:
    """Give a file of deploy/nginx that listens on a port of the loopback. Each text to change must be there."""
    text = (DEPLOY / "nginx" / name).read_text(encoding="utf-8")
    for old, new in {"listen 80;": f"listen {HOST}:{port};", "listen [::]:80;": "", **changes}.items():
        if old not in text:
            raise ValueError(f"{name} has no {old!r}")
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(program: str, folder: Path, port: int, servers: str, *, workers: int = 2) -> Iterator[int]:
    """Run nginx with these servers, one of which listens on `port`; give its process id."""
    folder.mkdir(parents=True, exist_ok=True)
    # Started by root, workers would run as another user, who can't read a test's folder.
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(_MAIN.format(folder=folder, user=user, workers=workers, servers=servers), encoding="utf-8")
    command = [program, "-e", f"{folder}/error.log", "-p", str(folder), "-c", str(configuration)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:  # noqa: S603
        try:
            wait_until(lambda: process.poll() is not None or _listens(port))
            if process.poll() is not None:
                raise RuntimeError(f"nginx did not start: {process.stderr.read().decode() if process.stderr else ''}")
            yield process.pid
        finally:
            process.send_signal(signal.SIGQUIT)
            try:
                process.wait(_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                process.terminate()


def marked(name: str) -> list[str]:
    """Give the lines of a file of deploy/nginx that tell their reader to change them, without the remark."""
    text = (DEPLOY / "nginx" / name).read_text(encoding="utf-8")
    return [line.strip() for line in re.findall(r"^(.*\S)\s+# change: ", text, re.MULTILINE)]


def free_port() -> int:
    """Find a port of the loopback that nobody listens on."""
    with socket.create_server((HOST, 0)) as free:
        return int(free.getsockname()[1])


def wait_until(true: Callable[[], bool]) -> None:
    """Return as soon as the condition holds; raise TimeoutError when it does not in time."""
    until = time.monotonic() + _WITHIN_SECONDS
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"not true within {_WITHIN_SECONDS:.0f} s")
        time.sleep(0.02)


def _listens(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=_WITHIN_SECONDS).close()
    except OSError:
        return False
    return True
