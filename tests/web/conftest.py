import shutil
from pathlib import Path

import pytest

from feedsvc.folder import Folder
from tests.web.website import EXAMPLE, Web, publish


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder published once, to be copied: flushing files for every test would take most of the time."""
    folder = Folder(tmp_path_factory.mktemp("published") / "feeds")
    publish(folder)
    return folder.root


@pytest.fixture
def web(tmp_path: Path, published: Path) -> Web:
    return Web(Folder(Path(shutil.copytree(published, tmp_path / "feeds"))), EXAMPLE)
