"""Differences between two states of an article: complete, readable, and quick whatever they are of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.content.html import text_to_html
from feedsvc.model import Author, Draft, Image
from feedsvc.web.newsroom.differences import Difference, Kind, differences

TEXTS = st.lists(st.sampled_from(["storm", "harbour", "the", "is", "closed", "open", ".", "ü", "嵐"]), max_size=12).map(
    " ".join
)
MANY = st.lists(TEXTS.filter(str.strip), max_size=12)


def one(before: Draft, after: Draft, name: str) -> Difference:
    (found,) = (difference for difference in differences(before, after) if difference.name == name)
    return found


def side(difference: Difference, kind: Kind) -> list[str]:
    """Give the lines of one side; those that hold nothing of it are not there."""
    lines = [
        "".join(piece.text for piece in line.pieces if piece.kind in (Kind.SAME, kind)) for line in difference.lines
    ]
    return [line for line in lines if line]


def shown(difference: Difference) -> list[str]:
    marks = {Kind.SAME: "{}", Kind.ADDED: "+{}+", Kind.REMOVED: "-{}-"}
    return [
        f"({line.skipped})" if line.skipped else "".join(marks[piece.kind].format(piece.text) for piece in line.pieces)
        for line in difference.lines
    ]


def test_two_that_say_the_same_differ_in_nothing() -> None:
    draft = Draft("Storm", "<p>Stay in.</p>", tags=("storm",))
    assert differences(draft, draft) == ()


def test_every_field_is_named_in_the_order_of_the_editor() -> None:
    after = Draft(
        "Storm", "<p>x</p>", "Summary", "en", "Nature", (Author("City Desk"),), ("a",), "https://example.org/",
        Image("https://example.org/a.jpg", "alt", "caption", "credit"),
    )  # fmt: skip
    assert [difference.name for difference in differences(Draft(""), after)] == [
        "Title", "Summary", "Text", "Text, as HTML", "Section", "Tags", "Authors", "Language", "Page elsewhere",
        "Picture", "Picture in words", "Caption", "Credit",
    ]  # fmt: skip


def test_a_changed_word_is_marked_in_its_sentence() -> None:
    difference = one(Draft("The harbour is open"), Draft("The harbour is closed"), "Title")
    assert shown(difference) == ["The harbour is -open-+closed+"]


def test_paragraphs_that_have_little_in_common_stand_one_after_the_other() -> None:
    difference = one(Draft("x", "<p>Rain all day.</p>"), Draft("x", "<p>Elections are held tomorrow.</p>"), "Text")
    assert shown(difference) == ["-Rain all day.-", "+Elections are held tomorrow.+"]


def test_what_stayed_is_left_out_but_for_the_paragraphs_beside_a_change() -> None:
    before = [f"Paragraph {number}." for number in range(20)]
    after = [*before[:10], "New.", *before[10:]]
    difference = one(
        Draft("x", text_to_html("\n\n".join(before))), Draft("x", text_to_html("\n\n".join(after))), "Text"
    )
    assert shown(difference) == ["(9)", "Paragraph 9.", "+New.+", "Paragraph 10.", "(9)"]


def test_a_link_that_leads_elsewhere_is_shown_though_no_word_changed() -> None:
    before = Draft("x", '<p>See <a href="https://example.org/a">here</a>.</p>')
    after = Draft("x", '<p>See <a href="https://example.org/b">here</a>.</p>')
    (found,) = differences(before, after)
    assert found.name == "Text, as HTML"
    assert side(found, Kind.ADDED) == ['<p>See <a href="https://example.org/b">here</a>.</p>']


@given(TEXTS, TEXTS)
def test_both_sides_of_a_field_are_there_in_full(before: str, after: str) -> None:
    for difference in differences(Draft("x", summary=before), Draft("x", summary=after)):
        assert "".join(side(difference, Kind.REMOVED)) == before
        assert "".join(side(difference, Kind.ADDED)) == after


@given(MANY, MANY)
def test_both_sides_of_a_text_are_there_but_for_what_is_left_out(before: list[str], after: list[str]) -> None:
    old, new = (Draft("x", text_to_html("\n\n".join(lines))) for lines in (before, after))
    for difference in differences(old, new):
        skipped = sum(line.skipped for line in difference.lines)
        if difference.name == "Text":
            assert len(side(difference, Kind.REMOVED)) + skipped == len(before)
            assert len(side(difference, Kind.ADDED)) + skipped == len(after)


def test_texts_of_megabytes_that_have_nothing_in_common_are_compared_at_once() -> None:
    old = Draft("x", text_to_html("\n\n".join(f"a{number}" for number in range(20_000))), "a " * 4_000)
    new = Draft("x", text_to_html("\n\n".join(f"b{number}" for number in range(20_000))), "b " * 4_000)
    assert [difference.name for difference in differences(old, new)] == ["Summary", "Text", "Text, as HTML"]
