"""Names what may stand in the feeds/ folder, and says in one way what the disk refuses.

It neither reads nor writes a document.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from feedsvc.errors import Invalid, Unavailable
from feedsvc.model import FORMATS

SITE: Final = "_site"
OPML: Final = "opml.xml"
SITEMAPS: Final = "_sitemap"
SITEMAP: Final = "sitemap.xml"
NEWS_SITEMAP: Final = "news-sitemap.xml"
GONE: Final = "gone.txt"
LOCK: Final = ".lock"
NAMES: Final = frozenset({facts.filename for facts in FORMATS.values()} | {OPML, SITEMAP, NEWS_SITEMAP})

_SLUG = re.compile(r"[a-z0-9_-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the documents are published; the folder itself may not exist yet."""

    root: Path

    def place(self, slug: str) -> Path:
        """Name a feed's own folder; raises Invalid for anything that is no slug, so that no path leads outside."""
        if not is_slug(slug):
            raise Invalid(f"slug {slug!r}", "a slug has 1 to 100 of a-z, 0-9, - and _")
        return self.root / slug


def is_slug(text: str) -> bool:
    """Say whether this can name a feed's folder: 1 to 100 of a-z, 0-9, - and _, so never a way out of the root."""
    return _SLUG.fullmatch(text) is not None


def coded(path: Path) -> Path:
    """Name the gzip variant of a document, where static file servers look for it."""
    return path.with_name(f"{path.name}.gz")


def stat_if_there(path: Path) -> os.stat_result | None:
    """Look at a file; None if there is none."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


@contextmanager
def disk(path: Path) -> Iterator[None]:
    """Say what the disk refused in the words that every door understands."""
    try:
        yield
    except OSError as error:
        raise refused(path, error) from error


def refused(path: Path | str, error: OSError) -> Unavailable:
    """Make the error for what the disk refused."""
    reason = error.strerror or str(error)
    return Unavailable(str(path), reason, "Check the folder, its owner and the space on its disk")
