"""A published folder and the real application over it, for tests of the web door."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient

from feedsvc.conditional import entity_tag
from feedsvc.folder import OPML, SITE, Folder, Shelf, mirror, withdraw
from feedsvc.model import FORMATS, Article, Change, Document, Revision, Site, Status
from feedsvc.web import ArticlePage, Deps, Health, create_app

PUBLISHED = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
EXAMPLE = Site("The Example", "https://news.example.org")
NOW = datetime(2026, 3, 1, 12, 30, 0, 250_000, tzinfo=UTC)


def document(filename: str, body: bytes = b"") -> Document:
    body = body or f"{filename} {'news ' * 200}".encode()
    return Document(filename, body, entity_tag(body), PUBLISHED)


@dataclass
class Web:
    """The application, and what stands behind it: a test may change any of it."""

    folder: Folder
    site: Site
    now: datetime = NOW
    articles: dict[str, ArticlePage] = field(default_factory=dict)
    health: Health = field(default_factory=Health)
    failure: Exception | None = None

    def __post_init__(self) -> None:
        deps = Deps(Shelf(self.folder), self.site, lambda: self.now, self.find_article, self.look)
        self.app: Flask = create_app(deps)
        self.client: FlaskClient = self.app.test_client()

    def find_article(self, article_id: str) -> ArticlePage | None:
        if self.failure:
            raise self.failure
        return self.articles.get(article_id)

    def look(self) -> Health:
        if self.failure:
            raise self.failure
        return self.health

    def add(self, status: Status = Status.PUBLISHED, **changes: object) -> Article:
        revision = Revision(
            number=1,
            change=Change.PUBLISH,
            saved_at=PUBLISHED,
            title="A storm is coming",
            content_html="<p>Stay inside.</p>",
            summary="Stay inside.",
            language="en",
            section=None,
            authors=(),
            tags=(),
            url=None,
            image=None,
        )
        values: dict[str, object] = {
            "id": "a1",
            "entry_id": "urn:uuid:00000000-0000-4000-8000-000000000001",
            "entry_id_is_permalink": False,
            "slug": "a-storm-is-coming",
            "status": status,
            "revision": revision,
            "created_at": PUBLISHED,
            "modified_at": PUBLISHED,
            "published_at": PUBLISHED,
            "updated_at": PUBLISHED,
            **changes,
        }
        article = Article(**values)  # type: ignore[arg-type]
        self.articles[article.id] = ArticlePage(article)
        return article


def publish(folder: Folder) -> None:
    """Publish a feed in every format, the site's documents, and a feed that was removed."""
    mirror(folder, "all", [document(facts.filename) for facts in FORMATS.values()])
    mirror(folder, SITE, [document("index.html"), document(OPML)])
    withdraw(folder, "old")
