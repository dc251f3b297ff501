"""Promise: conditional requests work, always (RFC 9110, section 13), whatever a client or a proxy makes of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.conditional import Outcome, Preconditions, Validators, entity_tag, evaluate, http_date, parse_http_date

MODIFIED = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 1, 12, 30, 0, 250_000, tzinfo=UTC)
FEED = Validators('W/"abc"', MODIFIED)
RECORD = Validators('"abc"', MODIFIED)
UNDATED = Validators('W/"abc"')

PERFORM, NOT_MODIFIED, FAILED = Outcome.PERFORM, Outcome.NOT_MODIFIED, Outcome.FAILED

SAME = "Sun, 01 Mar 2026 12:00:00 GMT"
BEFORE = "Sun, 01 Mar 2026 11:59:59 GMT"
AFTER = "Sun, 01 Mar 2026 12:00:01 GMT"
TO_COME = "Sun, 01 Mar 2026 12:30:01 GMT"
THIS_SECOND = "Sun, 01 Mar 2026 12:30:00 GMT"
NO_DATES = [
    "",
    "0",
    "now",
    "-1",
    "1772366400",
    "2026-03-01T12:00:00Z",
    "Sun, 01 Mar 2026 12:00:00",
    "Sun, 01 Mar 2026 12:00:00 UTC",
    "Sun, 01 Mar 2026 12:00:00 +0000",
    "Sun, 01 Mrz 2026 12:00:00 GMT",
    "Sun, 31 Feb 2026 12:00:00 GMT",
    "Sun, 01 Mar 2026 24:00:00 GMT",
    "Sun, 01 Mar 2026 12:60:00 GMT",
    "Sun, 01 Mar 2026 12:00:61 GMT",
    "Sun, 1 Mar 2026 12:00:00 GMT",
    "Sun, 01 Mar 0000 12:00:00 GMT",
    "Sun, 01 Mar 2026 12:00:00 GMT, Sun, 01 Mar 2026 12:00:00 GMT",
    "Sun, 01 Mar 20٢٦ 12:00:00 GMT",
]

# If-None-Match values that name the current document, and those that do not.
SEEN_TAGS = [
    'W/"abc"',
    '"abc"',
    "*",
    " * ",
    'w/"abc"',
    '"x", "abc"',
    '"x","abc"',
    '"x" , W/"abc" , "y"',
    ',, "abc",',
    '"a,b", "abc"',
    '\t"abc"\t',
    "abc",
    "W/abc",
    "x, abc",
    '"abc-gzip"',
    'W/"abc-gzip"',
    '"abc--gzip"',
    '"abc;gzip"',
    '"abc;br"',
    '"abc-br"',
    '"abc:gzip"',
    '"abc+deflate"',
    '"abc-df"',
    '"abc-zstd"',
    '"abc-x-gzip"',
    '"abc-GZIP"',
    '"abc"-gzip',
    "abc-gzip",
]
OTHER_TAGS = [
    "",
    " ",
    ",",
    '""',
    'W/""',
    '"abcd"',
    '"xabc"',
    '"ABC"',
    '"ab", "c"',
    '"x, abc"',
    '"*"',
    '"x", *',
    '"abc-lzma"',
    '"abc-"',
    '"-gzip"',
    '"gzip"',
    '"ab"c',
    '"W/abc"',
    "W/",
    '"abc gzip"',
]


def ask(
    method: str = "GET",
    current: Validators | None = FEED,
    *,
    match: str | None = None,
    none_match: str | None = None,
    modified: str | None = None,
    unmodified: str | None = None,
) -> Outcome:
    return evaluate(method, Preconditions(match, none_match, modified, unmodified), current, NOW)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("field", SEEN_TAGS)
def test_a_reader_that_holds_the_document_gets_304(method: str, field: str) -> None:
    assert ask(method, none_match=field) is NOT_MODIFIED


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("field", OTHER_TAGS)
def test_a_reader_that_holds_another_document_gets_this_one(method: str, field: str) -> None:
    assert ask(method, none_match=field) is PERFORM


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize("field", ["*", '"abc"', 'W/"abc"', '"x", "abc"'])
def test_a_write_on_the_condition_that_nothing_is_there_fails(method: str, field: str) -> None:
    assert ask(method, none_match=field) is FAILED


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
@pytest.mark.parametrize("field", ["*", '"abc"', ""])
def test_where_nothing_is_there_none_match_is_true(method: str, field: str) -> None:
    assert ask(method, None, none_match=field) is PERFORM


@pytest.mark.parametrize("modified", [SAME, AFTER, THIS_SECOND, BEFORE])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_modified_since_is_ignored_beside_none_match(method: str, modified: str) -> None:
    assert ask(method, none_match='"other"', modified=modified) is PERFORM
    assert ask(method, none_match="", modified=modified) is PERFORM
    assert ask(method, none_match='"abc"', modified=modified) is NOT_MODIFIED


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("field", "outcome"),
    [
        (SAME, NOT_MODIFIED),
        (AFTER, NOT_MODIFIED),
        (THIS_SECOND, NOT_MODIFIED),
        (f"  {SAME} ", NOT_MODIFIED),
        ("sun, 01 mar 2026 12:00:00 GMT", NOT_MODIFIED),
        ("Sunday, 01-Mar-26 12:00:00 GMT", NOT_MODIFIED),
        ("Sun Mar  1 12:00:00 2026", NOT_MODIFIED),
        ("Sun Mar 01 12:00:00 2026", NOT_MODIFIED),
        ("Mon, 01 Mar 2026 12:00:00 GMT", NOT_MODIFIED),
        (BEFORE, PERFORM),
        ("Sunday, 01-Mar-26 11:59:59 GMT", PERFORM),
        ("Sun Mar  1 11:59:59 2026", PERFORM),
        ("Thu, 01 Jan 1970 00:00:00 GMT", PERFORM),
        ("Saturday, 01-Mar-86 12:00:00 GMT", PERFORM),
        (TO_COME, PERFORM),
        ("Fri, 31 Dec 9999 23:59:59 GMT", PERFORM),
        ("Sat, 28 Feb 2026 23:59:60 GMT", PERFORM),
        *((text, PERFORM) for text in NO_DATES),
    ],
)
def test_modified_since_alone(method: str, field: str, outcome: Outcome) -> None:
    assert ask(method, modified=field) is outcome


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
def test_modified_since_concerns_reading_only(method: str) -> None:
    assert ask(method, modified=SAME) is PERFORM


@pytest.mark.parametrize("current", [None, UNDATED])
@pytest.mark.parametrize("field", [SAME, BEFORE, AFTER])
def test_without_a_date_of_its_own_dates_are_ignored(current: Validators | None, field: str) -> None:
    assert ask(current=current, modified=field) is PERFORM
    assert ask(current=current, unmodified=field) is PERFORM


def test_a_modification_date_to_come_never_hides_news() -> None:
    """Decided: while Last-Modified is later than Date it is not sent, so no date proves what a client holds."""
    coming = Validators('W/"abc"', datetime(2026, 3, 1, 12, 30, 1, tzinfo=UTC))
    for field in (SAME, THIS_SECOND, TO_COME):
        assert ask(current=coming, modified=field) is PERFORM
    assert ask(current=coming, none_match='"abc"', modified=TO_COME) is NOT_MODIFIED


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("current", "field", "outcome"),
    [
        (RECORD, '"abc"', PERFORM),
        (RECORD, "*", PERFORM),
        (RECORD, '"x", "abc"', PERFORM),
        (RECORD, '"a,b","abc"', PERFORM),
        (RECORD, "abc", PERFORM),
        (RECORD, 'W/"abc"', FAILED),
        (RECORD, '"x"', FAILED),
        (RECORD, "", FAILED),
        (RECORD, '"abc-gzip"', FAILED),
        (RECORD, '"x, abc"', FAILED),
        (RECORD, '"*"', FAILED),
        (FEED, '"abc"', FAILED),
        (FEED, 'W/"abc"', FAILED),
        (FEED, "*", PERFORM),
        (None, "*", FAILED),
        (None, '"abc"', FAILED),
    ],
)
def test_if_match_compares_strongly(method: str, current: Validators | None, field: str, outcome: Outcome) -> None:
    assert ask(method, current, match=field) is outcome


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
@pytest.mark.parametrize(
    ("field", "outcome"),
    [(SAME, PERFORM), (AFTER, PERFORM), (TO_COME, PERFORM), (BEFORE, FAILED), *((text, PERFORM) for text in NO_DATES)],
)
def test_unmodified_since(method: str, field: str, outcome: Outcome) -> None:
    assert ask(method, unmodified=field) is outcome


@pytest.mark.parametrize(
    ("match", "unmodified", "none_match", "modified", "outcome"),
    [
        ('"abc"', BEFORE, None, None, PERFORM),  # If-Match decides, If-Unmodified-Since is not read
        ('"x"', SAME, None, None, FAILED),
        ('"abc"', None, '"abc"', None, NOT_MODIFIED),
        ('"x"', None, '"abc"', None, FAILED),
        ('"abc"', None, '"x"', SAME, PERFORM),
        ('"abc"', None, None, SAME, NOT_MODIFIED),
        (None, BEFORE, '"abc"', None, FAILED),
        (None, SAME, '"abc"', None, NOT_MODIFIED),
        (None, SAME, None, BEFORE, PERFORM),
        (None, SAME, None, SAME, NOT_MODIFIED),
        (None, BEFORE, None, SAME, FAILED),
        (None, None, None, None, PERFORM),
    ],
)
def test_precedence(
    match: str | None, unmodified: str | None, none_match: str | None, modified: str | None, outcome: Outcome
) -> None:
    asked = ask(current=RECORD, match=match, unmodified=unmodified, none_match=none_match, modified=modified)
    assert asked is outcome


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "CONNECT"])
def test_methods_without_a_representation_take_no_preconditions(method: str) -> None:
    assert ask(method, match='"x"', none_match="*", modified=SAME, unmodified=BEFORE) is PERFORM


ANY_FIELD = st.one_of(st.none(), st.text(max_size=60), st.text('W/"abc,*-;gzip \t', max_size=30))


@given(
    st.sampled_from(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "BREW"]),
    st.builds(Preconditions, ANY_FIELD, ANY_FIELD, ANY_FIELD, ANY_FIELD),
    st.sampled_from([None, FEED, RECORD, UNDATED]),
)
def test_no_header_value_breaks_it(method: str, preconditions: Preconditions, current: Validators | None) -> None:
    assert evaluate(method, preconditions, current, NOW) in Outcome


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_no_304_for_a_document_that_a_client_does_not_hold(held: bytes, published: bytes) -> None:
    asked = ask(current=Validators(entity_tag(published), MODIFIED), none_match=entity_tag(held))
    assert asked is (NOT_MODIFIED if held == published else PERFORM)


@given(st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)))  # noqa: DTZ001 - made aware below
def test_every_date_written_is_read_back(moment: datetime) -> None:
    instant = moment.replace(microsecond=0, tzinfo=UTC)
    assert parse_http_date(http_date(instant), NOW) == instant


def test_dates_are_written_in_english_and_gmt() -> None:
    zone = datetime.strptime("+0530", "%z").tzinfo
    assert http_date(datetime(2026, 8, 4, 14, 30, tzinfo=zone)) == "Tue, 04 Aug 2026 09:00:00 GMT"


@pytest.mark.parametrize(
    ("digits", "year"), [("26", 2026), ("76", 2076), ("77", 1977), ("99", 1999), ("00", 2000), ("94", 1994)]
)
def test_two_digits_of_a_year_are_never_more_than_50_years_ahead(digits: str, year: int) -> None:
    assert parse_http_date(f"Sunday, 06-Nov-{digits} 08:49:37 GMT", NOW) == datetime(year, 11, 6, 8, 49, 37, tzinfo=UTC)


def test_the_entity_tag_follows_the_bytes_and_is_weak() -> None:
    assert entity_tag(b"") == 'W/"e3b0c44298fc1c149afbf4c8996fb924"'
    assert entity_tag(b"a") != entity_tag(b"b")


def test_a_client_one_second_behind_is_told_of_the_change() -> None:
    held = MODIFIED
    current = Validators('W/"new"', MODIFIED + timedelta(seconds=1))
    assert ask(current=current, modified=http_date(held)) is PERFORM
