"""An article's history: every revision, and in what any two of them differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Response, request

from feedsvc import browsing, writing
from feedsvc.model import Change
from feedsvc.web.newsroom.differences import differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Blueprint

    from feedsvc.store.listings import RevisionLine
    from feedsvc.web.newsroom.deps import NewsroomDeps
    from feedsvc.web.newsroom.pages import Pages

PAGE: Final = 50
# The changes that readers see; all others are the newsroom's own.
_SEEN: Final = frozenset({Change.PUBLISH, Change.MINOR_EDIT, Change.CORRECTION, Change.WITHDRAWAL})
_MOST_DIGITS: Final = 10


def install(views: Blueprint, deps: NewsroomDeps, pages: Pages) -> None:
    """Add the view."""

    @views.get("/newsroom/articles/<article_id>/history")
    def history(article_id: str) -> Response:
        article = writing.open_article(deps.store, article_id).article
        listed = browsing.list_revisions(deps.store, article_id, after=_number("after"), limit=PAGE)
        if not listed.revisions:
            # Nothing is that old: the page is the first one.
            listed = browsing.list_revisions(deps.store, article_id, after=None, limit=PAGE)
        newer = _number("to") or listed.revisions[0].number
        older = _number("from") or _before(listed.revisions, newer)
        after = browsing.find_revision(deps.store, article_id, newer)
        before = browsing.find_revision(deps.store, article_id, older)
        return pages.show(
            "history.html",
            article=article,
            listed=listed,
            before=before,
            after=after,
            changes=differences(before, after),
        )


def _before(lines: Sequence[RevisionLine], number: int) -> int:
    """Choose what a revision is compared with: what readers saw before it, if they saw it, or the one before."""
    seen = [line.number for line in lines if line.change in _SEEN and line.number <= number]
    return seen[1] if len(seen) > 1 and seen[0] == number else max(number - 1, 1)


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < _MOST_DIGITS else None
