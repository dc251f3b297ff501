"""Reads JSON Feed 1.0 and 1.1: items to articles, with their ids byte for byte.

It cleans nothing, follows no next_url, and never parses a structure deeper than a feed needs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedsvc.content.html import text_to_html
from feedsvc.errors import Invalid
from feedsvc.model import Image, Refused
from feedsvc.parse.dates import read_date
from feedsvc.parse.decoding import UNDECODED, decode_document
from feedsvc.parse.elements import link_of
from feedsvc.parse.jsontext import Number, read_object
from feedsvc.parse.lead_picture import image_type_of, number_of
from feedsvc.parse.people import person
from feedsvc.parse.sources import MAX_ARTICLES, Found

if TYPE_CHECKING:
    from datetime import datetime

    from feedsvc.model import Author
    from feedsvc.parse.jsontext import Member, Value

_VERSION = re.compile(r"(?:https?://(?:www\.)?jsonfeed\.org/version/)?1(?:\.[01])?/?\Z")
_RIGHT = "JSON Feed 1.1 is described at https://www.jsonfeed.org/version/1.1/"


@dataclass(frozen=True, slots=True)
class _Feed:
    base: str
    language: str | None
    authors: tuple[Author, ...]


def read(name: str, data: bytes) -> list[Found | Refused]:
    """Return the items of a JSON Feed, in its order, those that can't be taken as Refused. Raises Invalid.

    An id that is a number is taken as it is spelled. A member of a wrong type counts as absent, but for dates, which
    are refused. A date without a zone is UTC. Of a file that breaks off, the items before the break come in, and the
    break is Refused with line and column.
    """
    content = read_object(name, decode_document(data), "items")
    version = content.members.get("version", "")
    if version and not (isinstance(version, str) and _VERSION.match(version)):
        raise Invalid(name, f"has the version {str(version)[:80]!r}, which is neither JSON Feed 1.0 nor 1.1", _RIGHT)
    if content.elements is None:
        if content.fault:
            return [Refused(f"{name}, {content.fault.place}", content.fault.reason)]
        raise Invalid(name, "has no array of items", _RIGHT)
    if len(content.elements) > MAX_ARTICLES:
        raise Invalid(name, f"has more than {MAX_ARTICLES:,} articles", "Split it into several files")
    feed = _feed_of(content.members)
    found = [_found(name, number, member, feed) for number, member in enumerate(content.elements, start=1)]
    if content.fault:
        found.append(Refused(f"{name}, {content.fault.place}", content.fault.reason))
    return found


def _feed_of(members: dict[str, Value]) -> _Feed:
    addresses = (link_of(_text(members, word), "") for word in ("home_page_url", "feed_url"))
    return _Feed(next(filter(None, addresses), ""), _text(members, "language") or None, _authors(members))


def _found(name: str, number: int, member: Member, feed: _Feed) -> Found | Refused:
    place = f"{name}, item {number} (line {member.line})"
    if not isinstance(member.value, dict):
        return Refused(place, f"is no JSON object. {_RIGHT}")
    try:
        return _article(place, member.value, feed)
    except Invalid as error:
        return Refused(place, str(error))


def _article(place: str, item: dict[str, Value], feed: _Feed) -> Found:
    url = next(filter(None, (link_of(_text(item, word), feed.base) for word in ("url", "external_url"))), None)
    base = url or feed.base
    html = _text(item, "content_html")
    identity = _text(item, "id")
    return Found(
        place=place,
        title=_text(item, "title"),
        html=html or text_to_html(_text(item, "content_text")),
        summary=_text(item, "summary"),
        base=base,
        language=_text(item, "language") or feed.language,
        authors=_authors(item) or feed.authors,
        tags=tuple(_checked(tag, "tags") for tag in _list(item, "tags") if isinstance(tag, str)),
        url=url,
        image=_image(item, base),
        guid=identity if identity.strip() else None,
        published_at=_date(item, "date_published"),
        updated_at=_date(item, "date_modified"),
    )


def _text(members: dict[str, Value], name: str) -> str:
    value = members.get(name)
    if isinstance(value, Number):
        return value.source if name == "id" else ""
    return _checked(value, name) if isinstance(value, str) else ""


def _checked(text: str, name: str) -> str:
    if UNDECODED in text:
        raise Invalid(name, "holds bytes that are not UTF-8", "JSON is always UTF-8: save the file as that")
    return text


def _list(members: dict[str, Value], name: str) -> list[Value]:
    value = members.get(name)
    return value if isinstance(value, list) else []


def _date(item: dict[str, Value], name: str) -> datetime | None:
    value = item.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Invalid(name, "is no text", "Write a date of RFC 3339: 2026-05-05T12:00:00+02:00")
    return read_date(_checked(value, name), name)


def _authors(members: dict[str, Value]) -> tuple[Author, ...]:
    # STANDARDS JSON-08: `author` is 1.0's; both may be there.
    listed = [author for author in _list(members, "authors") if isinstance(author, dict)]
    single = members.get("author")
    if not listed and isinstance(single, dict):
        listed = [single]
    people = (person(_text(author, "name"), url=_text(author, "url")) for author in listed)
    return tuple(author for author in people if author is not None)


def _image(item: dict[str, Value], base: str) -> Image | None:
    attached = [found for found in _list(item, "attachments") if isinstance(found, dict)]
    pictures = [image for attachment in attached if (image := _attached_image(attachment, base)) is not None]
    for word in ("image", "banner_image"):
        url = link_of(_text(item, word), base)
        if url is not None:
            # The attachment of the same picture knows more of it.
            return next((image for image in pictures if image.url == url), Image(url=url))
    return pictures[0] if pictures else None


def _attached_image(attachment: dict[str, Value], base: str) -> Image | None:
    url = link_of(_text(attachment, "url"), base)
    media_type = image_type_of(_text(attachment, "mime_type"), url) if url else None
    if url is None or media_type is None:
        return None
    size = attachment.get("size_in_bytes")
    return Image(url=url, media_type=media_type, length=number_of(size.source) if isinstance(size, Number) else None)
