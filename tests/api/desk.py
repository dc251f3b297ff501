"""A newsroom whose API is open: the real store, publisher, folder and WSGI application in this process.

Only the clock is the test's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask.testing import FlaskClient

from feedsvc import tokens
from feedsvc.folder import Shelf
from feedsvc.folder.media import MediaFolder
from feedsvc.tokens import Scope
from feedsvc.web import Deps, create_app, wiring
from tests.promises.gazette import Gazette

ROOT = "/api/v1"


@dataclass(frozen=True)
class Reply:
    """An answer of the API."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def tag(self) -> str:
        """The entity tag."""
        return self.headers["ETag"]

    @property
    def errors(self) -> dict[str, str]:
        """What is said of each place with a fault."""
        return {
            error.get("pointer") or error.get("parameter") or error.get("header", ""): error["detail"]
            for error in self.json.get("errors", ())
        }


@dataclass
class Desk(Gazette):
    """The newsroom with its API open, and a token for each scope."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.tokens = {scope: tokens.create_token(self.store, scope.value, scope, now=self.now).text for scope in Scope}

    @property
    def bearer(self) -> str:
        """The header field of one who may write."""
        return f"Bearer {self.tokens[Scope.WRITE]}"

    def another_worker(self) -> FlaskClient:
        """Start one more web worker."""
        return create_app(
            Deps(
                shelf=Shelf(self.folder),
                site=self.site,
                now=lambda: self.now,
                find_article=partial(wiring.find_article, self.store),
                health=lambda: wiring.look(self.store, self.site, self.now),
                store=self.store,
                media=MediaFolder(self.path / "media"),
            )
        ).test_client()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        data: bytes | None = None,
        scope: Scope | None = Scope.WRITE,
        **fields: str,
    ) -> Reply:
        """Call the API; `fields` are header fields, with _ for -. A `body` is sent as JSON."""
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        if scope is not None:
            headers.setdefault("Authorization", f"Bearer {self.tokens[scope]}")
        if body is not None:
            data = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        response = self.client.open(f"{ROOT}{path}", method=method, data=data, headers=headers)
        # Each request has an id of its own; whatever else differs between two answers is of interest.
        kept = {name: value for name, value in response.headers if name != "X-Request-ID"}
        return Reply(response.status_code, kept, response.data)

    def create(self, **words: Any) -> Reply:
        """Create an article a second after the last thing that happened; published, unless its status is given."""
        self.pass_time()
        reply = self.call("POST", "/articles", {"title": "Storm warning", "status": "published", **words})
        assert reply.status == 201, reply
        return reply

    def step(self, made: Reply, name: str, body: Any = None, *, tag: str | None = None) -> Reply:
        """Take a step of an article's life, from the state that a reply told of."""
        self.pass_time()
        path = f"/articles/{made.json['id']}/{name}"
        return self.call("POST", path, body, If_Match=tag or made.tag)

    def change(self, made: Reply, method: str = "PATCH", /, **words: Any) -> Reply:
        """Change an article, from the state that a reply told of."""
        self.pass_time()
        return self.call(method, f"/articles/{made.json['id']}", words, If_Match=made.tag)

    def article(self, made: Reply) -> Reply:
        """Read an article again."""
        return self.call("GET", f"/articles/{made.json['id']}")
