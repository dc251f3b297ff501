"""P42: nobody gets in.

No unauthenticated write; CSRF, SSRF (importer, hub callbacks, images), XXE, XML bombs, path traversal, header
injection, oversized bodies: refused, tested. Secrets are hashed or read from files and are never logged.

Here the API of a running service, attacked over raw connections. Fields full of scripts, and every operation without a
token, are in tests/api; fetching and importing in tests/fetching and tests/parse.

not yet: the newsroom's pages, uploads, hub callbacks.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from tests.api.client import Program
from tests.service import HOST, Service, serving

LIMIT = 20_000_000
BODY = b'{"title": "Taken over", "status": "published"}'


@dataclass(frozen=True)
class Newsroom:
    """A running service with an article, and three programs: one writes, one reads, one was thrown out."""

    service: Service
    writer: Program
    reader: Program
    revoked: Program
    article: str

    def raw(self, request: bytes, pieces: Iterable[bytes] = ()) -> bytes:
        """Send bytes as they are; give what comes back until the other side has nothing more to say."""
        with socket.create_connection((HOST, self.service.port), timeout=30) as connection:
            # A server that has refused may close before everything is sent.
            with suppress(ConnectionError):
                connection.sendall(request)
                for piece in pieces:
                    connection.sendall(piece)
            return b"".join(_received(connection))

    def ask(self, line: str, fields: tuple[str, ...] = (), body: bytes = b"", *, token: str | None = None) -> bytes:
        """Send a request with this line and these fields, exactly as they are written."""
        bearer = (f"Authorization: Bearer {token}",) if token else ()
        length = (f"Content-Length: {len(body)}",) if body else ()
        head = "\r\n".join(
            (f"{line} HTTP/1.1", "Host: gazette.example.org", "Connection: close", *bearer, *length, *fields)
        )
        return self.raw(f"{head}\r\n\r\n".encode("latin-1") + body)

    def titles(self) -> list[str]:
        """Give the title of every article in the store, as the operator sees it."""
        done = self.service.command("articles", "--json")
        assert done.returncode == 0, done.stderr
        return [one["title"] for one in json.loads(done.stdout)]


def _received(connection: socket.socket) -> Iterator[bytes]:
    with suppress(ConnectionError):
        while data := connection.recv(65_536):
            yield data


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    with serving(tmp_path_factory.mktemp("p42") / "service") as service:
        writer, reader, revoked = (
            Program.of(service, scope, name)
            for scope, name in (("write", "writer"), ("read", "reader"), ("write", "revoked"))
        )
        article = writer.create(title="The only one").json["id"]
        assert service.command("token", "revoke", "revoked").returncode == 0
        room = Newsroom(service, writer, reader, revoked, article)
        yield room
        assert room.titles() == ["The only one"], "an attack wrote something"
        assert "Traceback" not in service.log


WRITES = [
    ("POST", ""),
    ("PUT", "/by-external-id?external_id=1"),
    ("PUT", "/{id}"),
    ("PATCH", "/{id}"),
    ("POST", "/{id}/publish"),
    ("POST", "/{id}/correct"),
    ("POST", "/{id}/withdraw"),
]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_no_write_without_a_token_in_use_that_may_write(newsroom: Newsroom, method: str, path: str) -> None:
    target = f"{method} /api/v1/articles{path.format(id=newsroom.article)}"
    fields = ("Content-Type: application/json", "If-Match: *")
    assert status_of(newsroom.ask(target, fields, BODY)) == 401
    assert status_of(newsroom.ask(target, fields, BODY, token=newsroom.revoked.token)) == 401
    assert status_of(newsroom.ask(target, fields, BODY, token=newsroom.writer.token[:-1])) == 401
    assert status_of(newsroom.ask(target, fields, BODY, token=newsroom.reader.token)) == 403


@pytest.mark.parametrize(
    "fields",
    [
        ("Cookie: token={token}",),
        ("X-Authorization: Bearer {token}",),
        ("Authorization : Bearer {token}",),
        ("Authorization: Basic {token}",),
        ("X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "X-Remote-User: admin"),
        ("X-HTTP-Method-Override: POST",),
        ("X-Original-URL: /api/v1/articles",),
    ],
    ids=lambda fields: fields[0].partition(":")[0].strip(),
)
def test_no_other_field_stands_in_for_the_token(newsroom: Newsroom, fields: tuple[str, ...]) -> None:
    sent = tuple(field.format(token=newsroom.writer.token) for field in fields)
    answer = newsroom.ask("POST /api/v1/articles", ("Content-Type: application/json", *sent), BODY)
    assert status_of(answer) in {400, 401}


@pytest.mark.parametrize(
    "media_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/plain;application/json",
    ],
)
def test_no_form_of_another_page_writes(newsroom: Newsroom, media_type: str) -> None:
    """CSRF: those are the types that a page can send without asking first; and no cookie says who it is anyhow."""
    fields = (f"Content-Type: {media_type}", "Origin: https://evil.example.com")
    assert status_of(newsroom.ask("POST /api/v1/articles", fields, BODY, token=newsroom.writer.token)) == 415


@pytest.mark.parametrize(
    "target",
    [
        "/api/v1/articles/../../../etc/passwd",
        "/api/v1/articles/..%2f..%2fconfig.toml",
        "/api/v1/articles/%2e%2e/%2e%2e/data/feedsvc.db",
        "/api/v1/articles/..%5c..%5cconfig.toml",
        "/api/v1/articles/%00",
        "/api/v1/articles/%c0%ae%c0%ae/",
        "/api/v1/feeds/..%2f..%2fdata%2ffeedsvc.db/preview",
        "/api/v1/feeds/../../data/feedsvc.db",
        "/api/v1//articles",
        "/api/v1/./articles",
        "/API/v1/articles",
        "/api/v1/articles;x=y",
    ],
)
def test_no_path_leads_out_of_the_api(newsroom: Newsroom, target: str) -> None:
    for token in (newsroom.writer.token, None):
        answer = newsroom.ask(f"GET {target}", token=token)
        assert status_of(answer) in {400, 401, 404}
        assert b"SQLite format" not in answer
        assert b"base_url" not in answer


@pytest.mark.parametrize(
    "tail", ["%0d%0aSet-Cookie:%20a=b", "%0aX-Injected:%201", "%0d", "\r\n Set-Cookie: a=b", "%e5%98%8a"]
)
def test_no_address_becomes_a_field_of_the_answer(newsroom: Newsroom, tail: str) -> None:
    for target in (f"/api/v1?{tail}", f"/api/v1/articles/{tail}", f"/api/v1/articles?q={tail}", f"/articles/{tail}"):
        answer = newsroom.ask(f"GET {target}", token=newsroom.reader.token)
        head = answer.partition(b"\r\n\r\n")[0].lower()
        assert b"\nset-cookie" not in head
        assert b"\nx-injected" not in head


def test_a_length_that_is_too_large_is_refused_before_anything_is_sent(newsroom: Newsroom) -> None:
    fields = ("Content-Type: application/json", f"Content-Length: {LIMIT + 2}")
    answer = newsroom.ask("POST /api/v1/articles", fields, token=newsroom.writer.token)
    assert status_of(answer) == 413


def test_chunks_without_end_are_cut_off(newsroom: Newsroom) -> None:
    head = (
        "POST /api/v1/articles HTTP/1.1\r\nHost: gazette.example.org\r\nConnection: close\r\n"
        f"Authorization: Bearer {newsroom.writer.token}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    megabyte = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    answer = newsroom.raw(head.encode(), [megabyte] * 30)
    assert status_of(answer) in {0, 413}
    assert newsroom.writer.call("GET", "/articles").status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 5_000_000,
        b'{"a":' * 1_000_000,
        b'{"title": "' + b"\\u0000" * 1_000_000 + b'"}',
        b'{"tags": [' + b'"a",' * 1_000_000 + b'"a"]}',
        b'{"title": ' + b"9" * 5_000_000 + b"}",
        b'{"title": "a", "title": "b"}',
        b'{"content_html": "' + b"<b>" * 3_000_000 + b'", "nothing": 1}',
    ],
    ids=["brackets", "objects", "escapes", "members", "digits", "twice", "tags"],
)
def test_no_body_takes_more_than_it_is_worth(newsroom: Newsroom, body: bytes) -> None:
    fields = ("Content-Type: application/json",)
    answer = newsroom.ask("POST /api/v1/articles", fields, body, token=newsroom.writer.token)
    assert status_of(answer) in {400, 422}
    assert len(answer) < 10_000


def secrets_in(data: bytes, tokens: tuple[str, ...]) -> list[str]:
    # A token is a mark, its name and the secret, which may hold what parts them.
    return [token for token in tokens if token.encode() in data or token.split("_", 2)[2].encode() in data]


def test_no_secret_is_on_the_disk_or_in_the_log(newsroom: Newsroom) -> None:
    for program in (newsroom.writer, newsroom.reader, newsroom.revoked):
        program.call("GET", "/articles")
        program.call("POST", "/articles", [], Idempotency_Key="k")
    tokens = (newsroom.writer.token, newsroom.reader.token, newsroom.revoked.token)
    files = [path for path in newsroom.service.folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    for path in files:
        assert secrets_in(path.read_bytes(), tokens) == [], path
    listed = newsroom.service.command("token", "list", "--json")
    assert secrets_in(listed.stdout.encode(), tokens) == []
    assert {one["name"]: one["revoked_at"] is not None for one in json.loads(listed.stdout)} == {
        "writer": False,
        "reader": False,
        "revoked": True,
    }
