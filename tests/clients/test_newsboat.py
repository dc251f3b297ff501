"""newsboat, Debian's feed reader for terminals, run without one. It speaks RSS and Atom; what it has read is in its
cache, an SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.clients.living import LivingArticle
from tests.clients.programs import program, run
from tests.clients.seen import Entry, differences, only, read_html
from tests.service import Service

NAMES = ("rss.xml", "atom.xml")
FIELDS = ("id", "link", "title", "content")


class Newsboat:
    """A newsboat of one subscription, with a home of its own."""

    def __init__(self, home: Path, url: str) -> None:
        self.program = program("newsboat")
        self.home = home
        home.mkdir(exist_ok=True)
        (home / "urls").write_text(f"{url}\n", encoding="utf-8")
        (home / "config").touch()

    def reload(self) -> None:
        """Fetch the feed."""
        files = ("-u", self.home / "urls", "-c", self.home / "cache.db", "-C", self.home / "config")
        run(self.program, *files, "-x", "reload", home=self.home)

    def rows(self, table: str = "rss_item") -> list[dict[str, Any]]:
        """Give what is in the cache."""
        with closing(sqlite3.connect(self.home / "cache.db")) as cache:
            cache.row_factory = sqlite3.Row
            order = "pubDate desc" if table == "rss_item" else "rssurl"
            return [dict(row) for row in cache.execute(f"select * from {table} order by {order}")]  # noqa: S608 - ours


def read(row: dict[str, Any]) -> Entry:
    return {
        "id": row["guid"],
        "link": row["url"],
        "title": row["title"],
        "published": datetime.fromtimestamp(row["pubDate"], UTC),
        "author": row["author"],
        "content": read_html(row["content"]),
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_article_is_as_it_was_written(service: Service, articles: list[Entry], tmp_path: Path, name: str) -> None:
    newsboat = Newsboat(tmp_path, f"{service.base_url}/feeds/world/{name}")
    newsboat.reload()
    wanted = only(articles, FIELDS)
    for entry, article in zip(wanted, articles, strict=True):
        # newsboat has room for one author: of RSS's creators it takes the last.
        entry["author"] = article["authors"][-1] if name == "rss.xml" else ", ".join(article["authors"])
        entry["published"] = article["published"]
    seen = [read(row) for row in newsboat.rows()]
    assert differences(seen, wanted) == []
    (feed,) = newsboat.rows("rss_feed")
    assert (feed["title"], feed["url"]) == ("World & Sea: <news>", f"{service.base_url}/feeds/world/")


def test_an_edited_article_stays_one(service: Service, tmp_path: Path) -> None:
    living = LivingArticle(service, "newsboat")
    # Each with a cache of its own: newsboat takes equal identities of two feeds for one article.
    subscribers = [Newsboat(tmp_path / name, f"{service.base_url}/feeds/sport/{name}") for name in NAMES]
    before = []
    for newsboat in subscribers:
        newsboat.reload()
        before.append([row["guid"] for row in newsboat.rows()])
    edited = living.edit()
    for newsboat, guids in zip(subscribers, before, strict=True):
        newsboat.reload()
        rows = newsboat.rows()
        assert [row["guid"] for row in rows] == guids
        (mine,) = [row for row in rows if row["guid"] == living.guid]
        assert (mine["title"], read_html(mine["content"]).text) == (edited.title, edited.text)
        assert datetime.fromtimestamp(mine["pubDate"], UTC) == edited.published
