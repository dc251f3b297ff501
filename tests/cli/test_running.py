"""Promise: `feedsvc run` takes a new configuration without ending, and is not brought down by a broken one."""

import signal
from pathlib import Path

from tests.service import CONFIG, Service, serving
from tests.waiting import wait_until

SECOND_FEED = """
[[feed]]
slug = "second"
title = "Second"
"""


def test_sighup_brings_a_new_configuration_and_a_broken_one_changes_nothing(tmp_path: Path) -> None:
    def hang_up(service: Service) -> None:
        assert service.process is not None
        service.process.send_signal(signal.SIGHUP)

    with serving(tmp_path) as service:
        service.configure("[site]\n")
        hang_up(service)
        wait_until(lambda: service.log.count("not reloaded") == 2)
        assert service.get("/feeds/all/rss.xml").status == 200
        service.configure(CONFIG + SECOND_FEED)
        hang_up(service)
        service.wait_for("/feeds/second/rss.xml", lambda answer: answer.status == 200)
        assert "started again" not in service.log
