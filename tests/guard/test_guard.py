"""What may replace what: news always, floods never, and withdrawals whatever happens."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.guard import (
    LATE,
    MOVING_IN,
    Coming,
    Findings,
    Headline,
    Hold,
    Manifest,
    Now,
    Release,
    assess,
    find_copies,
    is_harmless,
    is_moving_in,
    less_withdrawn,
    what_passes,
)
from feedsvc.model import GuardLimits, ManifestLine

MADE = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIMITS = GuardLimits(new=3, moved=3, lost=50)


def line(name: str, hours: float = -1, *, revision: int = 1, updated: float | None = None) -> ManifestLine:
    """An entry published so many hours after the last publication, or before it."""
    at = MADE + hours * HOUR
    return ManifestLine(name, revision, at, at if updated is None else MADE + updated * HOUR)


def lines(*names: str, hours: float = -1) -> tuple[ManifestLine, ...]:
    return tuple(line(name, hours - number / 100) for number, name in enumerate(names))


def last(*shown: ManifestLine) -> Manifest:
    return Manifest(shown, MADE)


def coming(*shown: ManifestLine, limit: int = 50, embargo: timedelta = timedelta(0)) -> Coming:
    return Coming(shown, limit, embargo)


STANDING = lines("a", "b", "c", "d", "e", "f")


def test_news_is_never_counted_however_much_there_is_of_it() -> None:
    news = lines(*(f"new {number}" for number in range(40)), hours=1)
    edition = coming(*news, *STANDING)
    assert assess(last(*STANDING), edition, LIMITS) == Release()
    assert is_harmless(last(*STANDING), edition, LIMITS)


def test_a_first_edition_is_never_counted() -> None:
    archive = coming(*lines(*"abcdefghij", hours=-9000))
    assert assess(None, archive, LIMITS) == Release(as_it_is=True)
    assert assess(last(), archive, LIMITS) == Release(as_it_is=True)


def test_old_entries_that_are_new_to_the_feed_are_counted() -> None:
    old = lines("w", "x", "y", "z", hours=-30)
    assert assess(last(*STANDING), coming(*STANDING, *old[:3]), LIMITS) == Release()
    verdict = assess(last(*STANDING), coming(*STANDING, *old), LIMITS)
    assert verdict == Hold(("4 entries would look new and are not; max_new is 3",), new=("w", "x", "y", "z"))


def test_even_one_old_entry_is_worth_a_closer_look() -> None:
    assert not is_harmless(last(*STANDING), coming(*STANDING, line("old", -30)), LIMITS)
    assert is_harmless(last(*STANDING), coming(*STANDING[1:], line("f", revision=2)), LIMITS)


def test_what_an_embargo_kept_back_is_as_new_as_the_end_of_it() -> None:
    kept_back = lines("w", "x", "y", "z", hours=-1)
    edition = coming(*kept_back, *STANDING, embargo=2 * HOUR)
    assert assess(last(*STANDING), edition, LIMITS) == Release()


def test_what_trickles_in_counts_together() -> None:
    earlier = Manifest(STANDING, MADE - LATE)
    trickled = lines("w", "x", "y", hours=-30)
    now = Manifest((*STANDING, *trickled), MADE)
    edition = coming(*STANDING, *trickled, line("z", -30))
    assert assess(now, edition, LIMITS) == Release()
    assert isinstance(assess(now, edition, LIMITS, Findings(earlier=earlier)), Hold)


def test_what_is_late_by_some_minutes_is_news() -> None:
    earlier = Manifest(STANDING, MADE - LATE)
    late = lines("w", "x", "y", "z", hours=-0.1)
    edition = coming(*late, *STANDING)
    assert isinstance(assess(last(*STANDING), edition, LIMITS), Hold)
    assert assess(last(*STANDING), edition, LIMITS, Findings(earlier=earlier)) == Release()


def test_what_could_not_be_shown_before_does_not_look_new_each_time() -> None:
    faulty = lines("w", "x", "y", "z", hours=-30)
    before = Manifest(STANDING, MADE, left_out=frozenset("wxyz"))
    assert assess(before, coming(*STANDING, *faulty), LIMITS) == Release()


def test_what_comes_up_from_below_a_full_feed_was_there_before() -> None:
    below = lines("w", "x", "y", "z", hours=-100)
    edition = coming(*STANDING[4:], *below, limit=6)
    gone = Findings(withdrawn=frozenset("abcd"))
    assert assess(last(*STANDING), edition, LIMITS, gone) == Release()
    longer = replace(edition, limit=8)
    assert isinstance(assess(last(*STANDING), longer, LIMITS, gone), Hold)


def test_a_feed_that_moves_in_takes_any_archive_but_no_copies() -> None:
    old = lines("w", "x", "y", "z", hours=-30)
    moving_in = Findings(moving_in=True)
    assert assess(last(*STANDING), coming(*STANDING, *old), LIMITS, moving_in) == Release(as_it_is=True)
    copies = replace(moving_in, copies=frozenset("wxyz"))
    verdict = assess(last(*STANDING), coming(*STANDING, *old), LIMITS, copies)
    assert isinstance(verdict, Hold)
    assert verdict.new == ("w", "x", "y", "z")


def test_a_few_copies_pass_but_later_ones_are_not_measured_against_them() -> None:
    few = Findings(moving_in=True, copies=frozenset({"z"}))
    assert assess(last(*STANDING), coming(*STANDING, line("z", -30)), LIMITS, few) == Release(as_it_is=False)


def test_copies_of_news_are_counted_too() -> None:
    fresh = lines("w", "x", "y", "z", hours=1)
    findings = Findings(copies=frozenset("wxyz"))
    assert isinstance(assess(last(*STANDING), coming(*STANDING, *fresh), LIMITS, findings), Hold)


@pytest.mark.parametrize(
    ("title", "seconds", "copied"),
    [("Storm  warning", 0, True), ("STORM WARNING", 0.5, True), ("Storm over", 0, False), ("Storm warning", 2, False)],
)
def test_a_copy_has_the_title_and_the_second_of_another_entry(title: str, seconds: float, copied: bool) -> None:
    shown = [Headline("a", "Storm warning", MADE)]
    found = find_copies(shown, [*shown, Headline("b", title, MADE + timedelta(seconds=seconds))])
    assert found == (frozenset({"b"}) if copied else frozenset())


def test_the_first_of_its_kind_is_no_copy_and_all_others_are() -> None:
    alike = [Headline(name, "Storm warning", MADE) for name in "abcd"]
    assert find_copies(alike[:1], alike[1:]) == {"b", "c", "d"}
    assert find_copies([], [*alike[:2], *alike]) == {"b", "c", "d"}
    assert find_copies(alike, alike) == frozenset()


def test_a_feed_is_moving_in_until_it_has_news_of_its_own_and_for_a_week_at_most() -> None:
    archive = lines("a", "b", "c", "d", hours=-30)
    first_words = lines("x", "y", hours=1)
    assert is_moving_in(None, MADE, MADE)
    assert is_moving_in(last(*first_words, *archive), MADE, MADE + HOUR)
    assert not is_moving_in(last(*first_words, line("z", 2), *archive), MADE, MADE + HOUR)
    assert not is_moving_in(last(*archive), MADE, MADE + MOVING_IN)


def test_dates_that_move_in_bulk_are_counted_in_either_direction() -> None:
    before = last(*STANDING)
    corrected = tuple(line(one.article_id, -1 - number / 100, updated=1) for number, one in enumerate(STANDING))
    assert assess(before, coming(*corrected[:3], *STANDING[3:]), LIMITS) == Release()
    verdict = assess(before, coming(*corrected), LIMITS)
    assert verdict == Hold(("the dates of 6 entries would move at once; max_moved is 3",), moved=tuple("abcdef"))
    back = tuple(replace(one, published_at=one.published_at - HOUR) for one in STANDING)
    assert isinstance(assess(before, coming(*back), LIMITS), Hold)


def test_a_mass_edit_that_moves_no_date_is_nobodys_news() -> None:
    edited = tuple(replace(one, revision=2) for one in STANDING)
    assert assess(last(*STANDING), coming(*edited), LIMITS) == Release()


def test_a_count_that_collapses_is_held() -> None:
    assert assess(last(*STANDING), coming(*STANDING[3:]), LIMITS) == Release()
    verdict = assess(last(*STANDING), coming(*STANDING[4:]), LIMITS)
    assert verdict == Hold(("4 of 6 entries would go at once; max_lost is 50 percent",), lost=tuple("abcd"))
    assert isinstance(assess(last(*STANDING), coming(), LIMITS), Hold)
    assert assess(last(*STANDING), coming(), replace(LIMITS, lost=100)) == Release()


def test_a_small_feed_may_lose_its_entries() -> None:
    assert assess(last(*STANDING[:2]), coming(), LIMITS) == Release()


def test_what_newer_entries_push_out_is_not_lost() -> None:
    news = lines(*(f"new {number}" for number in range(6)), hours=1)
    assert assess(last(*STANDING), coming(*news, limit=6), LIMITS) == Release()
    assert isinstance(assess(last(*STANDING), coming(*news, limit=7), LIMITS), Hold)


def test_withdrawals_count_in_no_way() -> None:
    notices = tuple(replace(one, revision=2, updated_at=MADE + HOUR) for one in STANDING[:4])
    findings = Findings(withdrawn=frozenset("abcdef"))
    assert assess(last(*STANDING), coming(*notices), LIMITS, findings) == Release()


def test_a_notice_in_the_place_of_what_nobody_has_seen_looks_new() -> None:
    notices = lines("w", "x", "y", "z", hours=-30)
    findings = Findings(withdrawn=frozenset("wxyz"))
    assert isinstance(assess(last(*STANDING), coming(*STANDING, *notices), LIMITS, findings), Hold)


def test_a_limit_of_nothing_holds_the_first_one() -> None:
    strict = GuardLimits(new=0, moved=0, lost=0)
    verdict = assess(last(*STANDING), coming(*STANDING, line("z", -30)), strict)
    assert isinstance(verdict, Hold)
    assert verdict.reasons == ("1 entry would look new and is not; max_new is 0",)


def test_withdrawals_pass_a_hold_and_nothing_else_moves() -> None:
    before = last(*STANDING)
    notice = line("b", -1, revision=3, updated=1)
    now = {
        "a": Now(line("a", revision=9, updated=1), withdrawn=True),
        "b": Now(notice, withdrawn=True, noticed=True),
        "c": Now(line("c", revision=2)),
    }
    assert what_passes(before, now, LIMITS) == (notice, *STANDING[2:])
    assert less_withdrawn(STANDING, now) == (notice, *STANDING[2:])
    assert what_passes(before, {}, LIMITS) == STANDING


def test_corrections_pass_a_hold_unless_they_are_a_flood_themselves() -> None:
    before = last(*STANDING)
    corrected = {
        one.article_id: Now(replace(one, revision=2, updated_at=MADE + HOUR), corrected_at=MADE + HOUR)
        for one in STANDING
    }
    few = {name: corrected[name] for name in "abc"}
    assert what_passes(before, few, LIMITS) == (*(few[name].line for name in "abc"), *STANDING[3:])
    assert what_passes(before, corrected, LIMITS) == STANDING
    withdrawn = {**corrected, "a": replace(corrected["a"], withdrawn=True)}
    assert what_passes(before, withdrawn, LIMITS) == STANDING[1:]


def test_a_correction_that_was_rolled_back_stays_so() -> None:
    now = {"a": Now(line("a", revision=2, updated=0), corrected_at=MADE)}
    assert what_passes(last(*STANDING), now, LIMITS, since=MADE) == STANDING
    assert what_passes(last(*STANDING), now, LIMITS, since=MADE - HOUR) != STANDING


ENTRIES = st.lists(
    st.tuples(st.sampled_from("abcdefghijklmnop"), st.integers(-50, 5), st.integers(0, 9)),
    max_size=14,
    unique_by=lambda one: one[0],
).map(lambda rows: tuple(line(name, hours, updated=hours + more) for name, hours, more in rows))


@settings(deadline=None)
@given(before=ENTRIES, after=ENTRIES, limit=st.integers(1, 20), found=st.sets(st.sampled_from("abcdefghijklmnop")))
def test_a_closer_look_never_holds_what_was_harmless(
    before: tuple[ManifestLine, ...], after: tuple[ManifestLine, ...], limit: int, found: set[str]
) -> None:
    edition = coming(*after[:limit], limit=limit)
    if is_harmless(last(*before), edition, LIMITS):
        findings = Findings(withdrawn=frozenset(found))
        assert isinstance(assess(last(*before), edition, LIMITS, findings), Release)


@settings(deadline=None)
@given(before=ENTRIES, after=ENTRIES)
def test_what_is_released_changes_no_more_than_the_limits(
    before: tuple[ManifestLine, ...], after: tuple[ManifestLine, ...]
) -> None:
    verdict = assess(last(*before), coming(*after), LIMITS)
    was, becomes = ({one.article_id: one for one in shown} for shown in (before, after))
    old = [name for name in becomes.keys() - was.keys() if becomes[name].published_at < MADE]
    moved = [name for name in becomes.keys() & was.keys() if becomes[name] != was[name]]
    lost = was.keys() - becomes.keys()
    floods = len(old) > 3 or len(moved) > 3 or (len(lost) >= 3 and len(lost) * 2 > len(was))
    assert isinstance(verdict, Hold) == (bool(was) and floods)
