"""The documents' pictures: all are there, all are shown, and none is heavy."""

import re
from pathlib import Path

import pytest

from tests.screenshots import DESK, IMAGES, PHONE, SHOTS, SHOTS_OF_A_HELD_FEED

ROOT = Path(__file__).parent.parent.parent
PICTURE = re.compile(r"!\[([^]]*)]\(([^)]+)\)")
TAKEN = {f"{name}-{window.name}.png" for name in (*SHOTS, *SHOTS_OF_A_HELD_FEED) for window in (DESK, PHONE)} | {
    f"{name}-{window.name}-dark.png" for name, shot in (SHOTS | SHOTS_OF_A_HELD_FEED).items() for window in shot.dark
}


@pytest.mark.parametrize(
    "document", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda one: one.name
)
def test_every_picture_that_a_document_shows_is_there_and_told_in_words(document: Path) -> None:
    for words, address in PICTURE.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / address).is_file(), address
        assert words, address


def test_the_pictures_of_pages_are_those_that_make_screenshots_takes() -> None:
    assert {path.name for path in IMAGES.glob("*.png")} == TAKEN


def test_no_picture_is_heavy() -> None:
    assert {path.name for path in IMAGES.glob("*.png") if path.stat().st_size > 200_000} == set()
