"""Sets up newsrooms of any size in a temporary folder on this disk: a store, a folder of feeds, articles, feeds.

What comes in bulk is written past the service, as rows: a million articles through it would take an hour.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from bench.material import NOON, SITE, Writer
from feedsvc import editing, publishing
from feedsvc.folder import Folder
from feedsvc.model import Article, Draft, Entry, Feed, Selection
from feedsvc.publishing import Hot
from feedsvc.store import Store, open_store, schema

SECTION = "City"
OTHER_SECTION = "Archive"


@dataclass
class Newsroom:
    """A service without its doors; its clock goes on by itself."""

    path: Path
    store: Store
    folder: Folder
    writer: Writer = field(default_factory=Writer)
    hot: Hot = field(default_factory=Hot)
    now: datetime = NOON

    def pass_time(self, seconds: float = 2) -> datetime:
        """Set the clock on."""
        self.now += timedelta(seconds=seconds)
        return self.now

    def define(self, feeds: tuple[Feed, ...]) -> None:
        """Define these feeds."""
        editing.apply_feeds(self.store, SITE, feeds, (), now=self.pass_time())

    def draft(self) -> Draft:
        """Think of an article in the section that feeds show."""
        return self.writer.draft(SECTION)

    def keep(self, draft: Draft) -> Article:
        """Publish an article."""
        return editing.create_article(self.store, SITE, draft, now=self.pass_time(), publish=True)

    def write(self) -> Article:
        """Think of an article, and publish it."""
        return self.keep(self.draft())

    def publish(self, most: int = 100_000) -> None:
        """Publish what is due, feeds before sitemaps; `most` is how much of it. Raises RuntimeError when it was not."""
        now = self.pass_time()
        publishing.publish_due(self.store, self.folder, SITE, now=now, hot=self.hot, limit=most, observer=_Strict())

    def settle(self) -> None:
        """Do what the service does each second when it is idle: keep the store's log short."""
        self.store.settle()

    def fill(self, articles: int) -> None:
        """Have so many articles more, older than all others, in a section and in feeds that show nothing newer."""
        with self.store.writing() as connection:
            first = connection.exec_driver_sql("SELECT coalesce(max(number), 0) + 1 FROM articles").scalar_one()
            feeds = connection.exec_driver_sql("SELECT number FROM feeds WHERE slug LIKE 'city-%'").scalars().all()
            for statement in _BULK:
                connection.exec_driver_sql(statement, {"first": first, "count": articles})
            for feed in feeds:
                connection.exec_driver_sql(_BULK_ENTRIES, {"first": first, "count": articles, "feed": feed})

    def keep_rows(
        self, connection: Connection, group: int, bodies: Sequence[Entry], count: int, feeds: Sequence[int]
    ) -> None:
        """Keep articles of these texts, in a section of their own, in these feeds, that none of them knows of."""
        first = group * count + 1
        chosen = [bodies[(first + index) % len(bodies)] for index in range(count)]
        common = [
            {"number": first + index, "at": (first + index) * 1_000_000, "title": f"{body.title} {group}-{index}",
             "body": body.content_html, "summary": body.summary, "section": f"group {group}"}
            for index, body in enumerate(chosen)
        ]  # fmt: skip
        connection.execute(text(_ARTICLE_ROW), common)
        connection.execute(text(_REVISION_ROW), common)
        places = [{**{key: row[key] for key in ("number", "at")}, "feed": feed} for feed in feeds for row in common]
        connection.execute(text(_ENTRY_ROW), places)


class _Strict:
    """An observer that takes no failure: what was not done has no duration."""

    def note(self, published: int, failed: int, seconds: float) -> None:  # noqa: ARG002
        """Raise RuntimeError for a feed that could not be published."""
        if failed:
            raise RuntimeError(f"{failed} feeds could not be published; see the log above")


def write_durably(path: Path, body: bytes) -> None:
    """Write a file as a careful script does: beside, flushed, renamed."""
    beside = path.with_suffix(".tmp")
    with beside.open("wb") as handle:
        handle.write(body)
        handle.flush()
        os.fsync(handle.fileno())
    beside.replace(path)


@contextmanager
def newsroom() -> Iterator[Newsroom]:
    """Give an empty newsroom, which is gone at the end."""
    # Not where temporary files may be in memory: what is measured is this disk.
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as path:
        store = open_store(f"sqlite:///{path}/feedsvc.db")
        schema.upgrade(store)
        try:
            yield Newsroom(Path(path), store, Folder(Path(path) / "feeds"))
        finally:
            store.close()


def city_feeds(count: int = 5) -> tuple[Feed, ...]:
    """Give feeds that each show every article of the section."""
    return tuple(
        Feed(f"city-{number}", f"City {number}", "News of the city", Selection(sections=(SECTION,)))
        for number in range(count)
    )


def other_feeds(count: int) -> tuple[Feed, ...]:
    """Give feeds that show none of them, each on its own tag."""
    return tuple(
        Feed(f"tag-{number}", f"Tag {number}", "On a tag", Selection(tags=(f"tag {number}",)))
        for number in range(count)
    )


_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)"
# A second apart, from 1970 on.
_BULK = (
    f"""{_NUMBERS} INSERT INTO articles (number, id, entry_id, entry_id_is_permalink, slug, status, live_revision,
        head_revision, created_at, modified_at, published_at, updated_at)
        SELECT :first + i, 'old-' || (:first + i), 'urn:old:' || (:first + i), 0, 'old', 'published', 1, 1,
        i * 1000000, i * 1000000, i * 1000000, i * 1000000 FROM n""",  # noqa: S608
    f"""{_NUMBERS} INSERT INTO revisions (article_number, number, change, saved_at, title, content_html, summary,
        section, authors, tags, corrections)
        SELECT :first + i, 1, 'publish', i * 1000000, 'Old news ' || i, '<p>Old news.</p>', '', '{SECTION}',
        '[]', '[]', '[]' FROM n""",  # noqa: S608
)
_BULK_ENTRIES = f"""{_NUMBERS} INSERT INTO entries (feed_number, article_number, state, published_at, visible_at)
    SELECT :feed, :first + i, 'shown', i * 1000000, i * 1000000 FROM n"""  # noqa: S608
_ARTICLE_ROW = """INSERT INTO articles (number, id, entry_id, entry_id_is_permalink, slug, status, live_revision,
    head_revision, created_at, modified_at, published_at, updated_at) VALUES (:number, 'row-' || :number,
    'urn:row:' || :number, 0, 'row', 'published', 1, 1, :at, :at, :at, :at)"""
_REVISION_ROW = """INSERT INTO revisions (article_number, number, change, saved_at, title, content_html, summary,
    section, authors, tags, corrections) VALUES (:number, 1, 'publish', :at, :title, :body, :summary, :section,
    '[]', '[]', '[]')"""
_ENTRY_ROW = """INSERT INTO entries (feed_number, article_number, state, published_at, visible_at)
    VALUES (:feed, :number, 'shown', :at, :at)"""
