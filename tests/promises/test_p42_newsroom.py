"""P42: nobody gets in.

No unauthenticated write; CSRF, path traversal, header injection, oversized bodies: refused, tested. Secrets are hashed
and are never logged.

Here the newsroom's pages of a running service, attacked over raw connections. Every page and every field in turn, the
forms that other sites make up, waits and sessions are in tests/newsroom_pages.
"""

from __future__ import annotations

import html
import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.service import HOST, Service, serving
from tests.waiting import wait_until

NAME = "anna"
LARGEST_FORM = 30_000_000
STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")


@dataclass(frozen=True)
class Reply:
    """An answer as it came."""

    raw: bytes

    @property
    def status(self) -> int:
        found = STATUS.match(self.raw)
        assert found, self.raw[:200]
        return int(found[1])

    @property
    def head(self) -> str:
        return self.raw.partition(b"\r\n\r\n")[0].decode("latin-1")

    @property
    def text(self) -> str:
        return self.raw.partition(b"\r\n\r\n")[2].decode("utf-8")

    def fields(self, name: str) -> list[str]:
        lines = self.head.split("\r\n")[1:]
        return [line.partition(": ")[2] for line in lines if line.lower().startswith(f"{name.lower()}:")]

    @property
    def cookies(self) -> dict[str, str]:
        pairs = (line.partition(";")[0].partition("=") for line in self.fields("Set-Cookie"))
        return {name: value for name, _, value in pairs}

    @property
    def token(self) -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.text)
        assert found, self.text
        return html.unescape(found[1])


@dataclass(frozen=True)
class Pages:
    """A running service with one account, and nobody signed in."""

    service: Service
    password: str

    def ask(self, line: str, *fields: str, body: bytes = b"") -> Reply:
        """Send a request with this line and these fields, exactly as they are written."""
        length = (f"Content-Length: {len(body)}",) if body or line.startswith("POST") else ()
        head = "\r\n".join((f"{line} HTTP/1.1", "Host: gazette.example.org", "Connection: close", *length, *fields))
        with socket.create_connection((HOST, self.service.port), timeout=30) as connection:
            # A server that has refused may close before everything is sent.
            with suppress(ConnectionError):
                connection.sendall(f"{head}\r\n\r\n".encode() + body)
            received = []
            with suppress(ConnectionError):
                while piece := connection.recv(65_536):
                    received.append(piece)
            return Reply(b"".join(received))

    def send(self, path: str, form: dict[str, str], *fields: str) -> Reply:
        kind = "Content-Type: application/x-www-form-urlencoded"
        return self.ask(f"POST {path}", kind, *fields, body=urlencode(form).encode())

    def sign_in(self, **more: str) -> Reply:
        """Sign in as a browser does: open the page, send its form."""
        page = self.ask("GET /newsroom/sign-in")
        held = f"Cookie: newsroom={page.cookies['newsroom']}"
        form = {"token": page.token, "name": NAME, "password": self.password} | more
        return self.send("/newsroom/sign-in", form, held)

    def titles(self) -> list[str]:
        """Give the title of every article in the store, as the operator sees it."""
        done = self.service.command("articles", "--json")
        assert done.returncode == 0, done.stderr
        return [one["title"] for one in json.loads(done.stdout)]


@contextmanager
def opened(folder: Path) -> Iterator[Pages]:
    with serving(folder) as service:
        made = service.command("user", "add", NAME, "--generate", "--json")
        yield Pages(service, json.loads(made.stdout)["password"])


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with opened(tmp_path_factory.mktemp("newsroom")) as running:
        yield running


@pytest.fixture(scope="module")
def held(pages: Pages) -> str:
    """What the browser of somebody who is signed in sends along."""
    return f"Cookie: newsroom={pages.sign_in().cookies['newsroom']}"


def test_whoever_has_the_password_gets_in_and_nobody_else(pages: Pages, held: str) -> None:
    assert "<h1>Articles</h1>" in pages.ask("GET /newsroom/", held).text
    for field in ("", "Cookie: newsroom=", f"Cookie: newsroom={'A' * 43}", f"{held[:-1]}_", "Authorization: Bearer x"):
        refused = pages.ask("GET /newsroom/", *filter(None, (field,)))
        assert (refused.status, refused.text) == (303, "")
        assert refused.fields("Location")[0].startswith("/newsroom/sign-in?next=")
    assert pages.sign_in(password="not the right one").status == 403  # noqa: S106 a wrong one


def test_what_is_sent_without_signing_in_changes_nothing(pages: Pages) -> None:
    before = pages.titles()
    page = pages.ask("GET /newsroom/sign-in")
    stranger = f"Cookie: newsroom={page.cookies['newsroom']}"
    form = {"token": page.token, "title": "Taken over", "based_on": "0", "action": "save"}
    for path in ("articles/5b1d6a52-6b0e-4d4c-9d4e-0f1f7a1b2c3d", "programs", "preview", "pictures", "feeds/all/held"):
        assert pages.send(f"/newsroom/{path}", form, stranger).status == 403
    assert pages.titles() == before


def test_another_sites_form_changes_nothing(pages: Pages, held: str) -> None:
    path = "/newsroom/articles/5b1d6a52-6b0e-4d4c-9d4e-0f1f7a1b2c3d"
    form = {"title": "Taken over", "based_on": "0", "action": "save"}
    assert pages.send(path, form, held).status == 403
    right = form | {"token": pages.ask("GET /newsroom/articles/new", held).token}
    for field in ("Origin: https://evil.example.com", "Sec-Fetch-Site: cross-site", "Origin: null"):
        assert pages.send(path, right, held, field).status == 403
    assert pages.titles() == []
    assert pages.send(path, right, held, f"Origin: {pages.service.base_url}").status == 303
    assert pages.titles() == ["Taken over"]


def test_no_session_can_be_fixed(pages: Pages) -> None:
    page = pages.ask("GET /newsroom/sign-in")
    planted = page.cookies["newsroom"]
    form = {"token": page.token, "name": NAME, "password": pages.password}
    signed_in = pages.send("/newsroom/sign-in", form, f"Cookie: newsroom={planted}")
    assert signed_in.status == 303
    assert signed_in.cookies["newsroom"] != planted
    assert pages.ask("GET /newsroom/", f"Cookie: newsroom={planted}").status == 303


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example.com/",
        "//evil.example.com",
        "/\\evil.example.com",
        "/newsroom/\r\nSet-Cookie: evil=1",
        "/newsroom/\n\nx",
    ],
)
def test_signing_in_leads_nowhere_else_and_writes_no_header(pages: Pages, wanted: str) -> None:
    answer = pages.sign_in(next=wanted)
    assert (answer.status, answer.fields("Location")) == (303, ["/newsroom/"])
    assert "evil" not in answer.head


@pytest.mark.parametrize(
    "path",
    [
        "/newsroom/../../../etc/passwd",
        "/newsroom/static/../templates/base.html",
        "/newsroom/static/%2e%2e/%2e%2e/deps.py",
        "/newsroom/static/..%2f..%2fdeps.py",
        "/newsroom/articles/..%2f..%2f..%2fconfig.toml",
        "/newsroom/articles/%00",
        "/newsroom/feeds/..%2f..%2fdata/held",
        "/newsroom//evil.example.com",
        "/newsroom/%0d%0aSet-Cookie:%20evil=1",
    ],
)
def test_no_address_leads_out_of_the_newsroom(pages: Pages, held: str, path: str) -> None:
    answer = pages.ask(f"GET {path}", held)
    assert answer.status in {303, 400, 404}
    assert "root:" not in answer.text
    assert "base_url" not in answer.text
    assert not re.search(r"(?m)^(Set-Cookie: evil|Location: (https?:)?//)", answer.head)


def test_a_form_that_is_too_large_is_refused_and_the_service_goes_on(pages: Pages, held: str) -> None:
    kind = "Content-Type: application/x-www-form-urlencoded"
    path = "POST /newsroom/articles/5b1d6a52-6b0e-4d4c-9d4e-0f1f7a1b2c3d"
    # What is announced is refused before it is sent; what is sent by a stranger, far earlier.
    for field, size in ((held, LARGEST_FORM + 1), ("Accept: */*", 2_000_001)):
        answer = pages.ask(path, kind, field, body=b"title=" + b"x" * size)
        assert not answer.raw or answer.status in {403, 413}
    many = urlencode({f"field{number}": "x" for number in range(10_000)}).encode()
    assert pages.ask(path, kind, held, body=many).status in {403, 413}
    assert pages.ask("GET /newsroom/", held).status == 200


def test_failing_tells_nothing_and_soon_waits(tmp_path: Path) -> None:
    with opened(tmp_path) as pages:
        fail_often(pages)


def fail_often(pages: Pages) -> None:
    known, unknown = (pages.sign_in(name=name, password="not the right one") for name in (NAME, "nobody"))  # noqa: S106
    assert (known.status, unknown.status) == (403, 403)
    bodies = [re.sub(r'value="[^"]*"', "", one.text.replace(one.token, "")) for one in (known, unknown)]
    assert bodies[0] == bodies[1]
    answers = [pages.sign_in(name="nobody", password="not the right one") for _ in range(8)]  # noqa: S106
    assert answers[-1].status == 429
    assert 1 <= int(answers[-1].fields("Retry-After")[0]) <= 900


def test_no_secret_is_in_the_log_or_the_store(pages: Pages, held: str) -> None:
    secrets = (pages.password, held.partition("=")[2])
    store = b"".join(path.read_bytes() for path in (pages.service.folder / "data").iterdir())
    for secret in secrets:
        assert secret not in pages.service.log
        assert secret.encode() not in store


def test_forms_that_never_end_keep_nobody_else_out(tmp_path: Path) -> None:
    with opened(tmp_path) as pages:
        held = f"Cookie: newsroom={pages.sign_in().cookies['newsroom']}"
        head = "POST /newsroom/sign-in HTTP/1.1\r\nHost: gazette.example.org\r\nContent-Length: 1000\r\n"
        kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        with ExitStack() as stack:
            for _ in range(100):
                slow = stack.enter_context(socket.create_connection((HOST, pages.service.port), timeout=30))
                slow.sendall(f"{head}{kind}name=".encode())
            # Those that are refused are answered; the others go on for ever.
            wait_until(lambda: pages.sign_in().status == 503)
            for path in ("/newsroom/", "/newsroom/feeds", "/healthz", "/metrics", "/feeds/all/rss.xml", "/api/v1/"):
                assert pages.ask(f"GET {path}", held).status == 200, path
        wait_until(lambda: pages.sign_in().status == 303)
