"""Words to choose from in fields: those of the articles that were changed last, so that their number costs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from feedsvc import browsing
from feedsvc.store.listings import Order, Wanted

if TYPE_CHECKING:
    from feedsvc.web.newsroom.deps import NewsroomDeps

_RECENT: Final = 200


@dataclass(frozen=True, slots=True)
class Choices:
    """Sections and languages, in order."""

    sections: tuple[str, ...]
    languages: tuple[str, ...]


def find_choices(deps: NewsroomDeps) -> Choices:
    """Give what the latest articles use."""
    recent = browsing.list_articles(deps.store, Wanted(order=Order.MODIFIED), after=None, limit=_RECENT).articles
    languages = {line.language for line in recent if line.language} | {deps.site.language}
    return Choices(tuple(sorted({line.section for line in recent if line.section})), tuple(sorted(languages)))
