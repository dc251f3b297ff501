"""P03: conditional requests work, always.

The If-None-Match / If-Modified-Since matrix of RFC 9110 section 13 for every format and every coding, on GET and HEAD:
lists, weak tags, `*`, `"tag-gzip"` and `"tag;br"` suffixes that proxies add, precedence; 304 has no body and carries
ETag, Cache-Control, Vary, Last-Modified.

not yet: brotli and zstd variants (gzip is the only coding there is); 226 for A-IM: feed (P14).
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

import pytest

from feedsvc.model import Feed, Format
from tests.newsroom import ALL
from tests.promises.gazette import Gazette
from tests.service import Answer, Service

PATHS = ["/feeds/all/rss.xml", "/feeds/all/atom.xml", "/feeds/all/feed.json", "/feeds/all/", "/", "/opml.xml"]
CODINGS = [None, "identity", "gzip", "gzip, deflate, br, zstd", "br", "*", "gzip;q=0", "identity;q=0.5, gzip;q=0.2"]
METHODS = ["GET", "HEAD"]
KEPT_BY_304 = ("ETag", "Cache-Control", "Vary", "Last-Modified")


@pytest.fixture(scope="module")
def house(make_gazette: Callable[[], Gazette]) -> Gazette:
    """A newsroom that has published, half an hour ago; no test here changes what it published."""
    room = make_gazette()
    for number in range(10):
        room.write(f"Story {number}", f"<p>{'It rains. ' * 100}</p>")
    room.publish()
    room.pass_time(1800.4)
    return room


@pytest.fixture(params=PATHS)
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def opaque(answer: Answer) -> str:
    """What stands between the quotes of an answer's entity tag."""
    return answer.headers["ETag"].removeprefix("W/").strip('"')


MATCHING: dict[str, Callable[[str], str]] = {
    "as it was sent": lambda tag: f'W/"{tag}"',
    "made strong": lambda tag: f'"{tag}"',
    "the one member of a list": lambda tag: f'"{tag}",',
    "the first of a list": lambda tag: f'W/"{tag}", "other"',
    "the last of a list": lambda tag: f'"a", W/"b" ,\t"c","{tag}"',
    "between empty members": lambda tag: f', ,"x",, W/"{tag}",,',
    "in a list with a comma inside a tag": lambda tag: f'"a,b", "{tag}"',
    "anything": lambda _: "*",
    "anything, with blanks": lambda _: " * ",
    "-gzip": lambda tag: f'"{tag}-gzip"',
    "-gzip, weak": lambda tag: f'W/"{tag}-gzip"',
    "--gzip": lambda tag: f'W/"{tag}--gzip"',
    ";gzip": lambda tag: f'"{tag};gzip"',
    ";br": lambda tag: f'W/"{tag};br"',
    "-br": lambda tag: f'"{tag}-br"',
    "-zstd": lambda tag: f'"{tag}-zstd"',
    "-df": lambda tag: f'W/"{tag}-df"',
    "-gzip behind the quote": lambda tag: f'"{tag}"-gzip',
    "-gzip in a list": lambda tag: f'"x-gzip", W/"{tag}-gzip"',
    "without quotes": lambda tag: tag,
    "without quotes, in a list": lambda tag: f"abc, W/{tag}",
    "with a small w": lambda tag: f'w/"{tag}"',
}

OTHER: dict[str, Callable[[str], str]] = {
    "another": lambda _: '"0123456789abcdef"',
    "nothing": lambda _: "",
    "an empty tag": lambda _: '""',
    "the beginning of it": lambda tag: f'"{tag[:-1]}"',
    "the end of it": lambda tag: f'W/"{tag[1:]}"',
    "it and more": lambda tag: f'"{tag}0"',
    "more and it": lambda tag: f'"0{tag}"',
    "it in capitals": lambda tag: f'"{tag.upper()}"',
    "a suffix that is no coding": lambda tag: f'"{tag}-news"',
    "a coding that is no suffix": lambda tag: f'"gzip-{tag}"',
    "a coding alone": lambda _: '"-gzip"',
    "inside another one's list": lambda tag: f'"a,{tag},b"',
    "another, with it as a suffix": lambda tag: f'"other;{tag}"',
    "a star in quotes": lambda _: '"*"',
    "a star among words": lambda _: "**",
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("coding", CODINGS)
def test_every_spelling_of_the_tag_gives_304_and_no_other_does(
    house: Gazette, path: str, method: str, coding: str | None
) -> None:
    asked = {"Accept-Encoding": coding} if coding else {}
    full = house.get(path, asked, method)
    tag = opaque(full)
    assert full.status == 200
    for how, spell in MATCHING.items():
        answer = house.get(path, {**asked, "If-None-Match": spell(tag)}, method)
        assert answer.status == 304, how
        assert answer.body == b"", how
        for name in KEPT_BY_304:
            assert answer.headers.get_all(name) == [full.headers[name]], (how, name)
    for how, spell in OTHER.items():
        answer = house.get(path, {**asked, "If-None-Match": spell(tag)}, method)
        assert answer.status == 200, how
        assert answer.body == full.body, how


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("coding", [None, "gzip"])
def test_if_modified_since_by_every_form_of_date(house: Gazette, path: str, method: str, coding: str | None) -> None:
    asked = {"Accept-Encoding": coding} if coding else {}
    full = house.get(path, asked, method)
    since = datetime.strptime(full.headers["Last-Modified"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)

    def imf(instant: datetime) -> str:
        return instant.strftime("%a, %d %b %Y %H:%M:%S GMT")

    cases = {
        full.headers["Last-Modified"]: 304,
        f"  {full.headers['Last-Modified']}\t": 304,
        imf(since + timedelta(seconds=1)): 304,
        imf(house.now): 304,
        since.strftime("%A, %d-%b-%y %H:%M:%S GMT"): 304,
        f"{since:%a %b} {since.day:2} {since:%H:%M:%S %Y}": 304,
        imf(since - timedelta(seconds=1)): 200,
        imf(since - timedelta(days=3650)): 200,
        "Thu, 01 Jan 1970 00:00:00 GMT": 200,
        # Nothing can have been fetched in a time to come, and what cannot be read is ignored (section 13.1.3).
        imf(house.now + timedelta(days=1)): 200,
        "Fri, 31 Dec 9999 23:59:59 GMT": 200,
        "Tue, 31 Feb 2027 10:00:00 GMT": 200,
        since.isoformat(): 200,
        since.strftime("%a, %d %b %Y %H:%M:%S +0000"): 200,
        f"{full.headers['Last-Modified']}; length=1": 200,
        f"{full.headers['Last-Modified']}, {full.headers['Last-Modified']}": 200,
        str(int(since.timestamp())): 200,
        "yesterday": 200,
        "0": 200,
        "": 200,
    }
    for date, status in cases.items():
        answer = house.get(path, {**asked, "If-Modified-Since": date}, method)
        assert answer.status == status, date
        assert answer.body == (b"" if status == 304 else full.body), date
        for name in KEPT_BY_304:
            assert answer.headers.get_all(name) == full.headers.get_all(name), (date, name)


@pytest.mark.parametrize("method", METHODS)
def test_precedence_is_that_of_section_13_2_2(house: Gazette, path: str, method: str) -> None:
    full = house.get(path, method=method)
    tag, modified = full.headers["ETag"], full.headers["Last-Modified"]
    old = "Thu, 01 Jan 1970 00:00:00 GMT"
    cases = [
        # A tag that does not match wins over a date that does, and the other way round.
        ({"If-None-Match": '"other"', "If-Modified-Since": modified}, 200),
        ({"If-None-Match": tag, "If-Modified-Since": old}, 304),
        ({"If-None-Match": "*", "If-Modified-Since": old}, 304),
        ({"If-None-Match": "", "If-Modified-Since": modified}, 200),
        ({"If-None-Match": tag, "If-Modified-Since": "rubbish"}, 304),
        # If-Match compares strongly, and our tags are weak; it comes before all others.
        ({"If-Match": "*"}, 200),
        ({"If-Match": tag}, 412),
        ({"If-Match": '"other"'}, 412),
        ({"If-Match": "*", "If-None-Match": tag}, 304),
        ({"If-Match": '"other"', "If-None-Match": tag}, 412),
        ({"If-Match": "*", "If-Unmodified-Since": old}, 200),
        ({"If-Unmodified-Since": modified}, 200),
        ({"If-Unmodified-Since": old}, 412),
        ({"If-Unmodified-Since": "rubbish"}, 200),
        ({"If-Unmodified-Since": old, "If-None-Match": tag}, 412),
        ({"If-Unmodified-Since": modified, "If-None-Match": tag}, 304),
        # A part of a feed is no feed: ranges are not served.
        ({"Range": "bytes=0-9"}, 200),
        ({"Range": "bytes=0-9", "If-Range": tag}, 200),
        ({"Range": "bytes=0-9", "If-None-Match": tag}, 304),
    ]
    for asked, status in cases:
        answer = house.get(path, asked, method)
        assert answer.status == status, asked
        if status == 200:
            assert answer.body == full.body, asked
        if status == 304 or method == "HEAD":
            assert answer.body == b"", asked


def test_the_tag_is_one_for_all_codings_and_weak_for_that(house: Gazette, path: str) -> None:
    answers = [house.get(path, {"Accept-Encoding": coding} if coding else {}) for coding in CODINGS]
    assert {answer.headers["Content-Encoding"] for answer in answers} == {None, "gzip"}
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert answers[0].headers["ETag"].startswith('W/"')
    assert {answer.headers["Last-Modified"] for answer in answers} == {answers[0].headers["Last-Modified"]}
    unpacked = {
        gzip.decompress(answer.body) if answer.headers["Content-Encoding"] else answer.body for answer in answers
    }
    assert len(unpacked) == 1


def test_a_304_tells_nothing_of_a_body_that_it_does_not_have(house: Gazette, path: str) -> None:
    tag = house.get(path).headers["ETag"]
    answer = house.get(path, {"If-None-Match": tag, "Accept-Encoding": "gzip"})
    # RFC 9110 section 15.4.5: metadata of the representation would only confuse caches.
    assert not {"Content-Type", "Content-Encoding", "Content-Length"} & set(answer.headers)


def test_preconditions_mean_nothing_where_nothing_is_selected(house: Gazette) -> None:
    tag = house.get(PATHS[0]).headers["ETag"]
    for asked in ({"If-None-Match": tag}, {"If-None-Match": "*"}, {"If-Match": '"other"'}):
        assert house.get(PATHS[0], asked, "OPTIONS").status == 204
        assert house.get("/feeds/none/rss.xml", asked).status == 404
        assert house.get(PATHS[0], asked, "POST").status == 405


def test_two_formats_never_share_a_tag(house: Gazette) -> None:
    tags = [house.get(path).headers["ETag"] for path in PATHS]
    assert len(set(tags)) == len(PATHS)
    assert house.get(PATHS[0], {"If-None-Match": tags[1]}).status == 200


def test_a_permalink_is_conditional_too(house: Gazette) -> None:
    article = house.write("A page of its own")
    house.pass_time(60)
    path = f"/articles/{article.id}/{article.slug}"
    full = house.get(path)
    assert full.status == 200
    for asked in ({"If-None-Match": full.headers["ETag"]}, {"If-Modified-Since": full.headers["Last-Modified"]}):
        answer = house.get(path, asked)
        assert (answer.status, answer.body) == (304, b"")
        for name in KEPT_BY_304:
            assert answer.headers.get_all(name) == full.headers.get_all(name), name


def test_a_feed_of_few_formats_is_as_conditional(gazette: Gazette) -> None:
    gazette.define([Feed("brief", "Brief", "Only Atom", formats=(Format.ATOM,)), ALL])
    gazette.publish()
    gazette.pass_time(60)
    full = gazette.get("/feeds/brief/atom.xml")
    assert gazette.get("/feeds/brief/atom.xml", {"If-None-Match": full.headers["ETag"]}).status == 304
    assert gazette.get("/feeds/brief/rss.xml", {"If-None-Match": "*"}).status == 404


def test_over_the_wire_a_304_has_no_body_and_leaves_the_connection_usable(running: Service) -> None:
    connection = HTTPConnection("127.0.0.1", running.port, timeout=30)
    for path in PATHS:
        for coding in ("identity", "gzip"):
            full = asked_on(connection, "GET", path, {"Accept-Encoding": coding})
            assert full.status == 200
            conditions = [
                {"If-None-Match": full.headers["ETag"]},
                {"If-None-Match": f'"x", "{opaque(full)}-gzip"'},
                {"If-Modified-Since": full.headers["Last-Modified"]},
            ]
            for method in METHODS:
                for condition in conditions:
                    answer = asked_on(connection, method, path, {"Accept-Encoding": coding, **condition})
                    assert (answer.status, answer.body) == (304, b""), (path, condition)
                    for name in KEPT_BY_304:
                        assert answer.headers.get_all(name) == [full.headers[name]], (path, name)
                    assert len(answer.headers.get_all("Date") or []) == 1
    connection.close()


def test_over_the_wire_the_field_may_come_in_several_lines(running: Service) -> None:
    for path in PATHS:
        tag = running.get(path).headers["ETag"]
        connection = HTTPConnection("127.0.0.1", running.port, timeout=30)
        connection.putrequest("GET", path)
        for member in ('"other"', tag, 'W/"third"'):
            connection.putheader("If-None-Match", member)
        connection.endheaders()
        response = connection.getresponse()
        assert (response.status, response.read()) == (304, b""), path
        connection.close()


def asked_on(connection: HTTPConnection, method: str, path: str, headers: dict[str, str]) -> Answer:
    """Ask on a connection that is kept: a body where none may be would be read as the next answer."""
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    return Answer(response.status, response.headers, response.read())
