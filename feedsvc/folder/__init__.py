"""Keeps the published documents on disk, each whole or absent, and reads them back for the web through a table.

It renders nothing and knows no store; nobody's request makes it write.

On disk: `<root>/<slug>/<name>`, beside each its coded variant `<name>.gz`; `_site` holds the site's own documents,
`_sitemap` its sitemaps, and `_sitemap-1` and so on their parts. A file's mtime is its document's Last-Modified. A
removed feed leaves `gone.txt`. Hidden files ending in `.tmp` are documents being written, or what a crash left of them;
deleting those that are old is always safe. `.lock` is empty and stays.
"""

from feedsvc.folder.layout import GONE, NAMES, NEWS_SITEMAP, OPML, SITE, SITEMAP, SITEMAPS, Folder, is_slug
from feedsvc.folder.mirroring import Stamped, is_current, locked, mirror, withdraw
from feedsvc.folder.shelf import Shelf, Shelved, State

__all__ = [
    "GONE",
    "NAMES",
    "NEWS_SITEMAP",
    "OPML",
    "SITE",
    "SITEMAP",
    "SITEMAPS",
    "Folder",
    "Shelf",
    "Shelved",
    "Stamped",
    "State",
    "is_current",
    "is_slug",
    "locked",
    "mirror",
    "withdraw",
]
