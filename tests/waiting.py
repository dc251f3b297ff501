"""Waiting for something to become true, with a deadline so wide that only a fault reaches it."""

import time
from collections.abc import Callable

DEADLINE = 30.0


def wait_until(true: Callable[[], bool], *, within: float = DEADLINE, pause: float = 0.02) -> None:
    """Return as soon as the condition holds; fail when it does not within so many seconds."""
    until = time.monotonic() + within
    while not true():
        assert time.monotonic() < until, f"not true within {within:.0f} s"
        time.sleep(pause)
