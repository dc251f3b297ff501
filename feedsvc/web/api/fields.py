"""Decides what each field of a request may hold: its type, its bounds, its form, and what is said of it.

The bounds are those of `drafting`, told before it is asked, so that every wrong field is named at once.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Final, LiteralString

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from feedsvc import drafting
from feedsvc.content.urls import is_web_url

MAX_CONTENT: Final = drafting.MAX_CONTENT_BYTES
# Of Markdown as it is typed. Reading it takes some microseconds a character, and twenty where it is made to.
MAX_MARKDOWN: Final = 1_000_000

# RFC 3339 section 5.6; the offset must be there: a time without one is anybody's guess.
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


def _read_instant(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    instant = _instant(value) if isinstance(value, str) else None
    if instant is None:
        raise PydanticCustomError("instant", "Must be a time with its offset: 2026-05-05T12:00:00+02:00.")
    return instant


def _instant(text: str) -> datetime | None:
    found = _INSTANT.fullmatch(text)
    if found is None:
        return None
    day, clock, fraction, offset = found.groups()
    zone = "+00:00" if offset in "Zz" else offset
    try:
        return datetime.fromisoformat(f"{day}T{clock}{(fraction or '')[:7]}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _web_url(value: str) -> str:
    if not is_web_url(value):
        raise PydanticCustomError("web_url", "Must be an absolute web address: https://example.org/page.")
    return value


def matching(pattern: str, limit: int, rule: LiteralString) -> tuple[object, ...]:
    """Give the marks of a text that must match as a whole, and what is said when it does not."""
    whole = re.compile(pattern)

    def check(value: str) -> str:
        if whole.fullmatch(value) is None:
            raise PydanticCustomError("form", rule)
        return value

    schema = {"type": "string", "pattern": f"^{pattern}$", "maxLength": limit}
    return Field(max_length=limit), AfterValidator(check), WithJsonSchema(schema)


Instant = Annotated[datetime, BeforeValidator(_read_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Url = Annotated[
    str,
    Field(max_length=drafting.MAX_URL),
    AfterValidator(_web_url),
    WithJsonSchema({"type": "string", "format": "uri", "pattern": "^https?://", "maxLength": drafting.MAX_URL}),
]
Title = Annotated[str, Field(max_length=drafting.MAX_TITLE)]
Summary = Annotated[str, Field(max_length=drafting.MAX_SUMMARY)]
Word = Annotated[str, Field(min_length=1, max_length=drafting.MAX_WORD)]
Email = Annotated[
    str, *matching(r"[^@\s<>()]+@[^@\s<>()]+", drafting.MAX_WORD, "Must be an e-mail address: name@example.org.")
]
Language = Annotated[
    str, *matching(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", 100, "Must be a BCP 47 tag: en, pt-BR, az-Latn.")
]
Html = Annotated[str, Field(max_length=MAX_CONTENT)]
Credit = Annotated[str, Field(max_length=drafting.MAX_WORD)]
Markdown = Annotated[str, Field(max_length=MAX_MARKDOWN)]
Note = Annotated[str, Field(min_length=1, max_length=drafting.MAX_SUMMARY)]
