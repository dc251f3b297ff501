"""What a transaction promises, on either database."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from feedsvc.errors import Conflict
from feedsvc.importing import Result, import_articles
from feedsvc.model import Imported
from feedsvc.store import Store, open_store, schema, sqlite, watching
from feedsvc.store.watching import Watch
from tests.newsroom import Newsroom, draft
from tests.waiting import wait_until

COUNT = "SELECT count(*) FROM numbers"


@pytest.fixture
def store(new_url: Callable[[], str]) -> Iterator[Store]:
    store = open_store(new_url())
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE numbers (number INTEGER PRIMARY KEY)"))
    yield store
    store.close()


def add(store: Store, number: int) -> None:
    with store.writing() as connection:
        connection.execute(text("INSERT INTO numbers VALUES (:number)"), {"number": number})


def count(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(text(COUNT)).scalar_one())


def test_a_view_stays_as_it_was_while_others_write(store: Store) -> None:
    add(store, 1)
    with store.reading() as connection:
        assert connection.execute(text(COUNT)).scalar_one() == 1
        add(store, 2)
        assert connection.execute(text(COUNT)).scalar_one() == 1
    assert count(store) == 2


def test_what_is_there_already_is_a_conflict(store: Store) -> None:
    add(store, 1)
    with pytest.raises(Conflict):
        add(store, 1)
    assert count(store) == 1


@pytest.mark.parametrize("kind", ["writing", "claiming"])
def test_what_ended_well_is_kept_and_what_raised_is_not(store: Store, kind: str) -> None:
    transaction = getattr(store, kind)
    with transaction() as connection:
        connection.execute(text("INSERT INTO numbers VALUES (1)"))

    def fail_half_way() -> None:
        with transaction() as connection:
            connection.execute(text("INSERT INTO numbers VALUES (2)"))
            raise LookupError

    with pytest.raises(LookupError):
        fail_half_way()
    assert count(store) == 1


@pytest.mark.parametrize("told", [True, False], ids=["the system tells", "nobody tells"])
def test_whoever_watches_is_told_of_the_commits_of_others(
    store: Store, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not told:
        monkeypatch.setattr(watching, "INotify", None)
    other = open_store(store.engine.url.render_as_string(hide_password=False))
    noticed = threading.Event()
    with closing(Watch(store, noticed.set)):
        for number in range(5):
            noticed.clear()
            add(other, number)
            wait_until(noticed.is_set)
    other.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of writing")
@pytest.mark.parametrize("linked", [False, True], ids=["the file itself", "a link to it"])
def test_a_commit_is_noticed_without_looking_from_time_to_time(
    store: Store, linked: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_PATIENCE", 3600.0)
    url = store.engine.url.render_as_string(hide_password=False)
    if linked and not store.shared:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "link.db").symlink_to(str(store.engine.url.database))
        url = f"sqlite:///{tmp_path}/elsewhere/link.db"
    watched, other = open_store(url), open_store(url)
    noticed = threading.Event()
    watch = Watch(watched, noticed.set)
    for number in range(5):
        noticed.clear()
        add(other, number)
        wait_until(noticed.is_set)
    monkeypatch.setattr(watching, "_PATIENCE", 0.5)
    add(other, 5)
    watch.close()
    for each in (watched, other):
        each.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of writing")
def test_where_the_system_has_no_more_watches_to_give_the_file_is_looked_at(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Exhausted(watching.INotify):  # type: ignore[misc, name-defined]
        def add_watch(self, *_: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(watching, "INotify", Exhausted)
    monkeypatch.setattr(watching, "_PATIENCE", 3600.0 if not store.shared else 0.5)
    other = open_store(store.engine.url.render_as_string(hide_password=False))
    noticed = threading.Event()
    with closing(Watch(store, noticed.set)):
        wait_until(lambda: noticed.is_set() or not store.shared)
        noticed.clear()
        add(other, 1)
        wait_until(noticed.is_set)
    other.close()


def test_whoever_watches_outlives_a_file_that_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    path = tmp_path / "store.db"
    noticed = threading.Event()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("INSERT INTO numbers VALUES (1)")
        store = open_store(f"sqlite:///{path}")
        watch = Watch(store, noticed.set)
        assert not noticed.wait(0.2)
    wait_until(noticed.is_set)  # nobody knows what was missed
    watch.close()
    store.close()


@pytest.mark.parametrize("guid", ["a\0b", "long " * 2000], ids=["a character it can't hold", "too long for its index"])
def test_what_a_database_cannot_hold_is_refused_and_the_rest_comes_in(newsroom: Newsroom, guid: str) -> None:
    source = [Imported(draft(str(key)), key=key, place=key, guid=key) for key in ("first", guid, "last")]
    results = [one.result for one in import_articles(newsroom.store, newsroom.site, source, now=newsroom.now)]
    assert results.count(Result.NEW) >= 2
    assert set(results) <= {Result.NEW, Result.REFUSED}


def test_what_was_committed_moves_into_the_file_when_the_store_settles(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    with store.writing() as connection:
        connection.execute(text("CREATE TABLE numbers (number INTEGER PRIMARY KEY)"))
    add(store, 1)
    with store.reading() as connection:
        # Whoever reads is not waited for.
        connection.execute(text(COUNT))
        add(store, 2)
        store.settle()
    store.settle()
    shutil.copy(tmp_path / "store.db", tmp_path / "alone.db")
    alone = open_store(f"sqlite:///{tmp_path}/alone.db")
    assert count(alone) == count(store) == 2
    for each in (alone, store):
        each.close()


def test_settling_changes_nothing(store: Store) -> None:
    add(store, 1)
    noticed = threading.Event()
    with closing(Watch(store, noticed.set)):
        # Whoever begins to listen is told once: nobody knows what was before.
        wait_until(lambda: noticed.is_set() or not store.shared)
        noticed.clear()
        store.settle()
        assert not noticed.wait(1.0)
    assert count(store) == 1


def test_a_new_store_is_for_its_owner_alone(tmp_path: Path) -> None:
    opened = open_store(f"sqlite:///{tmp_path}/data/feedsvc.db")
    schema.upgrade(opened)
    with opened.reading() as connection:
        connection.execute(text("SELECT count(*) FROM articles"))
        modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
    opened.close()
    assert modes["feedsvc.db"] == 0o600
    assert set(modes.values()) == {0o600}
