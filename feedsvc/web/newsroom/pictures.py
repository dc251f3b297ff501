"""Uploading a picture at the editor: taken in with whatever button is pressed, or at once where script runs.

What of a picture is published is decided elsewhere; here it becomes the address in the form's field.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Response, request

from feedsvc import uploading
from feedsvc.errors import Invalid
from feedsvc.web.newsroom import forms

if TYPE_CHECKING:
    from flask import Blueprint

    from feedsvc.model import Image
    from feedsvc.web.newsroom.deps import NewsroomDeps
    from feedsvc.web.newsroom.forms import Typed
    from feedsvc.web.newsroom.pages import Pages

FIELD: Final = "picture_file"


@dataclass(frozen=True, slots=True)
class Taken:
    """What was typed, with the address of the picture that came along; or what was wrong with that."""

    typed: Typed
    image: Image | None = None
    fault: str = ""


def install(views: Blueprint, deps: NewsroomDeps, pages: Pages) -> None:
    """Add the view that script asks."""

    @views.post("/newsroom/pictures")
    def picture() -> Response:
        taken = take_picture(deps, forms.typed_in(request.form))
        response = pages.show(
            "picture.html",
            HTTPStatus.UNPROCESSABLE_ENTITY if taken.fault else HTTPStatus.OK,
            url=taken.typed.picture_url,
            fault=taken.fault,
            is_new=taken.image is not None,
        )
        # The preview is made anew: no key was pressed that would have told it.
        response.headers["HX-Trigger"] = "picture"
        return response


def take_picture(deps: NewsroomDeps, typed: Typed) -> Taken:
    """Take in the picture that came with the form, if one did. Raises Unavailable."""
    file = request.files.get(FIELD)
    if deps.media is None or file is None or not file.filename:
        return Taken(typed)
    try:
        image = uploading.upload_picture(
            deps.store,
            deps.media,
            deps.site,
            file.read(),
            now=deps.now(),
            limits=deps.picture_limits,
            name="the picture",
        )
    except Invalid as fault:
        return Taken(typed, fault=forms.sentence(fault))
    return Taken(replace(typed, picture_url=image.url), image)
