"""Promise: an article's permalink shows what is public, and tells nothing of what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feedsvc.errors import Unavailable
from feedsvc.model import Status
from tests.web.website import Web

PERMALINK = "/articles/a1/a-storm-is-coming"


def test_a_published_article_is_shown(web: Web) -> None:
    web.add()
    response = web.client.get(PERMALINK)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"A storm is coming" in response.data
    assert response.headers["Last-Modified"] == "Sun, 01 Mar 2026 12:00:00 GMT"
    assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    head = web.client.head(PERMALINK)
    assert head.headers.to_wsgi_list() == response.headers.to_wsgi_list()
    assert head.data == b""


def test_it_is_sent_again_only_when_it_changed(web: Web) -> None:
    web.add()
    first = web.client.get(PERMALINK)
    by_tag = {"If-None-Match": first.headers["ETag"]}
    by_date = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert web.client.get(PERMALINK, headers=by_tag).status_code == 304
    assert web.client.get(PERMALINK, headers=by_date).status_code == 304


def test_a_quiet_edit_is_seen_by_every_reader(web: Web) -> None:
    """P04: it moves no date that a reader notices, so `updated_at` cannot be the page's Last-Modified."""
    article = web.add()
    first = web.client.get(PERMALINK)
    revision = replace(article.revision, number=2, content_html="<p>Stay in the cellar.</p>")
    web.add(revision=revision, modified_at=article.modified_at + timedelta(milliseconds=700))
    for headers in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        response = web.client.get(PERMALINK, headers=headers)
        assert response.status_code == 200
        assert b"cellar" in response.data


def test_an_edit_within_this_second_is_not_dated_yet(web: Web) -> None:
    web.add(modified_at=web.now)
    assert "Last-Modified" not in web.client.get(PERMALINK).headers


@pytest.mark.parametrize("query", ["", "?from=feed"])
@pytest.mark.parametrize("path", ["/articles/a1", "/articles/a1/", "/articles/a1/an-older-title"])
def test_an_older_address_leads_to_the_present_one(web: Web, path: str, query: str) -> None:
    web.add()
    response = web.client.get(path + query)
    assert (response.status_code, response.headers["Location"]) == (308, PERMALINK + query)
    assert web.client.get(path + query, follow_redirects=True).status_code == 200


@pytest.mark.parametrize("path", [PERMALINK, "/articles/a1", "/articles/a1/an-older-title"])
def test_a_withdrawn_article_is_gone_and_says_why(web: Web, path: str) -> None:
    """P11: and a cache may not keep it."""
    web.add(Status.WITHDRAWN, withdrawn_at=web.now, withdrawal_reason="It was about another town.")
    response = web.client.get(path)
    assert response.status_code == 410
    assert b"It was about another town." in response.data
    assert b"A storm is coming" not in response.data
    assert response.headers["Cache-Control"] == "max-age=1"
    assert web.client.head(path).data == b""


def test_what_is_not_public_looks_like_what_never_was(web: Web) -> None:
    """P10: same status, same words, same headers."""
    unknown = web.client.get(PERMALINK)
    assert unknown.status_code == 404
    for status in (Status.DRAFT, Status.SCHEDULED, Status.WITHDRAWN):
        web.add(status, published_at=None, updated_at=None)
        for path in (PERMALINK, "/articles/a1", "/articles/a1/", "/articles/a1/other"):
            response = web.client.get(path)
            assert (response.status_code, response.data) == (404, unknown.data)
            assert response.headers.to_wsgi_list() == unknown.headers.to_wsgi_list()


def test_without_the_store_a_permalink_asks_to_come_back(web: Web) -> None:
    web.failure = Unavailable("store postgresql://db.example.org", "connection refused")
    response = web.client.get(PERMALINK)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "db.example.org" not in response.text


def test_no_page_but_a_feeds_is_open_to_other_hosts_scripts(web: Web) -> None:
    web.add()
    for path in (PERMALINK, "/articles/a1", "/articles/zz/y", "/healthz", "/robots.txt", "/elsewhere"):
        assert "Access-Control-Allow-Origin" not in web.client.get(path).headers


def test_robots_and_icons_are_answered(web: Web) -> None:
    robots = web.client.get("/robots.txt")
    assert robots.status_code == 200
    assert robots.text == (
        "User-agent: *\nDisallow:\n\n"
        "Sitemap: https://news.example.org/sitemap.xml\nSitemap: https://news.example.org/news-sitemap.xml\n"
    )
    assert web.client.get("/robots.txt", headers={"If-None-Match": robots.headers["ETag"]}).status_code == 304
    assert web.client.get("/favicon.ico").status_code == 204


def test_an_article_id_is_any_text(web: Web) -> None:
    for path in ("/articles/..%2f..%2fetc/x", "/articles/%00/x", "/articles/%F0%9F%98%80/x", "/articles//x"):
        assert web.client.get(path).status_code in {400, 404}
