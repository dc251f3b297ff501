"""Articles over the API: list, create, read, replace, change.

Each view is one call; which change is allowed and what it means is decided by the rules below it.
"""

from __future__ import annotations

from http import HTTPStatus

from feedsvc import browsing, editing
from feedsvc.errors import NotFound
from feedsvc.model import Status
from feedsvc.serving import Answer
from feedsvc.store.creations import Once
from feedsvc.web.api import models
from feedsvc.web.api.answers import ArticleForm, ArticlePage
from feedsvc.web.api.calls import Call, answer, answer_article, answer_tagged, tag_of
from feedsvc.web.api.preconditions import expect, expected
from feedsvc.web.api.queries import ArticleQuery, ExternalIdQuery, NoQuery


def list_articles(call: Call[models.Nothing, ArticleQuery]) -> Answer:
    """List and search."""
    query = call.query
    listed = browsing.list_articles(call.store, query.wanted(), after=query.cursor, limit=query.limit)
    return answer(call, ArticlePage.of(listed))


def create_article(call: Call[models.NewArticle, NoQuery]) -> Answer:
    """Create, and bring out or schedule in the same step."""
    status = call.body.standing()
    article = editing.create_article(
        call.store,
        call.site,
        call.body.draft(),
        now=call.now,
        publish=status is Status.PUBLISHED,
        schedule=status is Status.SCHEDULED,
        once=Once(call.caller.id, call.key) if call.key else None,
    )
    return answer_article(call, article, HTTPStatus.CREATED)


def read_article(call: Call[models.Nothing, NoQuery]) -> Answer:
    """Read one."""
    article = browsing.find_article(call.store, call.path["article_id"])
    return answer_tagged(call, ArticleForm.of(article), tag_of(article))


def replace_article(call: Call[models.Replacement, NoQuery]) -> Answer:
    """Say everything anew."""
    current = expected(call)
    article = editing.edit_article(
        call.store,
        call.site,
        current.id,
        call.body.draft(current),
        based_on=current.newest.number,
        now=call.now,
        live=call.body.live,
    )
    return answer_article(call, article)


def change_article(call: Call[models.Patch, NoQuery]) -> Answer:
    """Change some of it; a change that is to wait goes on from one that waits already."""
    current = expected(call)
    base = current.revision if call.body.live else current.working or current.revision
    article = editing.edit_article(
        call.store,
        call.site,
        current.id,
        call.body.applied_to(current, base),
        based_on=current.newest.number,
        now=call.now,
        live=call.body.live,
    )
    return answer_article(call, article)


def read_by_external_id(call: Call[models.Nothing, ExternalIdQuery]) -> Answer:
    """Read the one that the caller's own system knows by an id."""
    article = browsing.find_by_external_id(call.store, call.query.external_id)
    if article is None:
        raise NotFound(f"the article with external_id {call.query.external_id!r}", "is not in the store")
    return answer_tagged(call, ArticleForm.of(article), tag_of(article))


def put_by_external_id(call: Call[models.NewArticle, ExternalIdQuery]) -> Answer:
    """Create or replace the one that the caller's own system knows by an id."""
    current = browsing.find_by_external_id(call.store, call.query.external_id)
    number = expect(call, current)
    article, new = editing.put_article(
        call.store,
        call.site,
        call.query.external_id,
        call.body.named(call.query.external_id).draft(current),
        status=call.body.standing(),
        based_on=number,
        now=call.now,
    )
    return answer_article(call, article, HTTPStatus.CREATED if new else HTTPStatus.OK)
