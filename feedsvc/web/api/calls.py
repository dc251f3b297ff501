"""What a view of the API is handed: who calls, what is asked for, what was sent; and how it answers.

A call is complete and checked before a view sees it; nothing here knows what is done with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Final, Generic, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel

from feedsvc.conditional import Validators, http_date
from feedsvc.folder.media import MediaFolder
from feedsvc.model import Article, Site
from feedsvc.pictures import Limits
from feedsvc.serving import Answer, Asked, Headers, Representation, represent
from feedsvc.store import Store
from feedsvc.tokens import Token
from feedsvc.web.api.answers import ArticleForm

B = TypeVar("B", bound=BaseModel)
Q = TypeVar("Q", bound=BaseModel)

ROOT: Final = "/api/v1"
JSON: Final = "application/json"
# What an answer holds is for the newsroom alone: no cache, and no page of another host (P26), gets to keep it.
POLICY: Final[Headers] = (("Cache-Control", "no-store"),)


@dataclass(frozen=True, slots=True)
class Call(Generic[B, Q]):
    """One request. `caller` holds a token with the scope that the operation needs; `key` is its Idempotency-Key.

    `media` is where pictures go, `picture_limits` how large one may be.
    """

    store: Store
    site: Site
    now: datetime
    caller: Token
    asked: Asked
    path: Mapping[str, str]
    body: B
    query: Q
    key: str | None = None
    media: MediaFolder | None = None
    picture_limits: Limits = field(default_factory=Limits)


def answer(call: Call[B, Q], form: BaseModel, status: HTTPStatus = HTTPStatus.OK, headers: Headers = ()) -> Answer:
    """Answer with an object."""
    body = _bytes(form)
    fields: Headers = (
        ("Date", http_date(call.now)),
        ("Content-Type", JSON),
        ("Content-Length", str(len(body))),
        ("X-Content-Type-Options", "nosniff"),
        *POLICY,
        *headers,
    )
    return Answer(status, fields, b"" if call.asked.method == "HEAD" else body)


def answer_tagged(call: Call[B, Q], form: BaseModel, tag: str) -> Answer:
    """Answer a read with an object and its entity tag, or 304. Raises PreconditionFailed."""
    return represent(call.asked, Representation(_bytes(form), JSON, Validators(tag), policy=POLICY), call.now)


def answer_article(call: Call[B, Q], article: Article, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """Answer a write with the article as it is now; of a new one, with its address too."""
    # No host, so that it holds under any; a proxy's path in front is in the base URL.
    root = f"{urlsplit(call.site.base_url).path}{ROOT}"
    place = (("Location", f"{root}/articles/{article.id}"),) if status is HTTPStatus.CREATED else ()
    return answer(call, ArticleForm.of(article), status, (("ETag", tag_of(article)), *place))


def tag_of(article: Article) -> str:
    """Give an article's entity tag: strong, of the number of its newest revision and its status.

    Every change saves a revision, one that only waits as well, so that no two states of an article share a number.
    """
    return f'"{article.newest.number}-{article.status.value}"'


def _bytes(form: BaseModel) -> bytes:
    return form.model_dump_json().encode() + b"\n"
