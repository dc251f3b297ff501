"""What a document is, and that no document, however broken or hostile, breaks the check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.standards import Kind, check_document, examine

CASES = Path(__file__).with_name("cases")
RSS = (CASES / "clean.rss").read_bytes()
ATOM = (CASES / "clean.atom").read_bytes()
JSON = (CASES / "clean.json").read_bytes()
OPML = (CASES / "clean.opml").read_bytes()


def rules(data: bytes, content_type: str | None = None) -> set[str]:
    return {found.rule for found in check_document(data, content_type=content_type)}


@pytest.mark.parametrize(("data", "kind"), [(RSS, Kind.RSS), (ATOM, Kind.ATOM), (JSON, Kind.JSON), (OPML, Kind.OPML)])
def test_a_document_is_told_by_its_content(data: bytes, kind: Kind) -> None:
    assert examine(data).kind is kind
    assert examine(b"  \n" + data).kind is kind


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"<!DOCTYPE html><html><p>Not found", "web page"),
        (b"<!-- a --><HTML lang='en'>", "web page"),
        (b"Internal Server Error", "«Internal Server Error»"),
        (b"\x89PNG\r\n\x1a\n", "starts with"),
        (b"[]", "no object"),
        (b'{"a": 1}', "neither version nor items"),
        (
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"/>',
            "RSS 1.0",
        ),
        (b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"/>', "Atom 0.3"),
        (b'<entry xmlns="http://www.w3.org/2005/Atom"/>', "single Atom entry"),
        (b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>', "«urlset»"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', "web page"),
    ],
)
def test_what_is_no_feed_is_named(data: bytes, says: str) -> None:
    found = check_document(data)
    assert [one.rule for one in found] == ["DOC-01"]
    assert says in found[0].message


def test_a_broken_document_is_still_known_by_its_root() -> None:
    assert examine(RSS[:900]).kind is Kind.RSS
    assert examine(ATOM[:900]).kind is Kind.ATOM


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "iso-8859-1", "windows-1252", "utf-8-sig"])
def test_a_document_is_read_in_its_encoding(encoding: str) -> None:
    named = encoding.replace("utf-8-sig", "UTF-8")
    text = RSS.decode().replace('encoding="UTF-8"', f'encoding="{named}"').replace("harbour", "häfen")
    assert rules(text.encode(encoding)) == (set() if named == "UTF-8" else {"XML-05"})


def test_bytes_that_are_not_in_the_encoding_are_found_and_the_rest_is_checked() -> None:
    found = check_document(RSS.replace(b"harbour, and", b"h\xe4fen, and").replace(b"<ttl>15", b"<ttl>x"))
    assert [(one.rule, one.place.split(",")[0]) for one in found] == [("XML-01", "line 6"), ("RSS-18", "channel")]
    assert "0xE4" in found[0].message


def test_bytes_of_json_that_are_no_utf8_are_found_and_the_rest_is_checked() -> None:
    assert rules(JSON.replace(b"harbour", b"h\xe4fen").replace(b'"en"', b'"english"')) == {"JSON-16", "JSON-14"}


def test_the_charset_of_http_wins_over_the_declaration() -> None:
    text = RSS.decode().replace("harbour", "häfen")
    assert rules(text.encode("latin-1"), "application/rss+xml; charset=iso-8859-1") == {"XML-06"}
    assert rules(text.encode("latin-1"), "application/rss+xml; charset=utf-8") == {"XML-01"}


def test_a_json_feed_of_more_than_a_megabyte_is_a_burden() -> None:
    big = JSON.replace(b"Paste this", b"Paste " * 200_000 + b"this")
    assert [(found.rule, found.level) for found in check_document(big)] == [("JSON-17", "warning")]


def test_an_rss_feed_without_a_channel() -> None:
    assert rules(b'<rss version="2.0"/>') == {"RSS-01"}


def test_several_faults_come_in_the_order_of_the_document() -> None:
    broken = (
        RSS.replace(b"<ttl>15", b"<ttl>x")
        .replace(b"<language>en-GB", b"<language>xx")
        .replace(b'length="48211" type', b"type")
    )
    assert [found.rule for found in check_document(broken)] == ["RSS-21", "RSS-18", "RSS-10"]


def test_places_count_lines_as_an_editor_does() -> None:
    broken = RSS.replace(b"\n", b"\r\n").replace(b"<ttl>15", b"<ttl>x")
    line = 1 + RSS[: RSS.index(b"<ttl>")].count(b"\n")
    assert check_document(broken)[0].place == f"channel, ttl, line {line}"


def test_lines_are_right_far_down_a_long_document() -> None:
    padded = RSS.replace(b"<ttl>15", b"\n" * 70_000 + b"<ttl>x")
    line = 70_001 + RSS[: RSS.index(b"<ttl>")].count(b"\n")
    assert check_document(padded)[0].place == f"channel, ttl, line {line}"


def test_a_feed_of_headlines_is_told_once() -> None:
    entry = (
        b"<entry><id>tag:example.org,2026:%d</id><title>A ship</title><updated>2026-08-04T08:00:00Z</updated>"
        b'<link href="https://news.example.org/"/></entry>'
    )
    headlines = ATOM[: ATOM.index(b"  <entry>")] + b"".join(entry % number for number in range(9)) + b"</feed>"
    assert [(found.rule, found.level) for found in check_document(headlines)] == [("ATOM-17", "advice")]


# --- hostile documents


def test_an_entity_never_reads_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hunter2")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>\n<rss version="2.0"'.encode()
    bad = RSS.replace(b'<rss version="2.0"', doctype).replace(b"<ttl>15", b"<ttl>&x;")
    found = check_document(bad)
    assert {one.rule for one in found} == {"XML-08", "RSS-18"}
    assert "hunter2" not in str(found)


def test_entities_never_grow() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE rss [<!ENTITY e0 "ha">{levels}]>\n<rss version="2.0"'.encode()
    bad = RSS.replace(b'<rss version="2.0"', doctype).replace(b"why it matters", b"&e11;")
    assert rules(bad) == {"XML-08", "XML-09"}


def test_a_doctype_without_an_end_is_not_parsed() -> None:
    assert "XML-08" in rules(
        b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd"> <rss>&x;</rss>'
    )


HUGE = 50_000


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"<rss>" * HUGE, id="deep XML"),
        pytest.param(b'<rss version="2.0"><channel>' + b"<item/>" * HUGE, id="many items, cut"),
        pytest.param(b"<rss>" + b"<!--" * HUGE, id="comments that never end"),
        pytest.param(b"<rss>" + b"<![CDATA[" * HUGE, id="sections that never end"),
        pytest.param(b"<rss>" + b"<a b='" * HUGE, id="attributes that never end"),
        pytest.param(b"<rss>" + b"&" * HUGE, id="ampersands"),
        pytest.param(b"<rss>" + b"]]>" * HUGE, id="ends of sections"),
        pytest.param(b"<rss>" + b"\x00" * HUGE, id="control characters"),
        pytest.param(b"<!DOCTYPE x [" * HUGE, id="doctypes"),
        pytest.param(b'{"a":' * HUGE, id="deep JSON"),
        pytest.param(b"[" * HUGE, id="deep arrays"),
        pytest.param(b'{"version": ' + b"9" * HUGE + b"}", id="a number of many digits"),
    ],
)
def test_a_hostile_document_is_checked_in_the_time_of_its_length(data: bytes) -> None:
    assert check_document(data) != ()


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece",
    [
        "<b>",
        "</b>",
        "<a href='",
        '<a href="',
        "<!--",
        "<",
        "<script>",
        "&am",
        "<p style=a ",
        "<b></i>",
        "<svg><g/>",
        "= ",
    ],
)
def test_hostile_html_is_checked_in_the_time_of_its_length(piece: str) -> None:
    text = (piece * HUGE).replace("&", "&amp;").replace("<", "&lt;").encode()
    assert examine(RSS.replace(b"Nothing but text", text)).kind is Kind.RSS


@given(st.binary(max_size=300))
def test_no_bytes_break_the_check(data: bytes) -> None:
    for head in (b"", b"<", b"{", b'<?xml version="1.0"?>', b"\xef\xbb\xbf"):
        examine(head + data)


@given(st.sampled_from([RSS, ATOM, JSON, OPML]), st.data())
def test_no_damage_breaks_the_check(document: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(document)))
    end = data.draw(st.integers(start, min(len(document), start + 40)))
    examine(document[:start] + data.draw(st.binary(max_size=20)) + document[end:])


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
    ),
    st.data(),
)
def test_no_value_of_a_json_member_breaks_the_check(value: object, data: st.DataObject) -> None:
    feed = json.loads(JSON)
    place = data.draw(st.sampled_from([feed, feed["items"][0]]))
    place[data.draw(st.sampled_from(sorted(place)))] = value
    examine(json.dumps(feed).encode())
