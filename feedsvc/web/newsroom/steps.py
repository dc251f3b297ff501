"""The steps of an article's life: each asks first, says plainly what subscribers will see, and then does it.

Every step is based on the revision that was looked at: what somebody else changed meanwhile is never published unseen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, request

from feedsvc import editing, writing
from feedsvc.errors import Conflict, Invalid, PreconditionFailed
from feedsvc.model import Article, Status
from feedsvc.previewing import Preview, preview
from feedsvc.web.newsroom import statements
from feedsvc.web.newsroom.differences import differences
from feedsvc.web.newsroom.editor import number_in
from feedsvc.web.newsroom.forms import sentence
from feedsvc.web.newsroom.statements import Notice
from feedsvc.web.newsroom.times import FIELD, Clock, Twice

if TYPE_CHECKING:
    from flask import Blueprint

    from feedsvc.web.newsroom.deps import NewsroomDeps
    from feedsvc.web.newsroom.pages import Pages
    from feedsvc.writing import Opened

CHANGED = "Nothing was done: somebody changed the article meanwhile. Look at it once more, as it is now."
_UNPUBLISHED = (Status.DRAFT, Status.SCHEDULED)

Ask = Callable[["Asked"], Response]
Take = Callable[[int, datetime], Article]


@dataclass(frozen=True, slots=True)
class Asked:
    """A step that is asked about: the article, what was typed, and what was wrong with it.

    `choices` are the two instants of a time that comes twice.
    """

    opened: Opened
    typed: str = ""
    fault: str = ""
    choices: tuple[datetime, ...] = ()
    status: HTTPStatus = HTTPStatus.OK

    @property
    def article(self) -> Article:
        """Give the article."""
        return self.opened.article


def install(views: Blueprint, deps: NewsroomDeps, pages: Pages) -> None:
    """Add the views."""
    steps = Steps(deps, pages)
    for step in (steps.publish, steps.schedule, steps.release, steps.correct, steps.withdraw):
        views.add_url_rule(f"/newsroom/articles/<article_id>/{step.__name__}", view_func=step, methods=["GET", "POST"])
    views.add_url_rule("/newsroom/articles/<article_id>/discard", view_func=steps.discard, methods=["POST"])


class Steps:
    """Asks for each step, and takes it."""

    def __init__(self, deps: NewsroomDeps, pages: Pages) -> None:
        self._deps = deps
        self._pages = pages
        self._clock = Clock(deps.zone)

    def publish(self, article_id: str) -> Response:
        """Bring an article out."""

        def ask(asked: Asked) -> Response:
            if asked.article.status not in _UNPUBLISHED:
                return self._impossible(asked)
            seen = self._see(asked)
            says = statements.publishing(seen, has_hubs=self._has_hubs)
            return self._ask("publish.html", asked, seen, says)

        def take(based_on: int, now: datetime) -> Article:
            return editing.publish_article(self._deps.store, self._deps.site, article_id, based_on=based_on, now=now)

        return self._answer(article_id, ask, take, done="published")

    def schedule(self, article_id: str) -> Response:
        """Set the time at which an article comes out."""

        def ask(asked: Asked) -> Response:
            if asked.article.status not in _UNPUBLISHED:
                return self._impossible(asked)
            seen = self._see(asked)
            says = statements.scheduling(seen, has_hubs=self._has_hubs)
            return self._ask("schedule.html", asked, seen, says, zone=self._deps.site.time_zone)

        def take(based_on: int, now: datetime) -> Article:
            which = request.form.get("which", "")
            at = self._clock.read(request.form.get("at", ""), second=which == "second" if which else None)
            if at <= now:
                raise Invalid(FIELD, f"{self._clock.full(at)} has gone by", "Give a time to come, or publish now")
            return editing.schedule_article(
                self._deps.store, self._deps.site, article_id, at, based_on=based_on, now=now
            )

        return self._answer(article_id, ask, take, done="scheduled", field="at")

    def release(self, article_id: str) -> Response:
        """Bring out what was saved beside what readers see, quietly."""

        def ask(asked: Asked) -> Response:
            if not asked.opened.waits:
                return self._impossible(asked)
            seen = self._see(asked)
            return self._ask("release.html", asked, seen, statements.releasing(seen), changes=_changes(asked))

        def take(based_on: int, now: datetime) -> Article:
            return editing.publish_article(self._deps.store, self._deps.site, article_id, based_on=based_on, now=now)

        return self._answer(article_id, ask, take, done="released")

    def correct(self, article_id: str) -> Response:
        """Bring out what was saved beside what readers see as a correction, with its note."""

        def ask(asked: Asked) -> Response:
            if asked.article.status is not Status.PUBLISHED:
                return self._impossible(asked)
            seen = self._see(asked, note=asked.typed)
            says, changes = statements.correcting(seen), _changes(asked)
            return self._ask("correct.html", asked, seen, says, changes=changes, hurried=True)

        def take(based_on: int, now: datetime) -> Article:
            note = request.form.get("note", "")
            return writing.correct(self._deps.store, self._deps.site, article_id, note, based_on=based_on, now=now)

        return self._answer(article_id, ask, take, done="corrected", field="note")

    def withdraw(self, article_id: str) -> Response:
        """Take a published article back."""

        def ask(asked: Asked) -> Response:
            if asked.article.status is not Status.PUBLISHED:
                return self._impossible(asked)
            live = preview(
                self._deps.store,
                self._deps.site,
                writing.as_draft(asked.article.revision),
                article_id,
                now=self._deps.now(),
            )
            notices = statements.notices_for(live.taking)
            chosen = _notice() or notices[0]
            says = {notice: statements.withdrawing(notice, live.taking) for notice in notices}
            after = statements.after_withdrawing()
            return self._ask("withdraw.html", asked, live, after, notices=says, chosen=chosen, hurried=True)

        def take(based_on: int, now: datetime) -> Article:
            notice = _notice()
            if notice is None:
                raise Invalid("notice", "is not chosen", "Say what is to be left of the article")
            return editing.withdraw_article(
                self._deps.store,
                self._deps.site,
                article_id,
                request.form.get("reason", ""),
                notice=notice.as_argument,
                based_on=based_on,
                now=now,
            )

        return self._answer(article_id, ask, take, done="withdrawn", field="reason")

    def discard(self, article_id: str) -> Response:
        """Drop what was saved beside what readers see."""

        def take(based_on: int, now: datetime) -> Article:
            return writing.discard(self._deps.store, self._deps.site, article_id, based_on=based_on, now=now)

        return self._answer(article_id, self._impossible, take, done="discarded")

    @property
    def _has_hubs(self) -> bool:
        return bool(self._deps.site.hubs)

    def _answer(self, article_id: str, ask: Ask, take: Take, *, done: str, field: str = "") -> Response:
        """Ask, or take the step and go back to the article; what can't be taken is asked again, with what was typed."""
        store = self._deps.store
        if request.method != "POST":
            return ask(Asked(writing.open_article(store, article_id)))
        typed = request.form.get(field, "").replace("\r\n", "\n")
        try:
            take(number_in(request.form), self._deps.now())
        except Twice as fault:
            asked = Asked(writing.open_article(store, article_id), typed, sentence(fault), fault.choices)
        except Invalid as fault:
            asked = Asked(writing.open_article(store, article_id), typed, sentence(fault))
        except (PreconditionFailed, Conflict):
            return ask(Asked(writing.open_article(store, article_id), typed, CHANGED, status=HTTPStatus.CONFLICT))
        else:
            return self._pages.go(f"/newsroom/articles/{article_id}?done={done}")
        return ask(replace(asked, status=HTTPStatus.UNPROCESSABLE_ENTITY))

    def _see(self, asked: Asked, note: str | None = None) -> Preview:
        draft = writing.as_draft(asked.article.newest)
        return preview(
            self._deps.store, self._deps.site, draft, asked.article.id, now=self._deps.now(), note=note or None
        )

    def _ask(self, template: str, asked: Asked, seen: Preview, says: list[str], **more: object) -> Response:
        return self._pages.show(template, asked.status, asked=asked, seen=seen, says=says, **more)

    def _impossible(self, asked: Asked) -> Response:
        """Show the article as it is: this step is none of its life now."""
        return self._pages.show("impossible.html", HTTPStatus.CONFLICT, asked=asked)


def _changes(asked: Asked) -> object:
    return differences(asked.article.revision, asked.article.newest)


def _notice() -> Notice | None:
    word = request.form.get("notice", "")
    return Notice(word) if word in set(Notice) else None
