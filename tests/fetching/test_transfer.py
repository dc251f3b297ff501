"""Fetching: what comes back, what is refused; time, size and reach are bounded whatever the other side does."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from feedsvc.errors import Forbidden, Invalid, Unavailable
from feedsvc.fetching import Address, Fetcher, Redirect, Response, fetch, user_agent
from tests.fetching.servers import Handler, answer, path_of, serve

LOOPBACK = ipaddress.ip_address("127.0.0.1")
CERTIFICATE = Path(__file__).with_name("news.example.org.pem")


def get(url: str, *, timeout: float = 20, max_bytes: int = 100_000, allow: frozenset[str] | bool = True) -> Response:
    return fetch(url, timeout=timeout, max_bytes=max_bytes, allow_private_hosts=allow)


def at(*addresses: str) -> Callable[[str, float], tuple[Address, ...]]:
    return lambda _host, _timeout: tuple(ipaddress.ip_address(address) for address in addresses)


def test_an_answer_comes_with_status_headers_body_and_address() -> None:
    with serve(answer(b"<rss/>", "Content-Type: application/rss+xml", "Vary: A", "Vary: B")) as server:
        got = get(server.url("/feed?a=1#part"))
    assert (got.status, got.body, got.url, got.redirects) == (200, b"<rss/>", server.url("/feed?a=1"), ())
    assert (got.headers["content-type"], got.headers["vary"]) == ("application/rss+xml", "A, B")


def test_the_request_names_the_service_and_the_host_and_asks_for_gzip() -> None:
    with serve(answer()) as server:
        fetch(
            server.url("/a"),
            timeout=20,
            max_bytes=10,
            allow_private_hosts=True,
            agent=user_agent("https://news.example.org"),
            headers={"If-None-Match": '"a"', "Accept-Encoding": "identity"},
        )
    lines = server.requests[0].lower().splitlines()
    assert lines[0] == "get /a http/1.1"
    assert "user-agent: feedsvc (+https://news.example.org)" in lines
    assert f"host: 127.0.0.1:{server.port}" in lines
    assert 'if-none-match: "a"' in lines
    assert [line for line in lines if line.startswith("accept-encoding")] == ["accept-encoding: identity"]


@pytest.mark.parametrize("status", ["304 Not Modified", "404 Not Found", "410 Gone", "503 Service Unavailable"])
def test_any_status_is_an_answer(status: str) -> None:
    with serve(answer(status=status)) as server:
        assert get(server.url()).status == int(status[:3])


def test_head_asks_for_no_body() -> None:
    def head_only(connection: socket.socket, _request: str) -> None:
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "a"\r\n\r\n')

    with serve(head_only) as server:
        got = fetch(server.url(), timeout=20, max_bytes=10, allow_private_hosts=True, method="HEAD")
    assert (got.status, got.headers["etag"], got.body) == (200, '"a"', b"")


@pytest.mark.parametrize(
    ("coded", "plain"),
    [
        (gzip.compress(b"hello " * 1000, mtime=0), b"hello " * 1000),
        (gzip.compress(b"one ", mtime=0) + gzip.compress(b"two", mtime=0), b"one two"),
        (gzip.compress(b"", mtime=0), b""),
        (b"", b""),
        (gzip.compress(bytes(65536), mtime=0), bytes(65536)),
    ],
)
def test_a_coded_body_is_decoded(coded: bytes, plain: bytes) -> None:
    with serve(answer(coded, "Content-Encoding: gzip")) as server:
        assert get(server.url()).body == plain


def test_a_coding_that_was_not_asked_for_is_refused() -> None:
    with serve(answer(b"?", "Content-Encoding: br")) as server, pytest.raises(Unavailable, match="coded with br"):
        get(server.url())


def test_a_chunked_body_is_put_together() -> None:
    def chunks(connection: socket.socket, _request: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n")

    with serve(chunks) as server:
        assert get(server.url()).body == b"abcde"


def test_a_form_is_posted_whole_and_not_sent_on() -> None:
    def accept(connection: socket.socket, request: str) -> None:
        length = int(request.lower().split("content-length: ")[1].split("\r\n")[0])
        received = request.split("\r\n\r\n")[1]
        while len(received) < length:
            received += connection.recv(100).decode()
        answer(received.encode(), "Location: /elsewhere", status="307 Temporary Redirect")(connection, request)

    with serve(accept) as server:
        fetcher = Fetcher(allow_private_hosts=True)
        got = fetcher(server.url(), {"Content-Type": "application/x-www-form-urlencoded"}, "POST", b"hub.mode=publish")
    assert (got.status, got.body, got.url) == (307, b"hub.mode=publish", server.url())
    assert len(server.requests) == 1
    assert "content-type: application/x-www-form-urlencoded" in server.requests[0].lower()


# --- bounded in size


def test_a_body_that_is_too_large_is_refused() -> None:
    with serve(answer(b"x" * 101)) as server, pytest.raises(Invalid, match="larger than 100 bytes"):
        get(server.url(), max_bytes=100)


def test_a_body_of_just_the_limit_is_taken() -> None:
    with serve(answer(b"x" * 100)) as server:
        assert len(get(server.url(), max_bytes=100).body) == 100


def test_an_endless_body_is_refused_at_the_limit() -> None:
    def endless(connection: socket.socket, _request: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 10_000)

    with serve(endless) as server, pytest.raises(Invalid, match="larger than"):
        get(server.url())


def test_a_decompression_bomb_is_refused_at_the_limit() -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    with serve(answer(bomb, "Content-Encoding: gzip")) as server, pytest.raises(Invalid, match="larger than"):
        get(server.url())


def test_a_body_cut_short_is_an_error() -> None:
    def short(connection: socket.socket, _request: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")

    with serve(short) as server, pytest.raises(Unavailable, match="can't be fetched"):
        get(server.url())


@pytest.mark.parametrize(
    "coded", [b"not gzip at all", gzip.compress(b"hello" * 100, mtime=0)[:20], gzip.compress(b"a", mtime=0) + b"junk"]
)
def test_a_body_that_is_not_in_its_coding_never_passes_for_whole(coded: bytes) -> None:
    with serve(answer(coded, "Content-Encoding: gzip")) as server, pytest.raises(Unavailable):
        get(server.url())


# --- bounded in time


def _wait_until_closed(connection: socket.socket) -> None:
    while connection.recv(1024):
        pass


def _silent(connection: socket.socket, _request: str) -> None:
    _wait_until_closed(connection)


def _drip(head: bytes, drop: bytes) -> Handler:
    def drip(connection: socket.socket, _request: str) -> None:
        connection.sendall(head)
        connection.settimeout(0.02)
        while True:
            connection.sendall(drop)
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue

    return drip


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(_silent, id="no answer at all"),
        pytest.param(_drip(b"HTTP/1.1 200 OK\r\nX: ", b"a"), id="a header without end, drop by drop"),
        pytest.param(_drip(b"HTTP/1.1 200 OK\r\n", b"X: a\r\n"), id="headers without end, drop by drop"),
        pytest.param(_drip(b"HTTP/1.1 200 OK\r\n\r\n", b"a"), id="a body without end, drop by drop"),
        pytest.param(
            _drip(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9999\r\n\r\n", b"a"), id="a slow body"
        ),
    ],
)
def test_the_time_limit_holds_for_the_whole_answer(handler: Handler) -> None:
    with serve(handler) as server, pytest.raises(Unavailable, match=r"no full answer within 0\.4 s"):
        get(server.url(), timeout=0.4)


def test_the_time_limit_holds_for_a_tls_handshake() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(Unavailable, match=r"no full answer within 0\.3 s"):
            get(url, timeout=0.3)


def test_the_time_limit_holds_over_redirects() -> None:
    with serve(answer(b"", "Location: /slow", status="302 Found")) as server, pytest.raises(Unavailable):
        get(server.url(), timeout=0.0)


# --- bounded in reach


def test_a_private_host_is_refused_before_anything_is_sent() -> None:
    with serve(answer(b"secret")) as server:
        with pytest.raises(Forbidden, match="127\\.0\\.0\\.1, which is not a public address"):
            get(server.url(), allow=False)
        assert server.requests == []


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "2130706433", "0x7f.1", "127.1", "0", "[::1]"])
def test_other_spellings_of_a_private_host_are_refused_too(host: str) -> None:
    with pytest.raises((Forbidden, Unavailable, Invalid)):
        get(f"http://{host}:1/", allow=False)


def test_a_host_may_be_allowed_by_name() -> None:
    with serve(answer(b"inside")) as server:
        assert get(server.url(), allow=frozenset({"127.0.0.1"})).body == b"inside"
        with pytest.raises(Forbidden):
            get(server.url(host="localhost"), allow=frozenset({"127.0.0.1"}))


def test_a_redirect_to_a_private_host_is_refused() -> None:
    with serve(answer(b"secret")) as inner:
        outward = answer(b"", f"Location: {inner.url(host='localhost')}", status="302 Found")
        with serve(outward) as outer, pytest.raises(Forbidden, match="not a public address"):
            get(outer.url(), allow=frozenset({"127.0.0.1"}))
        assert inner.requests == []


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(Forbidden, match=r"10\.0\.0\.1"):
        fetch("http://news.example.org/", timeout=5, max_bytes=10, resolve=at("93.184.216.34", "10.0.0.1"))


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """A name that answers differently the second time (DNS rebinding) is never asked a second time."""
    asked: list[str] = []

    def once(host: str, _timeout: float) -> tuple[Address, ...]:
        asked.append(host)
        return (LOOPBACK,)

    with serve(answer(b"ok")) as server:
        got = fetch(
            server.url(host="news.example.org"),
            timeout=20,
            max_bytes=10,
            allow_private_hosts=frozenset({"news.example.org"}),
            resolve=once,
        )
    assert (got.body, asked) == (b"ok", ["news.example.org"])
    assert f"host: news.example.org:{server.port}" in server.requests[0].lower()


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    with serve(answer(b"ok")) as server:
        got = fetch(
            server.url(host="news.example.org"),
            timeout=20,
            max_bytes=10,
            allow_private_hosts=True,
            resolve=at("127.0.0.9", "127.0.0.1"),
        )
    assert got.body == b"ok"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org/",
        "javascript:alert(1)",
        "//example.org/",
        "example.org/feed",
        "example.org:80/feed",
        "http:///feed",
        "http://",
        "http://example.org:99999/",
        "http://exa mple.org/",
        "http://example.org/\r\nX-Injected: 1",
        "http://example.org/\x00",
        "http://example.org/" + "a" * 9000,
        "http://[::1/",
        "http://b\u00fccher..example/",
        "",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        get(url)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(Forbidden) as refused:
        get("http://desk:hunter2@example.org/")
    assert "hunter2" not in str(refused.value)


def test_a_header_with_a_line_break_is_refused() -> None:
    with serve(answer()) as server:
        with pytest.raises(Invalid):
            fetch(server.url(), timeout=20, max_bytes=9, allow_private_hosts=True, headers={"X": "a\r\nY: b"})
        assert not any("Y: b" in request for request in server.requests)


def test_a_closed_port_is_an_error_with_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unavailable, match=f"http://127.0.0.1:{port}/"):
        get(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "garbage", [b"", b"hello\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"a" * 99999]
)
def test_garbage_instead_of_http_is_an_error(garbage: bytes) -> None:
    with serve(lambda connection, _request: connection.sendall(garbage)) as server, pytest.raises(Unavailable):
        get(server.url())


# --- redirects


def _redirecting(steps: int, status: str = "301 Moved Permanently") -> Handler:
    def handler(connection: socket.socket, request: str) -> None:
        step = int(path_of(request).strip("/") or 0)
        more = answer(b"", f"Location: /{step + 1}", status=status)
        (more if step < steps else answer(b"end"))(connection, request)

    return handler


def test_five_redirects_are_followed_and_told() -> None:
    with serve(_redirecting(5)) as server:
        got = get(server.url("/0"))
    assert (got.body, got.url) == (b"end", server.url("/5"))
    assert got.redirects == tuple(Redirect(301, server.url(f"/{step}")) for step in range(1, 6))


def test_a_sixth_redirect_is_an_error() -> None:
    with serve(_redirecting(6)) as server, pytest.raises(Unavailable, match="more than 5 redirects"):
        get(server.url("/0"))


def test_a_redirect_in_a_circle_is_an_error() -> None:
    with serve(answer(b"", "Location: /", status="307 Temporary Redirect")) as server, pytest.raises(Unavailable):
        get(server.url())


@pytest.mark.parametrize("location", ["file:///etc/passwd", "http://[", "ftp://example.org/"])
def test_a_redirect_to_no_web_address_is_an_error(location: str) -> None:
    handler = answer(b"", f"Location: {location}", status="302 Found")
    with serve(handler) as server, pytest.raises(Unavailable, match="redirects to"):
        get(server.url())


def test_a_redirect_without_a_location_is_an_answer() -> None:
    with serve(answer(b"choose", status="302 Found")) as server:
        assert get(server.url()).status == 302


def test_credentials_do_not_follow_a_redirect_to_another_host() -> None:
    with serve(answer()) as other:
        onward = answer(b"", f"Location: {other.url(host='localhost')}", status="302 Found")
        with serve(onward) as server:
            headers = {"Authorization": "Bearer abc", "Cookie": "a=b", "If-None-Match": '"a"'}
            fetch(server.url(), timeout=20, max_bytes=9, allow_private_hosts=True, headers=headers)
        assert "bearer abc" in server.requests[0].lower()
        assert "bearer abc" not in other.requests[0].lower()
        assert "cookie" not in other.requests[0].lower()
        assert "if-none-match" in other.requests[0].lower()


# --- TLS


@pytest.fixture
def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def test_a_certificate_that_nobody_trusts_is_refused(tls: ssl.SSLContext) -> None:
    with serve(answer(b"hi"), tls) as server, pytest.raises(Unavailable, match="certificate"):
        fetch(
            server.url(host="news.example.org", scheme="https"),
            timeout=20,
            max_bytes=9,
            allow_private_hosts=True,
            resolve=at("127.0.0.1"),
        )


def test_a_certificate_is_compared_with_the_name_not_the_address(
    tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with serve(answer(b"hi"), tls) as server:
        settings = {"timeout": 20.0, "max_bytes": 9}
        named = server.url(host="news.example.org", scheme="https")
        assert fetch(named, allow_private_hosts=True, resolve=at("127.0.0.1"), **settings).body == b"hi"  # type: ignore[arg-type]
        other = server.url(host="other.example.org", scheme="https")
        with pytest.raises(Unavailable, match="certificate"):
            fetch(other, allow_private_hosts=True, resolve=at("127.0.0.1"), **settings)  # type: ignore[arg-type]


def test_a_fetcher_keeps_its_settings() -> None:
    with serve(answer(b"x" * 50)) as server:
        fetcher = Fetcher(agent="feedsvc (+https://example.org)", max_bytes=49, allow_private_hosts=True)
        with pytest.raises(Invalid):
            fetcher(server.url())
    assert "feedsvc (+https://example.org)" in server.requests[0]


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    with serve(answer(b"direct")) as server:
        assert get(server.url()).body == b"direct"
