"""Debian's nginx in a folder of its own, with a configuration of deploy/nginx on a free port.

Knows nothing of feedsvc; the lines that are changed are those that the file itself tells its reader to change.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

DEPLOY: Final = Path(__file__).parent.parent / "deploy"
HOST: Final = "127.0.0.1"
_WITHIN_SECONDS: Final = 30.0
# As Debian has it, where that may matter: tcp_nopush, gzip, the temporary files in a place of this nginx.
_MAIN: Final = """\
{user}
daemon off;
worker_processes 2;
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
        assert old in text, f"{name} has no {old!r}"
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(program: str, folder: Path, port: int, servers: str) -> Iterator[int]:
    """Run nginx with these servers, one of which listens on `port`; give its process id."""
    folder.mkdir(parents=True, exist_ok=True)
    # Started by root, workers would run as another user, who can't read a test's folder.
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(_MAIN.format(folder=folder, user=user, servers=servers), encoding="utf-8")
    command = [program, "-e", f"{folder}/error.log", "-p", str(folder), "-c", str(configuration)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            _wait(process, port)
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


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + _WITHIN_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        connection = HTTPConnection(HOST, port, timeout=_WITHIN_SECONDS)
        try:
            connection.connect()
        except OSError:
            time.sleep(0.02)
        else:
            return
        finally:
            connection.close()
    process.kill()
    said = process.stderr.read().decode() if process.stderr else ""
    raise AssertionError(f"nginx did not start\n{said}")
