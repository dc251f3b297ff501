"""Records to JSON columns and back.

What is read and written whole, and never searched, is kept this way; nothing here queries.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from feedsvc.model import (
    Author,
    ContentSetting,
    Correction,
    Feed,
    Format,
    GuardLimits,
    Image,
    Selection,
    Visibility,
)


def dump(value: object) -> str:
    """Write JSON that is the same for the same value on every machine."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def dump_authors(authors: tuple[Author, ...]) -> str:
    """Write the authors of a revision."""
    return dump([asdict(author) for author in authors])


def load_authors(text: str) -> tuple[Author, ...]:
    """Read what `dump_authors` wrote."""
    return tuple(Author(**author) for author in json.loads(text))


def load_words(text: str) -> tuple[str, ...]:
    """Read a list of words, such as tags."""
    return tuple(json.loads(text))


def dump_image(image: Image | None) -> str | None:
    """Write a lead picture."""
    return None if image is None else dump(asdict(image))


def load_image(text: str | None) -> Image | None:
    """Read what `dump_image` wrote."""
    return None if text is None else Image(**json.loads(text))


def dump_corrections(corrections: tuple[Correction, ...]) -> str:
    """Write the corrections that an article carries."""
    return dump([asdict(correction) for correction in corrections])


def load_corrections(text: str) -> tuple[Correction, ...]:
    """Read what `dump_corrections` wrote."""
    return tuple(Correction(datetime.fromisoformat(row["at"]), row["note"]) for row in json.loads(text))


def dump_feed(feed: Feed) -> str:
    """Write a feed's definition."""
    return dump(asdict(feed))


def load_feed(text: str) -> Feed:
    """Read what `dump_feed` wrote, by this or an earlier release: what is missing takes its default."""
    row: dict[str, Any] = json.loads(text)
    select: dict[str, Any] = row["select"]
    row["select"] = Selection(**{key: _tupled(value) for key, value in select.items()})
    row["content"] = ContentSetting(row["content"])
    row["publish"] = tuple(row["publish"])
    row["embargo"] = timedelta(seconds=row["embargo"])
    row["formats"] = tuple(Format(word) for word in row["formats"])
    row["visibility"] = Visibility(row["visibility"])
    row["guard"] = GuardLimits(**row.get("guard", {}))
    return Feed(**row)


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
