"""The rules of HTTP, one answer or a pair of them at a time: a good one without findings, then one fault in it."""

from __future__ import annotations

import dataclasses

import pytest

from feedsvc.standards import Answer, check_response
from feedsvc.standards.http import (
    check_bad_date,
    check_codings,
    check_head,
    check_links,
    check_not_modified,
    check_precedence,
    check_repeat,
)

URL = "https://news.example.org/feeds/all/rss.xml"
PRIVATE_URL = "https://news.example.org/feeds/desk/rss.xml?token=abc"
GOOD = Answer(
    200,
    {
        "date": "Tue, 04 Aug 2026 09:00:00 GMT",
        "content-type": "application/rss+xml; charset=utf-8",
        "etag": 'W/"abc"',
        "last-modified": "Tue, 04 Aug 2026 08:59:59 GMT",
        "cache-control": "public, max-age=1",
        "vary": "Accept-Encoding",
        "link": f'<{URL}>; rel="self"',
    },
    b"<rss/>",
)


def but(
    answer: Answer = GOOD, *, status: int | None = None, body: bytes | None = None, **changed: str | None
) -> Answer:
    """The answer with some fields changed; None takes a field away."""
    headers = {**answer.headers, **{key.replace("_", "-"): value for key, value in changed.items()}}
    kept = {key: value for key, value in headers.items() if value is not None}
    return dataclasses.replace(
        answer,
        status=answer.status if status is None else status,
        headers=kept,
        body=answer.body if body is None else body,
    )


def rules(answer: Answer, url: str = URL) -> list[str]:
    return [found.rule for found in check_response(answer, url=url)]


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        but(etag='"abc"'),
        but(expires="0"),
        but(content_encoding="gzip"),
        but(content_encoding="br", vary="*"),
        but(vary=None),
    ],
)
def test_a_good_answer_has_no_findings(answer: Answer) -> None:
    assert rules(answer) == []


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (but(etag=None), "HTTP-01"),
        (but(last_modified=None), "HTTP-01"),
        (but(etag="abc"), "HTTP-01"),
        (but(last_modified="Tue, 04 Aug 2026 09:00:01 GMT"), "HTTP-07"),
        (but(content_encoding="gzip", vary="Accept"), "HTTP-09"),
        (but(cache_control="no-store"), "HTTP-19"),
        (but(status=404), "HTTP-20"),
        (but(status=301), "HTTP-20"),
        (but(set_cookie="a=b"), "HTTP-21"),
        (but(last_modified="2026-08-04T08:59:59Z"), "HTTP-22"),
        (but(last_modified="Tue, 04 Aug 2026 08:59:59 +0000"), "HTTP-22"),
        (but(expires="never"), "HTTP-22"),
    ],
)
def test_a_fault_of_one_answer_is_found_and_nothing_else(answer: Answer, rule: str) -> None:
    assert rules(answer) == [rule]


@pytest.mark.parametrize(
    ("control", "expected"),
    [("public, max-age=1", ["HTTP-16"]), (None, ["HTTP-16"]), ("private", []), ("no-store", [])],
)
def test_a_feed_behind_a_token_is_private(control: str | None, expected: list[str]) -> None:
    assert rules(but(cache_control=control), PRIVATE_URL) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (but(body=b""), []),
        (but(body=b"", date="Tue, 04 Aug 2026 09:00:05 GMT"), []),
        (but(body=b"", status=405), ["HTTP-17"]),
        (but(body=b"", etag=None), ["HTTP-17"]),
        (but(body=b"", content_type="text/html"), ["HTTP-17"]),
    ],
)
def test_head_is_as_get(head: Answer, expected: list[str]) -> None:
    assert [found.rule for found in check_head(GOOD, head)] == expected


NOT_MODIFIED = but(status=304, body=b"", content_type=None, last_modified=None)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (NOT_MODIFIED, []),
        (but(NOT_MODIFIED, etag='"abc"'), []),
        (but(NOT_MODIFIED, etag=None), ["HTTP-03"]),
        (but(NOT_MODIFIED, vary=None), ["HTTP-03"]),
        (but(NOT_MODIFIED, cache_control=None), ["HTTP-03"]),
        (but(NOT_MODIFIED, body=b"<rss/>"), ["HTTP-03"]),
        (GOOD, ["HTTP-04"]),
        (but(status=412), ["HTTP-04"]),
    ],
)
def test_a_304_repeats_what_caches_need(answer: Answer, expected: list[str]) -> None:
    assert [found.rule for found in check_not_modified(GOOD, answer, '"abc"')] == expected


def test_if_none_match_overrules_the_date() -> None:
    assert check_precedence(GOOD) == ()
    assert [found.rule for found in check_precedence(NOT_MODIFIED)] == ["HTTP-05"]


def test_a_date_that_is_none_is_ignored() -> None:
    assert check_bad_date(GOOD) == ()
    assert [found.rule for found in check_bad_date(but(status=400))] == ["HTTP-06"]


@pytest.mark.parametrize(
    ("plain", "coded", "expected"),
    [
        (GOOD, but(content_encoding="gzip"), []),
        (GOOD, GOOD, []),
        (but(etag='"abc"'), but(etag='"abc-gzip"', content_encoding="gzip"), []),
        (but(etag='"abc"'), but(etag='"abc"', content_encoding="gzip"), ["HTTP-08"]),
        (but(vary=None), but(content_encoding="gzip"), ["HTTP-09"]),
    ],
)
def test_two_codings_of_one_feed(plain: Answer, coded: Answer, expected: list[str]) -> None:
    assert [found.rule for found in check_codings(plain, coded)] == expected


BUILT = b"<rss><channel><lastBuildDate>Tue, 04 Aug 2026 09:00:0%d GMT</lastBuildDate></channel></rss>"


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (GOOD, []),
        (but(etag='"def"'), ["HTTP-10"]),
        (but(etag='"def"', body=b"<rss>more</rss>"), []),
    ],
)
def test_the_same_content_has_the_same_tag(second: Answer, expected: list[str]) -> None:
    assert [found.rule for found in check_repeat(GOOD, second)] == expected


def test_a_build_date_of_now_is_found_by_asking_twice() -> None:
    found = check_repeat(but(body=BUILT % 1), but(body=BUILT % 2, etag='"def"'))
    assert [one.rule for one in found] == ["RSS-27"]


HUB = frozenset({"https://hub.example.org/"})


@pytest.mark.parametrize(
    ("link", "hubs", "expected"),
    [
        (f'<{URL}>; rel="self", <https://hub.example.org/>; rel="hub"', HUB, []),
        (f'<{URL}>; rel="self"', frozenset[str](), []),
        (f'<{URL}>; rel="self"', HUB, ["WS-02"]),
        ("<https://old.example.org/>; rel=self, <https://hub.example.org/>; rel=hub", HUB, ["WS-02"]),
        ("", HUB, ["WS-02", "WS-02"]),
    ],
)
def test_link_headers_agree_with_the_document(link: str, hubs: frozenset[str], expected: list[str]) -> None:
    assert [found.rule for found in check_links(but(link=link), hubs, frozenset({URL}))] == expected
