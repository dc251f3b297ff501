"""A manifest says what was published: any of its revisions can be loaded again, with the dates that readers saw."""

import json
import zlib
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import event, select, text

from feedsvc import editing
from feedsvc.model import Image, ManifestLine
from feedsvc.store import editions, feeds, manifests, open_store, pictures, publications, schema
from feedsvc.store.publications import Measure, NewPublication
from feedsvc.store.tables import articles
from tests.newsroom import START, Newsroom, draft

LINES = (
    ManifestLine("b", 2, START, START + timedelta(microseconds=1)),
    ManifestLine("a", 7, START - timedelta(days=20_000), START),
)


def test_a_manifest_comes_back_as_it_was() -> None:
    assert manifests.load(manifests.dump(LINES)) == LINES
    assert manifests.dump(LINES) == manifests.dump(list(LINES))


def test_the_revisions_that_are_named_are_loaded_in_the_order_of_the_lines(newsroom: Newsroom) -> None:
    picture = Image("https://example.org/old.jpg")
    first = newsroom.write("First", image=picture)
    second = newsroom.write("Second")
    with newsroom.store.writing() as connection:
        pictures.keep_measure(
            connection, picture.url, media_type="image/jpeg", length=7000, width=4, height=3, now=newsroom.now
        )
    with newsroom.store.reading() as connection:
        kept = feeds.get(connection, "all")
        before = editions.load(connection, kept, newsroom.site)
    assert before.entries[1].image == replace(picture, media_type="image/jpeg", length=7000, width=4, height=3)
    for article, title in ((first, "First, edited"), (second, "Second, edited")):
        edited = draft(title, image=Image("https://example.org/new.jpg"))
        editing.edit_article(newsroom.store, newsroom.site, article.id, edited, based_on=None, now=newsroom.pass_time())
    lines = tuple(
        ManifestLine(one.article_id, one.revision, one.published_at, one.updated_at) for one in before.entries[::-1]
    )
    with newsroom.store.reading() as connection:
        loaded = editions.load_manifest(connection, kept, newsroom.site, lines)
        assert [one.title for one in manifests.titled(connection, lines)] == ["First", "Second"]
    assert loaded.entries == before.entries[::-1]
    assert (loaded.updated_at, loaded.changed_at) == (before.updated_at, before.changed_at)


def test_an_empty_manifest_is_an_empty_edition(newsroom: Newsroom) -> None:
    with newsroom.store.reading() as connection:
        kept = feeds.get(connection, "all")
        assert editions.load_manifest(connection, kept, newsroom.site, ()).entries == ()
        assert editions.look_up(connection, kept, ()) == {}


def test_lines_are_found_by_their_keys_however_many_there_are(newsroom: Newsroom) -> None:
    article = newsroom.write()
    lines = [
        ManifestLine(article.id if number == 2500 else f"none-{number}", 2, START, START) for number in range(3000)
    ]
    asked: list[tuple[str, Any]] = []
    with newsroom.store.reading() as connection:
        event.listen(connection, "before_cursor_execute", lambda _c, _k, sql, values, *_: asked.append((sql, values)))
        assert [row.id for row in manifests.rows_of(connection, select(articles.c.id), lines)] == [article.id]
        assert len(asked) == 3
        if connection.dialect.name == "sqlite":
            plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0][0]}", asked[0][1])]
            assert {"SEARCH articles", "SEARCH revisions"} <= {" ".join(step.split()[:2]) for step in plan}, plan


def test_a_store_of_before_gets_the_dates_into_its_manifests(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    with store.writing() as connection:
        settings = Config()
        settings.set_main_option("script_location", str(files("feedsvc.store") / "migrations"))
        settings.set_main_option("path_separator", "os")
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0001")
        old = zlib.compress(json.dumps([["a", 2]]).encode())
        for statement in OLD_STORE:
            connection.execute(text(statement), {"manifest": old} if ":manifest" in statement else {})
    schema.upgrade(store)
    with store.reading() as connection:
        manifest = publications.manifest(connection, 1)
        assert publications.measure(connection, 1, START) == manifest
    assert [(line.article_id, line.revision) for line in manifest.lines] == [("a", 2)]
    assert (manifest.lines[0].updated_at - manifest.lines[0].published_at) == timedelta(microseconds=5)
    store.close()


OLD_STORE = (
    (
        "INSERT INTO articles (id, entry_id, entry_id_is_permalink, slug, status, live_revision, head_revision,"
        " created_at, modified_at, published_at, updated_at)"
        " VALUES ('a', 'urn:a', 0, 'a', 'published', 2, 2, 1, 1, 1000, 1005)"
    ),
    (
        "INSERT INTO feeds (id, slug, state, definition, digest, selection, renderer, created_at, defined_at, wanted,"
        " due, published, on_change) VALUES ('urn:f', 'all', 'live', '{}', '', '', 1, 1, 1, 1, 1, 1, 1)"
    ),
    (
        "INSERT INTO publications (feed_number, reason, made_at, last_modified, manifest, left_out)"
        " VALUES (1, 'change', 1, 1, :manifest, '[]')"
    ),
)


def test_editions_are_measured_against_what_stood_some_time_ago(newsroom: Newsroom) -> None:
    newsroom.publish()
    made = {}
    with newsroom.store.writing() as connection:
        number = feeds.get(connection, "all").number
        for minutes, measure in ((1, Measure.AT_ONCE), (2, Measure.LATER), (3, Measure.NEVER), (4, Measure.LATER)):
            made[minutes] = START + timedelta(minutes=minutes)
            one = NewPublication(number, None, "change", made[minutes], made[minutes], (), (), (), measure=measure)
            publications.record(connection, [one])

    def measured(before: int) -> object:
        with newsroom.store.reading() as connection:
            found = publications.measure(connection, number, START + timedelta(minutes=before))
            return found and found.made_at

    assert [measured(minutes) for minutes in range(5)] == [made[1], made[1], made[2], made[2], made[4]]
