"""The service's processes: a dead one comes back, all end together. Real processes and real signals."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

from tests.waiting import wait_until

RUN = """
import sys
from feedsvc import supervisor
sys.exit(supervisor.run({"one": [sys.executable, "-c", sys.argv[1]], "two": [sys.executable, "-c", sys.argv[1]]}))
"""
# Writes its process id, then waits for a signal as the real ones do.
CHILD = """
import os, pathlib, signal, time
from feedsvc import supervisor
supervisor.end_with_supervisor()
signal.signal(signal.SIGTERM, lambda *_: exit(0))
signal.signal(signal.SIGHUP, lambda *_: exit(0))
pathlib.Path({folder!r}, str(os.getpid())).touch()
while True:
    time.sleep(0.05)
"""


def start(folder: Path, stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", RUN, CHILD.format(folder=str(folder))], stdin=stdin)


def alive(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir() if Path("/proc", path.name).exists()]


def test_a_process_that_dies_is_started_again_and_sigterm_ends_all(tmp_path: Path) -> None:
    supervisor = start(tmp_path)
    try:
        wait_until(lambda: len(alive(tmp_path)) == 2)
        killed = alive(tmp_path)[0]
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: len(list(tmp_path.iterdir())) == 3 and len(alive(tmp_path)) == 2)
    finally:
        supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(30) == 0
    assert alive(tmp_path) == []


def test_a_process_that_can_not_be_started_for_a_while_takes_no_other_down(tmp_path: Path) -> None:
    """As while a new release is put in place."""
    folder = tmp_path / "alive"
    folder.mkdir()
    program, away = tmp_path / "program", tmp_path / "away"
    program.write_text(f"#!{sys.executable}\n{CHILD.format(folder=str(folder))}")
    program.chmod(0o755)
    commands = '{"one": sys.argv[1:], "two": sys.argv[1:]}'
    run = f"import sys; from feedsvc import supervisor; sys.exit(supervisor.run({commands}))"
    with subprocess.Popen([sys.executable, "-c", run, program], stderr=subprocess.PIPE) as supervisor:
        try:
            wait_until(lambda: len(alive(folder)) == 2)
            program.rename(away)
            os.kill(alive(folder)[0], signal.SIGKILL)
            assert supervisor.stderr is not None
            assert b"ended with code -9" in supervisor.stderr.readline()
            assert b"can't be started" in supervisor.stderr.readline()
            assert len(alive(folder)) == 1
            away.rename(program)
            wait_until(lambda: len(alive(folder)) == 2)
        finally:
            supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(30) == 0


def test_ctrl_c_ends_all_in_good_order(tmp_path: Path) -> None:
    supervisor = start(tmp_path)
    wait_until(lambda: len(alive(tmp_path)) == 2)
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(30) == 0
    assert alive(tmp_path) == []


def test_a_supervisor_that_is_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    supervisor = start(tmp_path)
    wait_until(lambda: len(alive(tmp_path)) == 2)
    supervisor.kill()
    supervisor.wait(30)
    wait_until(lambda: alive(tmp_path) == [])


def test_sighup_renews_the_processes_at_once(tmp_path: Path) -> None:
    supervisor = start(tmp_path)
    try:
        wait_until(lambda: len(alive(tmp_path)) == 2)
        first = alive(tmp_path)
        supervisor.send_signal(signal.SIGHUP)
        wait_until(lambda: len(alive(tmp_path)) == 2 and not set(first) & set(alive(tmp_path)))
    finally:
        supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(30) == 0
    assert alive(tmp_path) == []


def test_a_terminal_that_is_closed_ends_all_in_good_order(tmp_path: Path) -> None:
    terminal, end = pty.openpty()
    try:
        supervisor = start(tmp_path, end)
        wait_until(lambda: len(alive(tmp_path)) == 2)
        supervisor.send_signal(signal.SIGHUP)
        assert supervisor.wait(30) == 0
    finally:
        os.close(terminal)
        os.close(end)
    assert alive(tmp_path) == []


# Holds the lock of what the signals set for most of the time, as a process does on a machine that is short of time.
BUSY = """
import signal, threading
from feedsvc import supervisor
stop, other = threading.Event(), threading.Event()
supervisor.on_signals({signal.SIGTERM: stop.set, signal.SIGUSR1: other.set})
print("ready", flush=True)
while not stop.wait(0):
    if other.wait(0):
        other.clear()
"""


def test_a_signal_that_comes_while_its_event_is_looked_at_stops_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            for _ in range(500):
                process.send_signal(signal.SIGUSR1)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        finally:
            process.kill()
