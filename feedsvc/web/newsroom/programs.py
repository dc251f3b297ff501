"""The tokens that programs use the API with: made, shown once, and taken out of use."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Response, request

from feedsvc import tokens
from feedsvc.errors import Conflict, Invalid, NotFound
from feedsvc.tokens import Scope
from feedsvc.web.newsroom.forms import sentence

if TYPE_CHECKING:
    from flask import Blueprint

    from feedsvc.web.newsroom.deps import NewsroomDeps
    from feedsvc.web.newsroom.pages import Pages

_IN_USE: Final = "This name is in use. Take another one, or revoke its token first."


def install(views: Blueprint, deps: NewsroomDeps, pages: Pages) -> None:
    """Add the views."""

    def show(status: HTTPStatus = HTTPStatus.OK, *, fault: str = "", made: object = None) -> Response:
        return pages.show(
            "programs.html",
            status,
            tokens=[token for token in tokens.list_tokens(deps.store) if token.revoked_at is None],
            scopes=tuple(Scope),
            name=request.form.get("name", "") if fault else "",
            fault=fault,
            made=made or False,
        )

    @views.get("/newsroom/programs")
    def programs() -> Response:
        return show()

    @views.post("/newsroom/programs")
    def make_token() -> Response:
        scope = request.form.get("scope", "")
        try:
            chosen = Scope(scope) if scope in set(Scope) else Scope.READ
            made = tokens.create_token(deps.store, request.form.get("name", ""), chosen, now=deps.now())
        except Conflict:
            return show(HTTPStatus.UNPROCESSABLE_ENTITY, fault=_IN_USE)
        except Invalid as fault:
            return show(HTTPStatus.UNPROCESSABLE_ENTITY, fault=sentence(fault))
        # Answered, not redirected to: this is the only time that its text is there to be seen.
        return show(HTTPStatus.CREATED, made=made)

    @views.post("/newsroom/programs/<token_id>/revoke")
    def revoke_token(token_id: str) -> Response:
        try:
            tokens.revoke_token(deps.store, token_id, now=deps.now())
        except NotFound:
            # Somebody else was quicker.
            return pages.go("/newsroom/programs")
        return pages.go("/newsroom/programs")
