"""P02: nothing changed means nothing changed.

10 scheduled runs without an edit, with different PYTHONHASHSEED, TZ, locale and worker: byte-identical files, same
ETag, same Last-Modified, no file rewritten, no push sent. `lastBuildDate` and `updated` follow the content, never the
clock.

not yet: the push itself (here: nothing is recorded to be sent); several hosts (P44).
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from feedsvc import scheduling
from tests.newsroom import ALL, SITE, draft
from tests.promises.gazette import Gazette, snapshot
from tests.promises.installation import Installation, files_of
from tests.promises.readers import ATOM, FEEDS, parse_xml
from tests.promises.sources import write_sources

CONFIG = """\
[site]
title = "The Gazette"
base_url = "https://gazette.example.org"
authors = ["The Gazette", "Night Desk"]
time_zone = "Europe/Berlin"
hubs = ["https://hub.example.org/", "https://other-hub.example.org/"]

[publish]
measure_pictures = false
schedule = ["on change", "every 5 minutes"]

[[feed]]
slug = "all"
title = "All news"

[[feed]]
slug = "brief"
title = "In brief"
content = "summary"
select = { tags = ["bridge", "vote", "sky", "zebra"], authors = ["City Desk"], match = "any" }

[[feed]]
for_each = "tag"
slug = "tag-{value}"
title = "{value}"
"""

LOCALES = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split() or ["C"]
ZONES = ["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", "Europe/Berlin", "Nowhere/At_All", ""]


def environment(number: int) -> dict[str, str]:
    """Give an environment unlike the others: hash seed, time zone, locale, and how Python reads text."""
    # A locale that is not there is one more way for a host to be unlike another.
    locales = [*LOCALES, "de_DE.UTF-8", "tr_TR.UTF-8"]
    return {
        "PYTHONHASHSEED": str(number * 7919 % 4_294_967_295),
        "TZ": ZONES[number % len(ZONES)],
        "LC_ALL": locales[number % len(locales)],
        "LANG": locales[(number + 1) % len(locales)],
        "PYTHONUTF8": str(number % 2),
    }


@pytest.fixture(scope="module")
def published(make_place: Callable[[], Path]) -> Installation:
    """An installation with articles of every kind that has published them."""
    place = Installation(make_place())
    place.configure(CONFIG)
    _, called = place.bring_in(write_sources(place.folder / "sources"), "--section", "News")
    assert called.code == 0, called
    first = place.run("publish", environ=environment(0))
    assert first.code == 0, first
    return place


def test_ten_runs_in_ten_environments_write_nothing_and_send_nothing(published: Installation) -> None:
    before, told, seen = files_of(published.folder / "feeds"), announced(published), headers(published)
    assert len([name for name in before if name.endswith("rss.xml")]) > 5
    assert told
    # Two at a time, as a publisher and an operator may be at work together.
    with ThreadPoolExecutor(2) as pool:
        for run in pool.map(lambda number: published.run("publish", environ=environment(number)), range(1, 11)):
            assert run.code == 0, run
            assert " changed " not in run.out, run
            assert files_of(published.folder / "feeds") == before, run
    assert announced(published) == told
    assert headers(published) == seen


def test_two_runs_from_scratch_in_two_processes_give_the_same_bytes(
    published: Installation, make_place: Callable[[], Path]
) -> None:
    bytes_of: list[dict[str, bytes]] = []
    for number in (3, 5):
        other = Installation(make_place())
        other.configure(CONFIG)
        with closing(sqlite3.connect(published.folder / "data" / "feedsvc.db")) as source:
            (other.folder / "data").mkdir()
            with closing(sqlite3.connect(other.folder / "data" / "feedsvc.db")) as copy:
                source.backup(copy)
                # As if nothing had been published yet: all is rendered anew.
                forget_publications(copy)
        run = other.run("publish", environ=environment(number))
        assert run.code == 0, run
        assert " unchanged " not in run.out, run
        bytes_of.append({name: body for name, (body, _, _) in files_of(other.folder / "feeds").items()})
    assert bytes_of[0] == bytes_of[1]
    assert bytes_of[0] == {name: body for name, (body, _, _) in files_of(published.folder / "feeds").items()}


ASK = """
import json, sys
from feedsvc.web.wsgi import create
client = create().test_client()
seen = {}
for path in json.load(sys.stdin):
    for coding in ("identity", "gzip"):
        answer = client.get(path, headers={"Accept-Encoding": coding})
        seen[f"{path} {coding}"] = [answer.status_code, sorted(h for h in answer.headers if h[0] != "Date")]
json.dump(seen, sys.stdout)
"""


def test_every_worker_sends_the_same_validators(published: Installation) -> None:
    paths = ["/", "/opml.xml", *(f"/feeds/{slug}/{name}" for slug in ("all", "brief") for name in (*FEEDS, ""))]
    answers = []
    for number in (2, 4):
        done = subprocess.run(
            [sys.executable, "-c", ASK],
            env={**os.environ, **environment(number), "FEEDSVC_CONFIG": str(published.config)},
            input=json.dumps(paths),
            capture_output=True,
            text=True,
            check=True,
        )
        answers.append(json.loads(done.stdout))
    assert answers[0] == answers[1]
    assert {status for status, _ in answers[0].values()} == {200}


# --- by the test's clock ---------------------------------------------------------------------------------------------


@pytest.fixture
def room(gazette: Gazette) -> Gazette:
    gazette.site = replace(SITE, hubs=("https://hub.example.org/",))
    gazette.define([replace(ALL, publish=("every 15 minutes",))])
    gazette.open()
    return gazette


def test_ten_scheduled_runs_change_nothing(room: Gazette) -> None:
    room.write("Storm")
    run_schedule(room)
    before, files = snapshot(room), room.files()
    for _ in range(10):
        room.pass_time(900)
        run_schedule(room)
    assert snapshot(room) == before
    assert room.files() == files


def test_the_dates_of_a_feed_follow_its_content_and_never_the_clock(room: Gazette) -> None:
    article = room.write("Storm")
    written = room.now
    room.pass_time(3600)
    run_schedule(room)
    assert dates(room) == (format_datetime(written), f"{written:%Y-%m-%dT%H:%M:%SZ}")
    edited = room.edit(article, draft("Storm", "<p>Stay out.</p>"))
    room.pass_time(3600)
    run_schedule(room)
    # A minor edit changes the bytes, and no date that a reader is told of.
    assert dates(room) == (format_datetime(edited.modified_at), f"{written:%Y-%m-%dT%H:%M:%SZ}")
    corrected = room.correct(edited, draft("Storm", "<p>Stay out!</p>"))
    room.pass_time(86_400)
    run_schedule(room)
    assert dates(room) == (format_datetime(corrected.modified_at), f"{corrected.modified_at:%Y-%m-%dT%H:%M:%SZ}")


def test_an_edit_that_is_taken_back_before_it_is_published_changes_nothing_that_is_shown(room: Gazette) -> None:
    article = room.write("Storm")
    run_schedule(room)
    items = room.read_all()
    edited = room.edit(article, draft("Storm and rain"))
    room.edit(edited, draft("Storm"))
    run_schedule(room)
    assert room.read_all() == items


def test_an_empty_feed_has_a_date_and_keeps_it(room: Gazette) -> None:
    run_schedule(room)
    before = snapshot(room)
    room.now += timedelta(days=365)
    run_schedule(room)
    assert snapshot(room) == before


def test_saying_the_same_configuration_again_changes_nothing(room: Gazette) -> None:
    room.write("Storm", section="Weather", tags=("wind",))
    run_schedule(room)
    before = room.files()
    for _ in range(3):
        room.pass_time(3600)
        room.define()
        run_schedule(room)
    assert room.files() == before


def run_schedule(room: Gazette) -> None:
    scheduling.run_schedule(room.store, "every 15 minutes", now=room.now)
    room.publish()


def dates(room: Gazette) -> tuple[str | None, str | None]:
    rss = parse_xml(room.get("/feeds/all/rss.xml").body)
    atom = parse_xml(room.get("/feeds/all/atom.xml").body)
    return rss.findtext("channel/lastBuildDate"), atom.findtext(f"{ATOM}updated")


def headers(place: Installation) -> dict[str, tuple[str, str]]:
    """Give the validators of every published document."""
    found = {}
    for path in ("/", "/opml.xml", *(f"/feeds/{slug}/{name}" for slug in ("all", "brief") for name in (*FEEDS, ""))):
        answer = place.get(path)
        found[path] = (answer.headers["ETag"], answer.headers["Last-Modified"])
    return found


def announced(place: Installation) -> list[tuple[object, ...]]:
    """Give all that is recorded to be sent to hubs."""
    with closing(sqlite3.connect(place.folder / "data" / "feedsvc.db")) as connection:
        return connection.execute("SELECT * FROM announcements ORDER BY number").fetchall()


def forget_publications(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE feeds SET publication = NULL, published = 0")
    connection.commit()
