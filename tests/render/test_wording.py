"""The words of pages: complete in every language, and dates as its readers write them."""

from __future__ import annotations

import string
from datetime import date
from importlib import resources

import pytest

from feedsvc.render.wording import Wording, autonym, wording_for

TAGS = sorted(
    file.name.removesuffix(".toml")
    for file in resources.files("feedsvc.render.wording").iterdir()
    if file.name.endswith(".toml") and file.name != "autonyms.toml"
)


def places(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


@pytest.mark.parametrize("tag", TAGS)
def test_each_language_has_every_phrase_with_the_places_that_pages_fill(tag: str) -> None:
    wording, english = wording_for(tag), wording_for("en")
    assert wording.language == tag
    assert len(wording.months) == 12
    for name in Wording.__dataclass_fields__:
        phrase, model = getattr(wording, name), getattr(english, name)
        if name != "months":
            assert phrase.strip() or name.startswith("names_"), name
            assert places(phrase) == places(model), name


@pytest.mark.parametrize(
    ("tag", "first", "other"),
    [
        ("en", "1 March 2026", "14 January 2025"),
        ("fr", "1er mars 2026", "14 janvier 2025"),
        ("de", "1. März 2026", "14. Januar 2025"),
        ("es", "1 de marzo de 2026", "14 de enero de 2025"),
        ("ru", "1 марта 2026", "14 января 2025"),
        ("hy", "1 մարտի, 2026", "14 հունվարի, 2025"),
        ("ar", "1 مارس 2026", "14 يناير 2025"),
    ],
)
def test_a_date_is_written_as_readers_of_the_language_write_it(tag: str, first: str, other: str) -> None:
    assert wording_for(tag).date(date(2026, 3, 1)) == first
    assert wording_for(tag).date(date(2025, 1, 14)) == other


def test_names_make_a_list_in_a_sentence() -> None:
    words = wording_for("en")
    assert [words.join(names) for names in ("A", "AB", "ABC")] == ["A", "A and B", "A, B and C"]


@pytest.mark.parametrize(("tag", "language"), [("fr-CA", "fr"), ("HY_am", "hy"), ("xx", "en"), ("", "en")])
def test_the_language_of_a_tag_decides_and_english_stands_in(tag: str, language: str) -> None:
    assert wording_for(tag).language == language


@pytest.mark.parametrize(
    ("tag", "name"), [("hy", "Հայերեն"), ("en-GB", "English"), ("zh-Hant", "中文 (繁體)"), ("tlh", "tlh")]
)
def test_a_language_is_called_what_it_calls_itself(tag: str, name: str) -> None:
    assert autonym(tag) == name
