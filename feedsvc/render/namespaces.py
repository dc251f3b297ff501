"""The names of the XML vocabularies that documents are written in.

Never holds a prefix: lxml takes those from the root element. Names are compared character by character (XML-10).
"""

from __future__ import annotations

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
MEDIA = "http://search.yahoo.com/mrss/"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
XML = "http://www.w3.org/XML/1998/namespace"


def named(namespace: str, name: str) -> str:
    """Write a qualified name as lxml reads it."""
    return f"{{{namespace}}}{name}"
