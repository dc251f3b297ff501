"""What programs ask for in an address: which articles, and which page of a list.

A cursor is a position in a list; programs hand back what they were given, and nothing else is promised of it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from feedsvc.content.characters import clean_line
from feedsvc.model import Status
from feedsvc.store.listings import Order, Position, Wanted
from feedsvc.web.api.fields import matching

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
# Digits that every store can hold. Before 1970, where archives are, microseconds count backwards.
_POSITION = re.compile(r"(\d{1,15})\.(-?\d{1,18})", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)

LONGEST_PAGE: Final = 100

# What can't be typed is in no title, and PostgreSQL takes no NUL in any text.
Text = Annotated[str, *matching(r"[^\x00-\x1f\x7f]+", 200, "Must be one line, without characters that can't be seen.")]


class Query(BaseModel):
    """The parameters of an address: none but its own, each once."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _number(value: object) -> object:
    if isinstance(value, str):
        if _NUMBER.fullmatch(value) is None:
            raise PydanticCustomError("number", "Must be a whole number.")
        return int(value)
    return value


def _position(value: object) -> object:
    if isinstance(value, str):
        found = _POSITION.fullmatch(value)
        instant = _instant(int(found[2])) if found else None
        if found is None or instant is None:
            raise PydanticCustomError("cursor", "Must be a next_cursor of this list.")
        return Position(int(found[1]), instant)
    return value


def _instant(microseconds: int) -> datetime | None:
    try:
        return _EPOCH + microseconds * _MICROSECOND
    except OverflowError:
        return None


def _kept(value: str) -> str:
    """Give an id as articles keep it; asked for otherwise, what was put under it would not be found."""
    kept = clean_line(value)
    if not kept:
        raise PydanticCustomError("empty", "Must hold something that can be seen.")
    return kept


_NUMBERED = {"type": "string", "pattern": r"^\d{1,9}$"}
_CURSOR = {"type": "string", "pattern": r"^\d{1,15}\.-?\d{1,17}$"}
Limit = Annotated[int, Field(ge=1, le=LONGEST_PAGE), BeforeValidator(_number)]


def cursor_of(position: Position | None) -> str | None:
    """Write a position as a cursor."""
    if position is None:
        return None
    return f"{position.number}.{(position.modified_at - _EPOCH) // _MICROSECOND}"


class ArticleQuery(Query):
    """Which articles to list."""

    q: Text | None = Field(default=None, description="Words that must all stand in the title or the summary.")
    status: Status | None = Field(default=None, description="Only those that stand so.")
    section: Text | None = Field(default=None, description="Only those of this section.")
    language: Text | None = Field(default=None, description="Only those in this language.")
    order: Order = Field(default=Order.CREATED, description="Which come first: those made, or those changed, last.")
    limit: Limit = Field(default=20, description="How many on a page.")
    cursor: Annotated[Position, BeforeValidator(_position), WithJsonSchema(_CURSOR)] | None = Field(
        default=None, description="Where the page begins: the next_cursor of the page before."
    )

    def wanted(self) -> Wanted:
        """Give what is asked for."""
        return Wanted(self.q or "", self.status, self.section, self.language, order=self.order)


class HistoryQuery(Query):
    """Which revisions to list."""

    limit: Limit = Field(default=20, description="How many on a page.")
    cursor: Annotated[int, BeforeValidator(_number), WithJsonSchema(_NUMBERED)] | None = Field(
        default=None, description="Where the page begins: the next_cursor of the page before."
    )


class FeedQuery(Query):
    """Which feeds to list."""

    limit: Limit = Field(default=20, description="How many on a page.")
    cursor: Annotated[str, *matching(r"[a-z0-9_-]+", 100, "Must be a next_cursor of this list.")] | None = Field(
        default=None, description="Where the page begins: the next_cursor of the page before."
    )


class ExternalIdQuery(Query):
    """Which article, by the id that your own system has for it."""

    external_id: Annotated[Text, AfterValidator(_kept)] = Field(
        description="The id by which your own system knows the article: any text of one line."
    )


class NoQuery(Query):
    """No parameters."""
