"""The words of feedsvc as frozen records: articles, feeds, editions, documents, publications.

Nothing here decides, reads or writes anything. All instants are timezone-aware UTC; all lengths are bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Status(StrEnum):
    """Where an article stands in its life."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Change(StrEnum):
    """Why a revision was saved; after publication the kind decides what readers notice."""

    CREATE = "create"
    DRAFT_EDIT = "draft edit"
    SCHEDULE = "schedule"
    PUBLISH = "publish"
    MINOR_EDIT = "minor edit"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"


class ContentSetting(StrEnum):
    """How much of an article a feed shows."""

    FULL = "full"
    SUMMARY = "summary"
    HEADLINE = "headline"


class Visibility(StrEnum):
    """Public feeds are listed on the index page and in the OPML list; unlisted ones are only served."""

    PUBLIC = "public"
    UNLISTED = "unlisted"


class Format(StrEnum):
    """The formats of a feed. The value is the word used in config.toml and on the command line."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class FormatFacts:
    """What is fixed about a format: its file's name and its media type."""

    filename: str
    content_type: str


FORMATS: dict[Format, FormatFacts] = {
    # STANDARDS HTTP-02: feed media types, never text/html or text/xml for a feed.
    Format.RSS: FormatFacts("rss.xml", "application/rss+xml; charset=utf-8"),
    Format.ATOM: FormatFacts("atom.xml", "application/atom+xml; charset=utf-8"),
    # RFC 8259 section 11: JSON has no charset parameter; JSON Feed 1.1 names the type.
    Format.JSON: FormatFacts("feed.json", "application/feed+json"),
    Format.PAGE: FormatFacts("index.html", "text/html; charset=utf-8"),
}


@dataclass(frozen=True, slots=True)
class Author:
    """A person or desk that signs an article."""

    name: str
    email: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """An article's lead picture. `length` is the file's true size in bytes, None until it is known."""

    url: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    media_type: str | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as a person or a program hands it in, cleaned or not yet; it has no identity of its own."""

    title: str
    content_html: str = ""
    summary: str = ""
    language: str | None = None
    section: str | None = None
    authors: tuple[Author, ...] = ()
    tags: tuple[str, ...] = ()
    url: str | None = None
    image: Image | None = None
    external_id: str | None = None
    publish_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A draft out of a file, with what the source knows of its identity and its dates.

    `key` is what the same article is known by when the file comes again: its guid, its front matter's id, else its
    path. `guid` is kept byte for byte when the source had one. `place` says where it stood, for messages.
    """

    draft: Draft
    key: str
    place: str
    guid: str | None = None
    guid_is_permalink: bool = False
    published_at: datetime | None = None
    updated_at: datetime | None = None
    status: Status = Status.PUBLISHED


@dataclass(frozen=True, slots=True)
class Refused:
    """One article of a source that could not be taken, with its place and the reason."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A dated note that tells readers what was wrong."""

    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One saved state of an article; never changed once saved. Numbers count from 1."""

    number: int
    change: Change
    saved_at: datetime
    title: str
    content_html: str
    summary: str
    language: str | None
    section: str | None
    authors: tuple[Author, ...]
    tags: tuple[str, ...]
    url: str | None
    image: Image | None
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """What the newsroom writes, with the revision that readers see (or the newest one, before publication).

    `entry_id` is guid, Atom id and JSON id in every feed, minted once (or imported) and never derived from anything
    that can change. `published_at` never moves; `updated_at` is the last change a reader should notice;
    `modified_at` any change that readers can see. `working` is a change saved beside what readers see, which waits for
    its release.
    """

    id: str
    entry_id: str
    entry_id_is_permalink: bool
    slug: str
    status: Status
    revision: Revision
    created_at: datetime
    modified_at: datetime
    published_at: datetime | None = None
    updated_at: datetime | None = None
    publish_at: datetime | None = None
    withdrawn_at: datetime | None = None
    withdrawal_reason: str | None = None
    notice: bool | None = None
    external_id: str | None = None
    working: Revision | None = None

    @property
    def newest(self) -> Revision:
        """Give the revision that was saved last, whether readers see it or not; its number counts every change."""
        if self.working is None or self.working.number < self.revision.number:
            return self.revision
        return self.working


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles a feed takes. Words are compared without regard to case. An empty selection takes everything.

    Within one list any word will do; `match` says whether every non-empty list must agree ("all") or one is enough
    ("any").
    """

    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    match: str = "all"


@dataclass(frozen=True, slots=True)
class GuardLimits:
    """How much one publication may change of what subscribers have; beyond it the edition is held (P33).

    `new` and `moved` are numbers of entries: those that would look new and are not, and those whose dates would move.
    `lost` is the percentage of the entries that may go.
    """

    new: int = 10
    moved: int = 10
    lost: int = 50


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's definition, as the operator decided it in config.toml."""

    slug: str
    title: str
    description: str
    select: Selection = field(default_factory=Selection)
    content: ContentSetting = ContentSetting.FULL
    limit: int = 50
    max_bytes: int = 1_000_000
    publish: tuple[str, ...] = ("on change", "every 15 minutes")
    embargo: timedelta = timedelta(0)
    formats: tuple[Format, ...] = (Format.RSS, Format.ATOM, Format.JSON)
    visibility: Visibility = Visibility.PUBLIC
    language: str | None = None
    link: str | None = None
    image: str | None = None
    keep_notice: bool = True
    guard: GuardLimits = field(default_factory=GuardLimits)


@dataclass(frozen=True, slots=True)
class FeedTemplate:
    """A definition that makes a feed of each section, tag or author, as articles bring them.

    `for_each` is "section", "tag" or "author". In the definition's slug, title and description `{value}` stands for
    the word.
    """

    for_each: str
    feed: Feed


@dataclass(frozen=True, slots=True)
class Site:
    """What every feed of one site shares. `base_url` has no trailing slash."""

    title: str
    base_url: str
    language: str = "en"
    time_zone: str = "UTC"
    description: str = ""
    authors: tuple[Author, ...] = ()
    icon: str | None = None
    licence: str | None = None
    hubs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as it stands in one feed: all that a renderer may know of it."""

    article_id: str
    entry_id: str
    entry_id_is_permalink: bool
    slug: str
    revision: int
    title: str
    content_html: str
    summary: str
    language: str | None
    section: str | None
    authors: tuple[Author, ...]
    tags: tuple[str, ...]
    url: str | None
    image: Image | None
    published_at: datetime
    updated_at: datetime
    modified_at: datetime
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An entry that was withdrawn without a notice (RFC 6721): which one, and when."""

    entry_id: str
    withdrawn_at: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """A feed with its ordered entries, complete and ready to render: a renderer needs nothing else.

    `feed_id` is the feed's own identity, minted once. `updated_at` follows what a reader should notice, `changed_at`
    any change to what the feed shows; both follow the content, never the clock. Entries are newest first.
    """

    site: Site
    feed: Feed
    feed_id: str
    entries: tuple[Entry, ...]
    tombstones: tuple[Tombstone, ...]
    updated_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The site's public feeds, for the index page and the OPML list."""

    site: Site
    feeds: tuple[Feed, ...]
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of one feed in one format, with their validators.

    `entity_tag` is made of the bytes, so that it is the same on every host; `last_modified` is a whole second and
    only grows. `gzip` is the same bytes in one gzip member, once they are compressed.
    """

    filename: str
    body: bytes
    entity_tag: str
    last_modified: datetime
    gzip: bytes | None = None


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """Which revision of which article a publication holds, and the dates that subscribers see on it."""

    article_id: str
    revision: int
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An article that a publication could not show, and why; the rest is published (P05)."""

    article_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Publication:
    """The recorded release of one edition: why and when it was made, what it holds, and its documents."""

    number: int
    slug: str
    reason: str
    made_at: datetime
    last_modified: datetime
    manifest: tuple[ManifestLine, ...]
    documents: tuple[Document, ...]
