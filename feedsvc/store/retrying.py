"""Doing a use case again when another host's work, or a lost connection, took its transaction back.

Nothing here knows what is done, and nothing touches a database.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from feedsvc.store.transactions import Interrupted, Overtaken

P = ParamSpec("P")
T = TypeVar("T")

ATTEMPTS: Final = 6
# Seconds before the second attempt, at the most; twice as many before each further one: some 2 s in all.
FIRST_WAIT: Final = 0.05


def retried(use_case: Callable[P, T]) -> Callable[P, T]:
    """Run a use case again from its start when its transaction was taken back; its last error is the caller's.

    For use cases that are one writing transaction and nothing else: nothing of it was kept, so that the next attempt
    sees the store as the other writer left it, and decides anew. Never after a commit whose outcome is unknown.
    """

    @wraps(use_case)
    def until_it_holds(*arguments: P.args, **named: P.kwargs) -> T:
        for attempt in range(ATTEMPTS - 1):
            try:
                return use_case(*arguments, **named)
            except (Interrupted, Overtaken):
                # By chance, so that two who met once do not meet again.
                time.sleep(random.random() * FIRST_WAIT * 2**attempt)  # noqa: S311 - not a secret
        return use_case(*arguments, **named)

    return until_it_holds
