"""P26: a web page may read it.

`Access-Control-Allow-Origin: *` with the validators exposed on 200, 304 and errors of every public feed; never on a
private one, the API or the newsroom.

not yet: private feeds.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.newsroom import ALL
from tests.promises.gazette import Gazette
from tests.service import Answer, Service

PATHS = ["/feeds/all/rss.xml", "/feeds/all/atom.xml", "/feeds/all/feed.json", "/feeds/all/", "/", "/opml.xml"]
ORIGIN = {"Origin": "https://reader.example.com"}
# RFC 9110 and Fetch: what a script needs to see to ask conditionally, and to know when to come again.
EXPOSED = {"etag", "last-modified", "link", "cache-control", "date", "retry-after"}


@pytest.fixture
def room(gazette: Gazette) -> Gazette:
    """A newsroom with a feed, and one that was taken away."""
    gazette.define([ALL, ALL.__class__("old", "Old", "Gone before long")])
    gazette.write("Storm")
    gazette.publish()
    gazette.define([ALL])
    gazette.publish()
    gazette.pass_time(60)
    return gazette


def assert_open(answer: Answer, *, status: int) -> None:
    assert answer.status == status
    assert answer.headers.get_all("Access-Control-Allow-Origin") == ["*"]
    exposed = {name.strip().lower() for name in answer.headers["Access-Control-Expose-Headers"].split(",")}
    assert exposed >= EXPOSED
    # With "*", credentials may not be asked for (Fetch, section 3.2.5), and no feed needs them.
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("origin", [{}, ORIGIN], ids=["no origin", "an origin"])
def test_every_answer_of_a_public_document_is_open(room: Gazette, method: str, origin: dict[str, str]) -> None:
    for path in PATHS:
        full = room.get(path, origin, method)
        assert_open(full, status=200)
        assert_open(room.get(path, {**origin, "If-None-Match": full.headers["ETag"]}, method), status=304)
        since = {**origin, "If-Modified-Since": full.headers["Last-Modified"]}
        assert_open(room.get(path, since, method), status=304)
        assert_open(room.get(path, {**origin, "If-Match": '"x"'}, method), status=412)
        assert_open(room.get(path, {**origin, "Accept-Encoding": "gzip"}, method), status=200)
    for name in ("rss.xml", "atom.xml", "feed.json", ""):
        assert_open(room.get(f"/feeds/none/{name}", origin, method), status=404)
        assert_open(room.get(f"/feeds/old/{name}", origin, method), status=410)
    assert_open(room.get("/feeds/all/none.xml", origin, method), status=404)
    assert_open(room.get("/feeds/all", origin, method), status=308)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_a_method_that_is_refused_is_refused_in_the_open(room: Gazette, method: str) -> None:
    for path in PATHS:
        answer = room.get(path, ORIGIN, method)
        assert_open(answer, status=405)
        assert {each.strip() for each in answer.headers["Allow"].split(",")} >= {"GET", "HEAD", "OPTIONS"}


def test_a_preflight_allows_what_a_conditional_request_sends(room: Gazette) -> None:
    for path in [*PATHS, "/feeds/none/rss.xml", "/feeds/old/rss.xml"]:
        asked = {
            **ORIGIN,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "if-none-match, if-modified-since",
        }
        answer = room.get(path, asked, "OPTIONS")
        assert answer.status in {200, 204}, path
        assert answer.body == b""
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        allowed = {name.strip().lower() for name in answer.headers["Access-Control-Allow-Headers"].split(",")}
        assert allowed >= {"if-none-match", "if-modified-since"}
        methods = {name.strip() for name in answer.headers["Access-Control-Allow-Methods"].split(",")}
        assert "GET" in methods
        assert not methods & {"POST", "PUT", "PATCH", "DELETE", "*"}
        assert int(answer.headers["Access-Control-Max-Age"]) >= 600


def test_a_document_that_cannot_be_read_says_so_in_the_open(room: Gazette) -> None:
    path = room.folder.root / "all" / "rss.xml"
    path.unlink()
    # A link to itself is what a disk that fails looks like to whoever may read everything.
    path.symlink_to("rss.xml")
    answer = room.get("/feeds/all/rss.xml", ORIGIN)
    assert_open(answer, status=503)
    assert int(answer.headers["Retry-After"]) > 0


def test_lists_that_are_not_there_yet_say_so_in_the_open(room: Gazette, tmp_path: Path) -> None:
    shutil.move(room.folder.root / "_site", tmp_path)
    room.open()
    for path in ("/", "/opml.xml"):
        assert_open(room.get(path, ORIGIN), status=503)


CLOSED = [
    "/healthz",
    "/metrics",
    "/newsroom/",
    "/newsroom/login",
    "/newsroom",
    "/api/v1/articles",
    "/api/v1/openapi.json",
]


def test_what_is_not_a_feed_is_never_open(room: Gazette) -> None:
    article = room.write("Storm")
    for path in [*CLOSED, f"/articles/{article.id}/storm", "/articles/none", "/nothing"]:
        for method in ("GET", "OPTIONS", "POST"):
            answer = room.get(path, ORIGIN, method)
            assert not [name for name in answer.headers if name.lower().startswith("access-control-")], (method, path)


def test_over_the_wire(running: Service) -> None:
    for path in PATHS:
        full = running.get(path, ORIGIN)
        assert_open(full, status=200)
        assert_open(running.get(path, {**ORIGIN, "If-None-Match": full.headers["ETag"]}), status=304)
        assert_open(running.get(path, ORIGIN, "POST"), status=405)
        assert running.get(path, ORIGIN, "OPTIONS").headers["Access-Control-Allow-Origin"] == "*"
    assert_open(running.get("/feeds/none/rss.xml", ORIGIN), status=404)
    assert_open(running.get("/feeds/old/rss.xml", ORIGIN), status=410)
    for path in CLOSED:
        assert "Access-Control-Allow-Origin" not in running.get(path, ORIGIN).headers, path
