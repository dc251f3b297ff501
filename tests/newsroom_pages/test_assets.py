"""What pages load: our own files, and the one library, as its makers packed it."""

from __future__ import annotations

import re
from hashlib import sha256
from importlib import resources

from feedsvc.web.newsroom import assets

# Of dist/htmx.min.js in htmx.org 4.0.1, as the registry has it.
HTMX_4_0_1 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"


def test_htmx_is_the_release_that_its_makers_packed() -> None:
    assert sha256(assets.HTMX.body).hexdigest() == HTMX_4_0_1
    licence = resources.files("feedsvc.web.newsroom") / "static" / "htmx.LICENSE.txt"
    assert "Zero-Clause BSD" in licence.read_text(encoding="utf-8")


def test_each_file_is_under_an_address_made_of_its_bytes() -> None:
    for path, asset in assets.BY_PATH.items():
        assert re.fullmatch(r"/newsroom/static/\w+\.[0-9a-f]{16}\.(css|js)", path)
        assert sha256(asset.body).hexdigest()[:16] in path


def test_nothing_is_loaded_from_anywhere_else() -> None:
    for asset in (assets.STYLE, assets.SCRIPT):
        assert b"url(" not in asset.body
        assert b"@import" not in asset.body
        assert b"://" not in asset.body
