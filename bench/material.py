"""Makes articles that compress like prose, the same in every run."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from feedsvc.model import Author, Draft, Edition, Entry, Feed, Site

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SITE = Site("The Gazette", "https://gazette.example.org", authors=(Author("The Gazette"),))
FEED = Feed("all", "All news", "Everything")
BODY_BYTES = 5000
LINKS = 2

_SYLLABLES = [first + vowel + last for first in "bdfghklmnprstvw" for vowel in "aeiou" for last in ("", "n", "r", "st")]


class Writer:
    """Writes one article after another."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)  # noqa: S311  (no secret is made of it)
        pick = self._random.choices
        self._words = sorted({"".join(pick(_SYLLABLES, k=self._random.choice((1, 1, 2, 2, 3)))) for _ in range(6000)})
        self._random.shuffle(self._words)
        # Zipf's law: what makes prose as compressible as it is.
        self._weights = [1 / (rank + 3) for rank in range(len(self._words))]
        self._written = 0

    def body(self, length: int = BODY_BYTES) -> str:
        """Write some paragraphs of HTML with two links."""
        paragraphs: list[str] = []
        written = 0
        while written < length:
            link = f' <a href="https://example.com/{self._random.randrange(10**6)}">{self._sentence(3)}</a>'
            text = f"<p>{' '.join(self._sentence(14) for _ in range(5))}{link if len(paragraphs) < LINKS else ''}</p>\n"
            paragraphs.append(text)
            written += len(text)
        return "".join(paragraphs)

    def draft(self, section: str = "City", tags: tuple[str, ...] = ("harbour", "traffic")) -> Draft:
        """Write an article."""
        title, summary = self._sentence(7), " ".join(self._sentence(12) for _ in range(2))
        return Draft(title, self.body(), summary, "en", section, (Author("City Desk"),), tags)

    def entry(self) -> Entry:
        """Write an entry, newer than the one before."""
        self._written += 1
        draft, at = self.draft(), NOON + timedelta(minutes=self._written)
        return Entry(
            article_id=f"a{self._written}",
            entry_id=f"urn:uuid:00000000-0000-4000-8000-{self._written:012d}",
            entry_id_is_permalink=False,
            slug=f"article-{self._written}",
            revision=1,
            title=draft.title,
            content_html=draft.content_html,
            summary=draft.summary,
            language="en",
            section=draft.section,
            authors=draft.authors,
            tags=draft.tags,
            url=None,
            image=None,
            published_at=at,
            updated_at=at,
            modified_at=at,
        )

    def _sentence(self, words: int) -> str:
        text = " ".join(self._random.choices(self._words, self._weights, k=words))
        return text.capitalize() + "."


def edition(entries: tuple[Entry, ...], feed: Feed = FEED) -> Edition:
    """Make an edition of these entries."""
    newest = max(entry.updated_at for entry in entries)
    return Edition(SITE, feed, "urn:uuid:00000000-0000-4000-8000-00000000feed", entries, (), newest, newest)
