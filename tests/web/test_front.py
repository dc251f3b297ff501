"""Promise: what stands before Flask answers as a process would that was never asked before, each time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse, create_environ

from feedsvc.conditional import http_date
from feedsvc.folder import Folder, Shelf, Shelved, mirror, withdraw
from feedsvc.model import Document
from feedsvc.web import ArticlePage, Deps, Health, create_app
from feedsvc.web.front import AT_ONCE
from feedsvc.web.server import THREADS
from feedsvc.web.watching import Nobody
from tests.web.website import EXAMPLE, PUBLISHED, Web, document

RSS = "/feeds/all/rss.xml"
SECOND = timedelta(seconds=1)


def ask(web: Web, path: str = RSS, method: str = "GET", **fields: str) -> TestResponse:
    return web.client.open(path, method=method, headers={name.replace("_", "-"): text for name, text in fields.items()})


def seen(response: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    return response.status_code, response.headers.to_wsgi_list(), response.data


def version(number: int, seconds: int = 0) -> Document:
    return replace(document("rss.xml", b"<rss>%d</rss>" % number * 100), last_modified=PUBLISHED + seconds * SECOND)


REQUESTS: list[dict[str, str]] = [
    {},
    {"Accept_Encoding": "gzip"},
    {"Accept_Encoding": "gzip, br", "If_None_Match": "{tag}"},
    {"If_None_Match": "{tag}"},
    {"If_None_Match": '"another"', "If_Modified_Since": "{date}"},
    {"If_Modified_Since": "{date}"},
    {"If_Modified_Since": "{now}"},
    {"If_Unmodified_Since": "{date}"},
    {"If_Match": "*"},
    {"method": "HEAD", "Accept_Encoding": "gzip"},
    {"method": "OPTIONS"},
    {"method": "PUT"},
]
STEPS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from(range(len(REQUESTS)))),
    st.tuples(st.just("publish"), st.integers(0, 2)),
    st.tuples(st.just("remove"), st.just(0)),
    st.tuples(st.just("wait"), st.sampled_from([-70, 1, 300, 750, 1000, 60_000])),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, min_size=4, max_size=30))
def test_it_answers_as_a_process_that_was_never_asked(walk: list[tuple[str, int]]) -> None:
    """Whatever the publisher and the clock do in between, each asked twice: the same status, fields and body."""
    with TemporaryDirectory() as place:
        web = Web(Folder(Path(place) / "feeds"), EXAMPLE, now=PUBLISHED)
        shown = version(0)
        mirror(web.folder, "all", [shown])
        for step, number in walk:
            if step == "publish":
                # As the publisher dates them: later than the last, and perhaps still to come.
                shown = replace(version(number), last_modified=max(shown.last_modified + SECOND, web.now))
                mirror(web.folder, "all", [shown])
            elif step == "remove":
                withdraw(web.folder, "all")
            elif step == "wait":
                web.now += timedelta(milliseconds=number)
            else:
                held = {"tag": shown.entity_tag, "date": http_date(shown.last_modified), "now": http_date(web.now)}
                request = {name: text.format(**held) for name, text in REQUESTS[number].items()}
                expected = seen(ask(Web(web.folder, EXAMPLE, now=web.now), **request))
                assert [seen(ask(web, **request)), seen(ask(web, **request))] == [expected, expected]


def test_a_change_is_seen_by_the_next_request_of_the_same_second(web: Web) -> None:
    for number in range(20):
        mirror(web.folder, "all", [version(number, number)])
        assert [ask(web).data, ask(web).data] == [version(number).body] * 2
    withdraw(web.folder, "all")
    assert ask(web).status_code == 410


def test_a_document_that_cannot_be_read_any_more_is_no_404(web: Web) -> None:
    assert ask(web).status_code == 200
    (web.folder.root / "all").rename(web.folder.root / "elsewhere")
    (web.folder.root / "all").symlink_to("all")
    assert ask(web).status_code == 503


def test_the_date_is_that_of_the_answer(web: Web) -> None:
    for _ in range(3):
        assert ask(web).headers["Date"] == http_date(web.now)
        web.now += SECOND


def test_a_smaller_variant_is_sent_from_the_next_second_on(web: Web) -> None:
    """Documents are compressed quickly at first and well when there is time; the plain file stands still."""
    variant = web.folder.root / "all/rss.xml.gz"
    good = ask(web, Accept_Encoding="gzip").data
    larger = good[:10] + b"\x00\x00\x00\xff\xff" + good[10:]  # an empty stored block in front
    variant.write_bytes(larger)
    web.now += SECOND
    assert ask(web, Accept_Encoding="gzip").data == larger
    variant.write_bytes(good)
    web.now += SECOND
    assert ask(web, Accept_Encoding="gzip").data == good


def test_an_answer_that_the_server_changes_is_not_changed_for_the_next(web: Web) -> None:
    """PEP 3333 lets a server do as it likes with the list of fields that it is given."""
    given: list[list[tuple[str, str]]] = []

    def start(_: str, fields: list[tuple[str, str]], *__: object) -> Callable[[bytes], object]:
        given.append(list(fields))
        fields.clear()
        return lambda _: None

    for _ in range(3):
        web.app(create_environ(RSS), start)
    assert given[0] == given[1] == given[2]
    assert len(given[0]) > 5


def test_requests_that_differ_in_anything_get_no_answer_of_another(web: Web) -> None:
    tag = ask(web).headers["ETag"]
    assert ask(web, If_None_Match=tag).status_code == 304
    assert ask(web).status_code == 200
    assert ask(web, If_None_Match='"another"').status_code == 200
    assert ask(web, If_Match='"another"').status_code == 412
    assert ask(web, method="HEAD").data == b""
    assert ask(web, "/feeds/all/atom.xml", If_None_Match=tag).status_code == 200
    assert ask(web, method="POST").status_code == 405


def test_a_fault_of_ours_gets_a_clean_answer_and_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Shelf):
        def find(self, slug: str, filename: str) -> Shelved | None:  # noqa: ARG002 - the shelf's own
            raise RuntimeError("the secret of the house")

    folder = Folder(tmp_path)
    mirror(folder, "all", [document("rss.xml")])
    broken = Deps(Broken(folder), EXAMPLE, lambda: PUBLISHED, lambda _: None, Health)
    response = create_app(broken).test_client().get(RSS)
    assert response.status_code == 500
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-store"
    assert "secret" not in response.text
    assert "the secret of the house" in caplog.text


def test_feeds_are_answered_while_all_that_the_store_is_asked_for_hangs(web: Web) -> None:
    """P32, with a store that does not even refuse: the server's threads do not all wait for it."""
    waiting = threading.Semaphore(0)
    store = threading.Event()

    def find(_: str) -> ArticlePage | None:
        waiting.release()
        store.wait()
        return None

    app = create_app(Deps(Shelf(web.folder), EXAMPLE, lambda: web.now, find, Health))
    with ThreadPoolExecutor(AT_ONCE) as readers:
        hanging = [readers.submit(app.test_client().get, "/articles/a1/x") for _ in range(AT_ONCE)]
        for _ in hanging:
            waiting.acquire()
        try:
            assert app.test_client().get(RSS).status_code == 200
            refused = app.test_client().get("/articles/a1/x")
            assert (refused.status_code, refused.headers["Cache-Control"]) == (503, "no-store")
            assert int(refused.headers["Retry-After"]) > 0
        finally:
            store.set()
        assert [one.result().status_code for one in hanging] == [404] * AT_ONCE
    assert app.test_client().get("/articles/a1/x").status_code == 404


def test_what_is_given_again_is_counted_as_what_was_made(web: Web) -> None:
    counted: list[tuple[str, str]] = []

    class Counting(Nobody):
        def count(self, family: str, status: str) -> None:
            counted.append((family, status))

    app = create_app(Deps(Shelf(web.folder), EXAMPLE, lambda: web.now, lambda _: None, Health, tally=Counting()))
    client = app.test_client()
    for _ in range(3):
        tag = client.get(RSS).headers["ETag"]
        client.get(RSS, headers={"If-None-Match": tag})
    assert counted == [("feed", "2xx"), ("feed", "304")] * 3


def test_who_brings_a_request_id_gets_it_back_each_time(web: Web) -> None:
    for _ in range(3):
        assert "X-Request-ID" not in ask(web).headers
        for number in ("a-1", "a-2"):
            assert ask(web, X_Request_ID=number).headers["X-Request-ID"] == number


def test_the_server_has_threads_left_for_feeds() -> None:
    assert THREADS >= AT_ONCE + 4
