"""Promise: an operator learns how each feed does, at once, whatever the store does."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedsvc.errors import Unavailable
from feedsvc.model import Feed, Visibility
from feedsvc.web import FeedHealth, Health, wiring
from feedsvc.web.looking import Look
from tests.newsroom import ALL, Newsroom
from tests.web.website import Web


def test_each_feed_shows_its_last_and_next_run(web: Web) -> None:
    ran, runs = datetime(2026, 3, 1, 12, 15, tzinfo=UTC), datetime(2026, 3, 1, 12, 45, tzinfo=UTC)
    web.health = Health(
        (FeedHealth("all", "published", ran, runs), FeedHealth("sport", "failed", ran, None, "no space left"))
    )
    response = web.client.get("/healthz")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json == {
        "status": "ok",
        "store": {"reachable": True},
        "problems": [],
        "feeds": {
            "all": {
                "state": "published",
                "last_run": "2026-03-01T12:15:00+00:00",
                "next_run": "2026-03-01T12:45:00+00:00",
                "failure": None,
            },
            "sport": {
                "state": "failed",
                "last_run": "2026-03-01T12:15:00+00:00",
                "next_run": None,
                "failure": "no space left",
            },
        },
    }


@pytest.mark.parametrize("stranger", [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}])
def test_a_feed_that_is_not_listed_is_known_on_this_machine_alone(web: Web, stranger: dict[str, str]) -> None:
    web.health = Health((FeedHealth("all", "published"), FeedHealth("partners-only", "published", listed=False)))
    assert b"partners-only" in web.client.get("/healthz").data
    seen = web.client.get("/healthz", environ_overrides=stranger)
    assert (seen.status_code, list(seen.get_json()["feeds"])) == (200, ["all"])
    assert b"partners" not in seen.data


def test_a_problem_that_needs_a_person_is_a_failing_check(web: Web) -> None:
    web.health = Health(problems=("No publisher is running.",))
    response = web.client.get("/healthz")
    assert response.status_code == 503
    assert response.get_json()["status"] == "failing"
    assert response.get_json()["problems"] == ["No publisher is running."]
    assert response.get_json()["store"] == {"reachable": True}
    assert web.client.head("/healthz").status_code == 503


def test_a_store_out_of_reach_is_said_without_its_address(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    web.failure = Unavailable("store postgresql://db.example.org", "connection refused")
    response = web.client.get("/healthz")
    assert response.status_code == 503
    assert response.get_json()["store"] == {"reachable": False}
    assert "db.example.org" not in response.text
    assert "db.example.org" in caplog.text


def test_a_look_that_breaks_is_an_answer_too(web: Web, caplog: pytest.LogCaptureFixture) -> None:
    web.failure = RuntimeError("the secret of the house")
    response = web.client.get("/healthz")
    assert response.status_code == 503
    assert "the secret of the house" not in response.text
    assert "the secret of the house" in caplog.text


def test_a_store_that_hangs_holds_up_nobody_and_gathers_no_threads() -> None:
    begun: list[threading.Thread] = []
    release = threading.Event()

    def hang() -> Health:
        begun.append(threading.current_thread())
        release.wait()
        return Health()

    look = Look(hang, seconds=0.01)
    for _ in range(5):
        assert look() is None
    assert len(begun) == 1
    assert begun[0].daemon
    release.set()
    while look() != Health():  # it recovers by itself; the deadline is the test run's
        pass


def test_the_store_says_which_feeds_are_listed(tmp_path: Path, empty_store: Path) -> None:
    hidden = Feed("partners-only", "Partners", "For partners", visibility=Visibility.UNLISTED)
    room = Newsroom(tmp_path, empty_store, feeds=(ALL, hidden))
    found = wiring.look(room.store, room.site, room.now)
    room.close()
    assert {feed.slug: feed.listed for feed in found.feeds} == {"all": True, "partners-only": False}
