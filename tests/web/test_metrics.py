"""Promise: the numbers are for this machine's programs unless the operator says otherwise, and always an answer."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from functools import partial

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from feedsvc.errors import Unavailable
from feedsvc.folder import Shelf
from feedsvc.metrics import Requests, exposition
from feedsvc.store.measures import Measures
from feedsvc.web import Deps, Numbers, create_app
from tests.web.website import Web

FOUND = Measures(
    feeds={"published": 2, "failed": 1},
    articles=12,
    entries=24,
    waiting_changes=3,
    due_changes=1,
    publications=7,
    last_publication_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    unsent_announcements=4,
    waiting_pictures=5,
    uploaded_pictures=6,
)


class Store:
    found: Measures = FOUND
    failure: Exception | None = None

    def measure(self) -> Measures:
        if self.failure:
            raise self.failure
        return self.found


@pytest.fixture
def store() -> Store:
    return Store()


def client(web: Web, store: Store, *, public: bool = False, seconds: float = 2.0) -> FlaskClient:
    requests = Requests()
    numbers = Numbers(store.measure, partial(exposition, requests.registry), public=public)
    shelf = Shelf(web.folder)
    return create_app(
        Deps(shelf, web.site, lambda: web.now, web.find_article, web.look, seconds, numbers=numbers, tally=requests)
    ).test_client()


def numbers(text: str) -> dict[str, float]:
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values() if value): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_what_the_store_knows_and_what_was_counted(web: Web, store: Store) -> None:
    asked = client(web, store)
    asked.get("/feeds/all/rss.xml")
    asked.get("/feeds/all/rss.xml")
    answer = asked.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert answer.headers["Cache-Control"] == "no-store"
    found = numbers(answer.text)
    expected = {
        "feedsvc_store_up": 1,
        "feedsvc_feeds published": 2,
        "feedsvc_feeds failed": 1,
        "feedsvc_articles_total": 12,
        "feedsvc_entries": 24,
        "feedsvc_waiting_changes": 3,
        "feedsvc_due_changes": 1,
        "feedsvc_publications_total": 7,
        "feedsvc_last_publication_timestamp_seconds": 1772366400,
        "feedsvc_unsent_announcements": 4,
        "feedsvc_waiting_pictures": 5,
        "feedsvc_uploaded_pictures": 6,
        "feedsvc_http_requests_total feed 2xx": 2,
    }
    assert {name: found[name] for name in expected} == expected
    assert asked.head("/metrics").data == b""


def test_openmetrics_is_given_to_who_asks_for_it(web: Web, store: Store) -> None:
    answer = client(web, store).get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_without_the_store_it_says_so_and_goes_on_counting(web: Web, store: Store) -> None:
    asked = client(web, store)
    store.failure = Unavailable("store postgresql://db.example.org", "connection refused")
    answer = asked.get("/metrics")
    assert answer.status_code == 200
    found = numbers(answer.text)
    assert found["feedsvc_store_up"] == 0
    assert "feedsvc_entries" not in found
    assert "feedsvc_http_requests_total feed 2xx" in found
    assert "db.example.org" not in answer.text


def test_a_store_that_hangs_does_not_hang_the_monitor(web: Web, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(store, "measure", lambda: release.wait() and FOUND)
    answer = client(web, store, seconds=0.01).get("/metrics")
    assert numbers(answer.text)["feedsvc_store_up"] == 0
    release.set()


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
def test_a_program_on_this_machine_may_read_them(web: Web, store: Store, address: str) -> None:
    answer = client(web, store).get("/metrics", environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("203.0.113.7", {}),
        ("10.0.0.1", {}),
        ("2001:db8::1", {}),
        ("::ffff:203.0.113.7", {}),
        ("", {}),
        ("localhost", {}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}),
        ("127.0.0.1", {"Via": "1.1 proxy"}),
    ],
)
def test_nobody_else_may_unless_the_operator_says_so(
    web: Web, store: Store, address: str, headers: dict[str, str]
) -> None:
    overrides = {"REMOTE_ADDR": address}
    answer = client(web, store).get("/metrics", headers=headers, environ_overrides=overrides)
    assert answer.status_code == 403
    assert "feedsvc_" not in answer.text
    public = client(web, store, public=True).get("/metrics", headers=headers, environ_overrides=overrides)
    assert public.status_code == 200
