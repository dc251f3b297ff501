"""Fetches one URL: http and https only, to addresses that were checked, within a time, a size and five redirects.

It keeps no connection, no cookie and no cache, and it follows no proxy of the environment.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import NamedTuple
from urllib.parse import urljoin

from urllib3 import HTTPHeaderDict, exceptions
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse
from urllib3.util import Url, parse_url

from feedsvc.errors import Forbidden, Invalid, Unavailable
from feedsvc.fetching import addresses, codings
from feedsvc.fetching.addresses import Address, PrivateHosts, Resolve

MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 65536
_LONGEST_URL = 8192
_PORTS = {"http": 80, "https": 443}
# They are meant for one origin, and must not follow a redirect to another.
_FOR_ONE_ORIGIN = frozenset({"authorization", "cookie", "proxy-authorization"})
_FROM_AFAR = (OSError, EOFError, HTTPException, exceptions.HTTPError)


class Redirect(NamedTuple):
    """One redirect on the way: the status, and where it led."""

    status: int
    url: str


@dataclass(frozen=True, slots=True)
class Response:
    """What a URL answered. Header names are in lower case, repeated fields joined by a comma; `body` is decoded.

    `url` is the last one, after all redirects.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str
    redirects: tuple[Redirect, ...] = ()


def user_agent(base_url: str | None = None) -> str:
    """How the service names itself: with its own address, so that the other side can find out who asks."""
    return f"feedsvc (+{base_url})" if base_url else "feedsvc"


def fetch(
    url: str,
    *,
    timeout: float,
    max_bytes: int,
    allow_private_hosts: PrivateHosts = False,
    headers: Mapping[str, str] | None = None,
    method: str = "GET",
    body: bytes | None = None,
    agent: str = "feedsvc",
    resolve: Resolve = addresses.resolve,
) -> Response:
    """Fetch a URL within `timeout` seconds in all, names and redirects included, and `max_bytes` of decoded body.

    Any status is an answer, not an error; a redirect of anything but GET and HEAD is not followed, but an answer too.
    Raises Invalid for a URL or header that can't be and for an answer that is too large, Forbidden for a host that is
    not public (unless its name, in lower case, is allowed), Unavailable for everything that went wrong on the way and
    for a sixth redirect.
    """
    deadline = time.monotonic() + timeout
    target = _parse(url)
    sent = {"user-agent": agent, "accept": "*/*", "accept-encoding": "gzip"}
    sent |= {name.lower(): value for name, value in (headers or {}).items()}
    redirects: list[Redirect] = []
    while True:
        exchange = _Exchange(target, deadline, timeout, max_bytes)
        hop = exchange.run(method, sent, body, allow_private_hosts, resolve)
        location = hop.headers.get("location")
        if hop.status not in _REDIRECTS or location is None or method not in {"GET", "HEAD"}:
            return Response(hop.status, hop.headers, hop.body, target.url, tuple(redirects))
        if len(redirects) == MOST_REDIRECTS:
            raise Unavailable(url, f"more than {MOST_REDIRECTS} redirects", "Use the address that they lead to.")
        following = _join(target, location)
        if _origin(following) != _origin(target):
            sent = {name: value for name, value in sent.items() if name not in _FOR_ONE_ORIGIN}
        redirects.append(Redirect(hop.status, following.url))
        target = following


@dataclass(frozen=True, slots=True)
class Fetcher:
    """The settings of `fetch` for one purpose; calling it fetches."""

    agent: str = "feedsvc"
    timeout: float = 10.0
    max_bytes: int = 10_000_000
    allow_private_hosts: PrivateHosts = False

    def __call__(
        self, url: str, headers: Mapping[str, str] | None = None, method: str = "GET", body: bytes | None = None
    ) -> Response:
        """Fetch a URL as `fetch` does."""
        return fetch(
            url,
            timeout=self.timeout,
            max_bytes=self.max_bytes,
            allow_private_hosts=self.allow_private_hosts,
            headers=headers,
            method=method,
            body=body,
            agent=self.agent,
        )


class _Hop(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class _Exchange:
    """One request and its answer."""

    def __init__(self, target: Url, deadline: float, timeout: float, max_bytes: int) -> None:
        self._target = target
        self._url = target.url
        self._deadline = deadline
        self._timeout = timeout
        self._max_bytes = max_bytes

    def run(
        self,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None,
        allow_private_hosts: PrivateHosts,
        resolve: Resolve,
    ) -> _Hop:
        host = _bare(self._target.host or "")
        found = resolve(host, self._left())
        addresses.check(self._url, host, found, allow_private_hosts)
        connection = self._connect(found)
        try:
            with self._guard(connection):
                return self._exchange(connection, method, headers, body)
        except _FROM_AFAR as error:
            raise self._unavailable(error) from error
        except ValueError as error:
            raise Invalid(self._url, f"the request can't be sent: {error}", "Check the address and header.") from error
        finally:
            connection.close()

    def _connect(self, found: tuple[Address, ...]) -> HTTPConnection:
        """Connect to the first address that takes it: the checked address itself, never the name again."""
        last: Exception = OSError("the name has no address")
        for tried, address in enumerate(found):
            # A share of the time for each, so that one that never answers leaves some for the next.
            connection = self._connection(str(address), self._left() / (len(found) - tried))
            try:
                connection.connect()
            except _FROM_AFAR as error:
                connection.close()
                last = error
                self._left()
            else:
                return connection
        raise self._unavailable(last) from last

    def _connection(self, address: str, limit: float) -> HTTPConnection:
        port = self._target.port or _PORTS[self._target.scheme or "http"]
        if self._target.scheme == "http":
            return HTTPConnection(address, port, timeout=limit)
        host = _bare(self._target.host or "")
        return HTTPSConnection(
            address,
            port,
            timeout=limit,
            ssl_context=ssl.create_default_context(),
            server_hostname=host,
        )

    def _exchange(
        self, connection: HTTPConnection, method: str, headers: Mapping[str, str], body: bytes | None
    ) -> _Hop:
        if connection.sock is not None:
            connection.sock.settimeout(self._left())
        path = self._target.request_uri
        sent = {"host": self._target.netloc or "", **headers}
        connection.request(method, path, body=body, headers=sent, preload_content=False)
        response = connection.getresponse()
        fields = _fields(response.headers)
        coding = fields.get("content-encoding", "").strip().lower()
        if coding not in codings.CODINGS:
            raise Unavailable(self._url, f"the answer is coded with {coding}, which was not asked for", "Try later.")
        return _Hop(response.status, fields, self._body(response, coding))

    def _body(self, response: HTTPResponse, coding: str) -> bytes:
        try:
            return codings.decoded(self._pieces(response), coding, self._max_bytes)
        except codings.TooLarge:
            reason = f"the answer is larger than {self._max_bytes} bytes"
            raise Invalid(self._url, reason, "Raise the limit, or use another address.") from None
        except codings.Damaged as error:
            raise Unavailable(self._url, f"the answer can't be read: {error}", "Try again later.") from error

    def _pieces(self, response: HTTPResponse) -> Iterator[bytes]:
        """The body as it comes, one read of the socket at a time."""
        while piece := response.read1(_CHUNK, decode_content=False):
            yield piece
            self._left()

    @contextmanager
    def _guard(self, connection: HTTPConnection) -> Iterator[None]:
        """Cut the connection at the deadline: a byte now and then never runs into the timeout of a socket."""
        cut = threading.Event()
        # The connection forgets its socket as soon as an answer says that it will close.
        timer = threading.Timer(self._left(), _cut, (connection.sock, cut))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            if cut.is_set():
                raise self._too_slow()

    def _left(self) -> float:
        """The seconds left; raises when there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self._too_slow()
        return left

    def _too_slow(self) -> Unavailable:
        return Unavailable(self._url, f"no full answer within {self._timeout:g} s", "Try again later.")

    def _unavailable(self, error: Exception) -> Unavailable:
        if isinstance(error, (TimeoutError, exceptions.TimeoutError)):
            return self._too_slow()
        reason = " ".join(str(error).split()) or type(error).__name__
        fix = "Check the certificate." if "certificate" in reason.lower() else "Check the address, or try again later."
        return Unavailable(self._url, f"it can't be fetched ({reason})", fix)


def _cut(sock: socket.socket | None, cut: threading.Event) -> None:
    cut.set()
    if sock is not None:
        with suppress(OSError):  # it is closed already
            sock.shutdown(socket.SHUT_RDWR)


def _parse(url: str) -> Url:
    """A URL that may be fetched, normalised. Raises Invalid or Forbidden."""
    fix = "Use a full http or https address."
    if len(url) > _LONGEST_URL:
        raise Invalid(url[:80] + "…", f"the address is longer than {_LONGEST_URL} characters", fix)
    if any(char.isspace() or not char.isprintable() for char in url):
        raise Invalid(url.encode("unicode_escape").decode(), "the address holds white space or control characters", fix)
    try:
        parsed = parse_url(_ascii_host(url))
    except (exceptions.LocationParseError, ValueError) as error:
        raise Invalid(url, "this is no address", fix) from error
    if parsed.scheme not in _PORTS or not parsed.host or "://" not in url:
        raise Invalid(url, "the address is not a full http or https address", fix)
    if parsed.auth is not None:
        shown = parsed._replace(auth=None).url
        raise Forbidden(shown, "the address holds a user name or password", "Take it out of the address.")
    return parsed._replace(fragment=None)


def _ascii_host(url: str) -> str:
    """An international host name in its ASCII form."""
    head, slashes, rest = url.partition("://")
    if url.isascii() or not slashes:
        return url
    cut = min((at for mark in "/?#" if (at := rest.find(mark)) != -1), default=len(rest))
    authority = rest[:cut]
    return f"{head}://{authority.encode('idna').decode('ascii')}{rest[cut:]}"


def _join(base: Url, location: str) -> Url:
    try:
        joined = urljoin(base.url, location.strip())
    except ValueError as error:
        raise Unavailable(base.url, f"it redirects to no address ({location!r:.80})", "Check the address.") from error
    try:
        return _parse(joined)
    except Invalid as error:
        raise Unavailable(base.url, f"it redirects to {error.thing}: {error.reason}", "Check the address.") from error


def _origin(url: Url) -> tuple[str | None, str | None, int]:
    return url.scheme, url.host, url.port or _PORTS[url.scheme or "http"]


def _bare(host: str) -> str:
    return host.removeprefix("[").removesuffix("]")


def _fields(headers: HTTPHeaderDict) -> dict[str, str]:
    return {name.lower(): ", ".join(headers.getlist(name)) for name in headers}
