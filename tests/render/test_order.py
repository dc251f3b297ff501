"""P09: entries come out in the order in which they stand in the edition, in every format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.model import Edition, Entry


@settings(deadline=None)
@given(st.permutations(range(1, 7)))
def test_order_in_is_order_out(
    make_entry: Callable[..., Entry],
    make_edition: Callable[..., Edition],
    read: Callable[..., Any],
    numbers: list[int],
) -> None:
    # One instant for all: a renderer must not sort by date, the edition's order is total already.
    instant = make_entry().published_at
    entries = [make_entry(number, published_at=instant, updated_at=instant) for number in numbers]
    for parser, shown in read(make_edition(*entries)).items():
        assert [entry.id for entry in shown] == [entry.entry_id for entry in entries], parser
