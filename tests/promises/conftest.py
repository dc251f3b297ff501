from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.promises.gazette import Gazette

# Flushing to a disk takes most of the time of these tests, and none of them asks what survives a power cut.
IN_MEMORY = Path("/dev/shm")  # noqa: S108  (each test makes a folder of its own in there)

OpenGazette = Callable[[], Gazette]


@pytest.fixture(scope="session")
def make_gazette(empty_store: Path) -> Iterator[OpenGazette]:
    """Make a newsroom that has published nothing yet; it is closed at the end of all tests."""
    with ExitStack() as stack:

        def make() -> Gazette:
            place = stack.enter_context(TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None))
            room = Gazette(Path(place), empty_store)
            stack.callback(room.store.close)
            return room

        yield make


@pytest.fixture
def gazette(make_gazette: OpenGazette) -> Gazette:
    return make_gazette()
