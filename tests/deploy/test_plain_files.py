"""Promise: nginx alone can serve the published folder, and shows nothing but published documents."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from deploy.trial import deployed, marked, nginx
from feedsvc.conditional import entity_tag
from feedsvc.folder import NEWS_SITEMAP, OPML, SITE, SITEMAP, SITEMAPS, Folder, mirror, withdraw
from feedsvc.model import FORMATS, Document
from tests.clients.programs import program
from tests.deploy.behind import ask
from tests.service import free_port

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
TYPES = {f"/feeds/all/{facts.filename}".removesuffix("index.html"): facts.content_type for facts in FORMATS.values()}
SITE_TYPES = {
    "/": "text/html; charset=utf-8",
    "/opml.xml": "text/x-opml; charset=utf-8",
    "/sitemap.xml": "application/xml; charset=utf-8",
    "/news-sitemap.xml": "application/xml; charset=utf-8",
    "/sitemap-12.xml": "application/xml; charset=utf-8",
}


def document(filename: str, slug: str) -> Document:
    body = f"{slug} {filename} {'news ' * 500}".encode()
    return Document(filename, body, entity_tag(body), AT)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    place = tmp_path_factory.mktemp("files")
    folder = Folder(place / "feeds")
    mirror(folder, "all", [document(facts.filename, "all") for facts in FORMATS.values()])
    mirror(folder, SITE, [document("index.html", SITE), document(OPML, SITE)])
    mirror(folder, SITEMAPS, [document(SITEMAP, SITEMAPS), document(NEWS_SITEMAP, SITEMAPS)])
    mirror(folder, f"{SITEMAPS}-12", [document(SITEMAP, SITEMAPS)])
    mirror(folder, "old", [document("rss.xml", "old")])
    withdraw(folder, "old")
    (folder.root / "all/.rss.xml.0123456789abcdef.tmp").write_text("half a document")
    (place / "feedsvc.db").write_text("a secret")
    port = free_port()
    servers = deployed("feedsvc-files.conf", port, {"/var/lib/feedsvc;": f"{place};"})
    with nginx(program("nginx"), place / "nginx", port, servers):
        yield port


@pytest.mark.parametrize(("path", "content_type"), [*TYPES.items(), *SITE_TYPES.items()])
def test_a_document_has_its_type_and_its_bytes(port: int, path: str, content_type: str) -> None:
    plain, packed = ask(port, path), ask(port, path, Accept_Encoding="gzip")
    assert (plain.status, packed.status) == (200, 200)
    assert plain.body.endswith(b"news ")
    assert gzip.decompress(packed.body) == plain.body
    for answer in (plain, packed):
        assert answer.headers["Content-Type"] == content_type
        assert answer.headers["Last-Modified"] == "Sun, 01 Mar 2026 12:00:00 GMT"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "public, max-age=1, stale-if-error=86400"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        same = ask(
            port, path, Accept_Encoding=answer.headers["Content-Encoding"] or "", If_None_Match=answer.headers["ETag"]
        )
        assert same.status == 304
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert ask(port, path, If_Modified_Since="Mon, 02 Mar 2026 12:00:00 GMT").status == 304
    assert ask(port, path, "HEAD").headers["Content-Length"] == str(len(plain.body))


def test_a_removed_feed_is_gone(port: int) -> None:
    for name in ("rss.xml", "atom.xml", "feed.json", ""):
        answer = ask(port, f"/feeds/old/{name}")
        assert (answer.status, answer.headers["Content-Type"]) == (410, "text/plain; charset=utf-8")


def test_a_page_has_one_address(port: int) -> None:
    answer = ask(port, "/feeds/all?x=1")
    assert (answer.status, answer.headers["Location"]) == (308, f"http://127.0.0.1:{port}/feeds/all/?x=1")


@pytest.mark.parametrize(
    "path",
    [
        "/feedsvc.db",
        "/feeds/",
        "/feeds/all/rss.xml.gz",
        "/feeds/all/.rss.xml.0123456789abcdef.tmp",
        "/feeds/all/index.html",
        "/feeds/_site/",
        "/feeds/_site/opml.xml",
        "/feeds/_sitemap/sitemap.xml",
        "/sitemap-1.xml",
        "/sitemap-012.xml",
        "/feeds/old/gone.txt",
        "/feeds/../feedsvc.db",
        "/feeds/all/..%2f..%2ffeedsvc.db",
        "/feeds/none/rss.xml",
        "/feeds/ALL/rss.xml",
        "/nginx/nginx.conf",
        "/articles/a/b",
    ],
)
def test_nothing_else_can_be_had(port: int, path: str) -> None:
    answer = ask(port, path)
    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert b"secret" not in answer.body


def test_the_file_says_which_lines_to_change() -> None:
    assert marked("feedsvc-files.conf") == ["listen 80;", "listen [::]:80;", "server_name _;", "root /var/lib/feedsvc;"]
