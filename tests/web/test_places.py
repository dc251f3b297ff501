"""Promise: each document has one address, and no other path leads to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.folder import is_slug
from feedsvc.web.places import Moved, Place, find_place


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", Place("_site", "index.html")),
        ("/opml.xml", Place("_site", "opml.xml")),
        ("/feeds/all/rss.xml", Place("all", "rss.xml")),
        ("/feeds/all/anything", Place("all", "anything")),
        ("/feeds/all/", Place("all", "index.html")),
        ("/feeds/all", Moved("/feeds/all/")),
        ("/feeds/all/index.html", Moved("/feeds/all/")),
        ("/feeds/", None),
        ("/feeds", None),
        ("/feeds/_site/opml.xml", None),
        ("/feeds/_site", None),
        ("/feeds/all/rss.xml/", None),
        ("/feeds/all//", None),
        ("/feeds//rss.xml", None),
        ("//feeds/all/rss.xml", None),
        ("/feeds/ALL/rss.xml", None),
        ("/feeds/all\n/rss.xml", None),
        ("/feeds/all\n", None),
        ("/opml.xml/", None),
        ("", None),
    ],
)
def test_what_stands_at_a_path(path: str, place: Place | Moved | None) -> None:
    assert find_place(path) == place


@given(st.one_of(st.text(max_size=40), st.text("/feds.-_\\\r\n\0%", max_size=40)).map(lambda rest: f"/feeds/{rest}"))
def test_no_path_leads_out_of_a_feeds_own_folder(path: str) -> None:
    place = find_place(path)
    if isinstance(place, Place):
        assert is_slug(place.slug)
        assert "/" not in place.filename
    elif isinstance(place, Moved):
        assert is_slug(place.path.removeprefix("/feeds/").removesuffix("/"))
