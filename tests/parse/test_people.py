"""Authors: each form in which feeds write people gives name and address, and nothing is made up."""

from __future__ import annotations

import pytest

from feedsvc.model import Author
from feedsvc.parse.people import person, read_person

PEOPLE = {
    "city@example.org (City Desk)": Author("City Desk", "city@example.org"),
    "City Desk <city@example.org>": Author("City Desk", "city@example.org"),
    '"City Desk" <city@example.org>': Author("City Desk", "city@example.org"),
    "City Desk (city@example.org)": Author("City Desk", "city@example.org"),
    "City Desk (mailto:city@example.org)": Author("City Desk", "city@example.org"),
    "city@example.org": Author("city@example.org", "city@example.org"),
    "city@example.org (Unknown)": Author("city@example.org", "city@example.org"),
    "  City\n Desk ": Author("City Desk"),
    "Desk, City": Author("Desk, City"),
    "City Desk @example.org": Author("City Desk @example.org"),
    "unknown": None,
    " ": None,
}


@pytest.mark.parametrize(("written", "author"), PEOPLE.items())
def test_a_person_is_read_from_each_form(written: str, author: Author | None) -> None:
    assert read_person(written) == author


def test_parts_that_are_no_addresses_are_left_out() -> None:
    assert person("City Desk", "at home", "javascript:x") == Author("City Desk")
    assert person("", "", "https://example.org/city/") == Author("example.org/city", None, "https://example.org/city/")
    assert person("", "", "mailto:city@example.org") == Author("city@example.org", "city@example.org")
    assert person("", "at home", "") is None
