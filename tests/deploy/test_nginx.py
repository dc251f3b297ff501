"""Promise: behind the nginx of deploy/, readers get what the service says."""

from __future__ import annotations

import gzip
import os
import re
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from deploy.trial import DEPLOY, marked
from tests.deploy.behind import DOCUMENTS, FEEDS, Behind
from tests.service import HOST, Answer
from tests.waiting import wait_until

# What each server says for itself.
THEIR_OWN = {"server", "date", "connection"}
CODINGS = [
    "",
    "gzip",
    "gzip, deflate",
    "gzip, deflate, br, zstd",
    "GZIP",
    "x-gzip",
    "deflate, gzip;q=1.0, *;q=0.5",
    "br;q=1.0, gzip;q=0.8",
    "gzip;q=0.001",
    "gzip;q=0",
    "gzip;q=0.000, br",
    "identity",
    "br",
    "notgzip",
    "gzipped",
]


def said(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    fields = {name.lower(): text for name, text in answer.headers.items() if name.lower() not in THEIR_OWN}
    return answer.status, fields, answer.body


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_answers_are_the_services_from_the_cache_too(site: Behind, coding: str) -> None:
    for path in DOCUMENTS:
        expected = said(site.ask_service(path, Accept_Encoding=coding))
        assert expected[0] == 200
        for _ in range(3):
            assert said(site.get(path, Accept_Encoding=coding)) == expected
        head = site.get(path, "HEAD", Accept_Encoding=coding)
        assert said(head) == (200, expected[1], b"")


def test_a_reader_that_holds_the_document_gets_304(site: Behind) -> None:
    for path in DOCUMENTS:
        full = site.get(path)
        tag, date = full.headers["ETag"], full.headers["Last-Modified"]
        for held in (
            {"If_None_Match": tag},
            {"If_None_Match": tag.removeprefix("W/")},
            {"If_None_Match": f'"another", {tag}'},
            {"If_None_Match": "*"},
            {"If_Modified_Since": date},
            {"If_None_Match": tag, "If_Modified_Since": date},
        ):
            for coding in ("gzip", "identity"):
                same = site.get(path, Accept_Encoding=coding, **held)
                assert (same.status, same.body) == (304, b""), (path, held)
                for name in ("ETag", "Last-Modified", "Cache-Control", "Vary", "Access-Control-Allow-Origin"):
                    assert same.headers[name] == full.headers[name]
                assert same.headers["Content-Type"] is None
        assert site.get(path, If_None_Match='"another"').status == 200
        assert site.get(path, If_None_Match='"another"', If_Modified_Since=date).status == 200


@pytest.mark.parametrize("path", FEEDS)
def test_gzip_is_sent_to_whom_the_service_would_send_it(site: Behind, path: str) -> None:
    plain = site.get(path).body
    for coding in CODINGS:
        through, direct = site.get(path, Accept_Encoding=coding), site.ask_service(path, Accept_Encoding=coding)
        assert through.headers["Content-Encoding"] == direct.headers["Content-Encoding"], coding
        assert through.headers["Vary"] == "Accept-Encoding"
        body = gzip.decompress(through.body) if through.headers["Content-Encoding"] else through.body
        assert body == plain


def test_a_change_is_seen_within_seconds_in_every_coding(site: Behind) -> None:
    for path in FEEDS:
        for coding in ("gzip", "identity"):
            assert b"harbour" not in body_of(site.get(path, Accept_Encoding=coding))
    site.bring_in("harbour")
    for path in FEEDS:
        for coding in ("gzip", "identity"):
            site.wait_for(path, lambda answer: b"harbour" in body_of(answer), Accept_Encoding=coding)


def test_who_comes_seldom_is_not_told_old_news(site: Behind) -> None:
    """However many come at once after a pause, none gets what was in the cache from before it."""
    site.bring_in("first")
    before = site.get("/feeds/all/rss.xml")
    site.bring_in("second")
    expired = date_of(before) + timedelta(seconds=3)
    site.wait_for("/robots.txt", lambda answer: date_of(answer) >= expired)
    with ThreadPoolExecutor(20) as readers:
        answers = list(readers.map(site.get, ["/feeds/all/rss.xml"] * 100))
    assert all(b"second" in answer.body for answer in answers)


def test_no_odd_address_spoils_what_others_get(site: Behind) -> None:
    expected = site.ask_service("/feeds/all/rss.xml").body
    for odd in (
        "//feeds//all/rss.xml",
        "/feeds/x/../all/rss.xml",
        "/feeds/all/rss.xml%3Fx",
        "/feeds/all/rss.xml?x=1",
        "/feeds/%61ll/rss.xml",
        "/feeds/all/rss.xml%00",
        "/feeds/all/rss.xmlgzip",
        "/gzip/feeds/all/rss.xml",
    ):
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            site.get(odd, method)
        assert site.get("/feeds/all/rss.xml").body == expected
        assert gzip.decompress(site.get("/feeds/all/rss.xml", Accept_Encoding="gzip").body) == expected


def test_no_readers_request_id_is_told_to_another(site: Behind) -> None:
    for path in DOCUMENTS:
        site.get(path, X_Request_ID="one-reader")
        assert "one-reader" not in site.get(path).headers.values()
    assert site.get("/healthz", X_Request_ID="an-operator").headers["X-Request-ID"] == "an-operator"


def test_addresses_that_do_not_exist_fill_no_cache(site: Behind) -> None:
    site.get("/feeds/all/rss.xml")
    before = site.cached
    for number in range(30):
        assert site.get(f"/feeds/none-{number}/rss.xml").status == 404
        assert site.get(f"/feeds/all/rss.xml?{number}").status == 200
        assert site.get(f"/articles/none-{number}").status == 404
    assert site.cached == before == 1


def test_a_redirect_keeps_each_readers_own_query(site: Behind) -> None:
    for query in ("?x=1", "?x=2", ""):
        answer = site.get(f"/feeds/all{query}")
        assert (answer.status, answer.headers["Location"]) == (308, f"/feeds/all/{query}")


@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_other_methods_reach_the_service(site: Behind, method: str) -> None:
    answer = site.get("/feeds/all/rss.xml", method)
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_reload_loses_no_request(site: Behind) -> None:
    """SIGHUP to the web server: each worker makes way for a new one, while readers ask without a pause."""
    paths = ["/feeds/all/rss.xml", "/feeds/all/atom.xml", "/robots.txt", "/healthz"]
    server = web_server(site)
    before = children(server)
    done = threading.Event()
    failed: list[str] = []
    answered = [0] * 6

    def read(number: int) -> None:
        while not done.is_set():
            # Half of them on one connection each, half on a new one for every request.
            with closing(HTTPConnection(HOST, site.port, timeout=60)) as connection:
                for path in paths if number % 2 else paths[number // 2 :][:1]:
                    try:
                        connection.request("GET", path)
                        response = connection.getresponse()
                        response.read()
                    except (OSError, HTTPException) as error:
                        failed.append(f"{path}: {error!r}")
                        break
                    if response.status != 200:
                        failed.append(f"{path}: {response.status}")
                    answered[number] += 1

    readers = [threading.Thread(target=read, args=(number,)) for number in range(6)]
    for reader in readers:
        reader.start()
    try:
        os.kill(server, signal.SIGHUP)
        wait_until(lambda: not before & children(server))
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert failed == []
    assert min(answered) > 0


def test_the_file_says_which_lines_to_change() -> None:
    assert marked("feedsvc.conf") == [
        *["server 127.0.0.1:8000 max_fails=0;"] * 4,
        "listen 80;",
        "listen [::]:80;",
        "server_name _;",
    ]


def test_the_cache_is_where_debians_nginx_can_make_it() -> None:
    """It makes the last folder of the path alone, and does not start when there is none to make it in."""
    folders = re.findall(
        r"^proxy_cache_path (\S+)", (DEPLOY / "nginx" / "feedsvc.conf").read_text("utf-8"), re.MULTILINE
    )
    assert [str(Path(folder).parent) for folder in folders] == ["/var/cache"]


def date_of(answer: Answer) -> datetime:
    return parsedate_to_datetime(answer.headers["Date"])


def body_of(answer: Answer) -> bytes:
    return gzip.decompress(answer.body) if answer.headers["Content-Encoding"] else answer.body


def children(process: int) -> set[int]:
    """Give the processes that a process has started."""
    return {int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()}


def web_server(site: Behind) -> int:
    """Find the web server among the processes of `feedsvc run`."""
    assert site.service.process is not None
    found = [
        child
        for child in children(site.service.process.pid)
        if b"web" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
    ]
    assert len(found) == 1
    return found[0]
