"""What a person does at the editor: opening an article, saving what was typed, and looking at how it changed.

Order and transactions, nothing else. What somebody typed is saved beside what readers see; nothing here publishes.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from feedsvc import drafting, editing, lifecycle
from feedsvc.errors import Invalid, NotFound
from feedsvc.lifecycle import Identity
from feedsvc.model import Article, Draft, Revision, Site
from feedsvc.store import Store, articles, manuscripts, retried
from feedsvc.store.transactions import Overtaken

NEW = 0
"""The revision that a new article is based on: none."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An article, and the Markdown that its newest text was made of, where a person wrote it so."""

    article: Article
    markdown: str | None

    @property
    def waits(self) -> bool:
        """Say whether there is something that readers do not see yet, though the article is out."""
        return self.article.newest is not self.article.revision and not lifecycle.says_the_same(
            self.article.revision, as_draft(self.article.newest)
        )


def open_article(store: Store, article_id: str) -> Opened:
    """Open an article with what was saved last. Raises NotFound."""
    with store.reading() as connection:
        article = articles.get(connection, article_id).article
        return Opened(article, manuscripts.find(connection, article.id, article.newest.content_html))


def find_article(store: Store, article_id: str) -> Opened | None:
    """Open an article if there is one."""
    try:
        return open_article(store, article_id)
    except NotFound:
        return None


def save(
    store: Store, site: Site, article_id: str, draft: Draft, *, markdown: str | None, based_on: int, now: datetime
) -> Article:
    """Save what was typed, beside what readers see. What says the same already is left alone.

    A new article brings its own id, so that a form which is sent twice makes one article; it is based on NEW. Raises
    Invalid, naming the field, PreconditionFailed when somebody else saved meanwhile, Conflict for a withdrawn article.
    """
    accepted = drafting.accept(draft)
    if markdown is not None:
        # First, and under what comes of it: an article that is saved has its manuscript, whatever happens in between.
        _keep_manuscript(store, article_id, accepted.content_html, markdown)
    known = find_article(store, article_id)
    if known is None and based_on == NEW:
        try:
            return editing.create_article(store, site, accepted, identity=_identity(article_id), now=now)
        except Overtaken:
            # The same form, sent twice at once.
            known = open_article(store, article_id)
    if known is not None and lifecycle.says_the_same(known.article.newest, accepted):
        return known.article
    return editing.edit_article(store, site, article_id, accepted, based_on=based_on, now=now, live=False)


def discard(store: Store, site: Site, article_id: str, *, based_on: int, now: datetime) -> Article:
    """Have nothing wait beside what readers see: what is saved last is what they see. Raises PreconditionFailed."""
    live = open_article(store, article_id).article.revision
    return editing.edit_article(store, site, article_id, as_draft(live), based_on=based_on, now=now, live=False)


def correct(store: Store, site: Site, article_id: str, note: str, *, based_on: int, now: datetime) -> Article:
    """Bring out what was saved last as a correction, with the note that readers see.

    Raises Invalid for a note that is empty, PreconditionFailed when somebody else saved meanwhile, Conflict.
    """
    saved = as_draft(open_article(store, article_id).article.newest)
    return editing.correct_article(store, site, article_id, saved, note, based_on=based_on, now=now)


def as_draft(revision: Revision) -> Draft:
    """Give what a revision says, to be saved once more."""
    return Draft(
        title=revision.title,
        content_html=revision.content_html,
        summary=revision.summary,
        language=revision.language,
        section=revision.section,
        authors=revision.authors,
        tags=revision.tags,
        url=revision.url,
        image=revision.image,
    )


@retried
def _keep_manuscript(store: Store, article_id: str, content_html: str, markdown: str) -> None:
    with store.writing() as connection:
        manuscripts.keep(connection, article_id, content_html, markdown)


def _identity(article_id: str) -> Identity:
    try:
        if str(uuid.UUID(article_id)) == article_id:
            return Identity(id=article_id, entry_id=f"urn:uuid:{article_id}")
    except ValueError:
        pass
    raise Invalid("id", f"{article_id!r} is none", "Begin a new article")
