"""A host that follows numbers sees each that is committed, in whatever order they come."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.following import BATCH, HOLDS_UP, MAY_APPEAR, Cursor


@given(st.data())
def test_each_number_that_is_committed_is_seen_once(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 30), "numbers that are drawn")
    committed = data.draw(st.permutations(sorted(data.draw(st.sets(st.integers(1, count))))), "commits, in their order")
    cursor, there, seen = Cursor(0), set[int](), list[int]()
    for number in committed:
        there.add(number)
        if data.draw(st.booleans(), "looks now"):
            found = sorted(one for one in there if one > cursor.top or one in cursor.missing)
            seen += found
            cursor = cursor.advanced(found, 0.0)
    found = sorted(one for one in there if one > cursor.top or one in cursor.missing)
    assert sorted(seen + found) == sorted(committed)


def test_a_missing_number_is_waited_for_a_while_and_forgotten_when_it_can_no_longer_come() -> None:
    cursor = Cursor(5).advanced([7], 0.0)
    assert cursor.followed(0.0) == 5
    assert cursor.followed(HOLDS_UP) == 7
    assert set(cursor.advanced([], MAY_APPEAR - 1).missing) == {6}
    assert set(cursor.advanced([], MAY_APPEAR).missing) == set()
    assert cursor.advanced([6], 1.0) == Cursor(7)


def test_a_great_gap_is_looked_at_in_part() -> None:
    cursor = Cursor(0).advanced([1_000_000], 0.0)
    assert cursor.top == 1_000_000
    assert len(cursor.missing) == BATCH
