"""Decides which vocabulary a namespace stands for, however it was spelled.

Data, and two look-ups; it knows no element.
"""

from __future__ import annotations

# RSS 2.0 has none; the others were used for RSS 0.90, 1.0, 1.1 and by early writers of 2.0.
_CORE = (
    "http://purl.org/rss/1.0/",
    "http://purl.org/net/rss1.1#",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://channel.netscape.com/rdf/simple/0.9/",
    "http://my.netscape.com/publish/formats/rss-0.91.dtd",
    "http://backend.userland.com/rss",
    "http://backend.userland.com/rss2",
    "http://backend.userland.com/blogchannelmodule",
    "http://blogs.law.harvard.edu/tech/rss",
    "http://cyber.law.harvard.edu/rss/rss.html",
    "http://www.rssboard.org/rss-specification",
)
_VOCABULARIES = {
    "atom": ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"),
    "content": ("http://purl.org/rss/1.0/modules/content/",),
    "dc": ("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/elements/1.0/"),
    "dcterms": ("http://purl.org/dc/terms/",),
    "itunes": ("http://www.itunes.com/dtds/podcast-1.0.dtd",),
    "media": ("http://search.yahoo.com/mrss/",),
    "rdf": ("http://www.w3.org/1999/02/22-rdf-syntax-ns#",),
    "xhtml": ("http://www.w3.org/1999/xhtml",),
}


def _spelling(uri: str) -> str:
    # STANDARDS XML-10 and NS-02: the specifications compare character by character, the web writes https, drops
    # the last slash, and changes case.
    return uri.strip().lower().removeprefix("https:").removeprefix("http:").rstrip("/#")


_BY_URI = {_spelling(uri): "" for uri in _CORE} | {
    _spelling(uri): word for word, uris in _VOCABULARIES.items() for uri in uris
}


def vocabulary(uri: str) -> str | None:
    """Return the short name of a namespace: "" for RSS itself, "dc" for Dublin Core; None if it is not known."""
    return _BY_URI.get(_spelling(uri)) if uri.strip() else ""


def well_known_uri(prefix: str) -> str:
    """Return the URI that a prefix usually stands for, or one that stands for nothing."""
    known = _VOCABULARIES.get(prefix.lower())
    return known[0] if known else f"urn:undeclared:{prefix}"
