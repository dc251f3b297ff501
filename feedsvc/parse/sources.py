"""The words that all source formats share: what a caller adds to a source, and what a format finds in one.

Nothing here reads, decides or cleans anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import TYPE_CHECKING

from feedsvc.model import Status

if TYPE_CHECKING:
    from feedsvc.model import Author, Image

MAX_INPUT_BYTES = 64 * 1024 * 1024
MAX_CONTENT_BYTES = 16 * 1024 * 1024
MAX_ARTICLES = 100_000


class Kind(StrEnum):
    """The source formats. The value is the word used on the command line and in messages."""

    TEXT = "text"
    MARKDOWN = "markdown"
    RSS = "rss"
    ATOM = "atom"
    JSON_FEED = "json"


@dataclass(frozen=True, slots=True)
class Defaults:
    """What the caller knows that a source may not: used where the source is silent, never against it.

    `section`, `authors` and `language` fill what is missing; `tags` are added to the source's own. `published_at`
    stands for a missing date (a file's mtime, or now). `time_zone` is that of dates which people write without one, in
    front matter and under headlines; a feed's date without a zone is UTC. `base_url` resolves relative links when the
    source has no address of its own.
    """

    section: str | None = None
    authors: tuple[Author, ...] = ()
    language: str | None = None
    tags: tuple[str, ...] = ()
    published_at: datetime | None = None
    time_zone: tzinfo = UTC
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One article as a format module found it: values as written, links not yet absolute, nothing cleaned.

    `base` is what relative links in `html` and `image` resolve against; `summary` is plain text. `published_at` is the
    source's own date, which may lie in the future.
    """

    place: str
    title: str = ""
    html: str = ""
    summary: str = ""
    base: str = ""
    language: str | None = None
    section: str | None = None
    authors: tuple[Author, ...] = ()
    tags: tuple[str, ...] = ()
    url: str | None = None
    image: Image | None = None
    external_id: str | None = None
    key: str | None = None
    guid: str | None = None
    guid_is_permalink: bool = False
    published_at: datetime | None = None
    updated_at: datetime | None = None
    publish_at: datetime | None = None
    status: Status = Status.PUBLISHED
