import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from feedsvc import passwords
from feedsvc.model import Author, Site
from tests.browser import browsing
from tests.newsroom import Newsroom
from tests.newsroom_pages.browsers import CONFIGURED, DEADLINE, note_console
from tests.newsroom_pages.visiting import NAME, Visitor, add_account, make_app
from tests.service import Service, serving

SITE = Site("The Gazette", "http://gazette.example.org", time_zone="Europe/Berlin", authors=(Author("The Gazette"),))


@pytest.fixture(scope="module", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hash with the least work that Argon2 can do; what hashes cost is tests/passwords' business."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", quick)
        patch.setattr(passwords, "NOBODYS", quick.hash("nobody's"))
        yield


@pytest.fixture(scope="module")
def store_with_account(tmp_path_factory: pytest.TempPathFactory, empty_store: Path, quick_hashes: None) -> Path:
    """A store in which one account is made, to be copied: hashing a password is made to take long."""
    made = Newsroom(tmp_path_factory.mktemp("account"), empty_store)
    add_account(made)
    with made.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    made.close()
    return made.path / "store.db"


@pytest.fixture
def room(tmp_path: Path, store_with_account: Path) -> Iterator[Newsroom]:
    """A newsroom whose clock is Berlin's, with one account."""
    made = Newsroom(tmp_path, store_with_account, site=SITE)
    yield made
    made.close()


@pytest.fixture
def app(room: Newsroom) -> Flask:
    return make_app(room)


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """A browser that nobody is signed in with."""
    return Visitor(app)


@pytest.fixture
def editor(app: Flask) -> Visitor:
    """A browser that somebody is signed in with."""
    visitor = Visitor(app)
    visitor.sign_in()
    return visitor


# For tests in a real browser: the service as it runs, an account, and a page.


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("newsroom"), CONFIGURED) as running:
        yield running


@pytest.fixture(scope="module")
def password(service: Service) -> str:
    made = service.command("user", "add", NAME, "--generate", "--json")
    assert made.returncode == 0, made.stderr
    return str(json.loads(made.stdout)["password"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as running:
        yield running


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def page(request: pytest.FixtureRequest, service: Service, browser: Browser) -> Iterator[Page]:
    """A page of a browser of its own; what goes wrong in it fails the test."""
    context = browser.new_context(base_url=service.base_url, java_script_enabled=request.param, locale="en-GB")
    context.set_default_timeout(DEADLINE)
    expect.set_options(timeout=DEADLINE)
    faults: list[str] = []
    opened = context.new_page()
    note_console(opened, faults)
    yield opened
    context.close()
    assert faults == []
