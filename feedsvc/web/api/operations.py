"""Every operation of the API, once: as it is routed, checked and described.

Nothing here is done; the views do it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Generic

from pydantic import BaseModel

from feedsvc.serving import Answer
from feedsvc.tokens import Scope
from feedsvc.web.api import articles, feeds, images, models, queries, revisions, steps, uploads
from feedsvc.web.api.answers import (
    ArticleForm,
    ArticlePage,
    FeedForm,
    FeedPage,
    HistoryPage,
    PreviewForm,
    RevisionForm,
    UploadedForm,
)
from feedsvc.web.api.calls import JSON, B, Call, Q

MERGE_PATCH: Final = "application/merge-patch+json"


@dataclass(frozen=True, slots=True)
class Operation(Generic[B, Q]):
    """One thing that the API does.

    `path` is below the root of the API, with names in braces. `body` is the model of the body, `Nothing` where there is
    none; `types` the media types that it may have. `form` is what a success is answered with. `tagged` answers carry an
    entity tag; a `conditional` operation needs If-Match, a `once` one takes an Idempotency-Key.
    """

    name: str
    method: str
    path: str
    summary: str
    description: str
    view: Callable[[Call[B, Q]], Answer]
    body: type[B]
    query: type[Q]
    form: type[BaseModel]
    types: tuple[str, ...] = (JSON,)
    successes: tuple[HTTPStatus, ...] = (HTTPStatus.OK,)
    tagged: bool = False
    conditional: bool = False
    once: bool = False

    @property
    def scope(self) -> Scope:
        """Give the scope that a token needs for it."""
        return Scope.READ if self.method == "GET" else Scope.WRITE

    @property
    def takes_body(self) -> bool:
        """Say whether it reads a body; one without words may be left out."""
        return self.method != "GET"


def _read(
    name: str,
    path: str,
    summary: str,
    *,
    view: Callable[[Call[models.Nothing, Q]], Answer],
    query: type[Q],
    form: type[BaseModel],
    description: str = "",
    tagged: bool = False,
) -> Operation[models.Nothing, Q]:
    return Operation(name, "GET", path, summary, description, view, models.Nothing, query, form, tagged=tagged)


def _step(
    name: str, summary: str, description: str, view: Callable[[Call[B, queries.NoQuery]], Answer], body: type[B]
) -> Operation[B, queries.NoQuery]:
    path = f"/articles/{{article_id}}/{name.removesuffix('_article')}"
    return Operation(
        name,
        "POST",
        path,
        summary,
        description,
        view,
        body,
        queries.NoQuery,
        ArticleForm,
        tagged=True,
        conditional=True,
    )


_ARTICLES: Final[tuple[Operation[Any, Any], ...]] = (
    _read(
        "list_articles",
        "/articles",
        "List and search articles",
        view=articles.list_articles,
        query=queries.ArticleQuery,
        form=ArticlePage,
        description="A page at a time, without their text.",
    ),
    Operation(
        "create_article",
        "POST",
        "/articles",
        "Create an article",
        "A draft; or published or scheduled in the same step, as `status` says. With an Idempotency-Key, the same"
        " request sent again within 24 hours gets the same answer and makes no second article.",
        articles.create_article,
        models.NewArticle,
        queries.NoQuery,
        ArticleForm,
        successes=(HTTPStatus.CREATED,),
        tagged=True,
        once=True,
    ),
    _read(
        "read_by_external_id",
        "/articles/by-external-id",
        "Read the article that your own system knows by an id",
        view=articles.read_by_external_id,
        query=queries.ExternalIdQuery,
        form=ArticleForm,
        tagged=True,
    ),
    Operation(
        "put_by_external_id",
        "PUT",
        "/articles/by-external-id",
        "Create or replace the article that your own system knows by an id",
        "Your system is the master: no precondition is needed, and the same article again changes nothing. If-Match and"
        " If-None-Match are kept where they are sent. `status` takes the article on in its life.",
        articles.put_by_external_id,
        models.NewArticle,
        queries.ExternalIdQuery,
        ArticleForm,
        successes=(HTTPStatus.OK, HTTPStatus.CREATED),
        tagged=True,
    ),
    _read(
        "read_article",
        "/articles/{article_id}",
        "Read an article",
        view=articles.read_article,
        query=queries.NoQuery,
        form=ArticleForm,
        description="As readers see it, or will see it; a change that waits is read as a revision.",
        tagged=True,
    ),
    Operation(
        "replace_article",
        "PUT",
        "/articles/{article_id}",
        "Replace what an article says",
        "After publication a minor edit: feeds change, and no date that readers notice moves.",
        articles.replace_article,
        models.Replacement,
        queries.NoQuery,
        ArticleForm,
        tagged=True,
        conditional=True,
    ),
    Operation(
        "change_article",
        "PATCH",
        "/articles/{article_id}",
        "Change some of what an article says",
        "A JSON Merge Patch (RFC 7396): what is left out stays, null takes a value away. After publication a minor"
        " edit.",
        articles.change_article,
        models.Patch,
        queries.NoQuery,
        ArticleForm,
        types=(MERGE_PATCH, JSON),
        tagged=True,
        conditional=True,
    ),
)

_STEPS: Final[tuple[Operation[Any, Any], ...]] = (
    _step(
        "publish_article",
        "Publish an article",
        "Of an article that is out already, releases the change that waits, as a minor edit.",
        steps.publish_article,
        models.Nothing,
    ),
    _step(
        "schedule_article",
        "Set when an article comes out",
        "It appears at that time, with that date.",
        steps.schedule_article,
        models.ScheduleRequest,
    ),
    _step(
        "unschedule_article",
        "Keep a scheduled article back",
        "It is a draft again.",
        steps.unschedule_article,
        models.Nothing,
    ),
    _step(
        "correct_article",
        "Correct a published article",
        "Loudly: `updated_at` moves, and the note stands at the top of the article in every feed.",
        steps.correct_article,
        models.CorrectionRequest,
    ),
    _step(
        "withdraw_article",
        "Withdraw a published article",
        "Its text is gone, its address answers 410, and feeds keep a notice in its place or drop the entry.",
        steps.withdraw_article,
        models.WithdrawalRequest,
    ),
)

_OTHERS: Final[tuple[Operation[Any, Any], ...]] = (
    _read(
        "list_revisions",
        "/articles/{article_id}/revisions",
        "List an article's revisions",
        view=revisions.list_revisions,
        query=queries.HistoryQuery,
        form=HistoryPage,
        description="The newest first, without their text.",
    ),
    _read(
        "read_revision",
        "/articles/{article_id}/revisions/{number}",
        "Read a revision",
        view=revisions.read_revision,
        query=queries.NoQuery,
        form=RevisionForm,
        tagged=True,
    ),
    _read("list_feeds", "/feeds", "List the feeds", view=feeds.list_feeds, query=queries.FeedQuery, form=FeedPage),
    _read("read_feed", "/feeds/{slug}", "Read a feed", view=feeds.read_feed, query=queries.NoQuery, form=FeedForm),
    _read(
        "preview_feed",
        "/feeds/{slug}/preview",
        "Read what a feed would hold now",
        view=feeds.preview_feed,
        query=queries.NoQuery,
        form=PreviewForm,
        description="The entries of the next publication, in their order.",
    ),
    Operation(
        "upload_image",
        "POST",
        "/images",
        "Upload a picture",
        "As the body itself, or as `file` in a form. What it tells of camera, place and time is taken out of it; its"
        " pixels stay as they are. The same picture again is the same one.",
        images.upload_image,
        models.Upload,
        queries.NoQuery,
        UploadedForm,
        types=uploads.TYPES,
        successes=(HTTPStatus.CREATED,),
    ),
)

OPERATIONS: Final = (*_ARTICLES, *_STEPS, *_OTHERS)
