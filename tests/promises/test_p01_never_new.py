"""P01: an old article never comes back as new.

Change title, slug, section, canonical URL, base URL and scheme; regenerate in a new process; dump and restore: guid =
Atom id = JSON id, byte for byte the same as before.

not yet: a slug that an editor changes by itself (here: with the title); `feedsvc backup` and `restore` (P45; here
SQLite's own dump).
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

import pytest

from feedsvc.model import Article, Author, Feed, FeedTemplate, Selection
from tests.newsroom import ALL, draft
from tests.promises.gazette import Gazette
from tests.promises.installation import CONFIG, Installation
from tests.promises.readers import json_by_json
from tests.promises.sources import FILES, write_sources


@dataclass(frozen=True)
class Identities:
    """The identities in a feed's documents, as the bytes stand there, in their order; and the feed's own."""

    guids: tuple[str, ...]
    permalinks: tuple[str, ...]
    atom: tuple[str, ...]
    json: tuple[str, ...]
    feed: str


def identities(place: Gazette | Installation, slug: str = "all") -> Identities:
    rss, atom = place.get(f"/feeds/{slug}/rss.xml").text, place.get(f"/feeds/{slug}/atom.xml").text
    guids = re.findall(r'<guid isPermaLink="(\w+)">(.*?)</guid>', rss)
    feed_id, *entry_ids = re.findall(r"<id>(.*?)</id>", atom)
    found = Identities(
        guids=tuple(guid for _, guid in guids),
        permalinks=tuple(permalink for permalink, _ in guids),
        atom=tuple(entry_ids),
        json=tuple(item.id for item in json_by_json(place.get(f"/feeds/{slug}/feed.json").body)),
        feed=feed_id,
    )
    assert found.guids == found.atom
    assert tuple(map(unescape, found.guids)) == found.json
    assert len(set(found.guids)) == len(found.guids) == rss.count("<item>")
    return found


# --- through the command line, in processes of their own -------------------------------------------------------------


@pytest.fixture
def published(installation: Installation) -> Installation:
    """An installation that has taken over articles with identities of every kind, and published them."""
    taken, called = installation.bring_in(write_sources(installation.folder / "sources"))
    assert called.code == 0, called
    assert len(taken) == 6
    installation.publish()
    return installation


def test_identities_are_kept_byte_for_byte_when_articles_are_taken_over(published: Installation) -> None:
    found = identities(published)
    taken_over = dict(zip(found.guids, found.permalinks, strict=True))
    assert {guid: permalink for guid, permalink in taken_over.items() if not guid.startswith("urn:uuid:")} == {
        "https://old.example.org/?p=12": "true",
        "OLD-Guid:42 Ж": "false",
        "tag:old.example.org,2025:Sturm": "false",
        "https://old.example.org/json/1": "false",
    }
    minted = [guid for guid in taken_over if guid.startswith("urn:uuid:")]
    assert len(minted) == 2
    assert all(taken_over[guid] == "false" for guid in minted)


def test_nothing_that_can_be_changed_changes_an_identity(published: Installation) -> None:
    before = identities(published)
    sources = published.folder / "sources"
    changes = {
        "old.xml": [("Bridge reopens", "Bridge reopens at last"), ("old.example.org/bridge", "new.example.org/b")],
        "old.atom": [("Sturm über Köln", "Der Sturm"), ("https://old.example.org/sturm", "https://neu.example.org/s")],
        "old.json": [("Eclipse", "Total eclipse"), ('/json/1", "title"', '/elsewhere", "title"')],
        "elections.md": [("Elections called", "Early elections"), ("Politics\n", "Home\nurl: https://example.org/v\n")],
        "rain.txt": [("Rain is expected on", "Heavy rain is expected on")],
    }
    for name, replacements in changes.items():
        text = FILES[name]
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new, 1)
        (sources / name).write_text(text, encoding="utf-8")
    taken, called = published.bring_in(sources)
    assert called.code == 0, called
    assert sorted(one["result"] for one in taken) == ["changed"] * 5 + ["unchanged"]
    published.configure(
        CONFIG.replace("https://gazette.example.org", "http://example.com:8080/news")
        .replace("The Gazette", "The Herald")
        .replace("All news", "The news")
    )
    again = published.run("publish", environ={"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "77"})
    assert again.code == 0, again
    text = published.get("/feeds/all/rss.xml").text
    for changed in ("Early elections", "http://example.com:8080/news", "https://new.example.org/b", "Der Sturm"):
        assert changed in text
    assert identities(published) == before


def test_a_store_dumped_and_restored_has_the_same_identities(
    published: Installation, make_place: Callable[[], Path]
) -> None:
    before = identities(published)
    with closing(sqlite3.connect(published.folder / "data" / "feedsvc.db")) as store:
        dump = "\n".join(store.iterdump())
    restored = Installation(make_place())
    restored.configure(CONFIG.replace("https://gazette.example.org", "https://standby.example.org"))
    (restored.folder / "data").mkdir()
    with closing(sqlite3.connect(restored.folder / "data" / "feedsvc.db")) as store:
        store.executescript(dump)
    run = restored.run("publish")
    assert run.code == 0, run
    assert identities(restored) == before


def test_a_lost_folder_is_made_again_with_the_same_identities(published: Installation) -> None:
    before, bodies = (
        identities(published),
        [published.get(f"/feeds/all/{name}").body for name in ("rss.xml", "atom.xml")],
    )
    shutil.rmtree(published.folder / "feeds")
    published.publish()
    assert identities(published) == before
    assert [published.get(f"/feeds/all/{name}").body for name in ("rss.xml", "atom.xml")] == bodies


def test_the_same_files_imported_again_from_elsewhere_bring_nothing_new(
    published: Installation, make_place: Callable[[], Path]
) -> None:
    before = identities(published)
    elsewhere = make_place() / "moved"
    shutil.copytree(published.folder / "sources", elsewhere)
    # A plain text knows no identity but its path.
    (elsewhere / "rain.txt").unlink()
    taken, called = published.bring_in(elsewhere)
    assert called.code == 0, called
    assert {one["result"] for one in taken} == {"unchanged"}
    published.publish()
    assert identities(published) == before


# --- through the newsroom's own steps --------------------------------------------------------------------------------


def test_no_step_of_an_article_s_life_changes_its_identity(gazette: Gazette) -> None:
    article = gazette.write("Storm", section="Weather", tags=("wind",), language="en")
    gazette.publish()
    before = identities(gazette)
    changed = draft(
        "Hurricane",
        "<p>Run.</p>",
        section="Disasters",
        tags=("rain",),
        language="hy",
        url="https://example.org/hurricane",
        authors=(Author("Night Desk"),),
        external_id="4711",
    )
    steps: list[Callable[[], Article]] = [
        lambda: gazette.edit(article, changed),
        lambda: gazette.correct(article, changed),
        lambda: gazette.edit(article, draft("")),
        lambda: gazette.withdraw(article, notice=True),
    ]
    for step in steps:
        step()
        gazette.publish()
        assert identities(gazette) == before


def test_the_same_article_has_one_identity_in_every_feed(gazette: Gazette) -> None:
    gazette.define(
        [ALL, Feed("weather", "Weather", "By section", Selection(sections=("weather",)))],
        [FeedTemplate("tag", Feed("tag-{value}", "{value}", "Of {value}"))],
    )
    gazette.write("Storm", section="Weather", tags=("wind",))
    gazette.publish()
    found = [identities(gazette, slug) for slug in ("all", "weather", "tag-wind")]
    assert len({each.guids for each in found}) == 1
    assert len({each.feed for each in found}) == 3


def test_an_article_that_leaves_a_feed_comes_back_as_the_same(gazette: Gazette) -> None:
    gazette.define([Feed("weather", "Weather", "By section", Selection(sections=("weather",)))])
    article = gazette.write("Storm", section="Weather")
    gazette.publish()
    before = identities(gazette, "weather")
    article = gazette.edit(article, draft("Storm", section="Sport"))
    gazette.publish()
    assert identities(gazette, "weather").guids == ()
    gazette.edit(article, draft("Storm", section="Weather"))
    gazette.publish()
    assert identities(gazette, "weather") == before


def test_a_feed_that_is_removed_and_defined_again_keeps_its_identity_and_its_entries(gazette: Gazette) -> None:
    gazette.write("Storm")
    gazette.publish()
    before = identities(gazette)
    gazette.define([])
    gazette.publish()
    assert gazette.get("/feeds/all/atom.xml").status == 410
    gazette.define([replace(ALL, title="Back again")])
    gazette.publish()
    assert identities(gazette) == before


def test_two_articles_alike_in_every_word_are_two(gazette: Gazette) -> None:
    for _ in range(3):
        gazette.write("Storm", "<p>Stay in.</p>")
    gazette.publish()
    assert len(identities(gazette).guids) == 3
