"""Reads Atom 1.0 (RFC 4287) and 0.3: entries to articles, with their ids byte for byte.

It cleans nothing, and takes no tombstone, link or source element for an entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from feedsvc.errors import Invalid
from feedsvc.model import Refused
from feedsvc.parse.constructs import atom_html, atom_text, described_by_media
from feedsvc.parse.dates import read_date
from feedsvc.parse.elements import (
    attribute,
    base_of,
    children_of,
    exact_text,
    first_filled,
    first_text,
    language_of,
    link_of,
    local_name,
    text_of,
    vocabulary_of,
)
from feedsvc.parse.lead_picture import lead_picture
from feedsvc.parse.markup import Broken, Item, place_of, read_document
from feedsvc.parse.people import person
from feedsvc.parse.sources import Found

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from feedsvc.model import Author
    from feedsvc.parse.elements import Children

_PUBLISHED = ("published", "issued", "created")
_UPDATED = ("updated", "modified")


@dataclass(frozen=True, slots=True)
class _Feed:
    base: str
    authors: tuple[Author, ...]


def read(name: str, data: bytes) -> list[Found | Refused]:
    """Return the entries of an Atom document (or the one of an entry document), in its order. Raises Invalid.

    An Atom id is no permalink. An entry without `published` was published when it was updated: that is all it says.
    Authors are the entry's, else its source's, else the feed's (RFC 4287 section 4.2.1). A summary without content is
    content as well. A date without a zone is UTC.
    """
    document = read_document(name, data, "entry")
    if vocabulary_of(document.root) not in ("", "atom"):
        raise Invalid(
            name, f"has a root element of another vocabulary than Atom: {document.root.tag}", "Export it as Atom"
        )
    feed = _feed_of(document.root)
    return [_found(name, item, feed) for item in document.items]


def _feed_of(root: etree._Element) -> _Feed:
    children = _named(root)
    base = base_of(root, "")
    try:
        links = _links(children, base)
        base = base or links.get("self") or links.get("alternate") or ""
        return _Feed(base, _people(children.get("author", ())))
    except Invalid:
        return _Feed(base, ())


def _named(element: etree._Element) -> dict[str, list[etree._Element]]:
    """Return the children by name, Atom's own without a prefix, whether or not the document declares the namespace."""
    return {name.removeprefix("atom:"): found for name, found in children_of(element).items()}


def _found(name: str, item: Item | Broken, feed: _Feed) -> Found | Refused:
    place = place_of(name, item, "entry")
    if isinstance(item, Broken):
        return Refused(place, item.reason)
    try:
        return _article(place, item.element, feed)
    except Invalid as error:
        return Refused(place, str(error))


def _article(place: str, element: etree._Element, feed: _Feed) -> Found:
    children = _named(element)
    base = base_of(element, feed.base)
    links = _links(children, base)
    url = links.get("alternate") or _content_source(children, base)
    content, summary, content_base = _texts(children, base_of(element, url or feed.base))
    updated = _date(first_filled(children, *_UPDATED))
    identity = next(iter(children.get("id", ())), None)
    title = first_filled(children, "title")
    return Found(
        place=place,
        title=atom_text(title) if title is not None else "",
        html=content,
        summary=summary,
        base=content_base,
        language=language_of(element),
        authors=_authors(children) or feed.authors,
        tags=tuple(_tag(category) for category in children.get("category", ())),
        url=url,
        image=lead_picture({**children, "atom:link": children.get("link", [])}, base),
        guid=exact_text(identity) or None if identity is not None else None,
        published_at=_date(first_filled(children, *_PUBLISHED)) or updated,
        updated_at=updated,
    )


def _links(children: Children, base: str) -> dict[str, str]:
    """Return the web addresses of links by relation; of several pages the first in HTML (ATOM-04, ATOM-18)."""
    found: dict[str, str] = {}
    elements = sorted(children.get("link", ()), key=lambda link: attribute(link, "type") not in ("", "text/html"))
    for link in elements:
        relation = attribute(link, "rel").lower() or "alternate"
        address = link_of(attribute(link, "href"), base_of(link, base))
        if address is not None:
            found.setdefault(relation, address)
    return found


def _content_source(children: Children, base: str) -> str | None:
    content = next(iter(children.get("content", ())), None)
    return None if content is None else link_of(attribute(content, "src"), base_of(content, base))


def _texts(children: Children, base: str) -> tuple[str, str, str]:
    """Return content, plain summary, and the base of the content's links."""
    summary = first_filled(children, "summary")
    about = atom_text(summary) if summary is not None else ""
    for content in children.get("content", ()):
        html = "" if attribute(content, "src") else atom_html(content)
        if html:
            return html, about, base_of(content, base)
    if summary is not None:
        return atom_html(summary), about, base_of(summary, base)
    return described_by_media(children), "", base


def _authors(children: Children) -> tuple[Author, ...]:
    own = _people(children.get("author", ()))
    sources = [] if own else [_named(source) for source in children.get("source", ())]
    return own or next(filter(None, (_people(source.get("author", ())) for source in sources)), ())


def _people(elements: Sequence[etree._Element]) -> tuple[Author, ...]:
    people = []
    for element in elements:
        parts = _named(element)
        found = person(first_text(parts, "name"), first_text(parts, "email"), first_text(parts, "uri", "url"))
        # Atom 0.3 drafts and careless writers leave out the name element.
        people.append(found or person(text_of(element)) if len(element) == 0 else found)
    return tuple(author for author in people if author is not None)


def _tag(category: etree._Element) -> str:
    # RFC 4287 section 4.2.2.3: the label is what people are to see.
    return attribute(category, "label") or attribute(category, "term") or text_of(category)


def _date(element: etree._Element | None) -> datetime | None:
    return None if element is None else read_date(text_of(element), local_name(element))
