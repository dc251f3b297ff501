from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.api.desk import Desk
from tests.promises.gazette import Gazette
from tests.promises.installation import Installation
from tests.service import Service

# Flushing to a disk takes most of the time of these tests, and none of them asks what survives a power cut.
IN_MEMORY = Path("/dev/shm")  # noqa: S108  (each test makes a folder of its own in there)

OpenGazette = Callable[[], Gazette]


def empty_folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None)


@pytest.fixture(scope="session")
def make_place() -> Iterator[Callable[[], Path]]:
    """Make an empty folder, which stays until the end of all tests."""
    with ExitStack() as stack:
        yield lambda: Path(stack.enter_context(empty_folder()))


@pytest.fixture(scope="session")
def make_gazette(empty_store: Path, make_place: Callable[[], Path]) -> Iterator[OpenGazette]:
    """Make a newsroom that has published nothing yet; it stays until the end of all tests."""
    with ExitStack() as stack:

        def make() -> Gazette:
            room = Gazette(make_place(), empty_store)
            stack.callback(room.close)
            return room

        yield make


@pytest.fixture
def gazette(empty_store: Path) -> Iterator[Gazette]:
    """A newsroom that has published nothing yet."""
    with empty_folder() as place:
        room = Gazette(Path(place), empty_store)
        yield room
        room.close()


@pytest.fixture
def desk(empty_store: Path) -> Iterator[Desk]:
    """A newsroom that has published nothing yet, written to over the API."""
    with empty_folder() as place:
        room = Desk(Path(place), empty_store)
        yield room
        room.close()


@pytest.fixture
def installation() -> Iterator[Installation]:
    """A configuration, and nothing else yet."""
    with empty_folder() as place:
        yield Installation(Path(place))


RUNNING = """\
[site]
title = "The Gazette"
description = "News, as soon as it is written."
base_url = "{base_url}"
authors = ["The Gazette"]
hubs = ["https://hub.example.org/"]

[publish]
measure_pictures = false

[[feed]]
slug = "all"
title = "Everything"

[[feed]]
slug = "partner"
title = "Hidden from lists"
visibility = "unlisted"
content = "summary"
"""
REMOVED = """
[[feed]]
slug = "old"
title = "Gone before long"
"""


@pytest.fixture(scope="session")
def running(make_place: Callable[[], Path]) -> Iterator[Service]:
    """The service as it runs, for tests that only read: two public answers, an unlisted feed, and one taken away."""
    service = Service(make_place(), RUNNING + REMOVED)
    done = service.command("publish")
    assert done.returncode == 0, done.stderr
    service.configure(RUNNING)
    service.start()
    for number in range(3):
        source = service.folder / f"story-{number}.md"
        source.write_text(f"---\ntitle: Story {number}\n---\n{'It rains. ' * 100}\n", encoding="utf-8")
    service.import_files(*service.folder.glob("story-*.md"))
    for slug in ("all", "partner"):
        service.wait_for(f"/feeds/{slug}/rss.xml", lambda answer: answer.text.count("<item>") == 3)
    yield service
    service.stop()
