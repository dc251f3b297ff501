"""What programs are answered: articles, revisions, feeds, as they stand in the store.

Each is made of a record and decides only its form; instants are RFC 3339 in UTC, what there is none of is null.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema

from feedsvc.browsing import FeedView, FeedViews, History, Listed
from feedsvc.model import Article, Author, Change, ContentSetting, Edition, Entry, Format, Image, Revision, Site, Status
from feedsvc.model import Correction as CorrectionRecord
from feedsvc.render.addresses import feed_url
from feedsvc.store.listings import ArticleLine, RevisionLine
from feedsvc.web.api.queries import cursor_of


def _moment(instant: datetime) -> str:
    # To the microsecond: what a program reads and sends back must be the same instant.
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


Moment = Annotated[
    datetime, PlainSerializer(_moment, return_type=str), WithJsonSchema({"type": "string", "format": "date-time"})
]


class Form(BaseModel):
    """An object of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AuthorForm(Form):
    """Who signs an article."""

    name: str
    email: str | None
    url: str | None


class ImageForm(Form):
    """The lead picture."""

    url: str
    alt: str
    caption: str
    credit: str


class UploadedForm(Form):
    """A picture that was uploaded. Name its `url` in an article's `image`."""

    url: str
    media_type: str
    length: int = Field(description="Bytes of the file as it is served, without what it told of camera and place.")
    width: int = Field(description="Pixels, as shown.")
    height: int

    @classmethod
    def of(cls, image: Image) -> UploadedForm:
        """Make the form of a picture, all of whose facts are known."""
        return cls(
            url=image.url,
            media_type=image.media_type or "",
            length=image.length or 0,
            width=image.width or 0,
            height=image.height or 0,
        )


class CorrectionForm(Form):
    """What readers were told of a mistake."""

    at: Moment
    note: str


class _Said(Form):
    title: str
    summary: str
    language: str | None
    section: str | None
    authors: list[AuthorForm]
    tags: list[str]
    url: str | None


class _Standing(Form):
    id: str
    entry_id: str = Field(description="Its guid, Atom id and JSON Feed id in every feed; it never changes.")
    status: Status
    revision: int = Field(description="The revision that readers see, or will see.")
    working_revision: int | None = Field(description="A change saved beside it, which waits to be published.")
    external_id: str | None
    permalink: str = Field(description="The path of its page here, below the site's own address.")
    created_at: Moment
    modified_at: Moment = Field(description="The last change of any kind that readers can see.")
    published_at: Moment | None = Field(description="When it first came out; it never moves.")
    updated_at: Moment | None = Field(description="The last change that readers should notice.")
    publish_at: Moment | None
    withdrawn_at: Moment | None


class ArticleForm(_Standing, _Said):
    """An article."""

    content_html: str
    image: ImageForm | None
    corrections: list[CorrectionForm]
    withdrawal_reason: str | None
    notice: bool | None = Field(description="Whether a notice stays in a withdrawn article's place.")

    @classmethod
    def of(cls, article: Article) -> ArticleForm:
        """Make the form of an article."""
        revision = article.revision
        return cls(
            id=article.id,
            entry_id=article.entry_id,
            status=article.status,
            revision=revision.number,
            working_revision=article.working.number if article.working else None,
            external_id=article.external_id,
            permalink=_permalink(article.id, article.slug),
            created_at=article.created_at,
            modified_at=article.modified_at,
            published_at=article.published_at,
            updated_at=article.updated_at,
            publish_at=article.publish_at,
            withdrawn_at=article.withdrawn_at,
            withdrawal_reason=article.withdrawal_reason,
            notice=article.notice,
            **_said(revision),
            content_html=revision.content_html,
            image=_image(revision.image),
            corrections=_corrections(revision.corrections),
        )


class ArticleLineForm(_Standing, _Said):
    """An article in a list: without its text."""

    @classmethod
    def of(cls, line: ArticleLine) -> ArticleLineForm:
        """Make the form of a line."""
        return cls(
            id=line.id,
            entry_id=line.entry_id,
            status=line.status,
            revision=line.revision,
            working_revision=line.working,
            external_id=line.external_id,
            permalink=_permalink(line.id, line.slug),
            created_at=line.created_at,
            modified_at=line.modified_at,
            published_at=line.published_at,
            updated_at=line.updated_at,
            publish_at=line.publish_at,
            withdrawn_at=line.withdrawn_at,
            **_said(line),
        )


class ArticlePage(Form):
    """A page of articles."""

    articles: list[ArticleLineForm]
    next_cursor: str | None = Field(description="The cursor of the next page; null at the end.")

    @classmethod
    def of(cls, listed: Listed) -> ArticlePage:
        """Make the form of a page."""
        lines = [ArticleLineForm.of(line) for line in listed.articles]
        return cls(articles=lines, next_cursor=cursor_of(listed.next))


class RevisionForm(_Said):
    """One saved state of an article; it never changes."""

    revision: int
    change: Change = Field(description="Why it was saved.")
    saved_at: Moment
    content_html: str
    image: ImageForm | None
    corrections: list[CorrectionForm]

    @classmethod
    def of(cls, revision: Revision) -> RevisionForm:
        """Make the form of a revision."""
        return cls(
            revision=revision.number,
            change=revision.change,
            saved_at=revision.saved_at,
            **_said(revision),
            content_html=revision.content_html,
            image=_image(revision.image),
            corrections=_corrections(revision.corrections),
        )


class RevisionLineForm(Form):
    """A revision in a list: without its text."""

    revision: int
    change: Change
    saved_at: Moment
    title: str

    @classmethod
    def of(cls, line: RevisionLine) -> RevisionLineForm:
        """Make the form of a line."""
        return cls(revision=line.number, change=line.change, saved_at=line.saved_at, title=line.title)


class HistoryPage(Form):
    """A page of an article's revisions, the newest first."""

    revisions: list[RevisionLineForm]
    next_cursor: str | None = Field(description="The cursor of the next page; null at the end.")

    @classmethod
    def of(cls, history: History) -> HistoryPage:
        """Make the form of a page."""
        lines = [RevisionLineForm.of(line) for line in history.revisions]
        return cls(revisions=lines, next_cursor=None if history.next is None else str(history.next))


class AddressForm(Form):
    """Where a feed is in one format."""

    format: Format
    url: str


class FeedForm(Form):
    """A feed, and how it is doing."""

    slug: str
    title: str
    description: str
    language: str | None = Field(description="Its own language; the site's where there is none.")
    content: ContentSetting
    limit: int
    visibility: Literal["public", "unlisted"]
    publish: list[str] = Field(description="When it is published.")
    addresses: list[AddressForm]
    state: str = Field(
        description="published, changed (waits for its time), held (waits for a person), filling, failed or new; others"
        " may come."
    )
    entries: int = Field(description="How many its last publication holds.")
    last_run: Moment | None
    next_run: Moment | None
    failure: str | None = Field(description="Why it could not be published the last time.")
    held: list[str] = Field(description="Why its newest edition waits for a person: a sentence for each reason.")

    @classmethod
    def of(cls, site: Site, view: FeedView) -> FeedForm:
        """Make the form of a feed."""
        feed, report = view.feed, view.report
        return cls(
            slug=feed.slug,
            title=feed.title,
            description=feed.description,
            language=feed.language,
            content=feed.content,
            limit=feed.limit,
            visibility=feed.visibility.value,
            publish=list(feed.publish),
            addresses=[
                AddressForm(format=one, url=feed_url(site, feed.slug, one)) for one in (*feed.formats, Format.PAGE)
            ],
            state=report.state,
            entries=report.entries,
            last_run=report.last_run,
            next_run=report.next_run,
            failure=report.failure and "The log says why.",
            held=list(report.held),
        )


class FeedPage(Form):
    """A page of feeds, in the order of their slugs."""

    feeds: list[FeedForm]
    next_cursor: str | None = Field(description="The cursor of the next page; null at the end.")

    @classmethod
    def of(cls, site: Site, views: FeedViews) -> FeedPage:
        """Make the form of a page."""
        return cls(feeds=[FeedForm.of(site, view) for view in views.feeds], next_cursor=views.next)


class EntryForm(_Said):
    """An article as it stands in a feed: without its text."""

    article_id: str
    entry_id: str
    revision: int
    published_at: Moment
    updated_at: Moment
    modified_at: Moment
    image: ImageForm | None

    @classmethod
    def of(cls, entry: Entry) -> EntryForm:
        """Make the form of an entry."""
        return cls(
            article_id=entry.article_id,
            entry_id=entry.entry_id,
            revision=entry.revision,
            published_at=entry.published_at,
            updated_at=entry.updated_at,
            modified_at=entry.modified_at,
            **_said(entry),
            image=_image(entry.image),
        )


class TombstoneForm(Form):
    """An entry that was taken away, and is not replaced by a notice."""

    entry_id: str
    withdrawn_at: Moment


class PreviewForm(Form):
    """What a feed would hold if it were published now; its budget of bytes may shorten or leave out the oldest."""

    slug: str
    title: str
    updated_at: Moment
    entries: list[EntryForm]
    tombstones: list[TombstoneForm]

    @classmethod
    def of(cls, edition: Edition) -> PreviewForm:
        """Make the form of an edition."""
        return cls(
            slug=edition.feed.slug,
            title=edition.feed.title,
            updated_at=edition.updated_at,
            entries=[EntryForm.of(entry) for entry in edition.entries],
            tombstones=[
                TombstoneForm(entry_id=one.entry_id, withdrawn_at=one.withdrawn_at) for one in edition.tombstones
            ],
        )


def _said(said: Revision | ArticleLine | Entry) -> dict[str, Any]:
    return {
        "title": said.title,
        "summary": said.summary,
        "language": said.language,
        "section": said.section,
        "authors": [_author(author) for author in said.authors],
        "tags": list(said.tags),
        "url": said.url,
    }


def _author(author: Author) -> AuthorForm:
    return AuthorForm(name=author.name, email=author.email, url=author.url)


def _image(image: Image | None) -> ImageForm | None:
    if image is None:
        return None
    return ImageForm(url=image.url, alt=image.alt, caption=image.caption, credit=image.credit)


def _corrections(corrections: tuple[CorrectionRecord, ...]) -> list[CorrectionForm]:
    return [CorrectionForm(at=one.at, note=one.note) for one in corrections]


def _permalink(article_id: str, slug: str) -> str:
    return f"/articles/{quote(article_id, safe='')}/{quote(slug, safe='')}"
