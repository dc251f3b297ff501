"""The editor's form: what was typed comes to a draft, and a revision comes back as what can be typed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.drafting import accept
from feedsvc.errors import Invalid
from feedsvc.model import Author, Change, Draft, Image, Revision
from feedsvc.web.newsroom import forms
from feedsvc.web.newsroom.forms import Typed
from feedsvc.web.newsroom.words import read_authors, read_tags, write_authors, write_tags

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Cf", "Co", "Cn")), min_size=1, max_size=12
)
TAGS = st.lists(st.one_of(WORDS, st.sampled_from(["a, b", 'he said "x"', "it's", '"', ",", 'x" y']))).map(
    lambda tags: tuple(tag.strip() for tag in tags if tag.strip())
)


def revision(draft: Draft) -> Revision:
    return Revision(
        1, Change.CREATE, NOW, draft.title, draft.content_html, draft.summary, draft.language, draft.section,
        draft.authors, draft.tags, draft.url, draft.image,
    )  # fmt: skip


class TestLists:
    @given(TAGS)
    def test_tags_are_read_as_they_are_written(self, tags: tuple[str, ...]) -> None:
        assert read_tags(write_tags(tags)) == tags

    @pytest.mark.parametrize(
        ("text", "tags"),
        [
            ("", ()),
            (" , ,, ", ()),
            ("storm", ("storm",)),
            ("storm,harbour , Bergen", ("storm", "harbour", "Bergen")),
            ('"Washington, D.C.", storm', ("Washington, D.C.", "storm")),
            ("one\ntwo, three\r\nfour", ("one", "two", "three", "four")),
            ('a "b" c, d', ('a "b" c', "d")),
            ('"never closed, x', ('"never closed', "x")),
        ],
    )
    def test_tags_may_be_typed_in_any_way_that_is_clear(self, text: str, tags: tuple[str, ...]) -> None:
        assert read_tags(text) == tags

    @pytest.mark.parametrize(
        ("line", "author"),
        [
            ("City Desk", Author("City Desk")),
            ("City Desk <desk@example.org>", Author("City Desk", "desk@example.org")),
            ("City Desk https://example.org/desk", Author("City Desk", url="https://example.org/desk")),
            (
                "City Desk <desk@example.org> https://example.org/desk",
                Author("City Desk", "desk@example.org", "https://example.org/desk"),
            ),
            ("  City   Desk  <> ", Author("City   Desk")),
            ("Desk, City", Author("Desk, City")),
            ("A <b> c", Author("A <b> c")),
        ],
    )
    def test_an_author_is_a_line(self, line: str, author: Author) -> None:
        assert read_authors(line) == (author,)

    @pytest.mark.parametrize(
        "line", ["<desk@example.org>", "https://example.org/desk", "x\n <a@b> https://example.org"]
    )
    def test_an_author_without_a_name_is_told(self, line: str) -> None:
        with pytest.raises(Invalid, match=r"line \d has no name"):
            read_authors(line)

    @given(
        st.lists(
            st.builds(
                Author,
                st.lists(WORDS.filter(lambda word: not set(word) & set("<>:")), min_size=1, max_size=3).map(" ".join),
                st.sampled_from([None, "desk@example.org"]),
                st.sampled_from([None, "https://example.org/desk"]),
            ),
            max_size=4,
        ).map(tuple)
    )
    def test_authors_are_read_as_they_are_written(self, authors: tuple[Author, ...]) -> None:
        assert read_authors(write_authors(authors)) == authors


class TestForms:
    def test_line_ends_are_one_character_whatever_the_browser_sends(self) -> None:
        assert forms.typed_in({"text": "a\r\nb\rc\nd"}).text == "a\nb\nc\nd"

    def test_a_form_without_fields_is_an_empty_one(self) -> None:
        assert forms.typed_in({}) == Typed()
        assert forms.typed_in({"syntax": "latex", "unknown": "x"}) == Typed()

    @given(st.builds(Draft, title=WORDS, summary=WORDS, content_html=WORDS, tags=TAGS, section=WORDS | st.none()))
    def test_a_revision_that_is_only_looked_at_says_the_same_afterwards(self, draft: Draft) -> None:
        accepted = accept(draft)
        before = revision(accepted)
        read = forms.read(forms.typed_from(before, None), before)
        assert read.faults == {}
        assert read.draft == accepted

    def test_what_is_known_of_a_picture_stays_while_its_address_does(self) -> None:
        before = revision(Draft("x", image=Image("https://example.org/a.jpg", "old", length=123, width=4, height=3)))
        typed = forms.typed_from(before, None)
        kept = forms.read(Typed(title="x", picture_url=typed.picture_url, picture_alt="new"), before).draft
        other = forms.read(Typed(title="x", picture_url="https://example.org/b.jpg"), before).draft
        assert kept is not None
        assert kept.image == Image("https://example.org/a.jpg", "new", length=123, width=4, height=3)
        assert other is not None
        assert other.image == Image("https://example.org/b.jpg")

    @given(st.fixed_dictionaries({name: st.text(max_size=30) for name in Typed().as_dict()}))
    def test_whatever_is_typed_is_read_or_told(self, typed: dict[str, str]) -> None:
        read = forms.read(forms.typed_in(typed))
        assert (read.draft is None) == bool(read.faults)
        assert set(read.faults) <= set(Typed().as_dict())
        assert all(told.endswith(".") and told[:1].strip() for told in read.faults.values())
        if read.draft is not None:
            assert accept(read.draft) == read.draft
