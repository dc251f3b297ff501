"""Decides how long whoever fails must wait before another attempt.

Pure: what was counted and `now` in, the next count or the wait out. What is counted, and where, is the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_WAIT = timedelta(minutes=15)
# 2^10 seconds are more than the longest wait: no larger power is worked out.
_MOST_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class Rule:
    """`free` failures cost nothing; `forget` after the last one, all are forgotten."""

    free: int
    forget: timedelta


@dataclass(frozen=True, slots=True)
class Count:
    """What is remembered of failures: how many in a row, the last one, and from when on another attempt is heard."""

    failures: int
    last_at: datetime
    open_at: datetime


def wait(count: Count | None, now: datetime) -> timedelta:
    """Give how long the next attempt must still wait; zero when it may be made.

    An attempt that is refused for this is not counted: a wait always ends, and whoever knows the password gets in.
    """
    # A clock that was set back must keep nobody out for longer than a wait can be.
    return timedelta(0) if count is None else min(max(count.open_at - now, timedelta(0)), LONGEST_WAIT)


def failed(count: Count | None, rule: Rule, now: datetime) -> Count:
    """Count one more failure: each one after the free ones doubles the wait, from a second to LONGEST_WAIT."""
    before = 0 if count is None or now - count.last_at > rule.forget else count.failures
    failures = before + 1
    doublings = failures - rule.free
    seconds = 2 ** min(doublings - 1, _MOST_DOUBLINGS) if doublings > 0 else 0
    return Count(failures, now, now + min(timedelta(seconds=seconds), LONGEST_WAIT))


def taken_back(count: Count) -> Count:
    """Take the last failure back: it was none."""
    return Count(max(count.failures - 1, 0), count.last_at, count.last_at)
