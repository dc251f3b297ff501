"""Articles that change while somebody reads them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.clients.articles import Written
from tests.service import Answer, Service

FORMATS = ("rss.xml", "atom.xml", "feed.json")


class LivingArticle:
    """An article of the feed "sport", published in every format when this returns."""

    def __init__(self, service: Service, name: str) -> None:
        self.service = service
        self.name = name
        self.guid = f"tag:example.org,2024:{name}"
        self.article = Written(
            title=f"{name}: the match is on",
            published=datetime(2024, 3, 7, 15, 30, tzinfo=UTC),
            body=f"{name} leads.",
            text=f"{name} leads.",
            section="Sport",
            guid=self.guid,
        )
        self._import()

    def edit(self) -> Written:
        """Change its title and text, as a newsroom does without telling readers: its dates stay."""
        text = f"{self.name} leads no more."
        self.article = replace(self.article, title=f"{self.article.title} & lost", body=text, text=text)
        self._import()
        return self.article

    def _import(self) -> None:
        path = self.service.folder / f"{self.name}.md"
        path.write_text(self.article.as_markdown(), encoding="utf-8")
        (taken,) = self.service.import_files(path)
        assert taken["result"] in ("new", "changed")
        for name in FORMATS:
            self.service.wait_for(f"/feeds/sport/{name}", lambda answer: holds(answer, self.article.text))


def holds(answer: Answer, text: str) -> bool:
    """Say whether an answer holds a text, and its Last-Modified, which is left out while its second lasts."""
    return text.encode() in answer.body and "Last-Modified" in answer.headers
