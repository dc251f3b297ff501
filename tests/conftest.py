from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.newsroom import Newsroom, make_empty_store


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_empty_store(tmp_path_factory.mktemp("store") / "empty.db")


@pytest.fixture
def newsroom(tmp_path: Path, empty_store: Path) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path, empty_store)
    yield room
    room.store.close()
