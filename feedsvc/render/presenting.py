"""Decides what a feed shows of an entry: its title, link, text, picture and authors, the same in every format.

Never writes a format: the renderers escape and lay out what stands here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from feedsvc.content.characters import clean_line, clean_text, contains_illegal
from feedsvc.content.html import absolute_html
from feedsvc.content.language import is_right_to_left
from feedsvc.content.summaries import plain_text, summarize
from feedsvc.model import Author, ContentSetting, Edition, Entry, Image, Site
from feedsvc.render.addresses import article_url, web_url
from feedsvc.render.dates import rfc3339
from feedsvc.render.notes import notes_html, notes_text
from feedsvc.render.pictures import lead_picture, with_picture

if TYPE_CHECKING:
    from collections.abc import Iterable

TITLE_LIMIT = 80
"""Characters of text that stand in for a missing title."""

OPENING = 65_536
"""Characters of a body that a summary is made of; a summary needs a few hundred, a body may have millions."""


@dataclass(frozen=True, slots=True)
class Presented:
    """An entry as a feed shows it, in plain values that every format writes in its own way.

    `title` is plain text and never empty. `link` is absolute. `summary` is plain text, "" if there is none.
    `content_html` is None where the feed shows no full text; it already holds the picture and the corrections'
    notes, so whoever shows it shows neither again. `tags` begins with the section. `language` is the entry's own,
    None if unknown.
    """

    entry: Entry
    title: str
    link: str
    summary: str
    content_html: str | None
    image: Image | None
    authors: tuple[Author, ...]
    tags: tuple[str, ...]
    language: str | None


def present(entry: Entry, site: Site, content: ContentSetting) -> Presented:
    """Say what a feed with this content setting shows of an entry.

    Text is cleaned of what XML 1.0 can't hold (`content.characters`), so that no format carries what another can't.
    FULL shows the summary and the body with its picture, SUMMARY the given summary or one made of the body, HEADLINE
    neither. The notes of corrections stand at the top of whatever text is shown.

    Raises ValueError if the entry can't be shown at all: an identity that no XML document can carry unchanged, or an
    instant without a time zone.
    """
    _check(entry)
    link = article_url(entry, site)
    shown = Presented(
        entry=entry,
        title=_title(entry),
        link=link,
        summary="",
        content_html=None,
        image=lead_picture(entry.image, link),
        authors=shown_authors(entry.authors, link) or shown_authors(site.authors, f"{site.base_url}/"),
        tags=_tags(entry),
        language=clean_line(entry.language or "") or None,
    )
    if content is ContentSetting.HEADLINE:
        return shown
    shown = replace(shown, summary=clean_text(entry.summary).strip() or summarize(_opening(entry)))
    body = clean_text(entry.content_html).strip() if content is ContentSetting.FULL else ""
    if content is ContentSetting.SUMMARY or not (body or shown.image):
        return _with_notes_before_the_summary(shown)
    html = notes_html(entry.corrections) + with_picture(absolute_html(body, link), shown.image)
    if is_right_to_left(shown.language or site.language):
        # No feed format says which way text runs; readers keep `dir`, and set Arabic or Hebrew wrongly without it.
        html = f'<div dir="rtl">{html}</div>'
    return replace(shown, content_html=html)


def as_summary(shown: Presented) -> Presented:
    """Take the full text away; the summary, the corrections' notes and the link to the whole article stay."""
    if shown.content_html is None:
        return shown
    return _with_notes_before_the_summary(replace(shown, content_html=None))


def as_headline(shown: Presented) -> Presented:
    """Take all text away but the title; the link to the whole article stays."""
    return replace(shown, content_html=None, summary="")


def shown_of(presented: Presented) -> ContentSetting:
    """Say how much of an entry this is."""
    if presented.content_html is not None:
        return ContentSetting.FULL
    return ContentSetting.SUMMARY if presented.summary else ContentSetting.HEADLINE


def shown_authors(authors: Iterable[Author], base: str) -> tuple[Author, ...]:
    """Keep the authors that have a name, once each, and no e-mail address.

    RSS wants an address for its `author`, but a public feed is where spammers look for them, and the addresses of an
    imported site are its people's log-in names: names and pages are enough for every reader.
    """
    kept: dict[str, Author] = {}
    for author in authors:
        name = clean_line(author.name)
        if name and name not in kept:
            kept[name] = Author(name, url=web_url(author.url, base))
    return tuple(kept.values())


def language_of(edition: Edition) -> str:
    """Give the language that a feed is written in: its own, else the site's."""
    return clean_line(edition.feed.language or "") or clean_line(edition.site.language) or "en"


def is_writable(entry_id: str) -> bool:
    """Say whether every format can carry an identity unchanged.

    Cleaning one would make a new identity, and an old article would come back as new (promise P01).
    """
    return bool(entry_id.strip()) and not contains_illegal(entry_id)


def _check(entry: Entry) -> None:
    if not is_writable(entry.entry_id):
        raise ValueError(f"the entry id {entry.entry_id!r} is empty or holds characters that XML can't carry")
    for instant in (entry.published_at, entry.updated_at, *(correction.at for correction in entry.corrections)):
        rfc3339(instant)


def _title(entry: Entry) -> str:
    title = clean_line(entry.title)
    if title.strip():
        return title
    text = clean_line(entry.summary) or _opening(entry)
    return summarize(text, TITLE_LIMIT) or "Untitled"


def _opening(entry: Entry) -> str:
    html = entry.content_html
    if len(html) <= OPENING:
        return plain_text(clean_text(html))
    cut = html[:OPENING]
    if cut.rfind("<") > cut.rfind(">"):
        cut = cut[: cut.rfind("<")]
    # A body that opens with so much markup before its first word shows none.
    return plain_text(clean_text(cut))


def _with_notes_before_the_summary(shown: Presented) -> Presented:
    notes = notes_text(shown.entry.corrections)
    return replace(shown, summary=f"{notes} {shown.summary}".strip()) if notes else shown


def _tags(entry: Entry) -> tuple[str, ...]:
    """Give the section and then the tags, each word once, whatever its case."""
    kept: dict[str, str] = {}
    for word in (entry.section or "", *entry.tags):
        cleaned = clean_line(word)
        if cleaned:
            kept.setdefault(cleaned.casefold(), cleaned)
    return tuple(kept.values())
