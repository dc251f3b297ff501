"""docs/configuration.md says what the code does: its tables are generated, its examples are loaded."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from feedsvc.config import load
from feedsvc.config.environment import KNOWN
from feedsvc.config.tables import FeedTable, SelectTable
from feedsvc.errors import ConfigInvalid

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "configuration.md").read_text(encoding="utf-8")
SITE = '[site]\ntitle = "Example"\nbase_url = "https://example.org"\n'


def test_the_tables_are_those_of_the_code() -> None:
    """`python docs/generate.py` mends it."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)

    assert generate.filled(TEXT) == TEXT


@pytest.mark.parametrize("name", [*KNOWN, *FeedTable.model_fields, *SelectTable.model_fields])
def test_every_key_has_its_line(name: str) -> None:
    assert re.search(rf"^\| .*`{re.escape(name)}`", TEXT, re.MULTILINE)


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL))
def test_every_example_can_be_copied(tmp_path: Path, example: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(example if "[site]" in example else SITE + example, encoding="utf-8")

    config = load(path, {})

    assert len(config.feeds) + len(config.templates) == 1


def test_the_faults_are_told_as_the_page_shows_them(tmp_path: Path) -> None:
    feeds = '[[feed]]\nslug = "all"\ntitle = "All"\n[[feed]]\nslug = "sport"\ntitle = "Sport"\nlimit = 0\n'
    path = tmp_path / "config.toml"
    above = "# A comment.\n" * 5
    path.write_text(f'{above}{SITE}langauge = "en"\n{feeds}', encoding="utf-8")

    with pytest.raises(ConfigInvalid) as refused:
        load(path, {"FEEDSVC_WEB_PORT": "http"})

    [shown] = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
    assert shown.splitlines()[1:] == str(refused.value).splitlines()[1:]
