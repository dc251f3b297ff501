"""What a client is seen to show of a feed, in plain values that are the same for every client and format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any

from lxml import html as lxml_html

from tests.clients.articles import SITE_AUTHOR, Written

Entry = dict[str, Any]
"""One entry under these names, as far as a client tells of them: id, link, title, published, updated, authors, tags,
summary, content (a Shown), picture (address, media type, length), language."""


@dataclass(frozen=True)
class Shown:
    """What a person finds in HTML: its text, where its links lead, which pictures it shows."""

    text: str
    links: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


def read_html(html: str) -> Shown:
    """Read HTML as a person would."""
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    for caption in root.findall(".//figcaption"):
        caption.drop_tree()
    return Shown(
        text=re.sub(r"\s+", " ", root.text_content()).strip(),
        links=tuple(link.get("href", "") for link in root.iter("a")),
        pictures=tuple(image.get("src", "") for image in root.iter("img")),
    )


def instant(text: str) -> datetime:
    """Read a date of RFC 3339, as JavaScript writes it too."""
    return datetime.fromisoformat(text).astimezone(UTC)


def guessed(title: str) -> str:
    """Give a title as clients show it that guess what a title of RSS is: text, or HTML where it holds a reference.

    RSS does not say which. Escaped once more, a title would be wrong for all that take it for text (STANDARDS PROF-05).
    """
    return unescape(title)


def only(entries: Iterable[Mapping[str, Any]], names: Sequence[str]) -> list[Entry]:
    """Give entries with these fields alone."""
    return [{name: entry[name] for name in names} for entry in entries]


def differences(seen: Sequence[Entry], wanted: Sequence[Entry]) -> list[str]:
    """Say where what is seen is not what is wanted, entry by entry in their order; nothing when all is well."""
    found = [
        f"{right['id']}: {name}: {left.get(name)!r}, not {right.get(name)!r}"
        for left, right in zip(seen, wanted, strict=False)
        for name in sorted(left.keys() | right.keys())
        if left.get(name) != right.get(name)
    ]
    return found if len(seen) == len(wanted) else [f"{len(seen)} entries, not {len(wanted)}", *found]


def expected(article: Written, entry_id: str, link: str, base_url: str) -> Entry:
    """Say what every client must show of an article."""
    picture = article.picture
    return {
        "id": entry_id,
        "link": link,
        "title": article.title,
        "published": article.published,
        "updated": article.updated or article.published,
        "authors": list(article.authors or (SITE_AUTHOR,)),
        "tags": [article.section, *article.tags],
        "summary": article.summary or article.text,
        "content": Shown(
            text=article.text,
            links=tuple(base_url + link if link.startswith("/") else link for link in article.links),
            pictures=(picture.url,) if picture else (),
        ),
        "picture": (picture.url, picture.media_type, picture.length) if picture else None,
        "language": article.language,
    }
