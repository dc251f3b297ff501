"""Visiting the newsroom's pages as a browser without script does: links, forms, buttons, cookies, redirects.

visitor.sign_in()
visitor.open("/newsroom/articles/new")
visitor.press("Publish…", title="A storm is coming")
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from feedsvc import accounts
from feedsvc.folder import Shelf
from feedsvc.folder.media import MediaFolder
from feedsvc.web import Deps, Health, create_app
from tests.newsroom import Newsroom

NAME = "anna"
PASSWORD = "a storm in a teacup"  # noqa: S105 nobody's
START = "/newsroom/"


@dataclass
class Visitor:
    """A browser of its own; `page` is the last answer, after all redirects."""

    app: Flask
    headers: dict[str, str] = field(default_factory=dict)
    client: FlaskClient = field(init=False)
    page: TestResponse = field(init=False)
    path: str = ""

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def open(self, path: str) -> TestResponse:
        """Go to an address, and on to where it leads."""
        self.page = self.client.get(path, headers=self.headers)
        self.path = path
        return self._follow()

    def press(
        self, button: str, typed: Mapping[str, str] | None = None, *, headers: dict[str, str] | None = None, **more: str
    ) -> TestResponse:
        """Fill in the form that holds this button, and press it."""
        data, action = self.form(button, typed, **more)
        return self.post(action, data, headers=headers)

    def form(self, button: str, typed: Mapping[str, str] | None = None, **more: str) -> tuple[dict[str, str], str]:
        """Give what pressing a button would send, and where to."""
        typed = dict(typed or {}) | more
        (pressed,) = self.select(f"//button[normalize-space(.)={_quoted(button)}]")
        (form,) = pressed.iterancestors("form")
        assert isinstance(form, html.FormElement)
        data = {name: value or "" for name, value in form.fields.items() if name and value is not None}
        data |= {one.name: _value(one) for one in form.iter("textarea") if one.name}
        unknown = set(typed) - set(form.fields.keys())
        assert not unknown, f"the form has no fields {unknown}, but {sorted(form.fields.keys())}"
        data |= typed
        if pressed.get("name"):
            data[pressed.attrib["name"]] = pressed.get("value", "")
        return data, pressed.get("formaction") or form.get("action") or self.path

    def post(
        self, path: str, data: dict[str, str], *, headers: dict[str, str] | None = None, follow: bool = True
    ) -> TestResponse:
        """Send a form."""
        self.page = self.client.post(urljoin(self.path, path), data=data, headers=self.headers | (headers or {}))
        self.path = urljoin(self.path, path)
        return self._follow() if follow else self.page

    def sign_in(self, name: str = NAME, password: str = PASSWORD, path: str = START) -> TestResponse:
        """Sign in, and be on the page that was wanted."""
        self.open(path)
        return self.press("Sign in", name=name, password=password)

    def select(self, path: str) -> list[html.HtmlElement]:
        """Give elements of the page."""
        tree = html.document_fromstring(self.page.get_data(), parser=html.HTMLParser(encoding="utf-8"))
        found = tree.xpath(path)
        assert isinstance(found, list)
        return [one for one in found if isinstance(one, html.HtmlElement)]

    def texts(self, path: str) -> list[str]:
        """Give what elements of the page say."""
        return [" ".join(str(one.text_content()).split()) for one in self.select(path)]

    def text(self) -> str:
        """Give what the page says, besides its frame."""
        return " ".join(self.texts("//main"))

    def typed(self, name: str) -> str:
        """Give what stands in a field."""
        (found,) = self.select(f"//main//*[@name={_quoted(name)}][not(self::input[@type='radio'])]")
        return _value(found) if found.tag == "textarea" else found.get("value", "")

    @property
    def cookies(self) -> dict[str, str]:
        """Give the cookies that the browser holds."""
        found = (self.client.get_cookie(name, path=START) for name in ("newsroom", "newsroom-browser"))
        return {cookie.key: cookie.value for cookie in found if cookie is not None}

    def _follow(self) -> TestResponse:
        while self.page.status_code == 303:
            self.path = urlsplit(self.page.headers["Location"])._replace(scheme="", netloc="").geturl()
            self.page = self.client.get(self.path, headers=self.headers)
        return self.page


def make_app(room: Newsroom, *, trusted_proxies: int = 0) -> Flask:
    """Make the whole application over a newsroom, with an account."""
    deps = Deps(
        shelf=Shelf(room.folder),
        site=room.site,
        now=lambda: room.now,
        find_article=lambda _: None,
        health=Health,
        store=room.store,
        media=MediaFolder(room.path / "media"),
        trusted_proxies=trusted_proxies,
    )
    return create_app(deps)


def add_account(room: Newsroom, name: str = NAME, password: str = PASSWORD) -> None:
    """Make an account."""
    accounts.add_user(room.store, name, password, now=room.now)


def _value(textarea: html.HtmlElement) -> str:
    # A line end right after the tag is none of the text (HTML Living Standard section 13.1.2.5).
    return (textarea.text or "").removeprefix("\n")


def _quoted(text: str) -> str:
    assert '"' not in text
    return f'"{text}"'
