"""Running the service's processes together: a dead one is started again, all are renewed and end together.

Knows nothing of what they do.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from queue import SimpleQueue

log = logging.getLogger(__name__)

LOOK_EVERY = 0.2
# A process that dies is started again after this many seconds, twice as many each time, up to the limit.
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
# One that ran for so long before it died is taken to be well: its next wait is the first again.
WELL_AFTER = 60.0
# What the processes have to finish what is under way, when all are to end.
GRACE = 20.0


@dataclass
class _Child:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    again_at: float = 0.0
    wait: float = field(default=FIRST_WAIT)
    told_to_renew: bool = False

    def start(self) -> None:
        # A group of its own: Ctrl-C reaches this process alone, which then ends its children in good order. Nothing is
        # ever written to the pipe; it closes when this process dies, however it does (see `end_with_supervisor`).
        self.process = subprocess.Popen(  # noqa: S603 - our own command line
            self.command, start_new_session=True, stdin=subprocess.PIPE
        )
        self.started = time.monotonic()
        self.told_to_renew = False

    def renew(self) -> None:
        if self.process is not None:
            self.told_to_renew = True
            self.process.send_signal(signal.SIGHUP)

    def look(self) -> None:
        now = time.monotonic()
        if self.process is None:
            if now >= self.again_at:
                self._start_again(now)
            return
        code = self.process.poll()
        if code is None:
            return
        self.process = None
        if code == 0 and self.told_to_renew:
            self._start_again(now)
            return
        self.wait = FIRST_WAIT if now - self.started > WELL_AFTER else self.wait
        self._put_off(now, f"ended with code {code}")

    def _start_again(self, now: float) -> None:
        try:
            self.start()
        except OSError as error:
            # No memory at the moment, or a new release is just being put in place: no reason to end the others.
            self._put_off(now, f"can't be started: {error}")

    def _put_off(self, now: float, why: str) -> None:
        log.error("the %s %s; it is started again in %.1f s", self.name, why, self.wait)
        self.again_at = now + self.wait
        self.wait = min(self.wait * 2, LONGEST_WAIT)


def run(commands: Mapping[str, Sequence[str]]) -> int:
    """Run these commands until SIGTERM or SIGINT, starting again whichever ends; give the exit code.

    SIGHUP is handed on: a process renews itself, or ends with 0 and is started anew at once. At a terminal it ends all,
    since it says there that the terminal was closed.

    0 when all ended in time after the signal, 1 when one had to be killed.
    """
    stop, renew = threading.Event(), threading.Event()
    hung_up = stop if _at_a_terminal() else renew
    on_signals({signal.SIGTERM: stop.set, signal.SIGINT: stop.set, signal.SIGHUP: hung_up.set})
    children = [_Child(name, command) for name, command in commands.items()]
    for child in children:
        child.start()
    while not stop.wait(LOOK_EVERY):
        if renew.is_set():
            renew.clear()
            for child in children:
                child.renew()
        for child in children:
            child.look()
    return _end([child for child in children if child.process is not None])


def on_signals(actions: Mapping[signal.Signals, Callable[[], object]]) -> None:
    """Do this when these signals come, one after the other, in a thread of its own. To be called in the main thread.

    A handler itself runs between any two steps of the main thread: one that sets an Event, or logs, while the main
    thread holds that very lock would wait for itself for ever.
    """
    heard: SimpleQueue[signal.Signals] = SimpleQueue()

    def act() -> None:
        while True:
            number = heard.get()
            try:
                actions[number]()
            except Exception:
                log.exception("%s was heard, and could not be obeyed", number.name)

    threading.Thread(target=act, name="signals", daemon=True).start()
    for number in actions:
        # Of all that passes something on, `SimpleQueue.put` alone is made to be interrupted by itself.
        signal.signal(number, lambda came, _: heard.put(signal.Signals(came)))


def end_with_supervisor() -> None:
    """End this process as SIGTERM would when its supervisor is gone; its standard input is the supervisor's pipe.

    Without it a supervisor that is killed leaves children behind that hold the port and go on publishing.
    """

    def wait() -> None:
        os.read(0, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="supervisor's pipe", daemon=True).start()


def _at_a_terminal() -> bool:
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def _end(children: Sequence[_Child]) -> int:
    running = [(child.name, child.process) for child in children if child.process is not None]
    for _, process in running:
        process.terminate()
    until = time.monotonic() + GRACE
    code = 0
    for name, process in running:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.exception("the %s did not end in %.0f s and was killed", name, GRACE)
            process.kill()
            process.wait()
            code = 1
    return code
