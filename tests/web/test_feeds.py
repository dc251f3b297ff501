"""Promise: a feed's address answers with the feed, to every client, and with nothing else ever."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from feedsvc.conditional import entity_tag
from feedsvc.errors import Unavailable
from feedsvc.folder import withdraw
from feedsvc.model import Site
from tests.web.website import Web

FEEDS = {
    "/feeds/all/rss.xml": "application/rss+xml; charset=utf-8",
    "/feeds/all/atom.xml": "application/atom+xml; charset=utf-8",
    "/feeds/all/feed.json": "application/feed+json",
    "/opml.xml": "text/x-opml; charset=utf-8",
}
PAGES = {"/feeds/all/": "text/html; charset=utf-8", "/": "text/html; charset=utf-8"}
DOCUMENTS = FEEDS | PAGES
NOWHERE = ["/feeds/none/rss.xml", "/feeds/old/rss.xml", "/feeds/all/none.xml", "/feeds/", "/feeds"]
NEEDED_BY_CACHES = {"ETag", "Cache-Control", "Vary", "Last-Modified", "Access-Control-Allow-Origin"}


def get(web: Web, path: str, **headers: str) -> TestResponse:
    return web.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "text/html",
        "application/json",
        "application/atom+xml",
        "image/png, */*;q=0",
        "nonsense",
        "",
    ],
)
@pytest.mark.parametrize(("path", "content_type"), DOCUMENTS.items())
def test_an_address_gives_one_format_to_every_client(web: Web, path: str, content_type: str, accept: str) -> None:
    """P20: and never a redirect or a cookie on the way."""
    response = get(web, path, Accept=accept)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == content_type
    assert response.headers["ETag"] == entity_tag(response.data)
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_head_is_get_without_the_body(web: Web, path: str, coding: str) -> None:
    got = get(web, path, Accept_Encoding=coding)
    head = web.client.head(path, headers={"Accept-Encoding": coding})
    assert head.headers.to_wsgi_list() == got.headers.to_wsgi_list()
    assert head.data == b""
    assert int(head.headers["Content-Length"]) == len(got.data)


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize("coding", ["identity", "gzip", "br"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("suffix", ["", "-gzip", ";br", "--gzip"])
def test_a_reader_that_holds_the_document_gets_304(web: Web, path: str, coding: str, method: str, suffix: str) -> None:
    """P03: with the fields that a cache needs, without a body, a type or a length."""
    tag = get(web, path, Accept_Encoding=coding).headers["ETag"]
    held = f'{tag[:-1]}{suffix}"'
    response = web.client.open(path, method=method, headers={"If-None-Match": held, "Accept-Encoding": coding})
    assert (response.status_code, response.data) == (304, b"")
    sent = set(response.headers.keys())
    assert sent >= NEEDED_BY_CACHES
    assert not sent & {"Content-Type", "Content-Length", "Content-Encoding"}


def test_dates_alone_are_enough(web: Web) -> None:
    modified = get(web, "/feeds/all/rss.xml").headers["Last-Modified"]
    assert get(web, "/feeds/all/rss.xml", If_Modified_Since=modified).status_code == 304
    assert get(web, "/feeds/all/rss.xml", If_Modified_Since="yesterday").status_code == 200
    assert get(web, "/feeds/all/rss.xml", If_Modified_Since=modified, If_None_Match='"x"').status_code == 200


def test_a_range_is_answered_with_the_whole(web: Web) -> None:
    response = get(web, "/feeds/all/rss.xml", Range="bytes=0-3")
    assert (response.status_code, len(response.data)) == (200, 1008)


@pytest.mark.parametrize("path", [*DOCUMENTS, *NOWHERE, "/feeds/all"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_a_script_on_another_host_may_read_every_answer(web: Web, path: str, method: str) -> None:
    """P26: on 200, 304, 404, 405, 410 and redirects alike."""
    response = web.client.open(path, method=method, headers={"Origin": "https://reader.example.com"})
    assert response.headers.getlist("Access-Control-Allow-Origin") == ["*"]
    assert "ETag" in response.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize("path", DOCUMENTS)
def test_a_preflight_is_allowed(web: Web, path: str) -> None:
    response = web.client.options(
        path, headers={"Origin": "https://reader.example.com", "Access-Control-Request-Headers": "if-none-match"}
    )
    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["Access-Control-Allow-Headers"] == "If-None-Match, If-Modified-Since"


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_other_methods_are_refused_with_those_that_are_taken(web: Web, path: str, method: str) -> None:
    response = web.client.open(path, method=method)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/feeds/none/rss.xml", 404),
        ("/feeds/all/none.xml", 404),
        ("/feeds/all/gone.txt", 404),
        ("/feeds/all/.lock", 404),
        ("/feeds/all/rss.xml.gz", 404),
        ("/feeds/_site/opml.xml", 404),
        ("/feeds/_site/", 404),
        ("/feeds/all/rss.xml/", 404),
        ("/feeds/all/RSS.xml", 404),
        ("/feeds/ALL/rss.xml", 404),
        ("/feeds/../feeds/all/rss.xml", 404),
        ("/feeds/all/..%2f..%2fetc%2fpasswd", 404),
        ("/feeds/all/%2e%2e/%2e%2e/etc/passwd", 404),
        ("/feeds/%ff/rss.xml", 404),
        ("/feeds/all/rss.xml%00", 400),
        ("/feeds/a%00/", 400),
        ("/feeds/old/rss.xml", 410),
        ("/feeds/old/atom.xml", 410),
        ("/feeds/old/", 410),
    ],
)
def test_what_is_not_there(web: Web, path: str, status: int) -> None:
    response = get(web, path, Accept="text/html")
    assert response.status_code == status
    assert response.headers["Cache-Control"] == "max-age=1"
    assert web.client.head(path).status_code == status


@pytest.mark.parametrize("path", ["/feeds/none/rss.xml", "/feeds/old/feed.json", "/feeds/all/x", "/feeds/a/b/c"])
def test_a_feeds_address_never_answers_with_a_page(web: Web, path: str) -> None:
    response = get(web, path, Accept="text/html")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert b"<" not in response.data
    assert len(response.data) < 200


def test_people_at_a_pages_address_get_a_page(web: Web) -> None:
    response = get(web, "/feeds/old/")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"removed for good" in response.data


def test_a_failing_precondition_is_told_shortly(web: Web) -> None:
    response = get(web, "/feeds/all/rss.xml", If_Match='"another"')
    assert response.status_code == 412
    assert response.text == "The document is not in the state that the request names. Fetch it anew.\n"


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/feeds/all", "/feeds/all/"),
        ("/feeds/all?utm_source=x&b=%20", "/feeds/all/?utm_source=x&b=%20"),
        ("/feeds/all/index.html", "/feeds/all/"),
        ("/feeds/all/index.html?a", "/feeds/all/?a"),
    ],
)
def test_a_page_has_one_address(web: Web, path: str, location: str) -> None:
    response = get(web, path)
    assert (response.status_code, response.headers["Location"]) == (308, location)
    assert web.client.get(path, follow_redirects=True).status_code == 200


def test_a_redirect_keeps_the_path_that_a_proxy_puts_in_front(web: Web) -> None:
    web = Web(web.folder, Site("The Example", "https://example.org/news"))
    assert get(web, "/feeds/all").headers["Location"] == "/news/feeds/all/"


@pytest.mark.parametrize(
    "slug", ["javascript:alert(1)", "\\evil.example.com", "%5C%5Cevil.example.com", "a%0d%0ab", "_site"]
)
def test_no_address_redirects_elsewhere(web: Web, slug: str) -> None:
    for path in (f"/feeds/{slug}", f"/feeds/{slug}/index.html"):
        response = get(web, path)
        assert response.status_code == 404
        assert "Location" not in response.headers


def test_a_folder_that_cannot_be_read_is_no_404(web: Web) -> None:
    """READ-05: a 404 costs two days of audience, a 503 a few minutes."""
    (web.folder.root / "all/rss.xml").unlink()
    (web.folder.root / "all/rss.xml").mkdir()
    response = get(web, "/feeds/all/rss.xml")
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["Cache-Control"] == "no-store"
    assert str(web.folder.root) not in response.text


def test_a_new_site_says_that_it_is_not_ready(web: Web) -> None:
    withdraw(web.folder, "_site")
    for path, content_type in (("/", "text/html; charset=utf-8"), ("/opml.xml", "text/plain; charset=utf-8")):
        response = get(web, path)
        assert (response.status_code, response.headers["Content-Type"]) == (503, content_type)
        assert "Retry-After" in response.headers


def test_feeds_and_lists_need_no_store(web: Web) -> None:
    """P32: the database is gone, and every published document is still served."""
    web.failure = Unavailable("store", "is out of reach")
    for path in DOCUMENTS:
        assert get(web, path).status_code == 200


def test_an_address_of_any_length_gets_a_clean_answer(web: Web) -> None:
    assert get(web, f"/feeds/{'a' * 5000}/rss.xml").status_code == 414
    assert get(web, f"/feeds/all/rss.xml?{'a' * 5000}").status_code == 414
    assert get(web, f"/feeds/all/rss.xml?{'a' * 2000}").status_code == 200
