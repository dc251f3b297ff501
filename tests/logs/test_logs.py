"""Promise: each record is one line that machines can read, belongs to its request, and gives no secret away."""

from __future__ import annotations

import json
import logging
import logging.config
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest

from feedsvc import logs
from feedsvc.logs import REQUEST_ID

TOKEN = "feedsvc_0123456789abcdef_" + "s" * 43
Write = Callable[..., str]


@pytest.fixture(params=["text", "json"])
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def write(form: str) -> Iterator[Write]:
    """Give what one record comes to in the log."""
    formatter: type[logging.Formatter] = logs.settings(form, "debug")["formatters"]["chosen"]["()"]
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter())
    log = logging.getLogger("feedsvc.test")
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    log.propagate = False

    def tell(message: str, *arguments: object, level: int = logging.INFO, **options: Any) -> str:
        stream.seek(0)
        stream.truncate()
        log.log(level, message, *arguments, **options)
        return stream.getvalue()

    yield tell
    log.removeHandler(handler)
    log.propagate = True


def test_a_record_says_when_how_grave_who_what_and_what_belongs_to_it(write: Write, form: str) -> None:
    told = write("feed '%s' is held", "all", extra={"status": 200, "route": "/a b"})
    if form == "json":
        content = json.loads(told)
        assert content.pop("time").endswith("Z")
        assert content == {
            "level": "info",
            "logger": "feedsvc.test",
            "message": "feed 'all' is held",
            "status": 200,
            "route": "/a b",
        }
    else:
        assert told.partition("Z ")[2] == "INFO feedsvc.test: feed 'all' is held status=200 route=\"/a b\"\n"


def test_a_record_names_the_request_it_belongs_to(write: Write) -> None:
    token = REQUEST_ID.set("abc-1")
    try:
        assert "abc-1" in write("one")
    finally:
        REQUEST_ID.reset(token)
    assert "request_id" not in write("two")


def test_no_hostile_text_makes_a_line_of_its_own(write: Write, form: str) -> None:
    forged = "x\n2026-01-01T00:00:00.000Z INFO feedsvc: all is well\r\x1b[2J\u2028"
    told = write("%s", forged)
    assert told.count("\n") == 1
    assert not {"\r", "\x1b", "\u2028"} & set(told)
    told = write("broken", exc_info=ValueError(forged))
    lines = told.splitlines()
    if form == "json":
        assert len(lines) == 1
        assert json.loads(lines[0])["exception"].startswith("ValueError: x")
    else:
        assert all(line.startswith("    ") for line in lines[1:])


@pytest.mark.parametrize(
    "secret", [TOKEN, "postgresql+psycopg://writer:s3cr3ts3cr3t@db/news", "Authorization: Bearer s3cr3ts3cr3t"]
)
def test_what_looks_like_a_secret_is_blotted_out(write: Write, secret: str) -> None:
    for told in (write("got %s", secret), write(secret, level=logging.ERROR)):
        assert "s3cr3t" not in told
        assert "sss" not in told
    told = write("broken", exc_info=RuntimeError(secret))
    assert "s3cr3t" not in told
    assert "sss" not in told


def test_the_settings_are_ones_that_logging_takes(form: str) -> None:
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    try:
        logging.config.dictConfig(logs.settings(form, "warning"))
        assert root.level == logging.WARNING
        assert logging.getLogger("apscheduler").level == logging.ERROR
    finally:
        root.handlers[:], root.level = before
