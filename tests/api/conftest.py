from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.api.desk import Desk

# Flushing to a disk takes most of the time of these tests, and none of them asks what survives a power cut.
IN_MEMORY = Path("/dev/shm")  # noqa: S108  (each test makes a folder of its own in there)


@pytest.fixture
def desk(empty_store: Path) -> Iterator[Desk]:
    with TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as place:
        room = Desk(Path(place), empty_store)
        yield room
        room.store.close()
