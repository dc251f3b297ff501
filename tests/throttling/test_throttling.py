"""How long whoever fails must wait: never for ever, and not at all at first."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.throttling import LONGEST_WAIT, Count, Rule, failed, taken_back, wait

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULE = Rule(free=5, forget=timedelta(days=1))
SECOND = timedelta(seconds=1)


def fail(times: int, now: datetime = NOW) -> Count:
    count = None
    for _ in range(times):
        count = failed(count, RULE, now)
    assert count is not None
    return count


def test_nothing_counted_waits_for_nothing() -> None:
    assert wait(None, NOW) == timedelta(0)


def test_the_first_failures_are_free_and_each_later_one_doubles_the_wait() -> None:
    assert [wait(fail(times), NOW) / SECOND for times in range(1, 12)] == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32]


def test_no_wait_is_longer_than_a_quarter_of_an_hour() -> None:
    assert {wait(fail(times), NOW) for times in (20, 100, 1000)} == {LONGEST_WAIT}


def test_what_was_long_ago_is_forgotten() -> None:
    later = NOW + RULE.forget + SECOND
    assert failed(fail(50), RULE, later).failures == 1
    assert failed(fail(50), RULE, NOW + RULE.forget).failures == 51


def test_a_failure_that_was_none_is_taken_back() -> None:
    count = taken_back(fail(6))
    assert (count.failures, wait(count, NOW)) == (5, timedelta(0))
    assert taken_back(Count(0, NOW, NOW)).failures == 0


@given(st.integers(1, 60), st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400)))
def test_a_wait_ends_wherever_the_clock_is_set_to(times: int, change: timedelta) -> None:
    count = fail(times)
    now = NOW + change
    assert timedelta(0) <= wait(count, now) <= LONGEST_WAIT
    if change >= LONGEST_WAIT:
        assert wait(count, now) == timedelta(0)
