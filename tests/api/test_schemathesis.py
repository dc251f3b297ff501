"""The description and the service agree: what schemathesis makes of the one, the other answers as it says.

Every operation, with what the description allows and with what it forbids, one after another and in chains along its
links: no 5xx, no answer that is not described, no wrong value taken, nothing without a token.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from feedsvc.web.api.operations import OPERATIONS
from tests.service import serving

# Not asked: that whatever the description allows is taken. A time that has gone by, a text of nothing but characters
# that no feed may hold, a step that does not come next: a schema can't say so, and `errors` does.
LEFT_OUT = "positive_data_acceptance"


def test_the_service_does_what_its_description_says(tmp_path: Path) -> None:
    with serving(tmp_path / "service") as service:
        token = json.loads(service.command("token", "create", "tester", "--scope", "write", "--json").stdout)["token"]
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run"),
                f"{service.base_url}/api/v1/openapi.json",
                *("--header", f"Authorization: Bearer {token}"),
                *("--checks", "all", "--exclude-checks", LEFT_OUT),
                *("--max-examples", "5", "--seed", "1", "--continue-on-failure", "--warnings", "off"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-2000:]}\n{service.log[-2000:]}"
        assert f"Tested: {len(OPERATIONS)}" in done.stdout
        assert "Traceback" not in service.log
        health = service.get("/healthz")
        assert health.status == 200, health
