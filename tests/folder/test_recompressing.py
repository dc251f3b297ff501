"""A document's next version is compressed where it is new, and is one sound gzip member all the same."""

from __future__ import annotations

import random
import zlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.folder import recompressing
from feedsvc.folder.coding import fits, gzip_quickly
from feedsvc.folder.recompressing import Recompressor

WORDS = [
    f"{first}{middle}{last}" for first in "bdfgklm" for middle in ("an", "e", "ou", "i") for last in ("", "r", "st")
]
HEAD, TAIL = b"<rss><channel><lastBuildDate>%d</lastBuildDate>", b"</channel></rss>"


def entry(number: int) -> bytes:
    dice = random.Random(number)
    return f"<item><guid>{number}</guid>{' '.join(dice.choices(WORDS, k=1000))}</item>".encode()


def feed(first: int, count: int = 50) -> bytes:
    """Make a feed of the newest entries, the newest first."""
    return HEAD % first + b"".join(entry(number) for number in range(first, first - count, -1)) + TAIL


def unpacked(packed: bytes) -> bytes:
    """Unpack what is to be one gzip member and nothing behind it."""
    member = zlib.decompressobj(wbits=31)
    body = member.decompress(packed)
    assert member.eof
    assert member.unused_data == b""
    return body


@pytest.fixture
def compressed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note how many bytes are compressed each time."""
    noted: list[int] = []
    compress = recompressing.deflate_blocks

    def noting(text: bytes, behind: bytes) -> bytes:
        noted.append(len(text))
        return compress(text, behind)

    monkeypatch.setattr(recompressing, "deflate_blocks", noting)
    return noted


def test_of_a_feed_with_one_entry_more_little_is_compressed_anew(compressed: list[int]) -> None:
    recompressor = Recompressor()
    recompressor.gzip("all", feed(99))
    recompressor.gzip("all", feed(100))
    assert sum(compressed) == len(feed(100))
    for number in range(101, 141):
        compressed.clear()
        body = feed(number)
        packed = recompressor.gzip("all", body)
        assert unpacked(packed) == body
        assert fits(packed, body)
        assert sum(compressed) < len(body) / 3
        assert len(packed) < 1.03 * len(gzip_quickly(body))


def test_what_has_not_changed_is_not_compressed_again(compressed: list[int]) -> None:
    recompressor = Recompressor()
    recompressor.gzip("all", feed(100))
    once = recompressor.gzip("all", feed(100))
    compressed.clear()
    assert recompressor.gzip("all", feed(100)) == once
    assert compressed == []


def test_documents_are_told_apart_by_their_names(compressed: list[int]) -> None:
    recompressor = Recompressor()
    for name in ("all", "all", "city"):
        recompressor.gzip(name, feed(100))
    compressed.clear()
    assert unpacked(recompressor.gzip("city", feed(100))) == feed(100)
    assert sum(compressed) == len(feed(100))


def test_one_that_comes_for_the_first_time_is_compressed_as_a_whole_and_nothing_is_kept() -> None:
    recompressor = Recompressor()
    assert recompressor.gzip("all", feed(100)) == gzip_quickly(feed(100))


def test_memory_is_bounded_and_what_was_compressed_longest_ago_is_forgotten(compressed: list[int]) -> None:
    recompressor = Recompressor(max_bytes=3 * len(feed(100)))
    for name in ("first", "first", "second", "second", "third", "third"):
        assert unpacked(recompressor.gzip(name, feed(100))) == feed(100)
    compressed.clear()
    recompressor.gzip("third", feed(101))
    assert 0 < sum(compressed) < len(feed(101)) / 3
    compressed.clear()
    assert recompressor.gzip("first", feed(101)) == gzip_quickly(feed(101))
    assert compressed == []


def test_one_too_large_to_be_kept_is_compressed_all_the_same_and_drives_out_no_other(compressed: list[int]) -> None:
    recompressor = Recompressor(max_bytes=3 * len(feed(100)))
    for number in (100, 101):
        recompressor.gzip("all", feed(number))
    for number in (300, 301, 302):
        assert unpacked(recompressor.gzip("archive", feed(number, 200))) == feed(number, 200)
    compressed.clear()
    assert unpacked(recompressor.gzip("all", feed(102))) == feed(102)
    assert 0 < sum(compressed) < len(feed(102)) / 3


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_changes_the_member_unpacks_to_the_document(data: st.DataObject) -> None:
    recompressor = Recompressor()
    body = feed(30, 20)
    recompressor.gzip("all", body)
    for _ in range(data.draw(st.integers(2, 6))):
        start = data.draw(st.integers(0, len(body)))
        end = min(len(body), start + data.draw(st.integers(0, 70_000)))
        change = data.draw(st.sampled_from(["cut", "insert", "repeat", "swap", "overwrite"]))
        news = entry(data.draw(st.integers(1000, 1005))) * data.draw(st.integers(1, 9))
        body = {
            "cut": body[:start] + body[end:],
            "insert": body[:start] + news + body[start:],
            "repeat": body[:end] + body[start:end] + body[end:],
            "swap": body[end:] + body[start:end] + body[:start],
            "overwrite": body[:start] + b"\0" * (end - start) + body[end:],
        }[change]
        packed = recompressor.gzip("all", body)
        assert unpacked(packed) == body
        assert fits(packed, body)


@pytest.mark.parametrize("body", [b"", b"a", b"a" * 1_000_000, bytes(range(256)) * 3000], ids=len)
def test_bodies_that_look_the_same_everywhere_are_compressed_right(body: bytes) -> None:
    recompressor = Recompressor()
    versions = [body, body[:-1], b"b" + body, body[::-1], body + body[:100_000]]
    for before, after in pairwise(versions):
        for version in (before, before, after):
            assert unpacked(recompressor.gzip("all", version)) == version
