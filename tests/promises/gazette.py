"""A newsroom whose feeds are read over HTTP: the real store, publisher, folder and WSGI application in this process.

Only the clock is the test's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from functools import partial

from flask.testing import FlaskClient

from feedsvc import editing, publishing
from feedsvc.folder import SITE, Shelf
from feedsvc.importing import Taken, import_articles
from feedsvc.model import Article, Draft, Site
from feedsvc.parse import Defaults, parse
from feedsvc.web import Deps, create_app, wiring
from tests.newsroom import Newsroom
from tests.promises.readers import FEEDS, READERS, Item
from tests.service import Answer

PAGES = ("/", "/opml.xml", "/sitemap.xml", "/news-sitemap.xml")


class Reading:
    """Whatever can be asked for a path can be read by subscribers."""

    def get(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
        """Ask for a path."""
        raise NotImplementedError

    def read_all(self, slug: str = "all", readers: Iterable[str] = READERS) -> dict[str, list[Item]]:
        """Give what every reader makes of a feed, by the reader's name; each must be able to read it."""
        items = {}
        for reader in readers:
            filename, read = READERS[reader]
            answer = self.get(f"/feeds/{slug}/{filename}")
            assert answer.status == 200, (reader, answer)
            items[reader] = read(answer.body)
        return items


@dataclass
class Gazette(Newsroom, Reading):
    """The newsroom with its public door open."""

    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.open()

    def open(self, site: Site | None = None) -> None:
        """Start the service's processes again, perhaps as another site."""
        if site is not None:
            self.site = site
            self.define()
        self.client = self.another_worker()

    def another_worker(self) -> FlaskClient:
        """Start one more web worker over the same folder; it shares nothing in memory with the others."""
        return create_app(
            Deps(
                shelf=Shelf(self.folder),
                site=self.site,
                now=lambda: self.now,
                find_article=partial(wiring.find_article, self.store),
                health=lambda: wiring.look(self.store, self.site, self.now),
            )
        ).test_client()

    def get(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
        """Ask for a path; the answer is as it came."""
        return ask(self.client, path, headers, method)

    def bring_in(self, name: str, data: bytes, **defaults: object) -> list[Taken]:
        """Import a file, which must be one that can be read; say what became of each of its articles."""
        found = list(parse(name, data, Defaults(**defaults)))  # type: ignore[arg-type]
        return list(import_articles(self.store, self.site, found, now=self.pass_time()))

    def edit(self, article: Article, new: Draft, *, after: float = 1) -> Article:
        """Save a minor edit, `after` so many seconds."""
        now = self.pass_time(after)
        return editing.edit_article(self.store, self.site, article.id, new, based_on=None, now=now)

    def correct(self, article: Article, new: Draft, note: str = "It was Tuesday.", *, after: float = 1) -> Article:
        """Save a correction."""
        now = self.pass_time(after)
        return editing.correct_article(self.store, self.site, article.id, new, note, based_on=None, now=now)

    def withdraw(self, article: Article, *, notice: bool | None = None, after: float = 1) -> Article:
        """Take a story back."""
        now = self.pass_time(after)
        return editing.withdraw_article(
            self.store, self.site, article.id, "It was not so.", notice=notice, based_on=None, now=now
        )

    def publish_now(self) -> None:
        """Let the publisher look once, at the time that it is."""
        editing.publish_due(self.store, self.site, now=self.now)
        publishing.publish_due(self.store, self.folder, self.site, now=self.now)


def ask(client: FlaskClient, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Answer:
    """Ask a web worker for a path."""
    response = client.open(path, method=method, headers=dict(headers or {}))
    fields = Message()
    for name, value in response.headers:
        fields[name] = value
    return Answer(response.status_code, fields, response.data)


def public_paths(room: Newsroom) -> list[str]:
    """Give the path of everything that is published: the site's documents, each feed in every format, and its page."""
    slugs = sorted({feed.slug for feed in room.feeds} | {place.name for place in room.folder.root.iterdir()} - {SITE})
    return [*PAGES, *(f"/feeds/{slug}/{name}" for slug in slugs for name in (*FEEDS, ""))]


def snapshot(room: Gazette) -> dict[str, tuple[object, ...]]:
    """Give all that a reader can see of everything that is published, but for the time of asking."""
    seen: dict[str, tuple[object, ...]] = {}
    for path in public_paths(room):
        answer = room.get(path)
        fields = sorted((name, value) for name, value in answer.headers.items() if name != "Date")
        seen[path] = (answer.status, tuple(fields), answer.body)
    return seen
