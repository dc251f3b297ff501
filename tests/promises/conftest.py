from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.promises.gazette import Gazette
from tests.promises.installation import Installation

# Flushing to a disk takes most of the time of these tests, and none of them asks what survives a power cut.
IN_MEMORY = Path("/dev/shm")  # noqa: S108  (each test makes a folder of its own in there)

OpenGazette = Callable[[], Gazette]


@pytest.fixture(scope="session")
def make_place() -> Iterator[Callable[[], Path]]:
    """Make an empty folder, in memory where there is such a place."""
    with ExitStack() as stack:
        where = IN_MEMORY if IN_MEMORY.is_dir() else None
        yield lambda: Path(stack.enter_context(TemporaryDirectory(dir=where)))


@pytest.fixture(scope="session")
def make_gazette(empty_store: Path, make_place: Callable[[], Path]) -> Iterator[OpenGazette]:
    """Make a newsroom that has published nothing yet; it is closed at the end of all tests."""
    with ExitStack() as stack:

        def make() -> Gazette:
            room = Gazette(make_place(), empty_store)
            stack.callback(room.store.close)
            return room

        yield make


@pytest.fixture
def gazette(make_gazette: OpenGazette) -> Gazette:
    return make_gazette()


@pytest.fixture
def installation(make_place: Callable[[], Path]) -> Installation:
    return Installation(make_place())
