"""A program that uses the API of a running service over HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from tests.api.desk import ROOT, Reply
from tests.service import HOST, Service


@dataclass(frozen=True)
class Program:
    """A program with a token."""

    service: Service
    token: str

    @classmethod
    def of(cls, service: Service, scope: str = "write", name: str = "program") -> Program:
        """Give a program a token, as an operator does."""
        done = service.command("token", "create", name, "--scope", scope, "--json")
        assert done.returncode == 0, done.stderr
        return cls(service, json.loads(done.stdout)["token"])

    def call(self, method: str, path: str, body: Any = None, **fields: str) -> Reply:
        """Call the API; `fields` are header fields, with _ for -."""
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        headers.setdefault("Authorization", f"Bearer {self.token}")
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = HTTPConnection(HOST, self.service.port, timeout=30)
        try:
            connection.request(method, f"{ROOT}{path}", data, headers)
            response = connection.getresponse()
            got = {name.title().replace("Etag", "ETag"): value for name, value in response.headers.items()}
            return Reply(response.status, got, response.read())
        finally:
            connection.close()

    def create(self, **words: Any) -> Reply:
        """Publish an article."""
        made = self.call("POST", "/articles", {"title": "Storm warning", "status": "published", **words})
        assert made.status == 201, made
        return made

    def change(self, made: Reply, step: str = "", /, method: str = "POST", **words: Any) -> Reply:
        """Change an article, from the state that a reply told of; `step` is one of its life."""
        path = f"/articles/{made.json['id']}{f'/{step}' if step else ''}"
        changed = self.call(method, path, words, If_Match=made.tag)
        assert changed.status == 200, changed
        return changed
