"""Many programs at once: nothing is made twice, and nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask.testing import FlaskClient

from tests.api.desk import Desk

MANY = 8


def all_at_once(desk: Desk, method: str, path: str, body: Any, fields: dict[str, str]) -> list[Any]:
    """Send the same request by as many workers as there are; give the answers."""
    workers = [desk.another_worker() for _ in range(MANY)]

    def send(worker: FlaskClient) -> Any:
        headers = {"Authorization": desk.bearer, **fields}
        return worker.open(f"/api/v1{path}", method=method, json=body, headers=headers)

    with ThreadPoolExecutor(MANY) as pool:
        return [*pool.map(send, workers)]


def test_one_request_sent_by_all_under_one_key_makes_one_article(desk: Desk) -> None:
    body = {"title": "Storm", "status": "published"}
    answers = all_at_once(desk, "POST", "/articles", body, {"Idempotency-Key": "k"})
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert len(desk.call("GET", "/articles").json["articles"]) == 1


def test_of_those_who_read_the_same_state_one_writes(desk: Desk) -> None:
    made = desk.create()
    path = f"/articles/{made.json['id']}"
    answers = all_at_once(desk, "PATCH", path, {"title": "Mine"}, {"If-Match": made.tag})
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * (MANY - 1)
    assert desk.article(made).json["revision"] == made.json["revision"] + 1


def test_who_writes_over_anything_loses_no_revision(desk: Desk) -> None:
    made = desk.create()
    path = f"/articles/{made.json['id']}"
    answers = all_at_once(desk, "PUT", path, {"title": "Mine"}, {"If-Match": "*"})
    done = [answer for answer in answers if answer.status_code == 200]
    assert {answer.status_code for answer in answers} <= {200, 412}
    history = desk.call("GET", f"{path}/revisions").json["revisions"]
    assert len(history) == 2 + len(done)


def test_one_external_id_makes_one_article(desk: Desk) -> None:
    answers = all_at_once(desk, "PUT", "/articles/by-external-id?external_id=1", {"title": "Storm"}, {})
    assert sorted(answer.status_code for answer in answers) == [200] * (MANY - 1) + [201]
    assert len(desk.call("GET", "/articles").json["articles"]) == 1
