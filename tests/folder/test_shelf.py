"""Promise: the web sees each document as it is on disk now, whole, with validators of those very bytes."""

from __future__ import annotations

import gzip
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.conditional import entity_tag
from feedsvc.errors import Unavailable
from feedsvc.folder import SITE, Folder, Shelf, Shelved, mirror, withdraw
from feedsvc.model import Document

PUBLISHED = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 1, 12, 30, 0, tzinfo=UTC)


def document(body: bytes = b"<rss/>", filename: str = "rss.xml", seconds: int = 0) -> Document:
    return Document(filename, body, entity_tag(body), PUBLISHED + timedelta(seconds=seconds))


def find(shelf: Shelf, filename: str = "rss.xml", slug: str = "all") -> Shelved:
    found = shelf.find(slug, filename)
    assert found is not None
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "feeds")


@pytest.fixture
def shelf(folder: Folder) -> Shelf:
    return Shelf(folder)


def test_a_document_comes_with_the_validators_that_it_was_published_with(folder: Folder, shelf: Shelf) -> None:
    published = document(b"news " * 100)
    mirror(folder, "all", [published])
    found = find(shelf)
    assert (found.body, found.entity_tag, found.last_modified) == (
        published.body,
        published.entity_tag,
        published.last_modified,
    )
    assert found.gzip is not None
    assert gzip.decompress(found.gzip) == published.body


def test_what_did_not_change_is_not_read_again(folder: Folder, shelf: Shelf) -> None:
    mirror(folder, "all", [document()])
    assert find(shelf) is find(shelf)


def test_what_was_published_is_seen_by_the_next_request(folder: Folder, shelf: Shelf) -> None:
    for number in range(20):
        mirror(folder, "all", [document(b"<rss>%02d</rss>" % number, seconds=number)])
        assert find(shelf).body == b"<rss>%02d</rss>" % number
        assert find(shelf).last_modified == PUBLISHED + timedelta(seconds=number)


def test_another_file_of_equal_size_and_date_is_noticed(folder: Folder, shelf: Shelf) -> None:
    mirror(folder, "all", [document(b"<rss>1</rss>")])
    find(shelf)
    mirror(folder, "all", [document(b"<rss>2</rss>")])
    assert find(shelf).body == b"<rss>2</rss>"


def test_a_new_date_alone_is_noticed(folder: Folder, shelf: Shelf) -> None:
    mirror(folder, "all", [document()])
    find(shelf)
    mirror(folder, "all", [document(seconds=7)])
    assert find(shelf).last_modified == PUBLISHED + timedelta(seconds=7)


def test_a_document_that_went_is_not_served_from_memory(folder: Folder, shelf: Shelf) -> None:
    mirror(folder, "all", [document(), document(filename="atom.xml")])
    find(shelf, "atom.xml")
    mirror(folder, "all", [document()])
    assert shelf.find("all", "atom.xml") is None


def test_a_variant_of_other_bytes_is_not_used(folder: Folder, shelf: Shelf) -> None:
    """The moment between the two renames: the variant is ahead of the plain file."""
    mirror(folder, "all", [document(b"<rss>1</rss>")])
    ahead = gzip.compress(b"<rss>2</rss>")
    (folder.root / "all/rss.xml.gz").write_bytes(ahead)
    found = find(shelf)
    assert (found.body, found.gzip) == (b"<rss>1</rss>", None)


def test_a_variant_that_was_mended_is_used_though_the_plain_file_stood_still(folder: Folder, shelf: Shelf) -> None:
    mirror(folder, "all", [document()])
    (folder.root / "all/rss.xml.gz").unlink()
    assert find(shelf).gzip is None
    assert find(shelf) is find(shelf)
    mirror(folder, "all", [document()])
    mended = find(shelf).gzip
    assert mended is not None
    assert gzip.decompress(mended) == b"<rss/>"


def test_a_broken_variant_is_read_once_and_then_left_alone(folder: Folder, shelf: Shelf) -> None:
    mirror(folder, "all", [document()])
    (folder.root / "all/rss.xml.gz").write_bytes(b"broken")
    assert find(shelf).gzip is None
    assert find(shelf) is find(shelf)


def test_a_variant_packed_anew_is_used_and_one_that_does_not_fit_drives_no_good_one_out(
    folder: Folder, shelf: Shelf
) -> None:
    body = b"news " * 100
    mirror(folder, "all", [document(body)])
    find(shelf)
    variant = folder.root / "all/rss.xml.gz"
    variant.write_bytes(gzip.compress(body, 1, mtime=0))
    assert find(shelf).gzip == gzip.compress(body, 1, mtime=0)
    variant.write_bytes(gzip.compress(b"the next version"))
    assert find(shelf).gzip == gzip.compress(body, 1, mtime=0)
    assert find(shelf) is find(shelf)


def test_one_look_tells_whether_a_document_stands(folder: Folder, shelf: Shelf) -> None:
    path = shelf.locate("all", "rss.xml")
    assert path is not None
    assert shelf.look(path) is None
    mirror(folder, "all", [document()])
    state = shelf.look(path)
    assert state == shelf.look(path) == find(shelf).state
    mirror(folder, "all", [document(seconds=1)])
    assert shelf.look(path) != state


def test_a_fraction_of_a_second_is_rounded_up(folder: Folder, shelf: Shelf) -> None:
    """Two states within one second must not both be dated before it ends: If-Modified-Since would hide the second."""
    mirror(folder, "all", [document()])
    seconds = int(PUBLISHED.timestamp())
    os.utime(folder.root / "all/rss.xml", ns=(0, seconds * 1_000_000_000 + 1))
    assert find(shelf).last_modified == PUBLISHED + timedelta(seconds=1)


def test_memory_is_bounded_and_a_document_beyond_the_bound_is_still_served(folder: Folder) -> None:
    shelf = Shelf(folder, max_bytes=12_000)
    for slug in ("a", "b", "c"):
        mirror(folder, slug, [document(os.urandom(2000))])
    mirror(folder, "big", [document(os.urandom(20_000))])
    first = find(shelf, slug="a")
    find(shelf, slug="b")
    assert find(shelf, slug="a") is first
    third = find(shelf, slug="c")  # b was asked for longest ago, so it leaves
    assert find(shelf, slug="a") is first
    assert find(shelf, slug="c") is third
    assert len(find(shelf, slug="big").body) == 20_000
    assert len(find(shelf, slug="big").body) == 20_000


@pytest.mark.parametrize(
    ("slug", "filename"),
    [
        ("all", "../all/rss.xml"),
        ("all", "rss.xml.gz"),
        ("all", "gone.txt"),
        ("all", ""),
        ("all", "rss.xml\0"),
        ("..", "rss.xml"),
        ("", "rss.xml"),
        ("all/../all", "rss.xml"),
        ("all\0", "rss.xml"),
        ("ALL", "rss.xml"),
        ("all", "atom.xml"),
        ("none", "rss.xml"),
    ],
)
def test_nothing_but_published_documents_can_be_asked_for(
    folder: Folder, shelf: Shelf, slug: str, filename: str
) -> None:
    mirror(folder, "all", [document()])
    assert shelf.find(slug, filename) is None


@pytest.mark.parametrize(("slug", "filename"), [("..", "rss.xml"), ("all", "../all/rss.xml"), ("all", "gone.txt")])
def test_nothing_else_has_a_path(shelf: Shelf, slug: str, filename: str) -> None:
    assert shelf.locate(slug, filename) is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_reads_another_file(tmp_path_factory: pytest.TempPathFactory, slug: str, filename: str) -> None:
    shelf = Shelf(Folder(tmp_path_factory.getbasetemp()))
    assert shelf.find(slug, filename) is None
    assert not shelf.is_gone(slug)


def test_a_removed_feed_is_known_as_gone(folder: Folder, shelf: Shelf) -> None:
    mirror(folder, "sport", [document()])
    assert not shelf.is_gone("sport")
    assert not shelf.is_gone("never-was")
    withdraw(folder, "sport")
    assert shelf.is_gone("sport")
    assert shelf.find("sport", "rss.xml") is None


def test_the_documents_beside_are_named_within_a_second(folder: Folder, shelf: Shelf) -> None:
    mirror(folder, "all", [document()])
    assert shelf.beside("all", NOW) == ("rss.xml",)
    mirror(folder, "all", [document(), document(filename="atom.xml"), document(filename="index.html")])
    assert shelf.beside("all", NOW + timedelta(seconds=1)) == ("atom.xml", "index.html", "rss.xml")
    withdraw(folder, "all")
    assert shelf.beside("all", NOW - timedelta(days=1)) == ()


def test_the_sites_own_documents_stand_in_their_folder(folder: Folder, shelf: Shelf) -> None:
    mirror(folder, SITE, [document(b"<opml/>", "opml.xml"), document(b"<!doctype html>", "index.html")])
    assert find(shelf, "opml.xml", SITE).body == b"<opml/>"


def test_a_file_that_cannot_be_read_is_unavailable_not_absent(folder: Folder, shelf: Shelf) -> None:
    (folder.root / "all/rss.xml").mkdir(parents=True)
    with pytest.raises(Unavailable, match=r"rss\.xml"):
        shelf.find("all", "rss.xml")


def test_no_reader_ever_sees_a_torn_or_mixed_document(folder: Folder) -> None:
    """A writer alternates two versions of very different size while four readers check each answer against itself."""
    versions = [b"<rss>" + b"short" * 40 + b"</rss>", b"<rss>" + os.urandom(60_000) + b"</rss>"]
    tags = {entity_tag(version): version for version in versions}
    mirror(folder, "all", [document(versions[0])])
    shelf = Shelf(folder)
    done = threading.Event()
    faults: list[str] = []
    seen: set[str] = set()

    def read() -> None:
        while not done.is_set():
            found = find(shelf)
            seen.add(found.entity_tag)
            if tags.get(found.entity_tag) != found.body:
                faults.append("the body is not the entity tag's")
            if found.gzip is not None and gzip.decompress(found.gzip) != found.body:
                faults.append("the variant is not the body's")

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for number in range(1, 120):
        mirror(folder, "all", [document(versions[number % 2], seconds=number)])
    done.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert seen == set(tags)
    assert find(shelf).body == versions[1]
    assert find(shelf).gzip is not None
