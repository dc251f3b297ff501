"""Promise: each request has an id, is counted in the right place, and nothing is kept of who asked."""

from __future__ import annotations

import logging
import re
from collections import Counter
from dataclasses import dataclass, field

import pytest

from feedsvc.errors import Unavailable
from feedsvc.folder import Shelf
from feedsvc.metrics import CLASSES, FAMILIES, TIMED
from feedsvc.web import Deps, create_app
from feedsvc.web.watching import family_of
from tests.web.website import Web

MADE = re.compile(r"[0-9a-f]{12}-[0-9a-f]+")


@dataclass
class Counts:
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    timed: Counter[str] = field(default_factory=Counter)

    def count(self, family: str, status: str) -> None:
        assert family in FAMILIES
        assert status in CLASSES
        self.counted[family, status] += 1

    def time(self, family: str, seconds: float) -> None:
        assert seconds >= 0
        self.timed[family] += 1


@pytest.fixture
def counts(web: Web) -> Counts:
    counts = Counts()
    deps = Deps(Shelf(web.folder), web.site, lambda: web.now, web.find_article, web.look, tally=counts)
    web.client = create_app(deps).test_client()
    return counts


@pytest.mark.parametrize("path", ["/feeds/all/rss.xml", "/", "/healthz", "/feeds/none/rss.xml", "/articles/x/y"])
@pytest.mark.parametrize("name", ["abc", "9f1c2e1a-1111-4222-8333-444455556666", "Root=1-67891233-abc", "a" * 128])
def test_an_id_that_comes_with_the_request_goes_back_with_the_answer(web: Web, path: str, name: str) -> None:
    for _ in range(2):
        assert web.client.get(path, headers={"X-Request-ID": name}).headers["X-Request-ID"] == name


@pytest.mark.parametrize("name", ["", " ", "a b", "a\tb", "<script>", 'a"b', "é", "a" * 129, "%0d%0aX: 1", "a;b"])
def test_one_that_could_break_a_log_is_replaced(web: Web, name: str) -> None:
    answer = web.client.get("/healthz", headers={"X-Request-ID": name})
    assert MADE.fullmatch(answer.headers["X-Request-ID"])


def test_each_request_has_another_and_public_answers_carry_none_unasked(web: Web) -> None:
    web.add()
    made = {web.client.get("/healthz").headers["X-Request-ID"] for _ in range(5)}
    assert len(made) == 5
    for path in ("/", "/feeds/all/", "/feeds/all/rss.xml", "/articles/a1/a-storm-is-coming", "/robots.txt", "/none"):
        assert "X-Request-ID" not in web.client.get(path).headers


def test_a_fault_of_ours_carries_its_id_and_the_log_names_it(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    web.failure = RuntimeError("broken")
    web.client.application.config["PROPAGATE_EXCEPTIONS"] = False
    with caplog.at_level(logging.INFO):
        answer = web.client.get("/articles/a1/x")
    assert answer.status_code == 500
    assert MADE.fullmatch(answer.headers["X-Request-ID"])
    told = next(record for record in caplog.records if record.name == "feedsvc.requests")
    assert told.levelno == logging.WARNING
    assert vars(told)["status"] == "500"
    assert vars(told)["route"] == "/articles/<article_id>/<slug>"


def test_requests_are_counted_by_what_they_are_for_and_how_they_end(web: Web, counts: Counts) -> None:
    web.add()
    tag = web.client.get("/feeds/all/rss.xml").headers["ETag"]
    for _ in range(2):
        web.client.get("/feeds/all/rss.xml")
        web.client.get("/feeds/all/rss.xml", headers={"If-None-Match": tag})
    web.client.get("/feeds/none/rss.xml")
    web.client.get("/feeds/old/rss.xml")
    web.client.get("/feeds/all")
    web.client.get("/articles/a1/a-storm-is-coming")
    web.failure = Unavailable("store", "away")
    web.client.get("/articles/a1/a-storm-is-coming")
    web.client.get("/wp-login.php")
    assert counts.counted == {
        ("feed", "2xx"): 3,
        ("feed", "304"): 2,
        ("feed", "4xx"): 2,
        ("feed", "3xx"): 1,
        ("article", "2xx"): 1,
        ("article", "5xx"): 1,
        ("other", "4xx"): 1,
    }
    assert counts.timed["article"] == 2


@pytest.mark.parametrize(
    ("path", "family"),
    [
        ("/", "site"),
        ("/opml.xml", "site"),
        ("/sitemap.xml", "sitemap"),
        ("/news-sitemap-12.xml", "sitemap"),
        ("/feeds/all/rss.xml", "feed"),
        ("/feeds", "feed"),
        ("/articles/1/x", "article"),
        ("/media/x.jpg", "media"),
        ("/api/v1/articles", "api"),
        ("/newsroom/", "newsroom"),
        ("/healthz", "health"),
        ("/metrics", "metrics"),
        ("/feedsx", "other"),
        ("//feeds/all/rss.xml", "other"),
        ("", "other"),
        ("*", "other"),
    ],
)
def test_a_path_is_for_one_of_a_few_things(path: str, family: str) -> None:
    assert family_of(path) == family
    assert {"article", "media", "api", "newsroom"} == TIMED


def test_nothing_of_who_asked_is_logged(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    web.failure = RuntimeError("broken")
    web.client.application.config["PROPAGATE_EXCEPTIONS"] = False
    who = {
        "User-Agent": "SecretReader/1.0",
        "X-Forwarded-For": "203.0.113.7",
        "Authorization": "Bearer hunter2hunter2",
        "Cookie": "session=hunter2hunter2",
        "Referer": "https://secret.example/",
    }
    with caplog.at_level(logging.DEBUG):
        for path in ("/articles/a1/x", "/healthz", "/feeds/none/", "/"):
            web.client.get(path, headers=who, environ_overrides={"REMOTE_ADDR": "203.0.113.7"})
    told = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "feedsvc.requests" in told
    for word in ("SecretReader", "203.0.113.7", "hunter2", "secret.example"):
        assert word not in told
