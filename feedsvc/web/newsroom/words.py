"""Lists as people type them into one field, and back: authors a line each, tags with commas between.

Pure. What an author or a tag must be is decided elsewhere; nothing is dropped silently here.
"""

from __future__ import annotations

import csv
import re

from feedsvc.errors import Invalid
from feedsvc.model import Author

# "Name <desk@example.org> https://example.org/desk": address and page are optional.
_AUTHOR = re.compile(r"(?P<name>.*?)(?:\s*<(?P<email>[^<>]*)>)?(?:(?:^|\s+)(?P<url>https?://\S+))?", re.IGNORECASE)


def read_authors(text: str) -> tuple[Author, ...]:
    """Read one author a line. Raises Invalid for a line with an address but no name."""
    return tuple(_author(line.strip(), number) for number, line in enumerate(text.splitlines(), 1) if line.strip())


def write_authors(authors: tuple[Author, ...]) -> str:
    """Write what `read_authors` reads."""
    return "\n".join(
        " ".join(filter(None, (author.name, f"<{author.email}>" if author.email else "", author.url or "")))
        for author in authors
    )


def read_tags(text: str) -> tuple[str, ...]:
    """Read tags with commas or line ends between; one that holds a comma stands in quotes."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    try:
        rows = list(csv.reader(lines, skipinitialspace=True, strict=True))
    except csv.Error:
        # A quote that is never closed is a sign like any other.
        rows = [line.split(",") for line in lines]
    return tuple(tag.strip() for row in rows for tag in row if tag.strip())


def write_tags(tags: tuple[str, ...]) -> str:
    """Write what `read_tags` reads."""
    return ", ".join(_quoted(tag) if set(tag) & set(',"\n\r') else tag for tag in tags)


def _quoted(tag: str) -> str:
    return '"{}"'.format(tag.replace('"', '""'))


def _author(line: str, number: int) -> Author:
    found = _AUTHOR.fullmatch(line)
    name, email, url = (found["name"], found["email"], found["url"]) if found else (line, None, None)
    if not name.strip():
        raise Invalid("authors", f"line {number} has no name", "Write: Name <address@example.org> https://example.org")
    return Author(name.strip(), (email or "").strip() or None, url)
