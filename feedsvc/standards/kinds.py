"""The kinds of documents that the checker tells apart.

Nothing here looks at a document.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a document is, by its content."""

    RSS = "RSS 2.0"
    ATOM = "Atom 1.0"
    JSON = "JSON Feed 1.1"
    OPML = "OPML 2.0"
    OTHER = "no feed"
