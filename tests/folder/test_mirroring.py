"""Promise: whoever reads a published file sees a whole old one or a whole new one, and nothing is rewritten idly."""

from __future__ import annotations

import gzip
import resource
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.conditional import entity_tag
from feedsvc.errors import Invalid, Unavailable
from feedsvc.folder import Folder, is_current, locked, mirror, withdraw
from feedsvc.folder.coding import fits, gzip_quickly, gzip_well
from feedsvc.folder.mirroring import sweep
from feedsvc.model import Document

PUBLISHED = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def document(filename: str = "rss.xml", body: bytes = b"<rss/>", at: datetime = PUBLISHED) -> Document:
    return Document(filename, body, entity_tag(body), at)


@dataclass(frozen=True)
class Stamp:
    """What the store knows of a document without reading its bytes."""

    filename: str
    last_modified: datetime
    length: int
    packed_length: int | None = None


def tree(place: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """All that a rewrite would change: inode, mtime, ctime, bytes."""
    found = {path.name: (path, path.stat()) for path in place.iterdir()}
    return {
        name: (stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns, path.read_bytes())
        for name, (path, stat) in found.items()
    }


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "feeds")


def test_each_document_stands_beside_its_variant_and_carries_its_date(folder: Folder) -> None:
    body = b"<rss>" + b"news " * 500 + b"</rss>"
    written = mirror(folder, "all", [document(body=body), document("feed.json", b"{}")])
    assert written == ("rss.xml.gz", "rss.xml", "feed.json.gz", "feed.json")
    place = folder.root / "all"
    assert (place / "rss.xml").read_bytes() == body
    assert gzip.decompress((place / "rss.xml.gz").read_bytes()) == body
    assert {path.stat().st_mtime for path in place.iterdir()} == {PUBLISHED.timestamp()}
    assert {path.name for path in place.iterdir()} == set(written)


def test_publishing_the_same_again_touches_no_file(folder: Folder) -> None:
    documents = [document(), document("atom.xml", b"<feed/>")]
    mirror(folder, "all", documents)
    before = tree(folder.root / "all")
    assert mirror(folder, "all", documents) == ()
    assert tree(folder.root / "all") == before


def test_the_same_bytes_under_a_new_date_keep_their_file(folder: Folder) -> None:
    mirror(folder, "all", [document()])
    before = (folder.root / "all/rss.xml").stat()
    assert mirror(folder, "all", [document(at=PUBLISHED + timedelta(seconds=5))]) == ()
    after = (folder.root / "all/rss.xml").stat()
    assert (after.st_ino, after.st_mtime) == (before.st_ino, before.st_mtime + 5)


def test_one_changed_document_leaves_the_others_alone(folder: Folder) -> None:
    mirror(folder, "all", [document(), document("atom.xml", b"<feed/>")])
    before = tree(folder.root / "all")
    later = PUBLISHED + timedelta(seconds=1)
    assert mirror(folder, "all", [document(body=b"<rss>2</rss>", at=later), document("atom.xml", b"<feed/>")]) == (
        "rss.xml.gz",
        "rss.xml",
    )
    after = tree(folder.root / "all")
    assert after["atom.xml"] == before["atom.xml"]
    assert after["rss.xml"][0] != before["rss.xml"][0]


def test_a_format_that_was_switched_off_goes_and_other_hands_files_stay(folder: Folder) -> None:
    mirror(folder, "all", [document(), document("atom.xml"), document("feed.json")])
    (folder.root / "all/notes.txt").write_text("the operator's own")
    (folder.root / "all/rss.xml.br").write_bytes(b"an old coding")
    assert mirror(folder, "all", [document()], drop=["rss.xml.br"]) == ()
    assert {path.name for path in (folder.root / "all").iterdir()} == {"rss.xml", "rss.xml.gz", "notes.txt"}


@pytest.mark.parametrize("name", ["rss.xml", "rss.xml.gz"])
@pytest.mark.parametrize("damage", [b"", b"<rss", b"\x1f\x8b\x08"])
def test_a_damaged_file_is_mended(folder: Folder, name: str, damage: bytes) -> None:
    mirror(folder, "all", [document()])
    before = (folder.root / "all" / name).read_bytes()
    (folder.root / "all" / name).write_bytes(damage)
    assert mirror(folder, "all", [document()]) == (name,)
    assert (folder.root / "all" / name).read_bytes() == before


def test_a_variant_that_fits_only_at_its_end_is_mended(folder: Folder) -> None:
    body = b"news " * 500
    mirror(folder, "all", [document(body=body)])
    variant = folder.root / "all/rss.xml.gz"
    packed = variant.read_bytes()
    variant.write_bytes(packed[:12] + b"\xff\xff" + packed[14:])
    assert mirror(folder, "all", [document(body=body)]) == ("rss.xml.gz",)
    assert gzip.decompress(variant.read_bytes()) == body


def test_a_removed_feed_leaves_its_marker_and_nothing_else(folder: Folder) -> None:
    mirror(folder, "sport", [document(), document("index.html")])
    withdraw(folder, "sport")
    before = tree(folder.root / "sport")
    assert set(before) == {"gone.txt"}
    withdraw(folder, "sport")
    assert tree(folder.root / "sport") == before


def test_a_feed_can_be_removed_before_it_was_ever_published(folder: Folder) -> None:
    withdraw(folder, "sport")
    assert (folder.root / "sport/gone.txt").read_text() == "This feed was removed for good.\n"


def test_a_feed_that_comes_back_loses_its_marker(folder: Folder) -> None:
    withdraw(folder, "sport")
    mirror(folder, "sport", [document()])
    assert {path.name for path in (folder.root / "sport").iterdir()} == {"rss.xml", "rss.xml.gz"}


def test_the_variant_is_in_place_before_the_plain_file(folder: Folder) -> None:
    mirror(folder, "all", [document()])
    plain = folder.root / "all/rss.xml"
    plain.unlink()
    (plain / "in the way").mkdir(parents=True)
    with pytest.raises(Unavailable):
        mirror(folder, "all", [document(body=b"<rss>2</rss>")])
    assert gzip.decompress((folder.root / "all/rss.xml.gz").read_bytes()) == b"<rss>2</rss>"
    assert {path.name for path in (folder.root / "all").iterdir()} == {"rss.xml", "rss.xml.gz"}


def test_a_full_disk_leaves_the_old_document_whole_and_no_remains(folder: Folder) -> None:
    mirror(folder, "all", [document()])
    before = tree(folder.root / "all")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(Unavailable) as refused:
            mirror(folder, "all", [document(body=bytes(range(256)) * 64)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    after = tree(folder.root / "all")
    assert after["rss.xml"] == before["rss.xml"]
    assert set(after) == set(before)
    assert "Check the folder" in str(refused.value)


def test_a_disk_that_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "feeds").write_text("a file where the folder should be")
    folder = Folder(tmp_path / "feeds")
    for attempt in (lambda: mirror(folder, "all", [document()]), lambda: withdraw(folder, "all")):
        with pytest.raises(Unavailable, match="feeds"):
            attempt()


@pytest.mark.parametrize(
    "slug", ["", ".", "..", "../all", "a/b", "/etc", "a\\b", "A", "ä", "a.b", "a\n", "a\0", "a" * 101, "٣"]
)
def test_what_is_no_slug_leads_nowhere(folder: Folder, slug: str) -> None:
    for attempt in (
        lambda: mirror(folder, slug, [document()]),
        lambda: withdraw(folder, slug),
        lambda: is_current(folder, slug, []),
    ):
        with pytest.raises(Invalid):
            attempt()
    assert not folder.root.exists()


@pytest.mark.parametrize("filename", ["", "../rss.xml", "rss.xml.gz", "gone.txt", "x.xml", "/rss.xml", ".rss.xml"])
def test_what_is_no_document_is_not_written(folder: Folder, filename: str) -> None:
    with pytest.raises(Invalid):
        mirror(folder, "all", [document(), document(filename)])
    assert not folder.root.exists()


@pytest.mark.parametrize("name", ["", ".", "..", "../all/rss.xml", "/etc/passwd", ".rss.xml"])
def test_only_a_bare_name_can_be_dropped(folder: Folder, name: str) -> None:
    with pytest.raises(Invalid):
        mirror(folder, "all", [document()], drop=[name])


@pytest.mark.parametrize(("root", "file"), [(0o755, 0o644), (0o750, 0o640), (0o2775, 0o664), (0o777, 0o664)])
def test_files_are_as_open_as_the_folder(tmp_path: Path, root: int, file: int) -> None:
    """A front server that runs as another user must be able to read them."""
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds").chmod(root)
    mirror(Folder(tmp_path / "feeds"), "all", [document()])
    assert (tmp_path / "feeds/all").stat().st_mode & 0o7777 == root
    assert {path.stat().st_mode & 0o7777 for path in (tmp_path / "feeds/all").iterdir()} == {file}


def test_remains_of_a_crash_go_once_they_are_old(folder: Folder) -> None:
    mirror(folder, "all", [document()])
    place = folder.root / "all"
    remains = place / ".rss.xml.0123456789abcdef.tmp"
    for path in (remains, place / ".hidden", place / ".rss.xml.tmp"):
        path.write_bytes(b"half")
    mirror(folder, "all", [document(body=b"<rss>2</rss>")])
    assert remains.exists()
    sweep(place, newest=place / "rss.xml", stale_seconds=-60)
    assert {path.name for path in place.iterdir()} == {"rss.xml", "rss.xml.gz", ".hidden", ".rss.xml.tmp"}


def test_what_was_mirrored_is_current(folder: Folder) -> None:
    documents = [document(), document("index.html", b"<!doctype html>")]
    assert not is_current(folder, "all", documents)
    mirror(folder, "all", documents)
    assert is_current(folder, "all", documents)


@pytest.mark.parametrize(
    "harm",
    [
        lambda place: (place / "rss.xml").unlink(),
        lambda place: (place / "rss.xml.gz").unlink(),
        lambda place: (place / "rss.xml").write_bytes(b"<rss>longer</rss>"),
        lambda place: (place / "rss.xml").touch(),
        lambda place: (place / "rss.xml.gz").touch(),
        lambda place: (place / "atom.xml").write_bytes(b"<feed/>"),
        lambda place: (place / "gone.txt").touch(),
    ],
)
def test_a_sweep_sees_what_must_be_mended(folder: Folder, harm: object) -> None:
    mirror(folder, "all", [document()])
    assert callable(harm)
    harm(folder.root / "all")
    assert not is_current(folder, "all", [document()])
    mirror(folder, "all", [document()])
    assert is_current(folder, "all", [document()])


def test_a_sweep_needs_no_bytes(folder: Folder) -> None:
    mirror(folder, "all", [document()])
    assert is_current(folder, "all", [Stamp("rss.xml", PUBLISHED, 6)])
    assert not is_current(folder, "all", [Stamp("rss.xml", PUBLISHED, 7)])


def test_one_publisher_at_a_time_holds_a_feeds_folder(folder: Folder) -> None:
    """The slower of two must not put back what it had read before the quicker one."""
    order: list[str] = []
    waiting = threading.Event()

    def slower() -> None:
        waiting.set()
        with locked(folder, "all"):
            order.append("slower")

    thread = threading.Thread(target=slower)
    with locked(folder, "all"), locked(folder, "sport"):
        thread.start()
        waiting.wait()
        mirror(folder, "all", [document()])
        order.append("quicker")
    thread.join()
    assert order == ["quicker", "slower"]
    assert is_current(folder, "all", [document()])


@pytest.mark.parametrize("pack", [gzip_quickly, gzip_well])
@given(body=st.binary(max_size=2000))
def test_a_variant_is_one_gzip_member_that_gives_the_body_back(pack: Callable[[bytes], bytes], body: bytes) -> None:
    packed = pack(body)
    assert gzip.decompress(packed) == body
    assert packed == pack(body)
    # RFC 1952: no flags, so no name; no time; no operating system.
    assert packed[:10] == b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    assert fits(packed, body)


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_a_variant_of_another_body_does_not_fit(body: bytes, other: bytes) -> None:
    assert fits(gzip_quickly(other), body) == (body == other)
    assert fits(gzip_well(other), body) == (body == other)


def test_a_better_variant_replaces_the_first_and_leaves_the_document_as_it_is(folder: Folder) -> None:
    body = b"<rss>" + b"news and more news " * 500 + b"</rss>"
    mirror(folder, "all", [replace(document(body=body), gzip=gzip_quickly(body))])
    before = tree(folder.root / "all")["rss.xml"]
    better = replace(document(body=body), gzip=gzip_well(body))
    assert not is_current(folder, "all", [better])
    assert mirror(folder, "all", [better]) == ("rss.xml.gz",)
    after = tree(folder.root / "all")["rss.xml"]
    assert (after[0], after[1], after[3]) == (before[0], before[1], before[3])
    # Whoever keeps the document in memory and looks at it alone sees that there is something new beside it.
    assert after[2] > before[2]
    assert (folder.root / "all/rss.xml.gz").read_bytes() == better.gzip
    assert is_current(folder, "all", [better])


def test_nothing_is_renamed_before_all_is_written(folder: Folder) -> None:
    mirror(folder, "all", [document(), document("feed.json", b"{}")])
    before = tree(folder.root / "all")
    (folder.root / "all/feed.json").unlink()
    (folder.root / "all/feed.json").mkdir()
    full = [document(body=b"<rss>2</rss>"), document("feed.json", bytes(range(256)) * 64)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(Unavailable):
            mirror(folder, "all", full)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    (folder.root / "all/feed.json").rmdir()
    assert tree(folder.root / "all") == {name: kept for name, kept in before.items() if name != "feed.json"}


def test_a_bomb_in_the_place_of_a_variant_is_not_unpacked(folder: Folder) -> None:
    mirror(folder, "all", [document()])
    (folder.root / "all/rss.xml.gz").write_bytes(gzip_quickly(b"0" * 50_000_000))
    assert mirror(folder, "all", [document()]) == ("rss.xml.gz",)
