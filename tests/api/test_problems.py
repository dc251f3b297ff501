"""A bad call is told what is wrong, where, and what would be right, and leaves nothing half done (P37)."""

from __future__ import annotations

import gzip
import json
import logging
import uuid
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from feedsvc.web.api.jsonbody import MAX_BYTES, MAX_DEPTH, MAX_VALUES
from tests.api.desk import Desk


def count(desk: Desk) -> int:
    with desk.store.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM revisions")).scalar_one())


def test_every_wrong_field_is_named_at_once_with_its_value_and_its_rule(desk: Desk) -> None:
    reply = desk.call(
        "POST",
        "/articles",
        {
            "title": 7,
            "summary": "x" * 10_001,
            "language": "no language",
            "section": "",
            "authors": [{"name": "City Desk"}, {"email": "nobody", "phone": "1"}],
            "tags": ["ok", None],
            "url": "/relative",
            "image": {"alt": "Waves"},
            "publish_at": "2026-05-05T12:00:00",
            "status": "withdrawn",
            "id": "mine",
            "titel": "Storm",
        },
    )
    assert (reply.status, reply.headers["Content-Type"]) == (422, "application/problem+json")
    assert reply.json["title"] == "Unprocessable Entity"
    assert reply.json["type"] == "https://gazette.example.org/api/v1/#problem-invalid"
    assert reply.errors == {
        "/title": "Must be a text.",
        "/summary": "Must have at most 10000 characters.",
        "/language": "Must be a BCP 47 tag: en, pt-BR, az-Latn.",
        "/section": "Must have at least 1 characters.",
        "/authors/1/name": "Must be given.",
        "/authors/1/email": "Must be an e-mail address: name@example.org.",
        "/authors/1/phone": "Is not known here. Look for a typing error, or leave it out.",
        "/tags/1": "Must be a text.",
        "/url": "Must be an absolute web address: https://example.org/page.",
        "/image/url": "Must be given.",
        "/publish_at": "Must be a time with its offset: 2026-05-05T12:00:00+02:00.",
        "/status": "Must be one of: 'draft', 'scheduled' or 'published'.",
        "/id": "Is read only. Leave it out.",
        "/titel": "Is not known here. Look for a typing error, or leave it out.",
    }
    values = {error["pointer"]: error.get("value") for error in reply.json["errors"]}
    assert (values["/title"], values["/authors/1/email"], values["/url"]) == ("7", "nobody", "/relative")
    assert len(values["/summary"]) < 200
    assert count(desk) == 0


@pytest.mark.parametrize(
    ("body", "place", "rule"),
    [
        ({"content_html": "a", "content_text": "b"}, "", "Give only one of content_html and content_text."),
        ({"title": "a", "status": "scheduled"}, "/publish_at", "Must be given, since status is scheduled."),
        (
            {"title": "a", "status": "published", "publish_at": "2027-01-01T00:00:00Z"},
            "/publish_at",
            "Must be left out, since status is published.",
        ),
        ({"title": "a", "status": "scheduled", "publish_at": "2020-01-01T00:00:00Z"}, "/publish_at", "gone by"),
        ({}, "/title", "Is empty, and there is no text either. Give at least a title or some content."),
        ({"title": "\u0007 "}, "/title", "Is empty"),
        ({"title": "\ud800"}, "/title", "surrogate"),
        ([], "", "Must be an object."),
        ("x", "", "Must be an object."),
        (None, "", "Must be an object."),
        ({"a/b~c": 1}, "/a~1b~0c", "Is not known here"),
    ],
    ids=str,
)
def test_what_the_fields_say_together_is_checked_too(desk: Desk, body: Any, place: str, rule: str) -> None:
    reply = desk.call("POST", "/articles", data=json.dumps(body).encode(), Content_Type="application/json")
    assert reply.status == 422
    [error] = reply.json["errors"]
    assert error["pointer"] == place
    assert rule in error["detail"]
    assert count(desk) == 0


@pytest.mark.parametrize(
    ("step", "body", "place"),
    [
        ("correct", {"note": " "}, "/note"),
        ("correct", {"note": "\u0001"}, "/note"),
        ("correct", {"title": "x"}, "/note"),
        ("correct", {"note": "x", "live": False}, "/live"),
        ("withdraw", {"reason": ""}, "/reason"),
        ("withdraw", {"notice": "yes", "reason": "x"}, "/notice"),
        ("publish", {"now": True}, "/now"),
    ],
)
def test_a_step_names_its_field(desk: Desk, step: str, body: Any, place: str) -> None:
    made = desk.create()
    reply = desk.step(made, step, body)
    assert (reply.status, [*reply.errors]) == (422, [place])
    assert desk.article(made).json == made.json


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"image": {"alt": "Waves"}}, "/image/url"),
        ({"title": None}, "/title"),
        ({"external_id": None}, "/external_id"),
        ({"publish_at": "2027-01-01T00:00:00Z"}, "/publish_at"),
        ({"status": "draft"}, "/status"),
        ({"live": None}, "/live"),
    ],
    ids=str,
)
def test_a_change_that_makes_no_article_is_refused(desk: Desk, changes: Any, place: str) -> None:
    made = desk.create(external_id="1")
    reply = desk.change(made, **changes)
    assert (reply.status, [*reply.errors]) == (422, [place])
    assert desk.article(made).json == made.json


def test_a_scheduled_article_keeps_its_time_until_it_is_kept_back(desk: Desk) -> None:
    made = desk.create(status="scheduled", publish_at="2027-01-01T00:00:00Z")
    assert "Unschedule" in desk.change(made, publish_at=None).errors["/publish_at"]
    assert "gone by" in desk.change(made, publish_at="2020-01-01T00:00:00Z").errors["/publish_at"]
    assert desk.change(made, "PUT", title="x").json["publish_at"] == "2027-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("limit=1_0", "limit"),
        ("limit=%2B1", "limit"),
        ("limit=1&limit=2", "limit"),
        ("limit=" + "9" * 5000, ""),
        ("cursor=x", "cursor"),
        ("cursor=1.999999999999999999", "cursor"),
        ("cursor=99999999999999999999.1", "cursor"),
        ("status=gone", "status"),
        ("order=random", "order"),
        ("q=", "q"),
        ("q=%00", "q"),
        ("q=a%0d%0ab", "q"),
        ("page=2", "page"),
    ],
)
def test_a_parameter_that_breaks_a_rule_is_named(desk: Desk, query: str, name: str) -> None:
    reply = desk.call("GET", f"/articles?{query}")
    if name:
        assert (reply.status, [*reply.errors]) == (422, [name])
    else:
        assert reply.status == 414
    assert reply.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/feeds?cursor=A", "/feeds?cursor=a%0a", "/feeds/all?x=1", "/articles/by-external-id"]
)
def test_no_parameter_is_passed_over(desk: Desk, path: str) -> None:
    assert desk.call("GET", path).status == 422


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "line 1, column 1"),
        (b"{", "not JSON"),
        (b'{"title": "a",}', "not JSON"),
        (b'{"title": "a"} {}', "not JSON"),
        (b'{"title": "a\nb"}', "not JSON"),
        (b"{'title': 1}", "not JSON"),
        (b'\xef\xbb\xbf{"title": "a"}', "not JSON"),
        (b'{"title": "\xff"}', "not UTF-8: byte 11"),
        ('{"title": "a"}'.encode("utf-16"), "not UTF-8"),
        (b'{"title": NaN}', "no NaN"),
        (b'{"title": -Infinity}', "no -Infinity"),
        (b'{"title": "a", "title": "b"}', "'title' twice"),
        (b'{"title": "a", "image": {"url": 1, "url": 2}}', "'url' twice"),
        (b"[" * (MAX_DEPTH + 1), f"deeper than {MAX_DEPTH}"),
        (b"[" * 1_000_000, f"deeper than {MAX_DEPTH}"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, f"deeper than {MAX_DEPTH}"),
        (b"[" + b"1," * (MAX_VALUES + 1) + b"1]", "10,000 values"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_json_is_told_its_place(desk: Desk, data: bytes, said: str) -> None:
    reply = desk.call("POST", "/articles", data=data, Content_Type="application/json")
    assert (reply.status, reply.json["type"]) == (400, "https://gazette.example.org/api/v1/#problem-malformed")
    assert said in reply.json["detail"]
    assert count(desk) == 0


@pytest.mark.parametrize("number", ["1" * 100_000, "1e999999999", "-0.0000001", "1E400"])
def test_a_number_is_never_worked_out(desk: Desk, number: str) -> None:
    reply = desk.call("POST", "/articles", data=b'{"title": %s}' % number.encode(), Content_Type="application/json")
    assert (reply.status, reply.errors) == (422, {"/title": "Must be a text."})
    assert json.loads(reply.body)["errors"][0]["value"].startswith(number[:90])


def test_brackets_and_commas_inside_a_text_are_text(desk: Desk) -> None:
    made = desk.create(title="[" * 200 + '\\"' + "{" * 100, content_text=", " * 20_000)
    assert made.json["title"].startswith("[" * 200)


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "multipart/form-data", ""]
)
def test_another_type_of_body_is_refused(desk: Desk, media_type: str) -> None:
    """A form of a page on another host can send none of the types that are taken (P42)."""
    reply = desk.call("POST", "/articles", data=b'{"title": "a"}', Content_Type=media_type)
    assert (reply.status, reply.headers["Accept"]) == (415, "application/json")
    assert count(desk) == 0


@pytest.mark.parametrize(
    "path", [f"/articles/{uuid.UUID(int=0)}", f"/articles/{uuid.UUID(int=0)}/revisions", "/feeds/nowhere"]
)
def test_what_is_not_there_is_told_in_the_words_of_the_api(desk: Desk, path: str) -> None:
    detail = desk.call("GET", path).json["detail"]
    assert "is not in the store. List what there is: GET /api/v1/articles" in detail
    assert "feedsvc " not in detail


@pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip", "x"])
def test_a_compressed_body_is_refused_as_what_it_is(desk: Desk, coding: str) -> None:
    packed = gzip.compress(b'{"title": "a"}')
    for path, media_type in (("/articles", "application/json"), ("/images", "image/png")):
        reply = desk.call("POST", path, data=packed, Content_Type=media_type, Content_Encoding=coding)
        assert (reply.status, reply.headers["Accept-Encoding"]) == (415, "identity")
        assert coding in reply.json["detail"]
        assert "Accept" not in reply.headers
    plain = desk.call(
        "POST", "/articles", data=b'{"title": "a"}', Content_Type="application/json", Content_Encoding="Identity"
    )
    assert plain.status == 201
    assert count(desk) == 1


def test_a_body_beyond_the_limit_is_refused_unread(desk: Desk) -> None:
    body = b'{"title": "' + b"a" * MAX_BYTES + b'"}'
    reply = desk.call("POST", "/articles", data=body, Content_Type="application/json")
    assert (reply.status, reply.json["detail"]) == (413, "The body has more than 20,000,000 bytes.")


class _Endless:
    """A body that never ends, as a client may send it in chunks; it counts what is read of it."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "the whole of an endless body is asked for"
        self.read_bytes += size
        return b" " * size


def test_a_body_that_never_ends_is_read_to_the_limit_and_a_strangers_not_at_all(desk: Desk) -> None:
    for bearer, status, most in ((desk.bearer, 413, MAX_BYTES + 1_000_000), ("Bearer x", 401, 0)):
        body = _Endless()
        headers = Headers({"Authorization": bearer, "Content-Type": "application/json"})
        environ = EnvironBuilder("/api/v1/articles", method="POST", headers=headers).get_environ()
        environ |= {"wsgi.input": body, "wsgi.input_terminated": True}
        environ.pop("CONTENT_LENGTH", None)
        _, got, _ = run_wsgi_app(desk.client.application, environ)
        assert got.startswith(str(status))
        assert body.read_bytes <= most


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/articles", "GET, HEAD, POST"),
        ("POST", "/feeds", "GET, HEAD"),
        ("OPTIONS", "/articles", "GET, HEAD, POST"),
        ("TRACE", "/feeds/all", "GET, HEAD"),
        ("GET", "/articles/8a6e0804-2bd0-4672-b79d-d97027f9071a/publish", "POST"),
    ],
)
def test_another_method_is_told_which_there_are(desk: Desk, method: str, path: str, allowed: str) -> None:
    reply = desk.call(method, path)
    assert (reply.status, reply.headers["Allow"]) == (405, allowed)
    assert reply.headers["Content-Type"] == "application/problem+json"


def test_every_kind_of_problem_is_explained_where_its_type_leads(desk: Desk) -> None:
    page = desk.call("GET", "/", scope=None).body.decode()
    for reply in (desk.call("GET", "/nowhere"), desk.call("POST", "/articles", {}), desk.call("GET", "/x", scope=None)):
        anchor = reply.json["type"].partition("#")[2]
        assert f'id="{anchor}"' in page


def test_a_store_out_of_reach_is_told_without_its_name(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with desk.store.writing() as connection:
        connection.execute(text("ALTER TABLE articles RENAME TO hidden"))
    with caplog.at_level(logging.WARNING):
        reply = desk.call("POST", "/articles", {"title": "a", "status": "published"})
    assert reply.status == 503
    assert int(reply.headers["Retry-After"]) > 0
    assert b"hidden" not in reply.body
    assert b"articles" not in reply.body.replace(b"/api/v1", b"")
    assert str(desk.path).encode() not in reply.body
    assert "no such table" in caplog.text


def test_a_fault_of_ours_is_logged_and_not_told(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    made = desk.write("Storm")
    with desk.store.writing() as connection:
        connection.execute(text("UPDATE revisions SET tags = 'no JSON'"))
    reply = desk.call("GET", f"/articles/{made.id}")
    assert (reply.status, reply.headers["Content-Type"]) == (500, "application/problem+json")
    assert reply.json["detail"] == "Something went wrong here. It has been noted; please try again later."
    assert "JSONDecodeError" in caplog.text
