"""Nobody writes over a change that they have not seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.desk import Desk, Reply

CHANGES: list[tuple[str, str, Any, str]] = [
    ("PUT", "", {"title": "x"}, "published"),
    ("PATCH", "", {"title": "x"}, "published"),
    ("PATCH", "", {"title": "x", "live": False}, "published"),
    ("POST", "/publish", None, "draft"),
    ("POST", "/schedule", {"publish_at": "2027-01-01T00:00:00Z"}, "draft"),
    ("POST", "/unschedule", None, "scheduled"),
    ("POST", "/correct", {"note": "x"}, "published"),
    ("POST", "/withdraw", {"reason": "x"}, "published"),
]
each_change = pytest.mark.parametrize(
    ("method", "step", "body", "status"), CHANGES, ids=lambda value: value if isinstance(value, str) else ""
)


def make(desk: Desk, status: str) -> Reply:
    times = {"publish_at": "2026-12-01T00:00:00Z"} if status == "scheduled" else {}
    return desk.create(status=status, **times)


@each_change
def test_each_change_needs_the_tag_of_what_was_read(desk: Desk, method: str, step: str, body: Any, status: str) -> None:
    made = make(desk, status)
    path = f"/articles/{made.json['id']}{step}"
    bare = desk.call(method, path, body)
    assert bare.status == 428
    assert made.tag in bare.json["detail"]
    for stale in ('"0-draft"', f"W/{made.tag}", '"x"', "", '"99999999999999999999-draft"'):
        refused = desk.call(method, path, body, If_Match=stale)
        assert (refused.status, refused.json["type"]) == (412, "https://gazette.example.org/api/v1/#problem-stale")
    assert desk.call(method, path, body, If_None_Match='"x"').status == 428
    assert desk.article(made).json == made.json
    done = desk.call(method, path, body, If_Match=f'"x", {made.tag}')
    assert done.status == 200
    assert done.tag != made.tag
    assert desk.call(method, path, body, If_Match=made.tag).status == 412


@each_change
def test_whatever_the_state_is_will_do_for_who_says_so(
    desk: Desk, method: str, step: str, body: Any, status: str
) -> None:
    made = make(desk, status)
    assert desk.call(method, f"/articles/{made.json['id']}{step}", body, If_Match="*").status == 200


def test_a_tag_is_of_one_state_alone(desk: Desk) -> None:
    reply = desk.create(status="draft")
    seen = {reply.tag}
    for step, body in (
        ("schedule", {"publish_at": "2027-01-01T00:00:00Z"}),
        ("unschedule", None),
        ("publish", None),
        ("correct", {"note": "x"}),
        ("withdraw", {"reason": "x"}),
    ):
        reply = desk.step(reply, step, body)
        assert reply.tag not in seen
        seen.add(reply.tag)


def test_the_publisher_is_a_writer_like_any_other(desk: Desk) -> None:
    made = desk.create(status="scheduled", publish_at="2026-03-01T13:00:00Z")
    desk.pass_time(7200)
    desk.publish()
    assert desk.change(made, title="Too late").status == 412


def test_what_is_read_again_is_not_sent_again(desk: Desk) -> None:
    made = desk.create()
    path = f"/articles/{made.json['id']}"
    unchanged = desk.call("GET", path, If_None_Match=made.tag)
    assert (unchanged.status, unchanged.body, unchanged.tag) == (304, b"", made.tag)
    assert unchanged.headers["Cache-Control"] == "no-store"
    desk.change(made, title="x")
    assert desk.call("GET", path, If_None_Match=made.tag).status == 200
    assert desk.call("GET", path, If_Match=made.tag).status == 412


def test_a_missing_article_is_missing_before_anything_else(desk: Desk) -> None:
    path = "/articles/8a6e0804-2bd0-4672-b79d-d97027f9071a"
    assert desk.call("PATCH", path, {"title": "x"}).status == 404
    assert desk.call("PATCH", path, {"title": "x"}, If_Match="*").status == 404
