"""P43: you can see it.

/metrics (Prometheus), structured logs, a page with each feed's health.

not yet: nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.service import CONFIG, Answer, Service, serving

WORKERS = 3
JSON_LOG = CONFIG + '\n[web]\nworkers = {workers}\n\n[log]\nformat = "json"\n'.replace("{workers}", str(WORKERS))
STORY = "---\ntitle: Merger announced\nauthors: [Deals Desk]\n---\nAcquisition details.\n"
READER = {
    "User-Agent": "SecretReader/1.0 (+https://reader.example; 41 subscribers)",
    "Referer": "https://secret.example/",
    "Cookie": "session=hunter2hunter2",
    "From": "jane@example.org",
}
# What is said of each number, in docs/operating.md.
DOCS = Path(__file__).parents[2] / "docs" / "operating.md"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    (folder / "merger.md").write_text(STORY, encoding="utf-8")
    with serving(folder, JSON_LOG) as running:
        running.import_files("merger.md")
        running.wait_for("/feeds/all/feed.json", lambda answer: b"Merger announced" in answer.body)
        yield running


def numbers(answer: Answer) -> dict[str, float]:
    assert answer.status == 200, answer
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def records(service: Service) -> list[dict[str, Any]]:
    # The one line before the log is set up tells people the address.
    return [json.loads(line) for line in service.log.splitlines() if not line.startswith("feedsvc serves")]


def test_the_numbers_say_what_is_published_and_what_waits(service: Service) -> None:
    found = numbers(service.get("/metrics"))
    assert found["feedsvc_store_up"] == 1
    assert found["feedsvc_feeds published"] == 1
    assert found["feedsvc_feeds failed"] == found["feedsvc_feeds held"] == 0
    assert found["feedsvc_articles_total"] == found["feedsvc_entries"] == 1
    assert found["feedsvc_waiting_changes"] == found["feedsvc_due_changes"] == 0
    assert found["feedsvc_publications_total"] >= 2
    assert found["feedsvc_last_publication_timestamp_seconds"] > 1_700_000_000
    assert found["feedsvc_unsent_announcements"] == 0
    # The publisher is a process of its own, and its work is counted all the same.
    assert found["feedsvc_publish_seconds_count"] >= 2


def test_whichever_worker_is_asked_knows_what_all_have_answered(service: Service) -> None:
    before = numbers(service.get("/metrics"))
    for _ in range(40):
        assert service.get("/feeds/all/rss.xml", READER).status == 200
    for _ in range(10):
        assert service.get("/feeds/none/rss.xml", READER).status == 404
    for _ in range(2 * WORKERS):
        after = numbers(service.get("/metrics"))
        for name, count in (("feed 2xx", 40), ("feed 4xx", 10)):
            key = f"feedsvc_http_requests_total {name}"
            assert after[key] - before[key] == count


def test_the_numbers_and_the_log_name_no_reader_and_no_article(service: Service) -> None:
    page = json.loads(service.get("/feeds/all/feed.json").body)["items"][0]["url"]
    for path in (page, "/feeds/all/rss.xml", "/api/v1/articles", "/newsroom/", "/healthz", "/nowhere"):
        service.get(path, READER)
    for text in (service.get("/metrics").text, service.log):
        for word in ("SecretReader", "secret.example", "hunter2", "jane@", "Merger", "merger-announced", "Deals Desk"):
            assert word not in text, word
        assert not re.search(r"\b127\.0\.0\.1\b", text.replace(f"http://127.0.0.1:{service.port}/", ""))


def test_a_request_can_be_followed_by_its_id(service: Service) -> None:
    given = service.get("/api/v1/articles", {"X-Request-ID": "from-the-proxy-1"})
    assert given.headers["X-Request-ID"] == "from-the-proxy-1"
    made = service.get("/api/v1/articles")
    name = made.headers["X-Request-ID"]
    told = {record.get("request_id"): record for record in records(service)}
    for one in ("from-the-proxy-1", name):
        assert told[one]["logger"] == "feedsvc.requests"
        assert told[one]["level"] == "info"
        assert (told[one]["method"], told[one]["route"], told[one]["status"]) == ("GET", "/api/v1/articles", "401")
        assert told[one]["milliseconds"] >= 0
    forged = service.get("/api/v1/articles", {"X-Request-ID": 'x" level=error'})
    assert re.fullmatch(r"[0-9a-f]{12}-[0-9a-f]+", forged.headers["X-Request-ID"])


def test_every_line_of_the_log_is_a_record(service: Service) -> None:
    assert records(service)
    for record in records(service):
        assert {"time", "level", "logger", "message"} <= record.keys()


def test_the_health_of_each_feed_is_told(service: Service) -> None:
    health = json.loads(service.get("/healthz").body)
    assert health["feeds"]["all"]["state"] == "published"
    assert health["feeds"]["all"]["last_run"]
    assert health["feeds"]["all"]["next_run"]


def test_every_number_is_explained(service: Service) -> None:
    families = {
        re.sub(r"_(total|bucket|count|sum|created)\Z", "", sample.name)
        for family in text_string_to_metric_families(service.get("/metrics").text)
        for sample in family.samples
    }
    explained = set(re.findall(r"`(feedsvc_[a-z_]+?)(?:_total)?`", DOCS.read_text(encoding="utf-8")))
    assert families <= explained, families - explained
