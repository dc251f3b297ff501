from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.newsroom import EmptyDatabase, Newsroom, make_empty_database, make_empty_store
from tests.postgres import Server, serving_postgresql

ENGINES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine", choices=[*ENGINES, "both"], default="both", help="the database that the store's tests run on"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "soak: goes on for minutes; runs with `-m soak` alone")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("markexpr"):
        soaking = [item for item in items if item.get_closest_marker("soak")]
        items[:] = [item for item in items if item not in soaking]
        config.hook.pytest_deselected(items=soaking)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--engine")
        metafunc.parametrize("engine", ENGINES if chosen == "both" else [chosen], scope="session")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    with serving_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_empty_store(tmp_path_factory.mktemp("store") / "empty.db")


@pytest.fixture(scope="session")
def empty_database(postgresql: Server) -> EmptyDatabase:
    return make_empty_database(postgresql)


@pytest.fixture
def new_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Give the URL of a database without tables, a new one at each call."""
    with ExitStack() as stack:

        def make() -> str:
            if engine == "sqlite":
                return f"sqlite:///{tmp_path}/new/store.db"
            server: Server = request.getfixturevalue("postgresql")
            name = server.make()
            stack.callback(server.drop, name)
            return server.url(name)

        yield make


@pytest.fixture
def newsroom(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path, request.getfixturevalue("empty_store" if engine == "sqlite" else "empty_database"))
    yield room
    room.close()
