"""The editor: writing an article, and seeing meanwhile what each feed will show of it.

What was typed is saved beside what readers see, or shown again with what is wrong; nothing here publishes.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Response, request

from feedsvc import editing, previewing, writing
from feedsvc.content.characters import clean_line
from feedsvc.errors import Conflict, PreconditionFailed
from feedsvc.model import Status
from feedsvc.web.newsroom import forms
from feedsvc.web.newsroom.choices import find_choices
from feedsvc.web.newsroom.differences import differences
from feedsvc.web.newsroom.forms import Read, Typed
from feedsvc.web.newsroom.pictures import FIELD, take_picture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Blueprint

    from feedsvc.model import Article, Draft
    from feedsvc.previewing import Preview
    from feedsvc.web.newsroom.deps import NewsroomDeps
    from feedsvc.web.newsroom.differences import Difference
    from feedsvc.web.newsroom.pages import Pages
    from feedsvc.writing import Opened

# What the editor's buttons do once the text is saved: the page that asks before anything happens.
STEPS: Final = frozenset({"publish", "schedule", "release", "correct"})
NOTHING_YET: Final = "What each feed will show stands here as soon as something is written."
_AFTER: Final = {"unschedule": "kept-back"}
_MOST_DIGITS: Final = 10
DONE: Final = {
    "saved": "Saved. Subscribers see nothing of it yet.",
    "scheduled": "Scheduled.",
    "kept-back": "Kept back: it is a draft again, and does not come out by itself.",
    "published": "Published. Subscribers see it as soon as their feeds are: usually within a second.",
    "released": "The new text is out. No date has moved.",
    "corrected": "Corrected. Your note stands above the text.",
    "discarded": "The changes are gone. What stands here is what readers see.",
    "withdrawn": "Withdrawn.",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The editor as it is to be shown. `based_on` is the revision that the text was made from."""

    article_id: str
    typed: Typed
    based_on: int
    opened: Opened | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    conflict: tuple[Difference, ...] | None = None
    problem: str = ""
    notice: str = ""
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What subscribers will see, or why nothing can be shown."""

    preview: Preview | None
    fault: str = ""


def install(views: Blueprint, deps: NewsroomDeps, pages: Pages) -> None:
    """Add the views."""
    desk = Editor(deps, pages)

    @views.get("/newsroom/articles/new")
    def new() -> Response:
        return desk.show(Sheet(str(uuid.uuid4()), Typed(), writing.NEW))

    @views.get("/newsroom/articles/<article_id>")
    def article(article_id: str) -> Response:
        return desk.open(article_id)

    @views.post("/newsroom/articles/<article_id>")
    def save(article_id: str) -> Response:
        return desk.take(article_id)

    @views.post("/newsroom/preview")
    def preview() -> Response:
        return desk.preview()


class Editor:
    """Shows the editor, and takes what it sends."""

    def __init__(self, deps: NewsroomDeps, pages: Pages) -> None:
        self._deps = deps
        self._pages = pages
        self._can_upload = deps.media is not None

    def show(self, sheet: Sheet, status: HTTPStatus = HTTPStatus.OK) -> Response:
        """Answer with the editor."""
        return self._pages.show(
            "editor.html", status, sheet=sheet, choices=find_choices(self._deps), can_upload=self._can_upload
        )

    def open(self, article_id: str) -> Response:
        """Answer with an article as it was saved last; a withdrawn one is only to be looked at."""
        opened = writing.open_article(self._deps.store, article_id)
        newest = opened.article.newest
        notice = DONE.get(request.args.get("done", ""), "")
        if opened.article.status is Status.WITHDRAWN:
            return self._pages.show("withdrawn.html", opened=opened, notice=notice)
        typed = forms.typed_from(newest, opened.markdown)
        return self.show(Sheet(article_id, typed, newest.number, opened, notice=notice))

    def take(self, article_id: str) -> Response:
        """Save what was typed, and go on to where the button leads."""
        taken = take_picture(self._deps, forms.typed_in(request.form))
        opened = writing.find_article(self._deps.store, article_id)
        based_on = number_in(request.form)
        read = forms.read(taken.typed, opened.article.newest if opened else None, taken.image)
        if taken.fault:
            read = Read(None, {**read.faults, FIELD: taken.fault})
        sheet = Sheet(article_id, taken.typed, based_on, opened, faults=read.faults)
        if read.draft is None:
            return self.show(sheet, HTTPStatus.UNPROCESSABLE_ENTITY)
        if request.form.get("action") == "preview":
            return self.show(replace(sheet, seen=self._see(read.draft, opened)))
        action = request.form.get("action", "")
        try:
            article = self._save(sheet, read.draft)
            if action == "unschedule":
                self._keep_back(article)
        except PreconditionFailed:
            return self._conflict(sheet, read.draft)
        except Conflict as error:
            return self.show(replace(sheet, problem=f"Not saved: the article {error.reason}."), HTTPStatus.CONFLICT)
        if action in STEPS:
            return self._pages.go(f"/newsroom/articles/{article_id}/{action}")
        return self._pages.go(f"/newsroom/articles/{article_id}?done={_AFTER.get(action, 'saved')}")

    def preview(self) -> Response:
        """Answer with the part of the editor that says what subscribers will see."""
        typed = forms.typed_in(request.form)
        opened = writing.find_article(self._deps.store, clean_line(request.form.get("id", "")))
        if not (typed.title.strip() or typed.text.strip() or typed.summary.strip()):
            return self._pages.show("seen.html", seen=Seen(None, fault=NOTHING_YET))
        read = forms.read(typed, opened.article.newest if opened else None)
        if read.draft is None:
            return self._pages.show("seen.html", seen=Seen(None, fault=" ".join(read.faults.values())))
        return self._pages.show("seen.html", seen=self._see(read.draft, opened))

    def _save(self, sheet: Sheet, draft: Draft) -> Article:
        markdown = sheet.typed.text if sheet.typed.syntax == forms.MARKDOWN else None
        return writing.save(
            self._deps.store,
            self._deps.site,
            sheet.article_id,
            draft,
            markdown=markdown,
            based_on=sheet.based_on,
            now=self._deps.now(),
        )

    def _keep_back(self, article: Article) -> None:
        editing.unschedule_article(
            self._deps.store, self._deps.site, article.id, based_on=article.newest.number, now=self._deps.now()
        )

    def _conflict(self, sheet: Sheet, draft: Draft) -> Response:
        """Show both versions; saving once more puts this one over the other."""
        opened = writing.open_article(self._deps.store, sheet.article_id)
        newest = opened.article.newest
        both = differences(newest, draft)
        return self.show(
            Sheet(sheet.article_id, sheet.typed, newest.number, opened, conflict=both), HTTPStatus.CONFLICT
        )

    def _see(self, draft: Draft, opened: Opened | None) -> Seen:
        return see(self._deps, draft, opened.article if opened else None)


def see(deps: NewsroomDeps, draft: Draft, article: Article | None, note: str | None = None) -> Seen:
    """Say what subscribers will see of a draft."""
    article_id = article.id if article else None
    return Seen(previewing.preview(deps.store, deps.site, draft, article_id, now=deps.now(), note=note))


def number_in(form: Mapping[str, str]) -> int:
    """Give the revision that a form is based on; what is none is no revision, and so never the current one."""
    text = form.get("based_on", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < _MOST_DIGITS else -1
