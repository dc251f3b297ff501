"""Reads a Markdown file with front matter: the words of the API, and those of Hugo and Jekyll for the same things.

It cleans nothing, and knows no folder: what a file's place in a tree means is not looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from feedsvc.content.characters import clean_line, clean_text
from feedsvc.content.html import markdown_to_html
from feedsvc.content.summaries import plain_text
from feedsvc.content.urls import is_web_url
from feedsvc.errors import Invalid
from feedsvc.model import Author, Image, Refused, Status
from feedsvc.parse.dates import read_date
from feedsvc.parse.decoding import decode_text
from feedsvc.parse.frontmatter import FrontMatter, FrontMatterInvalid, read_front_matter
from feedsvc.parse.people import person, read_person
from feedsvc.parse.sources import MAX_CONTENT_BYTES, Found

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from feedsvc.parse.frontmatter import Value

_SUMMARY = ("summary", "description", "excerpt")
_AUTHORS = ("authors", "author")
_TAGS = ("tags", "categories", "keywords")
_LANGUAGE = ("language", "lang")
_URL = ("url", "canonical_url", "canonical", "permalink", "link")
_IMAGE = ("image", "cover", "thumbnail", "featured_image")
_IMAGE_URL = ("url", "src", "path", "image")
_EXTERNAL_ID = ("external_id", "id")
_GUID = ("guid", "entry_id")
_PUBLISHED = ("published_at", "date", "publishdate", "pubdate", "published")
_UPDATED = ("updated_at", "updated", "lastmod", "modified", "last_modified_at")
_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0", ""})
_STATUSES = {
    "draft": Status.DRAFT,
    "scheduled": Status.SCHEDULED,
    "future": Status.SCHEDULED,
    "published": Status.PUBLISHED,
    "publish": Status.PUBLISHED,
}
# Jekyll: posts are files named so, and their words may be parted by spaces.
_JEKYLL_NAME = re.compile(r"(?:.*[/\\])?(\d{4}-\d{1,2}-\d{1,2})-[^/\\]+\Z", re.DOTALL)
_MAY_BE_HEADING = re.compile(r"^ {0,3}(?:#[ \t]|=+[ \t]*$)", re.MULTILINE)
_FIRST_BLOCK = re.compile(r"(?:[ \t]*\n)*+(?:[ \t]*\S.*\n?)++")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_COMMONMARK = MarkdownIt("commonmark")


def read(name: str, data: bytes, zone: tzinfo) -> Found | Refused:
    """Return the article of a Markdown file. `zone` is that of dates written without one.

    The title is `title`, else the first heading of the first level, which is then taken out of the text; a first
    heading that repeats the title goes too. `draft: true` makes a draft; `publish_at` schedules. Unknown keys are
    ignored; a known key with a value of a wrong kind is Refused, with its line. Raises Invalid for undecodable bytes.
    """
    text = clean_text(decode_text(name, data))
    try:
        front = read_front_matter(text)
    except FrontMatterInvalid as error:
        return Refused(f"{name}, line {error.line}", str(error))
    try:
        return _article(name, _Fields(front, _is_jekyll(name, front)), front.body, zone)
    except Invalid as error:
        line = front.lines.get(error.thing.partition(".")[0])
        return Refused(f"{name}, line {line}" if line else name, str(error))


def _article(name: str, fields: _Fields, body: str, zone: tzinfo) -> Found:
    if len(body) > MAX_CONTENT_BYTES:
        what = f"has {len(body):,} characters; the limit is {MAX_CONTENT_BYTES:,} bytes"
        raise Invalid("content", what, "Link to large material instead of embedding it")
    title, body = _title(clean_line(fields.text("title")), body)
    if not title:
        raise Invalid("title", "is missing", 'Add "title: Headline" to the front matter, or a first line "# Headline"')
    external_id = fields.text(*_EXTERNAL_ID)
    guid = fields.text(*_GUID)
    url = fields.url()
    publish_at = fields.date("publish_at", zone)
    return Found(
        place=name,
        title=title,
        html=markdown_to_html(body),
        summary=fields.text(*_SUMMARY),
        base=url or "",
        language=fields.text(*_LANGUAGE) or None,
        section=fields.text("section") or None,
        authors=fields.authors(),
        tags=fields.words(*_TAGS),
        url=url,
        image=fields.image(),
        external_id=external_id or None,
        key=guid or external_id or name,
        guid=guid or None,
        published_at=fields.published_at(zone) or _date_of_name(name, zone),
        updated_at=next((found for key in _UPDATED if (found := fields.date(key, zone))), None),
        publish_at=publish_at,
        status=fields.status(scheduled=publish_at is not None),
    )


@dataclass(frozen=True, slots=True)
class _Fields:
    """Front matter, asked for by field; a value of the wrong kind raises Invalid with the key that it was under."""

    front: FrontMatter
    jekyll: bool

    def first(self, *names: str) -> tuple[str, Value]:
        """Return the first of these keys that has a value, and the value; the first name and "" without any."""
        values = self.front.values
        return next(((name, value) for name in names if (value := values.get(name, ""))), (names[0], ""))

    def text(self, *names: str) -> str:
        name, value = self.first(*names)
        if not isinstance(value, str):
            raise Invalid(name, f"is {_kind(value)}", "Write a text")
        return value.strip()

    def words(self, *names: str) -> tuple[str, ...]:
        found: list[str] = []
        for name in names:
            value = self.front.values.get(name, "")
            if isinstance(value, str):
                parts = value.split() if self.jekyll and "," not in value else value.split(",")
                found += (part.strip() for part in parts)
            else:
                found += _texts(name, value, "Write a list of texts")
        return tuple(filter(None, found))

    def date(self, name: str, zone: tzinfo) -> datetime | None:
        return read_date(self.text(name), name, zone)

    def published_at(self, zone: tzinfo) -> datetime | None:
        for name in _PUBLISHED:
            # Jekyll: `published` is a yes or no.
            if name != "published" or self.text(name).lower() not in _YES | _NO:
                found = self.date(name, zone)
                if found is not None:
                    return found
        return None

    def yes(self, name: str, *, unstated: bool) -> bool:
        text = self.text(name).lower()
        if text in _YES | _NO:
            return text in _YES if text else unstated
        raise Invalid(name, f"{text[:80]!r} is neither true nor false", "Write true or false")

    def status(self, *, scheduled: bool) -> Status:
        stated = self.text("status").lower()
        if stated and stated not in _STATUSES:
            raise Invalid("status", f"{stated[:80]!r} is no status of an import", "Write draft, scheduled or published")
        hidden = self.text("published").lower() in _NO - {""}
        if self.yes("draft", unstated=False) or hidden or _STATUSES.get(stated) is Status.DRAFT:
            return Status.DRAFT
        if scheduled:
            return Status.SCHEDULED
        if _STATUSES.get(stated) is Status.SCHEDULED:
            raise Invalid(
                "status", "is scheduled, and there is no publish_at", "Add publish_at: 2026-05-05T12:00:00+02:00"
            )
        return Status.PUBLISHED

    def authors(self) -> tuple[Author, ...]:
        name, value = self.first(*_AUTHORS)
        entries = value if isinstance(value, list) else [value]
        people: list[Author | None] = []
        for entry in entries:
            if isinstance(entry, str):
                people.append(read_person(entry))
            elif isinstance(entry, dict):
                name_, email, url = (_text_in(entry, key, name) for key in ("name", "email", "url"))
                people.append(person(name_, email, url))
            else:
                raise Invalid(name, f"holds {_kind(entry)}", "Write names, or mappings with name, email and url")
        return tuple(author for author in people if author is not None)

    def url(self) -> str | None:
        """Return the canonical address; a path, as Hugo and Jekyll have it, is no address and is passed over."""
        for name in _URL:
            text = self.text(name)
            if is_web_url(text):
                return text
            if _SCHEME.match(text) and not text.startswith((":", "/")):
                raise Invalid(name, f"{text[:80]!r} is not a web address", "Write it whole: https://example.org/page")
        return None

    def image(self) -> Image | None:
        name, value = self.first(*_IMAGE)
        if isinstance(value, list):
            value = next(iter(value), "")
        if isinstance(value, str):
            return Image(url=value.strip()) if value.strip() else None
        if isinstance(value, list):
            raise Invalid(
                name, f"holds {_kind(value)}", "Write an address, or a mapping with url, alt, caption and credit"
            )
        url = next(filter(None, (_text_in(value, key, name) for key in _IMAGE_URL)), "")
        alt, caption, credit = (_text_in(value, key, name) for key in ("alt", "caption", "credit"))
        return Image(url=url, alt=alt, caption=caption, credit=credit) if url else None


def _texts(name: str, value: Sequence[Value] | Mapping[str, Value], fix: str) -> list[str]:
    if not isinstance(value, list):
        raise Invalid(name, "is a mapping", fix)
    texts = [item for item in value if isinstance(item, str)]
    if len(texts) < len(value):
        raise Invalid(name, "holds something that is no text", fix)
    return texts


def _text_in(mapping: Mapping[str, Value], key: str, name: str) -> str:
    value = mapping.get(key, "")
    if not isinstance(value, str):
        raise Invalid(f"{name}.{key}", f"is {_kind(value)}", "Write a text")
    return value.strip()


def _kind(value: Value) -> str:
    return "a list" if isinstance(value, list) else "a mapping"


def _is_jekyll(name: str, front: FrontMatter) -> bool:
    return "layout" in front.values or _JEKYLL_NAME.match(name) is not None


def _date_of_name(name: str, zone: tzinfo) -> datetime | None:
    found = _JEKYLL_NAME.match(name)
    try:
        return read_date(found[1], "date", zone) if found else None
    except Invalid:
        return None


def _title(title: str, body: str) -> tuple[str, str]:
    """Return the title, found or confirmed in the text, and the text without the heading that says it."""
    first_block = _FIRST_BLOCK.match(body)
    # A heading that only confirms a title is the first block; to find one, all of the text may be needed.
    source = first_block[0] if title and first_block else body
    if not _MAY_BE_HEADING.search(source):
        return title, body
    tokens = _COMMONMARK.parse(source)
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1" and token.level == 0 and token.map:
            lines = body.split("\n")
            heading = clean_line(plain_text(_COMMONMARK.renderInline(tokens[index + 1].content)))
            rest = "\n".join((*lines[: token.map[0]], *lines[token.map[1] :]))
            if heading and not title:
                return heading, rest
            return title, rest if index == 0 and heading.casefold() == title.casefold() else body
    return title, body
