"""A newsroom for tests: a real store and a real folder in a temporary place, and a clock that the test sets."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feedsvc import editing, publishing
from feedsvc.folder import Folder
from feedsvc.model import Article, Author, Draft, Feed, FeedTemplate, Site
from feedsvc.publishing import Outcome
from feedsvc.store import Store, open_store, schema
from tests.postgres import Server

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SITE = Site("The Gazette", "https://gazette.example.org", authors=(Author("The Gazette"),))
ALL = Feed("all", "All news", "Everything")


@dataclass(frozen=True)
class EmptyDatabase:
    """A database of a PostgreSQL with the store's tables and nothing in them, to be copied."""

    server: Server
    name: str


@dataclass
class Newsroom:
    """The service without its doors, on a copy of an empty store of either kind."""

    path: Path
    empty_store: Path | EmptyDatabase
    site: Site = SITE
    feeds: tuple[Feed, ...] = (ALL,)
    templates: tuple[FeedTemplate, ...] = ()
    now: datetime = START
    store: Store = field(init=False)
    folder: Folder = field(init=False)
    url: str = field(init=False)

    def __post_init__(self) -> None:
        if isinstance(self.empty_store, Path):
            shutil.copy(self.empty_store, self.path / "store.db")
            self.url = f"sqlite:///{self.path / 'store.db'}"
        else:
            server = self.empty_store.server
            self.url = server.url(server.make(self.empty_store.name))
        self.store = open_store(self.url)
        self.folder = Folder(self.path / "feeds")
        self.define()

    def close(self) -> None:
        """Close the store; a database goes with it."""
        self.store.close()
        if isinstance(self.empty_store, EmptyDatabase):
            self.empty_store.server.drop(str(self.store.engine.url.database))

    def define(self, feeds: Iterable[Feed] | None = None, templates: Iterable[FeedTemplate] | None = None) -> None:
        """Apply the feeds, or others instead."""
        self.feeds = self.feeds if feeds is None else tuple(feeds)
        self.templates = self.templates if templates is None else tuple(templates)
        editing.apply_feeds(self.store, self.site, self.feeds, self.templates, now=self.now)

    def write(self, title: str = "Storm warning", content: str = "<p>Stay in.</p>", **words: object) -> Article:
        """Publish an article a second after the last thing that happened."""
        return editing.create_article(
            self.store, self.site, draft(title, content, **words), now=self.pass_time(), publish=True
        )

    def publish(self) -> dict[str, Outcome]:
        """Publish what is due, two seconds later; say what became of each feed, and of the list of feeds."""
        now = self.pass_time(2)
        editing.publish_due(self.store, self.site, now=now)
        outcomes = publishing.publish_due(self.store, self.folder, self.site, now=now)
        return {outcome.slug: outcome for outcome in outcomes if not outcome.slug.startswith("_sitemap")}

    def pass_time(self, seconds: float = 1) -> datetime:
        """Set the clock on; give the time."""
        self.now += timedelta(seconds=seconds)
        return self.now

    def files(self) -> dict[str, tuple[bytes, int, int]]:
        """Give each published file with its bytes, its mtime and its inode: equal only if nothing was rewritten."""
        return {
            str(path.relative_to(self.folder.root)): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
            for path in sorted(self.folder.root.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }

    def feed_files(self) -> dict[str, tuple[bytes, int, int]]:
        """Give the same without the sitemaps, which tell of articles whatever feeds make of them."""
        return {name: file for name, file in self.files().items() if not name.startswith("_sitemap")}

    def read(self, slug: str, filename: str = "feed.json") -> str:
        """Give a published document."""
        return (self.folder.root / slug / filename).read_text(encoding="utf-8")


def make_empty_store(path: Path) -> Path:
    """Make a store with its tables and nothing in them, to be copied."""
    store = open_store(f"sqlite:///{path}")
    schema.upgrade(store)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return path


def make_empty_database(server: Server) -> EmptyDatabase:
    """Make such a store in a PostgreSQL."""
    name = server.make()
    store = open_store(server.url(name))
    schema.upgrade(store)
    store.close()
    return EmptyDatabase(server, name)


def draft(title: str = "Storm warning", content: str = "<p>Stay in.</p>", **words: object) -> Draft:
    """Make a draft."""
    return Draft(title, content, **words)  # type: ignore[arg-type]
