"""Decides which picture of a feed's item is its lead picture, and what is known of it.

Only what the item states counts, by Media RSS, enclosure or iTunes; pictures inside the text stay there. Nothing is
fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from feedsvc.content.summaries import plain_text
from feedsvc.content.urls import guess_image_type
from feedsvc.model import Image
from feedsvc.parse.elements import attribute, base_of, children_of, first_filled, first_text, link_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from feedsvc.parse.elements import Children

_NUMBER = re.compile(r"[0-9]{1,15}\Z")
_IMAGE_TYPE = re.compile(r"image/[a-z0-9.+-]{1,60}\Z")


@dataclass(frozen=True, slots=True)
class _Candidate:
    element: etree._Element
    url: str
    surely: bool
    """Whether the element itself says that it is a picture, so that neither type nor extension must."""


def lead_picture(item: Children, base: str) -> Image | None:
    """Return the picture that an item states, or None.

    In this order: media:content (the default one of a group first), enclosure, media:thumbnail, itunes:image, an image
    element in the item. What one of them leaves out about the same file is taken from the others: type, length in
    bytes (0 means unknown, STANDARDS PROF-04), width and height.
    """
    pictures = [image for candidate in _candidates(item) if (image := _image(candidate, base)) is not None]
    if not pictures:
        return None
    lead = pictures[0]
    for other in pictures[1:]:
        if other.url == lead.url:
            lead = replace(
                lead,
                media_type=lead.media_type or other.media_type,
                length=lead.length or other.length,
                width=lead.width or other.width,
                height=lead.height or other.height,
            )
    return lead


def number_of(text: str) -> int | None:
    """Return a whole number above 0, or None for anything else."""
    return int(text) or None if _NUMBER.match(text) else None


def image_type_of(media_type: str, url: str) -> str | None:
    """Return the media type of a picture as stated, else as its address's extension tells; None if it is no picture."""
    stated = media_type.lower().partition(";")[0].strip()
    if stated and stated != "application/octet-stream":
        return stated if _IMAGE_TYPE.match(stated) else None
    return guess_image_type(url)


def _candidates(item: Children) -> Iterator[_Candidate]:
    groups = [children_of(group) for group in item.get("media:group", ())]
    contents = [content for found in (item, *groups) for content in found.get("media:content", ())]
    contents.sort(key=lambda content: attribute(content, "isDefault").lower() != "true")
    for content in contents:
        yield _Candidate(content, attribute(content, "url"), attribute(content, "medium").lower() == "image")
    for enclosure in item.get("enclosure", ()):
        yield _Candidate(enclosure, attribute(enclosure, "url"), surely=False)
    for link in item.get("atom:link", ()):
        if attribute(link, "rel").lower() == "enclosure":
            yield _Candidate(link, attribute(link, "href"), surely=False)
    for found in (item, *groups, *map(children_of, contents)):
        for thumbnail in found.get("media:thumbnail", ()):
            yield _Candidate(thumbnail, attribute(thumbnail, "url") or text_of(thumbnail), surely=True)
    for image in item.get("itunes:image", ()):
        yield _Candidate(image, attribute(image, "href"), surely=True)
    for image in item.get("image", ()):
        yield _Candidate(image, first_text(children_of(image), "url") or text_of(image), surely=True)


def _image(candidate: _Candidate, base: str) -> Image | None:
    element = candidate.element
    url = link_of(candidate.url, base_of(element, base)) if candidate.url else None
    if url is None:
        return None
    media_type = image_type_of(attribute(element, "type"), url)
    if media_type is None and not candidate.surely:
        return None
    children = children_of(element)
    description = first_filled(children, "media:description")
    return Image(
        url=url,
        caption=plain_text(text_of(description)) if description is not None else "",
        credit=first_text(children, "media:credit"),
        media_type=media_type,
        length=number_of(attribute(element, "length") or attribute(element, "fileSize")),
        width=number_of(attribute(element, "width")),
        height=number_of(attribute(element, "height")),
    )
