"""P37: every error says what is wrong, where, and what to do.

Bad config, bad import, bad API call: the file or field, the value, the rule; exit code or RFC 9457 problem; nothing
half done. (Every field and every kind of bad call: tests/api/test_problems.py.)
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.promises.installation import Called, Installation, files_of

SITE = '[site]\ntitle = "The Gazette"\nbase_url = "https://gazette.example.org"\n'
FEED = '[[feed]]\nslug = "all"\ntitle = "All news"\n'

# What is wrong in a configuration, and what must be said of it: the place, the value, and what would be right.
FAULTS: dict[str, tuple[str, list[str]]] = {
    "a misspelt key": (
        f'{SITE}langauge = "en"\n{FEED}',
        ["line 4", "[site]", 'langauge = "en"', "did you mean language"],
    ),
    "a misspelt table": (f"{SITE}{FEED}[wbe]\nport = 1\n", ["[wbe]", "web"]),
    "a number out of range": (f"{SITE}[web]\nport = 70000\n{FEED}", ["line 5", "[web]", "port = 70000", "between"]),
    "a text for a number": (
        f'{SITE}[web]\nport = "http"\n{FEED}',
        ["line 5", "[web]", 'port = "http"', "whole number"],
    ),
    "no title": (f'[site]\nbase_url = "https://example.org"\n{FEED}', ["[site]", "title", "is missing"]),
    "no site": (FEED, ["[site]", "is missing"]),
    "an address without a scheme": (SITE.replace("https://", "") + FEED, ["line 3", "base_url", "gazette.example.org"]),
    "a slug with blanks": (f"{SITE}{FEED.replace('all', 'All news!')}", ["line 5", "[[feed]] 1", "slug", "All news!"]),
    "a slug twice": (f"{SITE}{FEED}{FEED}", ["line 8", "[[feed]] 2", "slug", "all", "taken by [[feed]] 1"]),
    "an unknown word": (f'{SITE}{FEED}content = "fulll"\n', ["line 7", '"all"', 'content = "fulll"', "summary"]),
    "a schedule that is none": (f'{SITE}{FEED}publish = "every tuesday"\n', ["line 7", "publish", "every tuesday"]),
    "a cron that never comes": (f'{SITE}{FEED}publish = "cron 0 0 31 2 *"\n', ["line 7", "publish", "31 2"]),
    "a time zone that is none": (
        f'{SITE}time_zone = "Europe/Berln"\n{FEED}',
        ["line 4", "time_zone", "Europe/Berln", "Europe/Berlin"],
    ),
    "a language that is none": (f'{SITE}language = "english please"\n{FEED}', ["line 4", "language", "english please"]),
    "a limit of nothing": (f"{SITE}{FEED}limit = 0\n", ["line 7", "limit = 0", "between 1 and"]),
    "a budget too small": (f"{SITE}{FEED}max_bytes = 5\n", ["line 7", "max_bytes = 5", "10 kB"]),
    "an embargo that is none": (f'{SITE}{FEED}embargo = "soon"\n', ["line 7", "embargo", "soon"]),
    "a store that is none": (f'{SITE}{FEED}[store]\nurl = "mysql://x"\n', ["line 8", "[store]", "url", "sqlite:///"]),
    "the store in the open": (f'{SITE}{FEED}[store]\nurl = "sqlite:///feeds/s.db"\n', ["line 8", "published folder"]),
    "a feed written as one table": (f'{SITE}[feed]\nslug = "all"\n', ["feed", "[[feed]]"]),
    "no TOML": (f"{SITE}title = \n", ["line 4", "TOML"]),
    "a key twice": (f'{SITE}title = "Again"\n', ["line 4", "TOML"]),
    "an unclosed text": (f'{SITE}{FEED}description = "never\n', ["line 7", "TOML"]),
}


def everything_in(place: Installation) -> dict[str, tuple[bytes, int, int]]:
    return files_of(place.folder)


def assert_refused(called: Called, place: Installation, words: list[str]) -> None:
    assert called.code == 2, called
    assert called.out == "", called
    assert str(place.config) in called.err
    assert "Traceback" not in called.err
    assert "Nothing was started." in called.err
    for word in words:
        assert word in called.err, (word, called.err)


@pytest.mark.parametrize(("config", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_in_the_configuration_is_told_with_place_value_and_rule(
    installation: Installation, config: str, words: list[str]
) -> None:
    installation.configure(config)
    before = everything_in(installation)
    assert_refused(installation.call("publish"), installation, words)
    assert everything_in(installation) == before


def test_all_faults_are_told_at_once_each_on_a_line(installation: Installation) -> None:
    bad = (
        f'{SITE.replace("https://", "ftp://")}time_zone = "Nowhere"\n{FEED}limit = -1\ncontent = "x"\n'
        '[[feed]]\nslug = "all"\ntitle = ""\n[web]\nworkers = 1000\n'
    )
    installation.configure(bad)
    called = installation.call("publish", environ={"FEEDSVC_WEB_PORT": "x", "FEEDSVC_SITE_TITEL": "y"})
    assert_refused(called, installation, ["FEEDSVC_WEB_PORT", "FEEDSVC_SITE_TITEL", "did you mean FEEDSVC_SITE_TITLE"])
    lines = [line for line in called.err.splitlines() if line.startswith("  ")]
    for key in ("base_url", "time_zone", "limit", "content", "slug", "title", "workers"):
        assert sum(key in line for line in lines) == 1, (key, called.err)
    assert f"{len(lines)} faults" in called.err


COMMANDS = [
    ["run"],
    ["web"],
    ["publisher"],
    ["import", "story.txt"],
    ["publish"],
    ["feeds"],
    ["articles"],
    ["article", "x"],
    ["db", "upgrade"],
    ["check", "all"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_starts_on_a_broken_configuration(installation: Installation, command: list[str]) -> None:
    installation.configure(f'{SITE}langauge = "en"\n{FEED}')
    (installation.folder / "story.txt").write_text("Storm\n\nRain.\n", encoding="utf-8")
    before = everything_in(installation)
    assert_refused(installation.call(*command), installation, ["langauge"])
    assert everything_in(installation) == before


def test_a_configuration_that_is_not_there_is_told_by_its_path(installation: Installation) -> None:
    installation.config.unlink()
    before = everything_in(installation)
    called = installation.run("run")
    assert called.code == 2
    assert str(installation.config) in called.err
    assert "no such file" in called.err
    assert "--config" in called.err
    assert everything_in(installation) == before


def test_a_password_is_never_told(installation: Installation) -> None:
    installation.configure(f'{SITE}{FEED}[store]\nurl = "postgres://desk:hunter2@db.example.org/news"\n')
    assert_refused(installation.call("publish"), installation, ["[store]", "url"])
    assert "hunter2" not in installation.call("publish").err
    called = installation.call("publish", environ={"FEEDSVC_STORE_URL": "mysql://desk:hunter2@db/news"})
    assert called.code == 2
    assert "FEEDSVC_STORE_URL" in called.err
    assert "hunter2" not in called.err


WRONG_CALLS: dict[str, tuple[list[str], list[str]]] = {
    "a feed that is not defined": (["publish", "nonesuch"], ["nonesuch"]),
    "an article that is not there": (["article", "nonesuch"], ["nonesuch"]),
    "an option that is none": (["publish", "--jsno"], ["--jsno", "--json"]),
    "a command that is none": (["publsh"], ["publsh"]),
    "no path to import": (["import"], ["PATH"]),
    "a limit that is none": (["articles", "--limit", "many"], ["--limit", "many"]),
    "a status that is none": (["articles", "--status", "gone"], ["--status", "gone", "withdrawn"]),
    "a port that is none": (["run", "--port", "99999"], ["--port", "99999"]),
}


@pytest.mark.parametrize(("command", "words"), WRONG_CALLS.values(), ids=WRONG_CALLS.keys())
def test_a_wrong_call_is_told_with_its_word_and_exit_code_2(
    installation: Installation, command: list[str], words: list[str]
) -> None:
    installation.publish()
    before = everything_in(installation)
    called = installation.call(*command)
    assert called.code == 2, called
    assert called.out == "", called
    assert "Traceback" not in called.err
    for word in words:
        assert word in called.err, (word, called.err)
    published = {name: file for name, file in everything_in(installation).items() if name.startswith("feeds/")}
    assert published == {name: file for name, file in before.items() if name.startswith("feeds/")}


# --- bad imports -----------------------------------------------------------------------------------------------------

RSS = "<rss version='2.0'><channel><title>x</title>{}</channel></rss>"
JSON = '{"version": "https://jsonfeed.org/version/1.1", "items": [{}'
GOOD = (
    "<item><title>Good {0}</title><guid isPermaLink='false'>urn:good:{0}</guid><description>Fine.</description></item>"
)

# A source with one bad article among good ones: the place and the reason that must be told, and how many are good.
SOURCES: dict[str, tuple[str, str, list[str], int]] = {
    "an item without text": (
        "feed.xml",
        RSS.format(f"{GOOD.format(1)}\n<item><guid>urn:2</guid></item>\n{GOOD.format(2)}"),
        ["item 2", "line 2", "title"],
        2,
    ),
    "a date that is none": (
        "feed.xml",
        RSS.format(f"{GOOD.format(1)}<item><title>Bad</title><pubDate>Someday</pubDate></item>{GOOD.format(2)}"),
        ["item 2", "pubDate", "Someday"],
        2,
    ),
    "a title that is too long": (
        "feed.xml",
        RSS.format(f"{GOOD.format(1)}<item><title>{'x' * 2000}</title></item>{GOOD.format(2)}"),
        ["item 2", "title", "2,000", "1,000"],
        2,
    ),
    "an identity that cannot be kept": (
        "feed.xml",
        RSS.format(f"{GOOD.format(1)}<item><title>Bad</title><guid>a&#x1F;b</guid></item>"),
        ["item 2", "guid"],
        1,
    ),
    "two articles of one identity": (
        "feed.xml",
        RSS.format(f"{GOOD.format(1)}{GOOD.format(2)}{GOOD.format(1).replace('Good', 'Other')}"),
        ["item", "same identity", "urn:good:1"],
        2,
    ),
    "a feed that breaks off": (
        "feed.xml",
        RSS.format(GOOD.format(1) + GOOD.format(2))[:-60],
        ["feed.xml"],
        1,
    ),
    "JSON that breaks off": (
        "feed.json",
        JSON.replace("{}", '{"id": "1", "title": "Good"},\n{"id": "2", '),
        ["feed.json", "line 2"],
        1,
    ),
    "a JSON date that is none": (
        "feed.json",
        JSON.replace(
            "{}", '{"id": "1", "title": "Good"},\n{"id": "2", "title": "Bad", "date_published": "2026-13-45"}]}'
        ),
        ["item 2", "line 2", "date_published", "2026-13-45"],
        1,
    ),
    "front matter that is no YAML": ("story.md", "---\ntitle: a: b: c\n---\nx\n", ["story.md", "line 2", "YAML"], 0),
    "front matter with a bad date": ("story.md", "---\ntitle: x\ndate: soon\n---\nx\n", ["line 3", "date", "soon"], 0),
    "front matter with a list for a title": ("story.md", "---\ntitle: [a, b]\n---\nx\n", ["line 2", "title"], 0),
    "no title at all": ("story.md", "---\ndraft: true\n---\nJust text.\n", ["story.md", "title"], 0),
    "a web page": ("page.html", "<!doctype html><title>x</title>", ["page.html", "web page"], 0),
    "a picture": ("story.txt", "\x89PNG\r\n\x1a\n", ["story.txt", "PNG"], 0),
    "an empty file": ("story.txt", "", ["story.txt", "empty"], 0),
    "a list of feeds": ("list.opml", "<opml version='2.0'><body/></opml>", ["list.opml", "OPML"], 0),
    "a WordPress export": (
        "export.xml",
        '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel/></rss>',
        ["export.xml", "WordPress"],
        0,
    ),
}


@pytest.mark.parametrize(("name", "text", "words", "good"), SOURCES.values(), ids=SOURCES.keys())
def test_a_bad_article_is_one_line_and_the_rest_comes_in(
    installation: Installation, name: str, text: str, words: list[str], good: int
) -> None:
    path = installation.folder / name
    path.write_text(text, encoding="latin-1" if text.startswith("\x89") else "utf-8")
    (installation.folder / "beside.txt").write_text("Beside\n\nIt comes in as well.\n", encoding="utf-8")
    called = installation.call("import", path, installation.folder / "beside.txt")
    assert called.code == 1, called
    assert "Traceback" not in called.err
    (line,) = called.err.splitlines()
    assert line.startswith(f"refused: {path}"), line
    for word in words:
        assert word in line, (word, line)
    assert f"{good + 1} new" in called.out
    assert "1 refused" in called.out
    listed = json.loads(installation.call("articles", "--json").out)
    assert len(listed) == good + 1
    installation.publish()
    assert len(installation.read_all()["RSS by lxml"]) == good + 1


def test_a_path_that_is_not_there_is_told_and_the_others_come_in(installation: Installation) -> None:
    (installation.folder / "story.txt").write_text("Storm\n\nRain.\n", encoding="utf-8")
    called = installation.call("import", installation.folder / "none.txt", installation.folder / "story.txt")
    assert called.code == 1
    assert f"refused: {installation.folder / 'none.txt'}" in called.err
    assert "o such file" in called.err
    assert "1 new" in called.out


def test_a_refused_change_leaves_the_article_as_it_was(installation: Installation) -> None:
    path = installation.folder / "story.md"
    path.write_text("---\ntitle: Storm\nid: one\n---\nRain.\n", encoding="utf-8")
    assert installation.bring_in(path)[1].code == 0
    installation.publish()
    before = files_of(installation.folder / "feeds")
    article = json.loads(installation.call("articles", "--json").out)
    path.write_text(f"---\ntitle: {'x' * 2000}\nid: one\n---\nSnow.\n", encoding="utf-8")
    taken, called = installation.bring_in(path)
    assert called.code == 1
    assert [one["result"] for one in taken] == ["refused"]
    assert json.loads(installation.call("articles", "--json").out) == article
    assert re.search(r"all +unchanged", installation.publish().out)
    assert files_of(installation.folder / "feeds") == before


def test_a_dry_run_tells_the_same_and_does_nothing(installation: Installation) -> None:
    path = installation.folder / "feed.xml"
    path.write_text(RSS.format(f"{GOOD.format(1)}<item><guid>urn:2</guid></item>"), encoding="utf-8")
    installation.publish()
    before = files_of(installation.folder / "feeds")
    dry = installation.call("import", "--dry-run", path)
    assert dry.code == 1
    assert json.loads(installation.call("articles", "--json").out) == []
    installation.publish()
    assert files_of(installation.folder / "feeds") == before
    wet = installation.call("import", path)
    assert (wet.code, wet.err) == (1, dry.err)
    assert "1 new" in wet.out
    assert "1 new" in dry.out


def test_a_folder_that_cannot_be_written_is_told_and_the_store_is_right(installation: Installation) -> None:
    (installation.folder / "story.txt").write_text("Storm\n\nRain.\n", encoding="utf-8")
    assert installation.bring_in(installation.folder / "story.txt")[1].code == 0
    # A file where the folder would be.
    (installation.folder / "feeds").write_text("in the way", encoding="utf-8")
    called = installation.call("publish")
    assert called.code == 1, called
    assert "Traceback" not in called.err + called.out
    assert str(installation.folder / "feeds") in called.out + called.err
    (installation.folder / "feeds").unlink()
    installation.publish()
    assert len(installation.read_all()["RSS by lxml"]) == 1


def test_a_store_that_is_no_store_is_told(installation: Installation, tmp_path: Path) -> None:
    (installation.folder / "data").mkdir()
    (installation.folder / "data" / "feedsvc.db").write_text("This is no database, by any means. " * 100)
    called = installation.call("publish")
    assert called.code == 1, called
    assert "Traceback" not in called.err
    assert "feedsvc.db" in called.err


def test_a_bad_api_call_names_every_field_its_value_and_its_rule_and_does_nothing(installation: Installation) -> None:
    token = json.loads(installation.call("token", "create", "cms", "--scope", "write", "--json").out)["token"]
    installation.publish()
    before = files_of(installation.folder / "feeds")
    assert installation.get("/healthz").status == 200
    assert installation.client is not None
    response = installation.client.post(
        "/api/v1/articles",
        json={"titel": "Storm", "language": "no language", "authors": [{"email": "nobody"}], "status": "published"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (response.status_code, response.mimetype) == (422, "application/problem+json")
    problem = json.loads(response.data)
    assert {(error["pointer"], error.get("value")) for error in problem["errors"]} == {
        ("/titel", None),
        ("/language", "no language"),
        ("/authors/0/name", None),
        ("/authors/0/email", "nobody"),
    }
    assert all(error["detail"].endswith(".") for error in problem["errors"])
    assert json.loads(installation.call("articles", "--json").out) == []
    installation.publish()
    assert files_of(installation.folder / "feeds") == before
