"""The editor's form: what was typed, and the draft that it comes to, with every fault at its field.

Pure: nothing is stored and no request is known but its fields. What was typed is never changed, so that it can be
shown again as it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final

from feedsvc import drafting
from feedsvc.content.characters import clean_text
from feedsvc.content.html import markdown_to_html
from feedsvc.errors import FeedsvcError, Invalid
from feedsvc.model import Draft, Image, Revision
from feedsvc.web.newsroom.words import read_authors, read_tags, write_authors, write_tags

MARKDOWN: Final = "markdown"
HTML: Final = "html"

# How faults speak of a field: of one thing in it, and of all of it.
_SUBJECTS: Final = {
    "title": "The title",
    "summary": "The summary",
    "text": "The text",
    "section": "The section",
    "tags": "A tag",
    "authors": "An author's name",
    "url": "The address",
    "picture_url": "The address",
    "picture_alt": "The picture in words",
    "picture_caption": "The caption",
    "picture_credit": "The credit",
}
# Between blocks, where a line end means nothing: HTML that a program wrote can then be read and changed.
_BETWEEN_BLOCKS: Final = re.compile(r"(?<=>)(?=<(?:p|h[1-6]|ul|ol|li|blockquote|figure|pre|table|tr|hr|aside|div)[ >])")

# What `drafting` calls a field, and where the form has it.
_PLACES: Final = {
    "content_html": "text",
    "authors.name": "authors",
    "authors.email": "authors",
    "authors.url": "authors",
    "image.url": "picture_url",
    "image.alt": "picture_alt",
    "image.caption": "picture_caption",
    "image.credit": "picture_credit",
}
# What stands in for a field at fault while the others are looked at.
_BLANKS: Final[dict[str, Any]] = {
    "title": "–",
    "text": "",
    "summary": "",
    "language": None,
    "section": None,
    "authors": (),
    "tags": (),
    "url": None,
}
_DRAFT_FIELDS: Final = {"text": "content_html"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the editor's fields. `syntax` is "markdown" or "html"."""

    title: str = ""
    summary: str = ""
    text: str = ""
    syntax: str = MARKDOWN
    section: str = ""
    tags: str = ""
    authors: str = ""
    language: str = ""
    url: str = ""
    picture_url: str = ""
    picture_alt: str = ""
    picture_caption: str = ""
    picture_credit: str = ""

    def as_dict(self) -> dict[str, str]:
        """Give the fields by their names in the form."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Read:
    """The draft that was typed, cleaned, or None with the faults: a sentence for each field."""

    draft: Draft | None
    faults: Mapping[str, str]


def typed_in(form: Mapping[str, str]) -> Typed:
    """Take what was typed out of a form, a line end as one character whatever the browser made of it.

    What no feed may hold and nobody sees (NUL and its like) goes at once: PostgreSQL keeps no text with a NUL in it.
    """
    values = {one.name: clean_text(form.get(one.name, "")) for one in fields(Typed)}
    if values["syntax"] not in {MARKDOWN, HTML}:
        values["syntax"] = MARKDOWN
    return Typed(**values)


def typed_from(revision: Revision, markdown: str | None) -> Typed:
    """Fill the form with what a revision says; with the Markdown that it was made of, if that is known."""
    image = revision.image or Image(url="")
    return Typed(
        title=revision.title,
        summary=revision.summary,
        text=_spread(revision.content_html) if markdown is None else markdown,
        syntax=HTML if markdown is None and revision.content_html else MARKDOWN,
        section=revision.section or "",
        tags=write_tags(revision.tags),
        authors=write_authors(revision.authors),
        language=revision.language or "",
        url=revision.url or "",
        picture_url=image.url,
        picture_alt=image.alt,
        picture_caption=image.caption,
        picture_credit=image.credit,
    )


def read(typed: Typed, before: Revision | None = None, uploaded: Image | None = None) -> Read:
    """Read a draft. `before` and `uploaded` know what the form does not show: the facts of a picture."""
    faults: dict[str, str] = {}
    draft = Draft(
        title=typed.title,
        content_html=_content(typed, before),
        summary=typed.summary,
        language=typed.language or None,
        section=typed.section or None,
        tags=read_tags(typed.tags),
        url=typed.url or None,
    )
    try:
        draft = replace(draft, authors=read_authors(typed.authors))
    except Invalid as fault:
        faults["authors"] = sentence(fault)
    image = _image(typed, uploaded, before.image if before else None)
    if image is None and any((typed.picture_alt, typed.picture_caption, typed.picture_credit)):
        faults["picture_url"] = "The picture has words but no address. Give its address, or empty its other fields."
    draft = replace(draft, image=image)
    while True:
        try:
            accepted = drafting.accept(draft)
        except Invalid as fault:
            place = _PLACES.get(fault.thing, fault.thing)
            if place in faults:
                # Blanking it mended nothing: there is no more to find.
                return Read(None, faults)
            faults[place] = sentence(fault, _SUBJECTS.get(place, ""))
            draft = _without(draft, place)
        else:
            return Read(None if faults else accepted, faults)


def sentence(fault: FeedsvcError, subject: str = "") -> str:
    """Tell a fault to whoever looks at its field: what is wrong, and what to do."""
    begins_alone = not fault.reason.startswith(("is ", "has ", "are "))
    if fault.reason.startswith("are "):
        subject = "They"
    words = f"{fault.reason}. {fault.fix}".strip().rstrip(".")
    words = words if begins_alone else f"{subject or 'It'} {words}"
    return f"{words[:1].upper()}{words[1:]}."


def _content(typed: Typed, before: Revision | None) -> str:
    if typed.syntax == MARKDOWN:
        return markdown_to_html(typed.text)
    if before is not None and typed.text.strip() == _spread(before.content_html).strip():
        # Only looked at: its line ends are ours.
        return before.content_html
    return typed.text


def _spread(html: str) -> str:
    return _BETWEEN_BLOCKS.sub("\n", html)


def _image(typed: Typed, *known_ones: Image | None) -> Image | None:
    url = typed.picture_url.strip()
    if not url:
        return None
    known = next((image for image in known_ones if image is not None and image.url == url), Image(url))
    return replace(known, alt=typed.picture_alt, caption=typed.picture_caption, credit=typed.picture_credit)


def _without(draft: Draft, place: str) -> Draft:
    if not place.startswith("picture_"):
        return replace(draft, **{_DRAFT_FIELDS.get(place, place): _BLANKS[place]})
    if place == "picture_url" or draft.image is None:
        return replace(draft, image=None)
    words: dict[str, Any] = {place.removeprefix("picture_"): ""}
    return replace(draft, image=replace(draft.image, **words))
