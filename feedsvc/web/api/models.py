"""What programs send: articles, changes to them, the steps of their lives, and what they ask for in an address.

A model decides the form of a request and turns it into the records of feedsvc; what the words mean is decided below.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from feedsvc.content.characters import clean_line
from feedsvc.content.html import markdown_to_html, text_to_html
from feedsvc.errors import Invalid
from feedsvc.model import Article, Author, Draft, Image, Revision, Status
from feedsvc.web.api import fields
from feedsvc.web.api.faults import check

CONTENT: Final = ("content_html", "content_markdown", "content_text")


class Words(BaseModel):
    """An object of a request: no name but its own, no value turned from one type into another."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class AuthorWords(Words):
    """Who signs an article."""

    name: fields.Word = Field(description="The name, of a person or a desk.")
    email: fields.Email | None = Field(default=None, description="An address; public feeds do not show it.")
    url: fields.Url | None = Field(default=None, description="A page about the author.")


class ImageWords(Words):
    """The lead picture."""

    url: fields.Url = Field(description="Where the picture is.")
    alt: fields.Title = Field(default="", description="What is to be seen, for those who can't see it.")
    caption: fields.Title = Field(default="", description="The line under the picture.")
    credit: fields.Credit = Field(default="", description="Whose picture it is.")


def _one_content(schema: dict[str, Any]) -> None:
    pairs = [(CONTENT[0], CONTENT[1]), (CONTENT[0], CONTENT[2]), (CONTENT[1], CONTENT[2])]
    schema["allOf"] = [{"not": {"required": list(pair)}} for pair in pairs]


class _OneContent(Words):
    model_config = ConfigDict(json_schema_extra=_one_content)

    @model_validator(mode="after")
    def _is_one(self) -> _OneContent:
        given = [name for name in CONTENT if name in self.model_fields_set]
        if len(given) > 1:
            raise PydanticCustomError("content", "Give only one of {names}.", {"names": " and ".join(given)})
        return self


class ArticleWords(_OneContent):
    """What an article says. At most one of the three contents; what is left out is empty."""

    title: fields.Title = Field(default="", description="The headline: plain text.")
    summary: fields.Summary = Field(default="", description="Plain text; feeds make one of the text without it.")
    content_html: fields.Html | None = Field(default=None, description="The text as HTML; it is made safe.")
    content_markdown: fields.Markdown | None = Field(default=None, description="The text as CommonMark with tables.")
    content_text: fields.Html | None = Field(default=None, description="The text as plain text; blank lines part it.")
    language: fields.Language | None = Field(default=None, description="A BCP 47 tag; else the site's language.")
    section: fields.Word | None = Field(default=None, description="The section that it stands in.")
    authors: list[AuthorWords] = Field(default=[], max_length=100, description="Who signs it; else the site's authors.")
    tags: list[fields.Word] = Field(default=[], max_length=100, description="Words to find it by.")
    url: fields.Url | None = Field(default=None, description="Its canonical page, when that is elsewhere.")
    external_id: fields.Word | None = Field(
        default=None, description="The id by which your own system knows it. Once given, it stays."
    )
    image: ImageWords | None = Field(default=None, description="Its lead picture.")
    publish_at: fields.Instant | None = Field(default=None, description="When it is to come out, if it is scheduled.")

    def draft(self, current: Article | None = None) -> Draft:
        """Give the draft; what was measured of the current article's picture is kept with it."""
        return Draft(
            title=self.title,
            content_html=self._html(),
            summary=self.summary,
            language=self.language,
            section=self.section,
            authors=tuple(Author(each.name, each.email, each.url) for each in self.authors),
            tags=tuple(self.tags),
            url=self.url,
            image=self._image(current),
            external_id=self.external_id,
            publish_at=self.publish_at,
        )

    def _html(self) -> str:
        if self.content_markdown is not None:
            return markdown_to_html(self.content_markdown)
        if self.content_text is not None:
            return text_to_html(self.content_text)
        return self.content_html or ""

    def _image(self, current: Article | None) -> Image | None:
        if self.image is None:
            return None
        known = current.revision.image if current else None
        if known is None or known.url != self.image.url:
            known = Image(self.image.url)
        return replace(known, alt=self.image.alt, caption=self.image.caption, credit=self.image.credit)


class FirstStatus(StrEnum):
    """Where a new article may stand."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"


class NewArticle(ArticleWords):
    """A new article, and where it is to stand at once."""

    status: FirstStatus | None = Field(
        default=None,
        strict=False,
        description='"published" brings it out in the same step, "scheduled" at `publish_at`; else it is a draft.',
    )

    @model_validator(mode="after")
    def _has_its_time(self) -> NewArticle:
        if self.status is FirstStatus.SCHEDULED and self.publish_at is None:
            raise PydanticCustomError("time", "Must be given, since status is scheduled.", {"field": "publish_at"})
        if self.status is FirstStatus.PUBLISHED and self.publish_at is not None:
            raise PydanticCustomError("time", "Must be left out, since status is published.", {"field": "publish_at"})
        return self

    def named(self, external_id: str) -> NewArticle:
        """Give this article if its external id is that of the address, or left out. Raises Invalid."""
        if self.external_id is not None and clean_line(self.external_id) != external_id:
            raise Invalid("external_id", "is not the one in the address", "Leave it out, or give the same")
        return self

    def standing(self) -> Status | None:
        """Give the status that is asked for, None where none is."""
        return None if self.status is None else Status(self.status.value)


class Replacement(ArticleWords):
    """What an article is to say from now on."""

    live: bool = Field(default=True, description="false saves it beside what readers see, until it is published.")


class ImageChanges(Words):
    """Changes to the lead picture; null takes a value away."""

    url: fields.Url | None = Field(default=None, description="Where the picture is.")
    alt: fields.Title | None = Field(default=None, description="What is to be seen.")
    caption: fields.Title | None = Field(default=None, description="The line under the picture.")
    credit: fields.Credit | None = Field(default=None, description="Whose picture it is.")


class ArticleChanges(_OneContent):
    """What changes of what an article says (JSON Merge Patch): what is left out stays, null takes a value away."""

    title: fields.Title | None = Field(default=None, description="The headline: plain text.")
    summary: fields.Summary | None = Field(default=None, description="Plain text.")
    content_html: fields.Html | None = Field(default=None, description="The text as HTML.")
    content_markdown: fields.Markdown | None = Field(default=None, description="The text as CommonMark with tables.")
    content_text: fields.Html | None = Field(default=None, description="The text as plain text.")
    language: fields.Language | None = Field(default=None, description="A BCP 47 tag.")
    section: fields.Word | None = Field(default=None, description="The section that it stands in.")
    authors: list[AuthorWords] | None = Field(
        default=None, max_length=100, description="All authors, not only new ones."
    )
    tags: list[fields.Word] | None = Field(default=None, max_length=100, description="All tags, not only new ones.")
    url: fields.Url | None = Field(default=None, description="Its canonical page, when that is elsewhere.")
    image: ImageChanges | None = Field(default=None, description="Changes to its lead picture.")

    def applied_to(self, article: Article, revision: Revision) -> Draft:
        """Give the draft that these changes make of a revision. Raises Faulty where they make no article."""
        merged = {**_words_of(article, revision), **self.model_dump(exclude_unset=True, exclude={"image"})}
        if "image" in self.model_fields_set:
            merged["image"] = self._merged_image(revision)
        if any(name in self.model_fields_set for name in CONTENT[1:]):
            del merged["content_html"]
        kept = {
            name: value for name, value in merged.items() if value is not None and name in ArticleWords.model_fields
        }
        return check(ArticleWords, kept, "pointer").draft(article)

    def _merged_image(self, revision: Revision) -> dict[str, Any] | None:
        if self.image is None:
            return None
        known = _image_words(revision.image) or {}
        merged = {**known, **self.image.model_dump(exclude_unset=True)}
        return {name: value for name, value in merged.items() if value is not None}


class Patch(ArticleChanges):
    """Changes to an article."""

    external_id: fields.Word | None = Field(default=None, description="Once given, it stays.")
    publish_at: fields.Instant | None = Field(default=None, description="When it is to come out, if it is scheduled.")
    live: bool = Field(default=True, description="false saves it beside what readers see, until it is published.")

    def applied_to(self, article: Article, revision: Revision) -> Draft:
        """Give the draft that these changes make of a revision. Raises Faulty, and Invalid for what stays."""
        if "external_id" in self.model_fields_set and self.external_id is None and article.external_id:
            raise Invalid("external_id", "can't be taken away", "Leave it out, or give another")
        if "publish_at" in self.model_fields_set and self.publish_at is None and article.status is Status.SCHEDULED:
            raise Invalid("publish_at", "can't be taken away while the article is scheduled", "Unschedule it instead")
        return super().applied_to(article, revision)


class CorrectionRequest(ArticleChanges):
    """A correction: what readers are told of it, and what changes."""

    note: fields.Note = Field(description="What was wrong and what is right; it stands at the top of the article.")


class ScheduleRequest(Words):
    """When an article is to come out."""

    publish_at: fields.Instant | None = Field(default=None, description="Left out, the time that it already has.")


class WithdrawalRequest(Words):
    """Why an article is taken back."""

    reason: fields.Note = Field(description="Readers are told it, at the article's address and where a notice stays.")
    notice: bool | None = Field(
        default=None,
        description="true keeps a notice in the article's place, false takes the entry away; else each feed's own way.",
    )


class Upload(BaseModel):
    """A picture: JPEG, PNG, GIF or WebP, whatever its name says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: bytes = Field(description="The picture's file.")


class Nothing(Words):
    """No words are needed: an empty object, or no body at all."""


def _words_of(article: Article, revision: Revision) -> dict[str, Any]:
    return {
        "title": revision.title,
        "summary": revision.summary,
        "content_html": revision.content_html,
        "language": revision.language,
        "section": revision.section,
        "authors": [{"name": each.name, "email": each.email, "url": each.url} for each in revision.authors],
        "tags": list(revision.tags),
        "url": revision.url,
        "external_id": article.external_id,
        "image": _image_words(revision.image),
        "publish_at": article.publish_at,
    }


def _image_words(image: Image | None) -> dict[str, Any] | None:
    if image is None:
        return None
    return {"url": image.url, "alt": image.alt, "caption": image.caption, "credit": image.credit}
