"""What is published is recorded first and mirrored after; nothing unchanged is touched; nothing is lost on the way."""

import gzip
import logging
import shutil
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from feedsvc import editing, mirroring, publishing, repacking
from feedsvc.folder import Folder
from feedsvc.mirroring import Round
from feedsvc.model import Document, Edition, Image
from feedsvc.publishing import Hot
from feedsvc.render import Rendered, render
from feedsvc.render.documents import Publishable, render_documents
from feedsvc.render.pieces import Pieces
from feedsvc.stamping import Stamp, stamp
from feedsvc.store import editions, feeds, pictures, publications, tables
from feedsvc.store.tables import EPOCH, documents
from tests.newsroom import ALL, START, Newsroom, draft


def test_what_is_unchanged_is_neither_recorded_nor_written(newsroom: Newsroom) -> None:
    newsroom.write()
    newsroom.publish()
    before = newsroom.files()
    for _ in range(3):
        outcome = publishing.publish_feed(
            newsroom.store, newsroom.folder, newsroom.site, "all", reason="by hand", now=newsroom.pass_time(60)
        )
        assert outcome.changes == ()
    assert newsroom.files() == before
    with newsroom.store.reading() as connection:
        assert publications.get(connection, feeds.get(connection, "all").publication or 0).made_at < newsroom.now


def test_a_publication_says_which_revision_of_which_article_it_holds(newsroom: Newsroom) -> None:
    first, second = newsroom.write("First"), newsroom.write("Second")
    newsroom.publish()
    with newsroom.store.reading() as connection:
        publication = publications.get(connection, feeds.get(connection, "all").publication or 0)
    assert [(line.article_id, line.revision) for line in publication.manifest] == [(second.id, 2), (first.id, 2)]
    assert {document.filename for document in publication.documents} == {
        "rss.xml", "atom.xml", "feed.json", "index.html",
    }  # fmt: skip


def test_an_edit_below_the_window_changes_no_byte(newsroom: Newsroom) -> None:
    newsroom.define([replace(newsroom.feeds[0], limit=1)])
    old = newsroom.write("Old")
    newsroom.write("New")
    newsroom.publish()
    before = newsroom.feed_files()
    edited = draft("Old, edited")
    editing.edit_article(newsroom.store, newsroom.site, old.id, edited, based_on=None, now=newsroom.pass_time())
    assert newsroom.publish()["all"].changes == ()
    assert newsroom.feed_files() == before


def test_an_article_that_arrives_while_its_feed_is_rendered_is_not_lost(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.write("First")
    load = editions.load

    def load_and_write(*arguments: object) -> object:
        edition = load(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(editions, "load", load)
        newsroom.write("Second")
        return edition

    monkeypatch.setattr(editions, "load", load_and_write)
    newsroom.publish()
    assert "Second" not in newsroom.read("all")
    newsroom.publish()
    assert "Second" in newsroom.read("all")


def test_of_two_publishers_the_slower_one_drops_its_work(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    newsroom.write("First")
    load = editions.load

    def load_and_be_overtaken(*arguments: object) -> object:
        edition = load(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(editions, "load", load)
        newsroom.write("Second")
        newsroom.publish()
        return edition

    monkeypatch.setattr(editions, "load", load_and_be_overtaken)
    publishing.publish_feed(
        newsroom.store, newsroom.folder, newsroom.site, "all", reason="by hand", now=newsroom.pass_time()
    )
    assert "Second" in newsroom.read("all")


def test_a_crash_between_the_store_and_the_folder_is_made_good(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.write("First")
    newsroom.publish()
    newsroom.write("Second")
    with monkeypatch.context() as patch:
        patch.setattr(mirroring, "show_feed", lambda *_, **__: None)
        newsroom.publish()
    assert "Second" not in newsroom.read("all")
    assert mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now).brought == ("all", "_sitemap")
    assert "Second" in newsroom.read("all")
    assert mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now).brought == ()


def test_files_that_something_else_has_changed_are_told_from_those_on_their_way(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.write(content="<p>" + "All boats came in. " * 500)
    newsroom.publish()
    hour, place = 3600, newsroom.folder.root / "all"
    newsroom.pass_time(hour)
    newsroom.write("Second")
    with monkeypatch.context() as patch:
        # The look falls between the store and the folder: of a publication, then of a better compression.
        patch.setattr(mirroring, "show_feed", lambda *_, **__: None)
        newsroom.publish()
    mirrored = mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now)
    assert (mirrored.brought, mirrored.spoilt) == (("all", "_sitemap"), ())
    newsroom.pass_time(hour)
    with monkeypatch.context() as patch:
        patch.setattr(mirroring, "mirror_feed", lambda *_, **__: None)
        repacking.repack_due(newsroom.store, newsroom.folder, now=newsroom.now, limit=100)
    mirrored = mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now)
    assert "all" in mirrored.brought
    assert mirrored.spoilt == ()
    for spoil in (
        lambda: (place / "rss.xml").write_bytes(b"<rss/>"),
        (place / "atom.xml.gz").unlink,
        lambda: shutil.rmtree(place),
        lambda: (place / "gone.txt").write_bytes(b"gone"),
    ):
        before = newsroom.files()
        spoil()
        mirrored = mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now)
        assert (mirrored.brought, mirrored.spoilt) == (("all",), ("all",))
        assert {name: kept[0] for name, kept in newsroom.files().items()} == {
            name: kept[0] for name, kept in before.items()
        }


def test_a_round_over_many_folders_takes_some_at_a_time(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    slugs = [f"feed-{number}" for number in range(5)]
    newsroom.define([replace(newsroom.feeds[0], slug=slug) for slug in slugs])
    newsroom.write()
    newsroom.publish()
    before = newsroom.files()
    monkeypatch.setattr(mirroring, "AT_ONCE", 3)
    looking = Round(newsroom.store, newsroom.folder)
    for slug in slugs:
        (newsroom.folder.root / slug / "rss.xml").unlink()

    def go_round() -> list[str]:
        mended = list(looking.go_on(now=newsroom.now).brought)
        while not looking.is_complete:
            some = looking.go_on(now=newsroom.now).brought
            assert len(some) <= 3
            mended += some
        return mended

    assert go_round() == slugs
    assert {name: file[:2] for name, file in newsroom.files().items()} == {
        name: file[:2] for name, file in before.items()
    }
    (newsroom.folder.root / "feed-0" / "rss.xml").unlink()
    assert go_round() == ["feed-0"]


def test_the_folder_is_written_anew_byte_for_byte_from_the_store_alone(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.write("First")
    newsroom.publish()
    other = Folder(tmp_path / "elsewhere")
    mirroring.mirror_all(newsroom.store, other, now=newsroom.now)
    for path, (body, mtime, _) in newsroom.files().items():
        assert (other.root / path).read_bytes() == body
        assert (other.root / path).stat().st_mtime_ns == mtime


def test_a_feed_that_fails_holds_up_no_other_and_is_tried_again(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    newsroom.define([replace(newsroom.feeds[0], slug=slug) for slug in ("first", "second")])
    newsroom.write()

    def fail_for_the_first(what: Publishable, pieces: Pieces) -> Rendered:
        if isinstance(what, Edition) and what.feed.slug == "first":
            raise ValueError("out of ink")
        return render_documents(what, pieces)

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr(publishing, "render_documents", fail_for_the_first)
        assert "second" in newsroom.publish()
    assert "feed 'first' could not be published" in caplog.text
    with newsroom.store.reading() as connection:
        assert feeds.get(connection, "first").failure == "ValueError: out of ink"
    assert "first" not in newsroom.publish()
    newsroom.pass_time(30)
    assert "first" in newsroom.publish()
    with newsroom.store.reading() as connection:
        assert feeds.get(connection, "first").failure is None


def test_a_feed_is_published_at_most_once_in_a_second(newsroom: Newsroom) -> None:
    newsroom.publish()
    newsroom.now = START + timedelta(seconds=100)

    def publish() -> int:
        done = publishing.publish_due(newsroom.store, newsroom.folder, newsroom.site, now=newsroom.now)
        return len([outcome for outcome in done if outcome.slug == "all"])

    def write(title: str) -> None:
        editing.create_article(newsroom.store, newsroom.site, draft(title), now=newsroom.now, publish=True)

    write("First")
    assert publish() == 1
    newsroom.pass_time(0.3)
    write("Second")
    assert publish() == 0
    newsroom.pass_time(0.3)
    write("Third")
    assert publish() == 0
    newsroom.pass_time(0.4)
    assert publish() == 1
    assert "Second" in newsroom.read("all")
    assert "Third" in newsroom.read("all")


def test_last_modified_only_grows_by_whole_seconds() -> None:
    first = stamp({"rss.xml": b"one"}, (), START + timedelta(microseconds=900_000))
    assert first[0].last_modified == START

    def stamps(documents: tuple[Document, ...]) -> tuple[Stamp, ...]:
        return tuple(Stamp(one.filename, one.entity_tag, one.last_modified, len(one.body)) for one in documents)

    second = stamp({"rss.xml": b"two"}, stamps(first), START)
    assert second[0].last_modified == START + timedelta(seconds=1)
    backwards = stamp({"rss.xml": b"three"}, stamps(second), START - timedelta(hours=1))
    assert backwards[0].last_modified == START + timedelta(seconds=2)
    same = stamp({"rss.xml": b"three"}, stamps(backwards), START + timedelta(hours=1))
    assert same[0] == replace(backwards[0])


def test_the_bytes_of_two_publications_are_kept_and_manifests_longer(newsroom: Newsroom) -> None:
    for title in ("First", "Second", "Third", "Fourth"):
        newsroom.write(title)
        newsroom.publish()
    with newsroom.store.reading() as connection:
        live = feeds.get(connection, "all").publication or 0
        last = feeds.get(connection, "_sitemap").publication or 0
        kept = [number for number in range(1, last + 1) if publications.stamps(connection, number)]
        assert len(kept) == 5  # two of the feed and of the sitemap, and one of the site's list
    newsroom.pass_time(40 * 86_400)
    with newsroom.store.writing() as connection:
        publications.forget_before(connection, newsroom.now - timedelta(days=30))
        assert publications.get(connection, live).documents
    assert mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now).brought == ()


def test_what_has_stood_a_while_is_compressed_better_and_nothing_else_changes(newsroom: Newsroom) -> None:
    newsroom.write(
        content="".join(f"<p>{number} boats and {number * 7 % 13} nets came in.</p>" for number in range(900))
    )
    newsroom.publish()
    before = newsroom.files()
    assert repacking.repack_due(newsroom.store, newsroom.folder, now=newsroom.pass_time(1)) == 0
    newsroom.pass_time(60)
    while repacking.repack_due(newsroom.store, newsroom.folder, now=newsroom.now):
        pass
    after = newsroom.files()
    assert {name: file for name, file in after.items() if not name.endswith(".gz")} == {
        name: file for name, file in before.items() if not name.endswith(".gz")
    }
    for name in ("all/rss.xml", "all/atom.xml", "all/feed.json", "all/index.html"):
        packed, mtime, _ = after[f"{name}.gz"]
        assert len(packed) < len(before[f"{name}.gz"][0])
        assert len(packed) <= len(gzip.compress(after[name][0], 6))
        assert mtime == before[f"{name}.gz"][1]
        assert gzip.decompress(packed) == after[name][0]
    assert mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now).brought == ()
    newsroom.pass_time(60)
    assert publishing.publish_feed(
        newsroom.store, newsroom.folder, newsroom.site, "all", reason="by hand", now=newsroom.now
    ).changes == ()  # fmt: skip
    assert newsroom.files() == after


def test_a_better_compression_that_never_reached_the_folder_is_brought_there(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    newsroom.write(content="<p>" + "All boats came in. " * 500)
    newsroom.publish()
    newsroom.pass_time(60)
    with monkeypatch.context() as patch:
        patch.setattr(mirroring, "mirror_feed", lambda *_, **__: None)
        repacking.repack_due(newsroom.store, newsroom.folder, now=newsroom.now, limit=100)
    assert "all" in mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now).brought
    assert mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now).brought == ()


def test_a_document_that_did_not_change_is_taken_over_with_its_compression(newsroom: Newsroom) -> None:
    first = newsroom.write(content="<p>" + "All boats came in. " * 500, summary="All is well.")
    newsroom.publish()
    newsroom.pass_time(60)
    repacking.repack_due(newsroom.store, newsroom.folder, now=newsroom.now, limit=100)
    before = newsroom.files()
    edited = draft("Storm warning", "<p>" + "All boats came home. " * 500, summary="All is well.")
    editing.edit_article(newsroom.store, newsroom.site, first.id, edited, based_on=None, now=newsroom.pass_time())
    assert newsroom.publish()["all"].changes == ("atom.xml", "feed.json", "rss.xml")
    after = newsroom.files()
    for name in ("all/index.html", "all/index.html.gz"):
        assert after[name] == before[name]
    newsroom.pass_time(60)
    assert repacking.repack_due(newsroom.store, newsroom.folder, now=newsroom.now, limit=100) == 3
    assert mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now).brought == ()


def test_documents_kept_by_an_older_release_are_mirrored_and_repacked(newsroom: Newsroom) -> None:
    newsroom.write()
    newsroom.publish()
    before = {name: file[0] for name, file in newsroom.files().items() if not name.endswith(".gz")}
    with newsroom.store.writing() as connection:
        for row in connection.execute(select(documents)).all():
            old = zlib.compress(gzip.decompress(row.body), 1)
            mine = (documents.c.publication_number == row.publication_number) & (documents.c.filename == row.filename)
            connection.execute(update(documents).where(mine).values(body=old))
        connection.execute(update(tables.repacking).values(due_at=EPOCH))
    for name in newsroom.files():
        (newsroom.folder.root / name).unlink()
    mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now)
    while repacking.repack_due(newsroom.store, newsroom.folder, now=newsroom.now):
        pass
    assert {name: file[0] for name, file in newsroom.files().items() if not name.endswith(".gz")} == before
    assert mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now).brought == ()


def test_what_is_kept_from_the_last_publication_changes_no_byte(newsroom: Newsroom, tmp_path: Path) -> None:
    hot, elsewhere = Hot(), Folder(tmp_path / "elsewhere")
    article = newsroom.write("First")
    for number in range(3):
        newsroom.write(f"Number {number}")
        edited = draft(f"First, edited {number}")
        editing.edit_article(newsroom.store, newsroom.site, article.id, edited, based_on=None, now=newsroom.pass_time())
        publishing.publish_due(newsroom.store, newsroom.folder, newsroom.site, now=newsroom.pass_time(2), hot=hot)
        with newsroom.store.reading() as connection:
            kept = feeds.get(connection, "all")
            cold = editions.load(connection, kept, newsroom.site)
            assert editions.load(connection, kept, newsroom.site, hot.entries) == cold
            assert cold.entries[-1].title == f"First, edited {number}"
        assert render(cold).documents["rss.xml"].decode() == newsroom.read("all", "rss.xml")
    mirroring.mirror_all(newsroom.store, elsewhere, now=newsroom.now)
    assert (elsewhere.root / "all/rss.xml.gz").read_bytes() == newsroom.files()["all/rss.xml.gz"][0]


def test_a_picture_that_was_measured_changes_an_entry_that_is_known(newsroom: Newsroom) -> None:
    hot, address = Hot(), "https://gazette.example.org/boats.jpg"
    newsroom.write(image=Image(address))
    publishing.publish_due(newsroom.store, newsroom.folder, newsroom.site, now=newsroom.pass_time(2), hot=hot)
    with newsroom.store.writing() as connection:
        pictures.expect(connection, address, newsroom.now)
        measure = {"media_type": "image/jpeg", "length": 1234, "width": None, "height": None}
        pictures.keep_measure(connection, address, **measure, now=newsroom.now)  # type: ignore[arg-type]
        entry = editions.load(connection, feeds.get(connection, "all"), newsroom.site, hot.entries).entries[0]
    assert entry.image is not None
    assert entry.image.length == 1234


def test_a_feed_that_the_disk_refuses_holds_up_no_other(newsroom: Newsroom) -> None:
    newsroom.define([ALL, replace(ALL, slug="second")])
    newsroom.write("First")
    newsroom.publish()
    for slug in ("all", "second"):
        shutil.rmtree(newsroom.folder.root / slug)
    (newsroom.folder.root / "all").write_text("in the way", encoding="utf-8")
    mirrored = mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now)
    assert mirrored.brought == ("second",)
    assert (newsroom.folder.root / "second" / "rss.xml").exists()
    (newsroom.folder.root / "all").unlink()
    mended = mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now)
    assert mended == mirroring.Mirrored(("all",))
