from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.programs import program
from tests.deploy.behind import CONFIG, Behind, behind_nginx
from tests.service import Service, serving


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service"), CONFIG) as service:
        yield service


@pytest.fixture
def site(service: Service, tmp_path: Path) -> Iterator[Behind]:
    """One service for all tests of a module, and for each an nginx that has seen nothing yet."""
    with behind_nginx(program("nginx"), service, tmp_path / "nginx") as site:
        yield site
