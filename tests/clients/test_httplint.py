"""httplint, which knows HTTP's rules for caching, validation, content codings and types better than we do."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import NamedTuple, cast

import pytest
from httplint.message import HttpRequestLinter, HttpResponseLinter
from httplint.note import Note, levels

from tests.clients.articles import TITLED
from tests.clients.seen import Entry
from tests.service import HOST, Service

FORMATS = ("rss.xml", "atom.xml", "feed.json", "")
# "Probably not necessary" is right for a cache that follows RFC 9111; a feed is marked as everybody's all the same, for
# those that follow less of it (DESIGN: decided point 10).
ALLOWED = {"STORE_PUBLIC_UNNECESSARY"}
CODINGS = pytest.mark.parametrize("coding", ["identity", "gzip"])
METHODS = pytest.mark.parametrize("method", ["GET", "HEAD"])


class Message(NamedTuple):
    """An answer as it came over the wire."""

    version: bytes
    status: bytes
    phrase: bytes
    fields: list[tuple[bytes, bytes]]
    content: bytes


def ask(service: Service, method: str, path: str, fields: dict[str, str]) -> Message:
    """Ask by hand: a client library would put the answer in order before anyone sees it."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    with socket.create_connection((HOST, service.port), timeout=30) as connection:
        connection.sendall("\r\n".join(lines).encode("ascii"))
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, content = answer.partition(b"\r\n\r\n")
    topline, *rest = head.split(b"\r\n")
    version, status, phrase = topline.split(b" ", 2)
    pairs = [line.partition(b":")[::2] for line in rest]
    return Message(
        version.removeprefix(b"HTTP/"), status, phrase, [(name, value.strip()) for name, value in pairs], content
    )


def lint(service: Service, method: str, path: str, status: int, **fields: str) -> list[str]:
    """Ask, and give what httplint finds wrong: faults and warnings, less those that are meant to be."""
    sent = {
        "Host": f"{HOST}:{service.port}",
        "User-Agent": "feedsvc-tests",
        "Connection": "close",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    request = HttpRequestLinter()
    request.process_request_topline(method.encode(), f"{service.base_url}{path}".encode(), b"1.1")
    request.process_headers([(name.encode(), value.encode()) for name, value in sent.items()])
    request.finish_content(complete=True)
    message = ask(service, method, path, sent)
    assert int(message.status) == status
    response = HttpResponseLinter(start_time=time.time())
    response.request = request
    response.is_head_response = method == "HEAD"
    response.process_response_topline(message.version, message.status, message.phrase)
    response.process_headers(message.fields)
    response.feed_content(message.content)
    response.finish_content(complete=True)
    notes = list(every(cast("list[Note]", response.notes)))
    assert notes, "httplint looked at nothing"
    return [
        f"{type(note).__name__} ({note.subject}): {note.summary}"
        for note in notes
        if note.level in (levels.BAD, levels.WARN) and type(note).__name__ not in ALLOWED
    ]


def every(notes: list[Note]) -> Iterator[Note]:
    for note in notes:
        yield note
        yield from every(note.subnotes)


@pytest.mark.parametrize("name", FORMATS)
@CODINGS
@METHODS
def test_a_feed_is_answered_by_the_rules(
    service: Service, articles: list[Entry], name: str, coding: str, method: str
) -> None:
    path = f"/feeds/world/{name}"
    assert lint(service, method, path, 200, Accept_Encoding=coding) == []
    known = service.get(path, {"Accept-Encoding": coding}).headers
    # What one answer alone does not show: that there is another, and that caches are told so.
    assert (known["Content-Encoding"], known["Vary"]) == ("gzip" if coding == "gzip" else None, "Accept-Encoding")
    for condition in ({"If_None_Match": known["ETag"]}, {"If_Modified_Since": known["Last-Modified"]}):
        assert lint(service, method, path, 304, Accept_Encoding=coding, **condition) == []


@CODINGS
@METHODS
def test_all_that_stands_beside_the_feeds_is_answered_by_the_rules(
    service: Service, articles: list[Entry], coding: str, method: str
) -> None:
    permalink = next(one["link"] for one in articles if one["title"] == TITLED[0].title).removeprefix(service.base_url)
    for path, status in (
        ("/", 200),
        ("/opml.xml", 200),
        (permalink, 200),
        (permalink.rpartition("/")[0], 308),
        ("/healthz", 200),
        ("/robots.txt", 200),
        ("/favicon.ico", 204),
        ("/feeds/world", 308),
        ("/feeds/nowhere/rss.xml", 404),
        ("/nowhere", 404),
    ):
        assert lint(service, method, path, status, Accept_Encoding=coding) == [], path


@pytest.mark.parametrize("name", FORMATS)
def test_other_methods_are_answered_by_the_rules(service: Service, articles: list[Entry], name: str) -> None:
    path = f"/feeds/world/{name}"
    assert lint(service, "POST", path, 405, Content_Length="0") == []
    preflight = {"Access_Control_Request_Method": "GET", "Access_Control_Request_Headers": "if-none-match"}
    assert lint(service, "OPTIONS", path, 204, Origin="https://reader.example.com", **preflight) == []
