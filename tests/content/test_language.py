"""Which language tags mean that text runs from right to left."""

from __future__ import annotations

import pytest

from feedsvc.content.language import is_right_to_left


@pytest.mark.parametrize(
    "tag",
    ["ar", "AR-eg", "he", "he-IL", "iw", "fa", "fa_IR", "ur", "ps", "sd", "ug", "yi", "dv", "ckb",
     "ku-Arab", "az-Arab", "az-Arab-IR", "az-IR",
     "pa-PK", "ar-arz", "ar-arz-EG", "und-Hebr", "ff-Adlm", "syr", " ar "],
)  # fmt: skip
def test_right_to_left(tag: str) -> None:
    assert is_right_to_left(tag)


@pytest.mark.parametrize(
    "tag",
    [None, "", "en", "en-GB", "az", "az-Latn", "az-Latn-IR", "ku", "ar-Latn", "fa-Cyrl", "yi-Latn", "pa-IN",
     "zh-Hant", "ara b", "x-ar", "-"]
)  # fmt: skip
def test_left_to_right(tag: str | None) -> None:
    assert not is_right_to_left(tag)
