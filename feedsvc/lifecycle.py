"""The life of an article: what each step makes of it, and what readers will notice.

Pure: an article and `now` in, an article with its new revision out. Nothing is stored here, and no feed is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, datetime

from feedsvc.content.characters import clean_text
from feedsvc.content.html import text_to_html
from feedsvc.content.markup import escape_text
from feedsvc.content.slugs import slugify
from feedsvc.errors import Conflict, Invalid
from feedsvc.model import Article, Change, Correction, Draft, Revision, Status


@dataclass(frozen=True, slots=True)
class Identity:
    """What an article is known by for ever: minted once by the caller, or taken over from where it came out before."""

    id: str
    entry_id: str
    entry_id_is_permalink: bool = False


def create(draft: Draft, identity: Identity, slug: str, now: datetime) -> Article:
    """Make a new article of a draft; nobody but the newsroom sees it yet. Raises Invalid for a time in no year."""
    return Article(
        id=identity.id,
        entry_id=identity.entry_id,
        entry_id_is_permalink=identity.entry_id_is_permalink,
        slug=slug,
        status=Status.DRAFT,
        revision=as_revision(1, Change.CREATE, draft, now),
        created_at=now,
        modified_at=now,
        publish_at=_showable("publish_at", draft.publish_at),
        external_id=draft.external_id,
    )


def edit(article: Article, draft: Draft, now: datetime) -> Article:
    """Change what an article says, quietly: after publication this is a minor edit, which moves no reader's date (P12).

    A change that waits beside it goes on waiting. An external id is taken over, and never taken away. Until an article
    has been out its address follows its title: what a draft was called first is nobody's business (P10). Raises
    Conflict for a withdrawn article, Invalid for a time that can't be kept.
    """
    _refuse_withdrawn(article)
    change = Change.MINOR_EDIT if article.status is Status.PUBLISHED else Change.DRAFT_EDIT
    return replace(
        article,
        slug=article.slug if article.published_at else slugify(draft.title),
        revision=_next(article, change, draft, now),
        modified_at=now,
        publish_at=_publish_at(article, draft, now),
        external_id=draft.external_id or article.external_id,
    )


def save_working(article: Article, draft: Draft, now: datetime) -> Article:
    """Save a change beside what readers see, where it waits until `publish` releases it; it replaces one that waits.

    Before publication readers see nothing, and this is an edit like any other. Raises Conflict for a withdrawn article.
    """
    if article.status is not Status.PUBLISHED:
        return edit(article, draft, now)
    _publish_at(article, draft, now)
    return replace(article, working=_next(article, Change.DRAFT_EDIT, draft, now))


def schedule(article: Article, publish_at: datetime | None, now: datetime) -> Article:
    """Set the time at which an article comes out; None takes the one that it already has.

    Raises Conflict when it is already out, Invalid for a time gone by and for none at all.
    """
    if article.status not in (Status.DRAFT, Status.SCHEDULED):
        raise Conflict(f"article {article.id}", f"is {article.status}; only a draft can be scheduled")
    at = _showable("publish_at", publish_at or article.publish_at)
    if at is None:
        raise Invalid("publish_at", "is missing", "Say when the article is to come out")
    if at <= now:
        raise Invalid("publish_at", f"{at.isoformat()} has gone by", "Give a time to come, or publish now")
    return replace(
        article,
        status=Status.SCHEDULED,
        publish_at=at,
        modified_at=now,
        revision=_again(article, Change.SCHEDULE, now),
    )


def unschedule(article: Article, now: datetime) -> Article:
    """Make a scheduled article a draft again: it does not come out. Raises Conflict when it is not scheduled."""
    if article.status is not Status.SCHEDULED:
        raise Conflict(f"article {article.id}", f"is {article.status}; only a scheduled article can be kept back")
    return replace(
        article,
        status=Status.DRAFT,
        publish_at=None,
        modified_at=now,
        revision=_again(article, Change.DRAFT_EDIT, now),
    )


def publish(
    article: Article, now: datetime, *, published_at: datetime | None = None, updated_at: datetime | None = None
) -> Article:
    """Bring an article out; of one that is out already, release the change that waits: quietly, as a minor edit.

    `published_at` is for one that was published before elsewhere, or that fell due a moment ago; it is `now` otherwise.
    Raises Conflict when it is out and nothing waits, or was withdrawn, Invalid for a time to come, or in no year.
    """
    if article.status is Status.PUBLISHED and article.working is not None:
        return _release(article, article.working, now)
    if article.status not in (Status.DRAFT, Status.SCHEDULED):
        raise Conflict(f"article {article.id}", f"is already {article.status}")
    first, last = _showable("published_at", published_at) or now, _showable("updated_at", updated_at)
    if first > now:
        raise Invalid("published_at", f"{first.isoformat()} is still to come", "Schedule the article instead")
    return replace(
        article,
        status=Status.PUBLISHED,
        published_at=first,
        updated_at=max(first, last or first),
        modified_at=max(first, last or first) if published_at else now,
        publish_at=None,
        revision=_again(article, Change.PUBLISH, now),
    )


def correct(article: Article, draft: Draft, note: str, now: datetime) -> Article:
    """Change what a published article says, loudly: `updated_at` moves and the dated note goes with it (P12).

    Raises Conflict unless the article is published, Invalid for an empty note.
    """
    if article.status is not Status.PUBLISHED:
        raise Conflict(f"article {article.id}", f"is {article.status}; only a published article can be corrected")
    note = clean_text(note).strip()
    if not note:
        raise Invalid("note", "is empty", "Say what was wrong and what is right: subscribers read it")
    revision = _next(article, Change.CORRECTION, draft, now)
    revision = replace(revision, corrections=(*revision.corrections, Correction(now, note)))
    return replace(article, revision=revision, updated_at=now, modified_at=now)


@dataclass(frozen=True, slots=True)
class Announcement:
    """That an article was withdrawn, in a few words; `language` is their own, where that is not the article's."""

    words: str
    language: str | None = None


def withdraw(
    article: Article,
    reason: str,
    now: datetime,
    *,
    notice: bool | None = None,
    announcement: Announcement | None = None,
) -> Article:
    """Take a published article back (P11); its text is gone from this revision on.

    With `notice` the reason stays in the article's place, without it nothing does; None leaves it to each feed. The
    `announcement` stands before the reason: under a title that stays, a bare reason would be read as the story. Raises
    Conflict unless the article is published, Invalid for an empty reason.
    """
    if article.status is not Status.PUBLISHED:
        raise Conflict(f"article {article.id}", f"is {article.status}; only a published article can be withdrawn")
    reason = clean_text(reason).strip()
    if not reason:
        raise Invalid("reason", "is empty", "Say why: subscribers read it where the feed keeps a notice")
    revision = replace(
        _again(article, Change.WITHDRAWAL, now),
        content_html=_announced(announcement) + text_to_html(reason),
        summary=f"{announcement.words}: {reason}" if announcement else reason,
        image=None,
        corrections=(),
    )
    return replace(
        article,
        status=Status.WITHDRAWN,
        revision=revision,
        updated_at=now,
        modified_at=now,
        withdrawn_at=now,
        withdrawal_reason=reason,
        notice=notice,
        working=None,
    )


def says_the_same(revision: Revision, draft: Draft) -> bool:
    """Say whether saving this draft would change nothing that anybody could see."""
    return all(
        getattr(revision, name) == getattr(draft, name)
        for name in ("title", "content_html", "summary", "language", "section", "authors", "tags", "url", "image")
    )


def _announced(announcement: Announcement | None) -> str:
    if announcement is None:
        return ""
    # The words are written from left to right or not, whatever the article's are.
    own = f' lang="{announcement.language}" dir="auto"' if announcement.language else ""
    return f"<p{own}><strong>{escape_text(announcement.words)}.</strong></p>\n"


def _refuse_withdrawn(article: Article) -> None:
    if article.status is Status.WITHDRAWN:
        raise Conflict(f"article {article.id}", "was withdrawn, and stays so", "Write a new article instead")


def _release(article: Article, working: Revision, now: datetime) -> Article:
    if working.number < article.revision.number:
        raise Conflict(
            f"article {article.id}",
            f"was changed (revision {article.revision.number}) after the change that waits (revision {working.number})",
            "Save that change again, on top of what readers see now",
        )
    revision = replace(
        working,
        number=article.newest.number + 1,
        change=Change.MINOR_EDIT,
        saved_at=now,
        corrections=article.revision.corrections,
    )
    return replace(article, revision=revision, working=None, modified_at=now)


def _showable(field: str, instant: datetime | None) -> datetime | None:
    """Give a time back; the first and the last year that there is can't be moved to another zone, and so not shown."""
    if instant is None or MINYEAR < instant.year < MAXYEAR:
        return instant
    raise Invalid(field, f"is in the year {instant.year}", f"Give a year from {MINYEAR + 1} to {MAXYEAR - 1}")


def _publish_at(article: Article, draft: Draft, now: datetime) -> datetime | None:
    wanted = _showable("publish_at", draft.publish_at)
    if article.status is Status.DRAFT:
        return wanted
    if article.status is Status.PUBLISHED:
        if wanted is not None:
            raise Invalid("publish_at", "is given for an article that is out already", "Leave it out")
        return None
    if wanted is not None and wanted != article.publish_at and wanted <= now:
        raise Invalid("publish_at", f"{wanted.isoformat()} has gone by", "Give a time to come, or publish now")
    return wanted or article.publish_at


def _again(article: Article, change: Change, now: datetime) -> Revision:
    """Save what readers see, or will see, once more, for a step that changes no word of it."""
    return replace(article.revision, number=article.newest.number + 1, change=change, saved_at=now)


def _next(article: Article, change: Change, draft: Draft, now: datetime) -> Revision:
    revision = as_revision(article.newest.number + 1, change, draft, now)
    return replace(revision, corrections=article.revision.corrections)


def as_revision(number: int, change: Change, draft: Draft, now: datetime) -> Revision:
    """Give what a draft says as a revision, without corrections."""
    return Revision(
        number=number,
        change=change,
        saved_at=now,
        title=draft.title,
        content_html=draft.content_html,
        summary=draft.summary,
        language=draft.language,
        section=draft.section,
        authors=draft.authors,
        tags=draft.tags,
        url=draft.url,
        image=draft.image,
    )
