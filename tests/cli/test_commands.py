"""The command line, run as it is run: a process, its exit code, its two streams."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CONFIG = """
[site]
title = "The Gazette"
base_url = "https://gazette.example.org"

[[feed]]
slug = "all"
title = "All news"
"""

STORY = """---
title: Storm warning
section: Weather
---
Stay in.
"""


@dataclass
class Desk:
    folder: Path

    def call(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        environ = {key: value for key, value in os.environ.items() if not key.startswith("FEEDSVC_")}
        command = [sys.executable, "-m", "feedsvc", *arguments]
        return subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True, check=False)

    def json(self, *arguments: str) -> Any:
        done = self.call(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "storm.md").write_text(STORY, encoding="utf-8")
    return Desk(tmp_path)


def test_an_article_is_imported_published_listed_and_shown(desk: Desk) -> None:
    done = desk.call("import", "storm.md")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "1 new, 0 changed, 0 unchanged, 0 refused"
    published = desk.call("publish")
    assert published.returncode == 0
    assert "all" in published.stdout
    assert "changed" in published.stdout
    assert "Storm warning" in (desk.folder / "feeds" / "all" / "rss.xml").read_text(encoding="utf-8")
    assert "unchanged" in desk.call("publish", "all").stdout
    (listed,) = desk.json("articles", "storm")
    assert (listed["title"], listed["section"], listed["status"]) == ("Storm warning", "Weather", "published")
    shown = desk.json("article", listed["id"])
    assert [one["change"] for one in shown["revisions"]] == ["create", "publish"]
    (feed,) = desk.json("feeds")
    assert (feed["slug"], feed["state"], feed["entries"]) == ("all", "published", 1)
    assert "https://gazette.example.org/feeds/all/rss.xml" in feed["addresses"]


def test_the_same_file_again_changes_nothing_from_wherever_it_is_called(desk: Desk) -> None:
    desk.call("import", "storm.md")
    assert "1 unchanged" in desk.call("import", str(desk.folder / "storm.md")).stdout


def test_a_refused_article_is_one_line_with_place_and_reason_and_the_rest_comes_in(desk: Desk) -> None:
    (desk.folder / "bad.md").write_text("---\ntitle: [unclosed\n---\nText", encoding="utf-8")
    (desk.folder / "bytes.bin").write_bytes(bytes(range(256)))
    done = desk.call("import", "bad.md", "storm.md", "bytes.bin", "missing.md")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "1 new, 0 changed, 0 unchanged, 3 refused"
    lines = done.stderr.splitlines()
    assert len(lines) == 3
    for name, line in zip(("bad.md", "bytes.bin", "missing.md"), lines, strict=True):
        assert line.startswith("refused: ")
        assert line.count(name) == 1


def test_a_name_that_is_no_utf_8_stops_nothing_and_a_link_out_of_the_folder_is_not_followed(desk: Desk) -> None:
    folder = desk.folder / "in"
    folder.mkdir()
    Path(os.fsdecode(bytes(folder) + b"/bad\xff.txt")).write_text("Odd name\n\nText.", encoding="utf-8")
    (folder / "good.md").write_text(STORY, encoding="utf-8")
    (folder / "out.txt").symlink_to("/etc/passwd")
    (folder / "empty.txt").touch()
    done = desk.call("import", "in")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "2 new, 0 changed, 0 unchanged, 1 refused"
    assert done.stderr.startswith(f"refused: {folder / 'empty.txt'}")
    assert "2 unchanged" in desk.call("import", "in").stdout


def test_a_store_that_is_gone_replaces_nothing_that_was_published(desk: Desk) -> None:
    desk.call("import", "storm.md")
    desk.call("publish")
    feed = desk.folder / "feeds" / "all" / "rss.xml"
    before = feed.read_bytes()
    # As when the disk of the store is not mounted.
    (desk.folder / "data").rename(desk.folder / "elsewhere")
    done = desk.call("publish")
    assert done.returncode == 1
    assert "holds what was published from a store" in done.stderr
    assert "feedsvc db upgrade" in done.stderr
    assert feed.read_bytes() == before
    shutil.rmtree(desk.folder / "data")
    (desk.folder / "elsewhere").rename(desk.folder / "data")
    assert "unchanged" in desk.call("publish", "all").stdout
    shutil.rmtree(desk.folder / "data")
    assert desk.call("db", "upgrade").returncode == 0
    assert "0 entries" in desk.call("publish", "all").stdout


def test_of_two_who_publish_at_once_one_says_that_it_changed(desk: Desk) -> None:
    desk.call("import", "storm.md")
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(lambda _: desk.json("publish", "all"), range(2)))
    assert sorted(line["state"] for lines in both for line in lines) == ["changed", "unchanged"]
    assert [line["entries"] for lines in both for line in lines] == [1, 1]


def test_a_removed_feed_has_no_next_run(desk: Desk) -> None:
    desk.call("publish")
    (desk.folder / "config.toml").write_text(CONFIG.replace('"all"', '"other"'), encoding="utf-8")
    states = {feed["slug"]: (feed["state"], feed["next_run"]) for feed in desk.json("feeds")}
    assert states["all"] == ("removed", None)
    assert states["other"][1] is not None
    (gone,) = (line for line in desk.call("feeds").stdout.splitlines() if line.startswith("all\t"))
    assert "never" in gone
    assert gone.endswith("410 Gone")


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    done = desk.call("import", "--dry-run", "storm.md")
    assert "1 new" in done.stdout
    assert "nothing was changed" in done.stdout
    assert desk.json("articles") == []


def test_a_broken_configuration_starts_nothing_and_tells_every_fault(desk: Desk) -> None:
    (desk.folder / "config.toml").write_text(CONFIG + "limit = 0\ncontent = 'all'\n", encoding="utf-8")
    for command in (["run"], ["publish"], ["import", "storm.md"], ["feeds"], ["db", "upgrade"]):
        done = desk.call(*command)
        assert done.returncode == 2
        assert "limit = 0" in done.stderr
        assert 'content = "all"' in done.stderr or "content = 'all'" in done.stderr
        assert "Traceback" not in done.stderr
    assert sorted(path.name for path in desk.folder.iterdir()) == ["config.toml", "storm.md"]


@pytest.mark.parametrize(
    "wrong",
    [["publish", "nowhere"], ["article", "nowhere"], ["nonsense"], ["import"], ["articles", "--limit", "0"]],
    ids=" ".join,
)
def test_a_wrong_call_is_exit_code_2_and_one_clear_message(desk: Desk, wrong: list[str]) -> None:
    done = desk.call(*wrong)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_an_older_or_newer_schema_is_refused_with_the_advice(desk: Desk) -> None:
    desk.call("publish")
    assert "already" in desk.call("db", "upgrade").stdout
    sql = (
        "import sqlite3; c = sqlite3.connect('data/feedsvc.db'); c.execute('UPDATE alembic_version SET version_num=9')"
    )
    subprocess.run([sys.executable, "-c", f"{sql}; c.commit()"], cwd=desk.folder, check=True)
    done = desk.call("publish")
    assert done.returncode == 1
    assert "newer release" in done.stderr


def test_check_tells_what_a_published_feed_and_a_broken_file_break(desk: Desk) -> None:
    desk.call("import", "storm.md")
    desk.call("publish")
    clean = desk.call("check")
    assert (clean.returncode, clean.stderr) == (0, "")
    assert "all" in clean.stdout
    (desk.folder / "broken.xml").write_text("<rss version='2.0'><channel><title>T</title></channel></rss>")
    broken = desk.call("check", "broken.xml")
    assert broken.returncode == 1
    assert "RSS-02" in broken.stdout
    (report,) = json.loads(desk.call("check", "broken.xml", "--json").stdout)
    assert {"rule", "level", "place", "message", "fix"} == set(report["findings"][0])
    assert desk.call("check", "nowhere").returncode == 2


def test_every_command_has_its_line_of_help(desk: Desk) -> None:
    done = desk.call("--help")
    commands = done.stdout.split("Commands:")[1].splitlines()
    assert len(commands) > 10
    assert all(len(line.split(None, 1)) == 2 for line in commands if line.strip())
