"""Waiting for something to become true, with a deadline so wide that only a fault reaches it."""

import time
from collections.abc import Callable

DEADLINE = 30.0


def wait_until(true: Callable[[], bool]) -> None:
    """Return as soon as the condition holds; fail when it does not within the deadline."""
    until = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < until, f"not true within {DEADLINE:.0f} s"
        time.sleep(0.02)
