from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask

from feedsvc import passwords
from feedsvc.model import Author, Site
from tests.newsroom import Newsroom
from tests.newsroom_pages.visiting import Visitor, add_account, make_app

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
