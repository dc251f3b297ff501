"""Promise: answers are kept for the running second, and never more of them than fit."""

from __future__ import annotations

from datetime import timedelta

from feedsvc.web.ready import Given, Ready
from tests.web.website import NOW

WORDS = ("GET", "/feeds/all/rss.xml", "gzip", None)


def given(body: bytes = b"<rss/>") -> Given:
    return Given("200 OK", (), body, "feeds/all/rss.xml", (1, 2, 3, 4), "feed", "2xx")


def test_the_same_words_in_the_same_second_get_the_same_answer() -> None:
    ready, kept = Ready(), given()
    ready.keep(WORDS, NOW, kept)
    assert ready.recall(WORDS, NOW + timedelta(milliseconds=700)) is kept
    assert ready.recall((*WORDS[:-1], '"tag"'), NOW) is None


def test_another_second_knows_nothing_of_it_be_it_before_or_after() -> None:
    ready = Ready()
    ready.keep(WORDS, NOW, given())
    assert ready.recall(WORDS, NOW + timedelta(seconds=1)) is None
    assert ready.recall(WORDS, NOW - timedelta(seconds=1)) is None


def test_bodies_take_no_more_than_they_may() -> None:
    ready = Ready(max_bytes=10_000)
    for number in range(100):
        ready.keep((str(number),), NOW, given(b"x" * 3000))
    assert sum(ready.recall((str(number),), NOW) is not None for number in range(100)) <= 3
    assert ready.recall(("99",), NOW) is not None


def test_a_body_beyond_the_bound_is_not_kept() -> None:
    ready = Ready(max_bytes=10_000)
    ready.keep(WORDS, NOW, given(b"x" * 10_001))
    assert ready.recall(WORDS, NOW) is None


def test_who_asks_each_time_in_other_words_fills_no_memory() -> None:
    ready = Ready()
    for number in range(10_000):
        ready.keep((str(number),), NOW, given())
    assert sum(ready.recall((str(number),), NOW) is not None for number in range(10_000)) <= 4096
    ready.keep(("x" * 5000,), NOW, given())
    assert ready.recall(("x" * 5000,), NOW) is None
