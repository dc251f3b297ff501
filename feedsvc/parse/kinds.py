"""Decides which kind a source is: by its content first, then by its name's extension.

It reads the beginning of the bytes only, and converts nothing.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from feedsvc.errors import Invalid
from feedsvc.parse.decoding import declared_codec
from feedsvc.parse.prolog import root_tag
from feedsvc.parse.sources import Kind

_BEGINNING = 256 * 1024
_RIGHT = "Give a plain-text article, a Markdown file, or an RSS, Atom or JSON Feed file"
_TEXT = frozenset({"", ".txt", ".text"})
_MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_MAGIC = (
    (b"PK\x03\x04", "a ZIP archive (or an office document)"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"BZh", "compressed with bzip2"),
    (b"\xfd7zXZ\0", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"SQLite format 3\0", "an SQLite database"),
)
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
_JSON_FEED = re.compile(rb'jsonfeed\.org\\?/version|"items"\s*:\s*\[')
_FRONT_MATTER = re.compile(r"(---|\+\+\+)[ \t]*\n(?:.*\n)*?\1[ \t]*(?:\n|\Z)")
_ROOTS = {
    "html": "a web page",
    "opml": "an OPML list of feeds",
    "urlset": "a sitemap",
    "sitemapindex": "a list of sitemaps",
    "svg": "an SVG picture",
}


def detect(name: str, data: bytes) -> Kind:
    """Say what kind of source `data` is; `name` is its file's name or path.

    Raises Invalid, naming the file, what was seen and what would be right, for anything else: an empty file, binary
    data, a web page, an OPML list, a WordPress export.
    """
    beginning = data[:_BEGINNING]
    _refuse_binary(name, beginning)
    text = _as_text(beginning)
    if not text.strip("\ufeff \t\r\n"):
        raise Invalid(name, "is empty", _RIGHT)
    text = text.lstrip("\ufeff")
    extension = PurePath(name).suffix.lower()
    if text.lstrip().startswith("<"):
        kind = _by_root(name, text, extension)
    elif text.lstrip().startswith("{") and _JSON_FEED.search(data):
        kind = Kind.JSON_FEED
    elif _FRONT_MATTER.match(text.replace("\r\n", "\n").replace("\r", "\n")):
        kind = Kind.MARKDOWN
    else:
        kind = None
    if kind is None:
        kind = _by_extension(name, extension)
    if kind in (Kind.TEXT, Kind.MARKDOWN) and b"\0" in beginning and not beginning.startswith(_WIDE_MARKS):
        raise Invalid(name, "is binary data, not text", _RIGHT)
    return kind


def _refuse_binary(name: str, beginning: bytes) -> None:
    for magic, what in _MAGIC:
        if beginning.startswith(magic):
            raise Invalid(name, f"is {what}", _RIGHT)


def _as_text(beginning: bytes) -> str:
    # Enough to see ASCII: a root element's name, a fence, a brace. The rest may come out wrong here.
    if beginning.startswith((b"\xff\xfe\0\0", b"<\0\0\0")):
        return beginning.decode("utf-32-le", "replace")
    if beginning.startswith((b"\0\0\xfe\xff", b"\0\0\0<")):
        return beginning.decode("utf-32-be", "replace")
    if beginning.startswith((b"\xff\xfe", b"<\0")):
        return beginning.decode("utf-16-le", "replace")
    if beginning.startswith((b"\xfe\xff", b"\0<")):
        return beginning.decode("utf-16-be", "replace")
    if beginning.startswith(b"\xef\xbb\xbf"):
        return beginning.decode("utf-8", "replace")
    return beginning.decode(declared_codec(beginning) or "utf-8", "replace")


def _by_root(name: str, text: str, extension: str) -> Kind | None:
    tag = root_tag(text)
    root = tag.name.rpartition(":")[2].lower() if tag else ""
    if tag and root in ("rss", "rdf", "channel"):
        if "wordpress.org/export/" in tag.source:
            what = "is a WordPress export (WXR), which can't be imported yet"
            raise Invalid(name, what, "Import the site's RSS or Atom feed instead: it holds the published articles")
        return Kind.RSS
    if root in ("feed", "entry"):
        return Kind.ATOM
    if root in _ROOTS or text.lstrip()[:9].lower() == "<!doctype":
        what = _ROOTS.get(root, "a web page")
        fix = "Import the page's feed, or its text" if what == "a web page" else _RIGHT
        raise Invalid(name, f"is {what}, not an article or a feed", fix)
    if extension in _TEXT | _MARKDOWN:
        return None
    what = f"is XML with the root element <{tag.name}>" if tag else "is XML without a root element"
    raise Invalid(name, f"{what}, not a feed", _RIGHT)


def _by_extension(name: str, extension: str) -> Kind:
    if extension in _MARKDOWN:
        return Kind.MARKDOWN
    if extension in _TEXT:
        return Kind.TEXT
    if extension == ".json":
        raise Invalid(name, "is not a JSON Feed: it has no JSON Feed version and no items", _RIGHT)
    if extension in (".xml", ".rss", ".atom", ".rdf"):
        raise Invalid(name, "is not XML: it does not begin with a tag", _RIGHT)
    raise Invalid(name, f"has the extension {extension!r}, and its content is no feed", f"{_RIGHT} (.txt, .md)")
