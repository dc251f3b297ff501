"""Promise: a picture is served whole or in part, and never again to who has it (RFC 9110 sections 13 and 14)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedsvc.conditional import Preconditions
from feedsvc.errors import PreconditionFailed
from feedsvc.folder.media import MediaFolder, PictureFile
from feedsvc.serving import Answer, Asked
from feedsvc.serving.media import PartAsked, answer_picture

BODY = bytes(range(100))
NAME = f"{hashlib.sha256(BODY).hexdigest()}.png"
UPLOADED = datetime(2026, 3, 1, 12, 0, 0, 700_000, tzinfo=UTC)
NOW = UPLOADED + timedelta(hours=1)
TAG = f'"{NAME[:32]}"'
DATE = "Sun, 01 Mar 2026 12:00:00 GMT"


@pytest.fixture
def picture(tmp_path: Path) -> PictureFile:
    return MediaFolder(tmp_path).put(NAME, BODY, UPLOADED)


def ask(
    picture: PictureFile, range_: str | None = None, if_range: str | None = None, method: str = "GET", **fields: str
) -> Answer:
    asked = Asked(method, Preconditions(**fields))
    return answer_picture(picture, asked, PartAsked(range_, if_range), NOW)


def test_it_comes_whole_with_its_type_and_is_kept_for_ever(picture: PictureFile) -> None:
    answer = ask(picture)
    headers = dict(answer.headers)
    assert (answer.status, answer.body) == (200, BODY)
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Length"] == "100"
    assert (headers["ETag"], headers["Last-Modified"]) == (TAG, DATE)
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Access-Control-Allow-Origin"] == headers["Cross-Origin-Resource-Policy"].replace(
        "cross-origin", "*"
    )
    head = ask(picture, method="HEAD")
    assert (head.headers, head.body) == (answer.headers, b"")


@pytest.mark.parametrize(
    "fields", [{"if_none_match": TAG}, {"if_none_match": f'"x", W/{TAG}'}, {"if_modified_since": DATE}]
)
def test_who_has_it_gets_304(picture: PictureFile, fields: dict[str, str]) -> None:
    answer = ask(picture, "bytes=0-1", **fields)
    assert (answer.status, answer.body) == (304, b"")
    assert dict(answer.headers)["ETag"] == TAG


def test_the_strong_tag_serves_if_match(picture: PictureFile) -> None:
    assert ask(picture, if_match=TAG).status == 200
    with pytest.raises(PreconditionFailed):
        ask(picture, if_match='"other"')


@pytest.mark.parametrize(
    ("range_", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=90-", 90, 99),
        ("bytes=90-1000000", 90, 99),
        ("bytes=-5", 95, 99),
        ("bytes=-1000", 0, 99),
        ("BYTES=0-99", 0, 99),
    ],
)
def test_one_range_is_served(picture: PictureFile, range_: str, first: int, last: int) -> None:
    answer = ask(picture, range_)
    headers = dict(answer.headers)
    assert (answer.status, answer.body) == (206, BODY[first : last + 1])
    assert headers["Content-Range"] == f"bytes {first}-{last}/100"
    assert headers["Content-Length"] == str(last + 1 - first)
    assert headers["ETag"] == TAG


@pytest.mark.parametrize(
    "range_",
    [
        "bytes=0-1,5-6",
        "bytes=5-4",
        "bytes=-",
        "bytes=a-b",
        "items=0-1",
        "bytes 0-1",
        "",
        "bytes=0-1\r\nX: 1",
        "bytes=٣-٤",
    ],
)
def test_what_is_no_single_range_gets_the_whole(picture: PictureFile, range_: str) -> None:
    answer = ask(picture, range_)
    assert (answer.status, answer.body) == (200, BODY)


@pytest.mark.parametrize("range_", ["bytes=100-", "bytes=1000-2000", "bytes=-0", f"bytes={'9' * 18}-"])
def test_a_range_behind_the_end_is_416_with_the_length(picture: PictureFile, range_: str) -> None:
    answer = ask(picture, range_)
    assert (answer.status, answer.body) == (416, b"")
    assert dict(answer.headers)["Content-Range"] == "bytes */100"


def test_head_knows_no_ranges(picture: PictureFile) -> None:
    assert ask(picture, "bytes=0-1", method="HEAD").status == 200


@pytest.mark.parametrize(
    ("if_range", "status"),
    [(TAG, 206), (DATE, 206), (f"W/{TAG}", 200), ('"other"', 200), ("Sun, 01 Mar 2026 12:00:01 GMT", 200), ("x", 200)],
)
def test_a_part_is_sent_only_to_who_has_the_rest_of_the_same_file(
    picture: PictureFile, if_range: str, status: int
) -> None:
    assert ask(picture, "bytes=50-", if_range).status == status
