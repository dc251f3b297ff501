"""Promise: what deploy/ and docs/deploying.md tell an operator to copy fits this release."""

from __future__ import annotations

import getpass
import re
import shlex
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.trial import DEPLOY
from feedsvc.cli.main import commands
from feedsvc.config import load
from feedsvc.supervisor import GRACE

DOCUMENT = DEPLOY.parent / "docs" / "deploying.md"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def unit(path: Path) -> RawConfigParser:
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(path, encoding="utf-8")
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_calls_what_there_is(path: Path) -> None:
    program, *arguments = shlex.split(unit(path)["Service"]["ExecStart"])
    assert program.endswith("/feedsvc")
    assert CliRunner().invoke(commands, [*arguments, "--help"]).exit_code == 0


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_waits_for_the_service_to_end_in_good_order(path: Path) -> None:
    assert int(unit(path)["Service"]["TimeoutStopSec"]) > GRACE


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_systemd_understands_a_unit(path: Path, tmp_path: Path) -> None:
    installed = tmp_path / path.name
    installed.write_text(path.read_text("utf-8").replace("/opt/feedsvc/.venv/bin/feedsvc", "/bin/true"), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(installed)], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if path.name in line] == []


def test_the_configuration_in_the_document_can_be_loaded(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert found is not None
    (tmp_path / "config.toml").write_text(found[1], "utf-8")
    config = load(tmp_path / "config.toml", {})
    states = {unit(path)["Service"]["StateDirectory"] for path in UNITS}
    assert states == {"feedsvc"}
    for folder in (config.publish.folder, config.media.folder):
        assert folder.is_relative_to("/var/lib/feedsvc")
    assert config.store.url == "sqlite:////var/lib/feedsvc/feedsvc.db"
    assert f"root {config.publish.folder.parent};" in (DEPLOY / "nginx" / "feedsvc-files.conf").read_text("utf-8")


def test_every_file_is_named_in_the_document() -> None:
    text = DOCUMENT.read_text("utf-8")
    handed_out = [path for path in DEPLOY.rglob("*") if path.is_file() and path.suffix in {".conf", ".service", ""}]
    assert len(handed_out) > 6
    for path in handed_out:
        assert f"(../deploy/{path.relative_to(DEPLOY)})" in text


def test_a_command_has_the_services_user_configuration_and_secrets(tmp_path: Path) -> None:
    program = tmp_path / "program"
    told = '"$@" "$FEEDSVC_CONFIG" "$FEEDSVC_STORE_URL" "$(umask)" "$(id -un)"'
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" {told}\n', "utf-8")
    program.chmod(0o755)
    (tmp_path / "environment").write_text("# Secrets\nFEEDSVC_STORE_URL=postgresql://a:$x `b` 'c\"@db/feeds", "utf-8")
    text = (DEPLOY / "bin" / "feedsvc").read_text("utf-8")
    user = getpass.getuser()
    changes = {
        "/opt/feedsvc/.venv/bin/feedsvc": str(program),
        "/etc/feedsvc/": f"{tmp_path}/",
        "runuser -u feedsvc ": f"runuser -u {user} ",
    }
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    command = tmp_path / "feedsvc"
    command.write_text(text, "utf-8")
    command.chmod(0o755)
    done = subprocess.run([command, "rollback", "a b"], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == [
        "rollback",
        "a b",
        f"{tmp_path}/config.toml",
        "postgresql://a:$x `b` 'c\"@db/feeds",
        "0022",
        user,
    ]
