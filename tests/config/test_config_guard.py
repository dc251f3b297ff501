"""The guard's limits: a feed's own, else those of [publish], else the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedsvc.config import load
from feedsvc.errors import ConfigInvalid
from feedsvc.model import GuardLimits

START = '[site]\ntitle = "Example"\nbase_url = "https://example.org"\n'
FEED = '[[feed]]\nslug = "all"\ntitle = "All"\n'


def limits(folder: Path, text: str, environ: dict[str, str] | None = None) -> GuardLimits:
    path = folder / "config.toml"
    path.write_text(START + text, encoding="utf-8")
    return load(path, environ or {}).feeds[0].guard


def test_a_feed_has_its_own_limits_or_those_of_all(tmp_path: Path) -> None:
    assert limits(tmp_path, FEED) == GuardLimits(new=10, moved=10, lost=50)
    everywhere = "[publish]\nmax_new = 20\nmax_moved = 30\nmax_lost = 40\n"
    assert limits(tmp_path, everywhere + FEED) == GuardLimits(new=20, moved=30, lost=40)
    assert limits(tmp_path, everywhere + FEED + "max_new = 0\nmax_lost = 100\n") == GuardLimits(0, 30, 100)
    assert limits(tmp_path, FEED, {"FEEDSVC_PUBLISH_MAX_NEW": "7"}) == GuardLimits(new=7)


@pytest.mark.parametrize("wrong", ["max_new = -1", "max_moved = 1001", "max_lost = 101", 'max_lost = "50 %"'])
def test_what_is_no_limit_is_told(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ConfigInvalid, match=wrong.split(" ", maxsplit=1)[0]):
        limits(tmp_path, f"{FEED}{wrong}\n")


def test_the_feeds_of_a_template_have_its_limits(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    template = '[[feed]]\nfor_each = "section"\nslug = "s-{value}"\ntitle = "{value}"\nmax_new = 3\n'
    path.write_text(START + template, encoding="utf-8")
    assert load(path, {}).templates[0].feed.guard == GuardLimits(new=3)
