"""`feedsvc picture`: an operator uploads pictures and takes them down."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.pictures.files import JPEG, SECRET, jpeg, segment
from tests.promises.installation import Installation


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation(tmp_path)


def test_a_picture_is_uploaded_served_and_taken_down(installation: Installation) -> None:
    (installation.folder / "storm.png").write_bytes(jpeg(segment(0xFE, SECRET)))
    added = installation.call("picture", "add", "--json", installation.folder / "storm.png")
    assert added.code == 0, added
    (picture,) = json.loads(added.out)
    name = f"{hashlib.sha256(JPEG).hexdigest()}.jpg"
    assert picture["url"] == f"https://gazette.example.org/media/{name}"
    assert (picture["media_type"], picture["length"]) == ("image/jpeg", len(JPEG))
    served = installation.get(f"/media/{name}", {"Range": "bytes=0-1"})
    assert (served.status, served.body) == (206, b"\xff\xd8")
    assert installation.get(f"/media/{name}", method="OPTIONS").status == 204
    removed = installation.call("picture", "remove", picture["url"])
    assert removed.code == 0, removed
    assert installation.get(f"/media/{name}").status == 410
    assert installation.call("picture", "remove", name).code == 2


def test_what_is_no_picture_is_told_by_its_name_and_its_fault(installation: Installation) -> None:
    path = installation.folder / "page.jpg"
    path.write_bytes(b"<html><script>alert(1)</script>")
    refused = installation.call("picture", "add", path)
    assert refused.code == 2
    assert "page.jpg: is a web page" in refused.err
    assert "Use a JPEG, PNG, GIF or WebP file." in refused.err


def test_no_name_leads_out_of_the_folder_of_pictures(installation: Installation) -> None:
    for name in ("../config.toml", "..%2fconfig.toml", "%2e%2e/config.toml", "config.toml", ".lock"):
        answer = installation.get(f"/media/{name}")
        assert answer.status in {404, 308}, name
        assert b"base_url" not in answer.body
