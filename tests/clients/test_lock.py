"""The JavaScript clients are the same bytes for everybody, from whichever registry each has."""

from __future__ import annotations

import json

from tests.clients.programs import HERE


def test_every_package_is_locked_by_its_hash_and_none_by_an_address() -> None:
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    assert [name for name, package in packages.items() if not package.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []
