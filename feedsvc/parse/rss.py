"""Reads RSS 0.90 to 0.94, 1.0 and 2.0: items to articles, with their guids byte for byte.

It cleans nothing, and never takes a category for a section.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lxml import etree

from feedsvc.content.summaries import plain_text
from feedsvc.errors import Invalid
from feedsvc.model import Refused
from feedsvc.parse.constructs import (
    atom_html,
    decode_references,
    described_by_media,
    escaped_twice,
    html_of_either,
    plain_title,
)
from feedsvc.parse.dates import read_date
from feedsvc.parse.elements import (
    about_of,
    attribute,
    base_of,
    children_of,
    exact_text,
    first_filled,
    first_text,
    language_of,
    link_of,
    local_name,
    markup_of,
    name_of,
    text_of,
    vocabulary_of,
)
from feedsvc.parse.lead_picture import lead_picture
from feedsvc.parse.markup import Broken, Item, place_of, read_document
from feedsvc.parse.people import read_person
from feedsvc.parse.sources import Found

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from feedsvc.model import Author
    from feedsvc.parse.elements import Children

# In the order of how far each may be trusted to be the whole text.
_FULL_TEXT = ("content:encoded",)
_XHTML = ("xhtml:body", "xhtml:div")
_PUBLISHED = ("pubdate", "dc:date", "dcterms:issued", "dcterms:created", "atom:published")
_UPDATED = ("atom:updated", "dcterms:modified")


@dataclass(frozen=True, slots=True)
class _Channel:
    base: str
    language: str | None
    titles_escaped_twice: bool


def read(name: str, data: bytes) -> list[Found | Refused]:
    """Return the items of an RSS document, in its order, those that can't be taken as Refused. Raises Invalid.

    A title is plain text, unless the whole feed shows that it was escaped twice. content:encoded is the content and
    description then the summary, else description is the content. An item's guid is its guid element, in RSS 1.0 its
    rdf:about, which readers take for the same thing. dc:creator goes before author. A date without a zone
    is UTC.
    """
    document = read_document(name, data, "item")
    if vocabulary_of(document.root) not in ("", "rdf"):
        raise Invalid(
            name, f"has a root element of another vocabulary than RSS: {document.root.tag}", "Export it as RSS"
        )
    items = [item for item in document.items if isinstance(item, Broken) or name_of(item.element) == "item"]
    channel = _channel_of(document.root, items)
    return _known_by_link([_found(name, item, channel) for item in items])


def _known_by_link(found: list[Found | Refused]) -> list[Found | Refused]:
    """Take an item's link for its guid where it has none and no other item has that link.

    That is what readers know such an item by: with an identity of our own it would come back to them as new (P01, P17).
    """
    links = Counter(item.url for item in found if isinstance(item, Found))
    return [
        replace(item, guid=item.url, guid_is_permalink=True)
        if isinstance(item, Found) and item.guid is None and item.url and links[item.url] == 1
        else item
        for item in found
    ]


def _channel_of(root: etree._Element, items: Sequence[Item | Broken]) -> _Channel:
    channel = next((child for child in root if name_of(child) == "channel"), root)
    children = children_of(channel)
    base = base_of(channel, "")
    for link in (*children.get("link", ()), *children.get("atom:link", ())):
        base = base or link_of(_readable(link) or _readable(link, "href"), "") or ""
    languages = [_readable(found) for word in ("language", "dc:language") for found in children.get(word, ())]
    generators = " ".join(_readable(found) for found in children.get("generator", ()))
    titles = [
        _readable(title) for item in items if isinstance(item, Item) for title in item.element.iterfind("{*}title")
    ]
    twice = not generators.lower().startswith("feedsvc") and escaped_twice(titles)
    return _Channel(base, next(filter(None, languages), None) or language_of(channel), twice)


def _readable(element: etree._Element, attribute_name: str = "") -> str:
    # The channel is only a help here: what can't be decoded in it is not worth a refusal.
    try:
        return attribute(element, attribute_name) if attribute_name else text_of(element)
    except Invalid:
        return ""


def _found(name: str, item: Item | Broken, channel: _Channel) -> Found | Refused:
    place = place_of(name, item)
    if isinstance(item, Broken):
        return Refused(place, item.reason)
    try:
        return _article(place, item.element, channel)
    except Invalid as error:
        return Refused(place, str(error))


def _article(place: str, element: etree._Element, channel: _Channel) -> Found:
    children = children_of(element)
    guid, is_permalink = _guid(element, children)
    base = base_of(element, channel.base)
    url = _link(children, base, guid if is_permalink else None)
    content, summary, content_base = _texts(children, base_of(element, url or channel.base))
    published = first_filled(children, *_PUBLISHED)
    return Found(
        place=place,
        title=plain_title(first_text(children, "title", "media:title"), twice=channel.titles_escaped_twice),
        html=content,
        summary=summary,
        base=content_base,
        language=first_text(children, "dc:language") or language_of(element) or channel.language,
        authors=_authors(children),
        tags=_tags(children),
        url=url,
        image=lead_picture(children, base),
        guid=guid,
        guid_is_permalink=is_permalink,
        published_at=_date(published),
        updated_at=_date(first_filled(children, *_UPDATED)),
    )


def _guid(item: etree._Element, children: Children) -> tuple[str | None, bool]:
    element = next(iter(children.get("guid", ())), None)
    guid = exact_text(element) if element is not None else ""
    if element is None or not guid:
        return about_of(item) or None, False
    # STANDARDS RSS-08: a permalink unless it says "false". What is no URL is not set right: the source is repeated.
    stated = attribute(element, "isPermaLink") or attribute(element, "ispermalink")
    return guid, stated.lower() != "false"


def _link(children: Children, base: str, permalink: str | None) -> str | None:
    links = [text_of(link) or attribute(link, "href") for link in children.get("link", ())]
    alternates = (link for link in children.get("atom:link", ()) if attribute(link, "rel").lower() in ("", "alternate"))
    links += (attribute(link, "href") for link in alternates)
    if permalink is not None:
        links.append(permalink if "://" in permalink else "")
    return next((found for link in links if link and (found := link_of(link, base)) is not None), None)


def _texts(children: Children, base: str) -> tuple[str, str, str]:
    """Return content, plain summary, and the base of the content's links."""
    description = first_filled(children, "description")
    about = html_of_either(markup_of(description)) if description is not None else ""
    for element in (found for word in (*_FULL_TEXT, *_XHTML, "atom:content") for found in children.get(word, ())):
        content = atom_html(element) if name_of(element) == "atom:content" else markup_of(element)
        if content:
            return html_of_either(content), plain_text(about), base_of(element, base)
    if description is not None:
        return about, "", base_of(description, base)
    other = first_text(
        children, "dc:description", "atom:summary", "itunes:summary", "media:description", "itunes:subtitle"
    )
    return html_of_either(other) or described_by_media(children), "", base


def _authors(children: Children) -> tuple[Author, ...]:
    for word in ("dc:creator", "author", "atom:author", "itunes:author", "dc:contributor"):
        names = [_name(element) for element in children.get(word, ())]
        people = [person for name in names if (person := read_person(decode_references(name))) is not None]
        if people:
            return tuple(people)
    return ()


def _name(element: etree._Element) -> str:
    return first_text(children_of(element), "atom:name", "name") or text_of(element)


def _tags(children: Children) -> tuple[str, ...]:
    elements = [*children.get("category", ()), *children.get("dc:subject", ())]
    return tuple(decode_references(text_of(element)) for element in elements)


def _date(element: etree._Element | None) -> datetime | None:
    return None if element is None else read_date(text_of(element), local_name(element))
