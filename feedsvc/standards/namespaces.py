"""The namespaces of feeds, spelled as published, and near misses of them (XML-10).

Names are compared character by character (Namespaces in XML section 2.3): http is not https, a slash counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from feedsvc.standards.findings import shown
from feedsvc.standards.trees import Fault

if TYPE_CHECKING:
    from feedsvc.standards.trees import Element

ATOM = "http://www.w3.org/2005/Atom"
ATOM_03 = "http://purl.org/atom/ns#"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
SY = "http://purl.org/rss/1.0/modules/syndication/"
SLASH = "http://purl.org/rss/1.0/modules/slash/"
MEDIA = "http://search.yahoo.com/mrss/"
HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XHTML = "http://www.w3.org/1999/xhtml"
XML = "http://www.w3.org/XML/1998/namespace"

_PUBLISHED = (
    ATOM,
    ATOM_03,
    CONTENT,
    DC,
    DCTERMS,
    SY,
    SLASH,
    MEDIA,
    HISTORY,
    TOMBSTONES,
    RDF,
    XHTML,
    "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "https://podcastindex.org/namespace/1.0",
    "http://purl.org/syndication/thread/1.0",
    "http://wellformedweb.org/CommentAPI/",
    "http://www.georss.org/georss",
    "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "http://backend.userland.com/creativeCommonsRssModule",
    "http://www.google.com/schemas/play-podcasts/1.0",
    "http://purl.org/rss/1.0/",
)
# Prefixes that every writer of feeds uses for one namespace; bound to something unknown they are a mistake.
_USUAL = {
    "content": (CONTENT,),
    "dc": (DC,),
    "dcterms": (DCTERMS,),
    "sy": (SY,),
    "atom": (ATOM, ATOM_03),
    "media": (MEDIA,),
    "itunes": ("http://www.itunes.com/dtds/podcast-1.0.dtd",),
}


def near_miss(uri: str) -> str | None:
    """The published namespace that a name was meant to be, if it differs from it only in case, scheme or slash."""
    if uri in _PUBLISHED:
        return None
    return next((known for known in _PUBLISHED if _rough(known) == _rough(uri)), None)


def check(root: Element) -> Iterator[Fault]:
    """XML-10 for every namespace that is declared, where it is first declared."""
    seen: set[tuple[str | None, str]] = set()
    for element in root.iter():
        for prefix, uri in element.nsmap.items():
            if (prefix, uri) in seen:
                continue
            seen.add((prefix, uri))
            yield from _declared(element, prefix, uri)


def _declared(element: Element, prefix: str | None, uri: str) -> Iterator[Fault]:
    meant = near_miss(uri)
    if meant is None and uri not in _USUAL.get(prefix or "", (uri,)):
        meant = _USUAL[prefix or ""][0]
    if meant is not None:
        name = f"xmlns:{prefix}" if prefix else "xmlns"
        yield Fault(
            "XML-10", element, name, f"the namespace {shown(uri)} is not the published one", f'Write {name}="{meant}".'
        )


def _rough(uri: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", uri.lower()).rstrip("/#")
