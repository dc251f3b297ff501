"""Writes an edition as JSON Feed 1.1.

Never writes an empty member or a null: what isn't known isn't there (STANDARDS JSON-20).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from feedsvc.model import Author, Format, Image
from feedsvc.render.dates import rfc3339
from feedsvc.render.heading import heading_of, other_language, self_url
from feedsvc.render.presenting import Presented, present
from feedsvc.render.splicing import Parts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedsvc.model import Edition

VERSION = "https://jsonfeed.org/version/1.1"
_TAIL = b"]}"


def render_json(edition: Edition) -> bytes:
    """Write an edition as JSON Feed 1.1 in UTF-8, keys in the order of https://www.jsonfeed.org/version/1.1/.

    Every item has content_html or content_text, never both; where a feed shows no full text, content_text is the
    summary, and the title where there is none (JSON-05).

    Raises ValueError for an entry that can't be shown.
    """
    shown = [present(entry, edition.site, edition.feed.content) for entry in edition.entries]
    return json_parts(edition, shown).join()


def json_parts(edition: Edition, shown: Iterable[Presented]) -> Parts:
    """Write an edition's head and, in place of its own entries, these, in this order.

    An item depends on its entry and on the edition's setting (`pieces.Setting`), and on nothing else.
    """
    heading = heading_of(edition)
    feed: dict[str, Any] = {
        "version": VERSION,
        "title": heading.title,
        "home_page_url": heading.link,
        "feed_url": self_url(edition, Format.JSON),
        "description": heading.description,
        "icon": heading.logo or heading.icon,
        "favicon": heading.icon,
        "authors": _authors(heading.authors),
        "language": heading.language,
        "hubs": [{"type": "WebSub", "url": hub} for hub in heading.hubs],
    }
    frame = _dump({**_known(feed), "items": []})
    items = (_item(presented, other_language(presented.language, heading)) for presented in shown)
    return Parts(frame[: -len(_TAIL)], tuple(_dump(item) for item in items), _TAIL, separator=b",")


def _item(shown: Presented, language: str | None) -> dict[str, Any]:
    text = (
        {"content_html": shown.content_html} if shown.content_html else {"content_text": shown.summary or shown.title}
    )
    return _known(
        {
            "id": shown.entry.entry_id,
            "url": shown.link,
            "title": shown.title,
            **text,
            "summary": shown.summary,
            "image": shown.image.url if shown.image else None,
            "date_published": rfc3339(shown.entry.published_at),
            "date_modified": rfc3339(shown.entry.updated_at),
            "authors": _authors(shown.authors),
            "tags": list(shown.tags),
            "language": language,
            "attachments": _attachments(shown.image),
        }
    )


def _authors(authors: Iterable[Author]) -> list[dict[str, Any]]:
    return [_known({"name": author.name, "url": author.url}) for author in authors]


def _attachments(image: Image | None) -> list[dict[str, Any]]:
    # JSON-09: an attachment needs a type; its size is written where it is known.
    if not image or not image.media_type:
        return []
    return [_known({"url": image.url, "mime_type": image.media_type, "size_in_bytes": image.length})]


def _known(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}


def _dump(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
