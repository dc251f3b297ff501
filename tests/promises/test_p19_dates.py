"""P19: dates are right.

Server TZ and LC_ALL varied, DST gap and fold: UTC instants equal, RFC 822 in English with 4-digit years, RFC 3339.

Dates come by import, from the newsroom's own hand and over the API; schedules are P30's.
"""

from __future__ import annotations

import json
import locale
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feedsvc import editing
from tests.api.desk import Desk
from tests.newsroom import draft
from tests.promises.gazette import Gazette
from tests.promises.installation import CONFIG, Installation
from tests.promises.readers import ATOM, FEEDS, parse_xml

RFC_822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3]\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"[0-2]\d:[0-5]\d:[0-5]\d (\+0000|GMT)"
)
RFC_3339 = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d(Z|\+00:00)")

# As a source may write them, and the instant that is meant: around the hour that does not exist, the hour that comes
# twice, midnights and ends of years in zones far from Greenwich, and what old software writes.
WRITTEN = {
    "2025-03-30T01:59:59+01:00": "2025-03-30T00:59:59Z",
    "2025-03-30T02:30:00+01:00": "2025-03-30T01:30:00Z",
    "2025-03-30T03:00:00+02:00": "2025-03-30T01:00:00Z",
    "2025-10-26T02:30:00+02:00": "2025-10-26T00:30:00Z",
    "2025-10-26T02:30:00+01:00": "2025-10-26T01:30:00Z",
    "2025-11-02T01:30:00-04:00": "2025-11-02T05:30:00Z",
    "2025-11-02T01:30:00-05:00": "2025-11-02T06:30:00Z",
    "2024-12-31T23:59:59-12:00": "2025-01-01T11:59:59Z",
    "2025-01-01T00:00:00+14:00": "2024-12-31T10:00:00Z",
    "2025-01-01T05:45:00+05:45": "2025-01-01T00:00:00Z",
    "2024-02-29T12:00:00Z": "2024-02-29T12:00:00Z",
    "2024-02-29T12:00:00.999999Z": "2024-02-29T12:00:00Z",
    "2016-12-31T23:59:60Z": "2016-12-31T23:59:59Z",
    "2025-05-05t12:00:00z": "2025-05-05T12:00:00Z",
    "Mon, 05 May 2025 12:00:00 GMT": "2025-05-05T12:00:00Z",
    "Mon, 05 May 2025 12:00:00 EST": "2025-05-05T17:00:00Z",
    "Mon, 05 May 2025 12:00:00 PDT": "2025-05-05T19:00:00Z",
    "5 May 25 12:00 +0400": "2025-05-05T08:00:00Z",
    "Sun, 06 Nov 1994 08:49:37 GMT": "1994-11-06T08:49:37Z",
    "Thu, 01 Jan 1970 00:00:01 +0000": "1970-01-01T00:00:01Z",
    "Sat, 01 Jan 1938 12:00:00 +0000": "1938-01-01T12:00:00Z",
}

# Without a zone, a time is by the newsroom's own clock: in the gap, in the fold, in winter and in summer.
BERLIN = "Europe/Berlin"
LOCAL = {
    "gap": ("2025-03-30 02:30", "2025-03-30T01:30:00Z"),
    "fold": ("2025-10-26 02:30", "2025-10-26T00:30:00Z"),
    "winter": ("2025-01-15 12:00:01", "2025-01-15T11:00:01Z"),
    "summer": ("2025-07-15T12:00", "2025-07-15T10:00:00Z"),
    "a day": ("2025-07-15", "2025-07-14T22:00:00Z"),
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def rss_file() -> bytes:
    items = "".join(
        f"<item><title>{number}</title><guid>urn:{number}</guid><pubDate>{written}</pubDate></item>"
        for number, written in enumerate(WRITTEN)
    )
    return f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode()


def texts_of(documents: dict[str, bytes]) -> dict[str, list[str]]:
    """Give every date that a feed's documents hold, as it is written there."""
    rss, atom = parse_xml(documents["rss.xml"]), parse_xml(documents["atom.xml"])
    feed = json.loads(documents["feed.json"])
    return {
        "RFC 822": [each.text for name in ("pubDate", "lastBuildDate") for each in rss.iter(name)],
        "RFC 3339": [
            *(
                each.text
                for name in ("published", "updated")
                for each in (*rss.iter(ATOM + name), *atom.iter(ATOM + name))
            ),
            *(item[name] for item in feed["items"] for name in ("date_published", "date_modified")),
        ],
    }


def assert_written_right(texts: dict[str, list[str]]) -> None:
    for text in texts["RFC 822"]:
        assert RFC_822.fullmatch(text), text
        # Python takes the weekday as it comes.
        assert parsedate_to_datetime(text).strftime("%a") == text[:3], text
    for text in texts["RFC 3339"]:
        assert RFC_3339.fullmatch(text), text


def documents_of(place: Gazette | Installation, slug: str = "all") -> dict[str, bytes]:
    return {name: place.get(f"/feeds/{slug}/{name}").body for name in FEEDS}


def test_every_date_that_a_source_writes_is_the_instant_that_it_means(gazette: Gazette) -> None:
    gazette.now = at("2027-01-01T00:00:00Z")
    taken = gazette.bring_in("feed.xml", rss_file())
    assert [one.reason for one in taken if one.reason] == []
    gazette.publish()
    for reader, items in gazette.read_all().items():
        found = {item.title: item.published for item in items}
        for number, (written, meant) in enumerate(WRITTEN.items()):
            assert found[str(number)] == at(meant), (reader, written)
    assert_written_right(texts_of(documents_of(gazette)))


HOSTS = [
    {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "hy_AM.UTF-8", "LANGUAGE": "hy"},
]


def test_hosts_of_every_zone_and_locale_give_the_same_instants(make_place: Callable[[], Path]) -> None:
    def publish(environ: dict[str, str]) -> Installation:
        place = Installation(make_place())
        place.configure(CONFIG.replace("[publish]", f'time_zone = "{BERLIN}"\n[publish]'))
        (place.folder / "feed.xml").write_bytes(rss_file())
        for name, (local, _) in LOCAL.items():
            (place.folder / f"{name}.md").write_text(f"---\ntitle: {name}\ndate: {local}\n---\nx\n", encoding="utf-8")
        for command in (["import", "feed.xml", *(f"{name}.md" for name in LOCAL)], ["publish"]):
            done = place.run(*command, environ=environ)
            assert done.code == 0, done
        return place

    expected = {str(number): at(meant) for number, meant in enumerate(WRITTEN.values())}
    expected |= {name: at(meant) for name, (_, meant) in LOCAL.items()}
    with ThreadPoolExecutor(2) as pool:
        places = list(pool.map(publish, HOSTS))
    for place in places:
        assert_written_right(texts_of(documents_of(place)))
        for reader, items in place.read_all().items():
            assert {item.title: item.published for item in items} == expected, reader


@pytest.fixture(params=["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
def host_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ZoneInfo]:
    """The zone that this process's own clock is in."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield ZoneInfo(request.param)
    monkeypatch.undo()
    time.tzset()


def test_a_time_set_in_the_gap_or_in_the_fold_comes_as_the_instant_that_it_is(
    gazette: Gazette, host_zone: ZoneInfo
) -> None:
    berlin = ZoneInfo(BERLIN)
    times = [
        datetime(2026, 3, 29, 1, 59, tzinfo=berlin),
        datetime(2026, 3, 29, 2, 30, tzinfo=berlin),
        datetime(2026, 3, 29, 3, 45, tzinfo=berlin),
        datetime(2026, 10, 25, 2, 30, tzinfo=berlin),
        datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=1),
        datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"), fold=1),
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-12))),
    ]
    for number, moment in enumerate(times):
        made = editing.create_article(gazette.store, gazette.site, draft(str(number)), now=gazette.now)
        editing.schedule_article(gazette.store, gazette.site, made.id, moment, based_on=None, now=gazette.now)
    for number, moment in enumerate(times):
        gazette.now = moment.astimezone(UTC) - timedelta(seconds=1)
        gazette.publish_now()
        assert f'"title":"{number}"' not in gazette.read("all")
        gazette.now = moment.astimezone(UTC) + timedelta(seconds=1)
        gazette.publish_now()
        assert f'"title":"{number}"' in gazette.read("all")
    for reader, items in gazette.read_all().items():
        found = {int(item.title): item.published for item in items}
        assert found == {number: moment.astimezone(UTC) for number, moment in enumerate(times)}, reader
    assert_written_right(texts_of(documents_of(gazette)))


BY_THE_API = {
    "2026-03-29T01:59:59+01:00": "2026-03-29T00:59:59Z",
    "2026-03-29T02:30:00+01:00": "2026-03-29T01:30:00Z",
    "2026-10-25T02:30:00+02:00": "2026-10-25T00:30:00Z",
    "2026-10-25T02:30:00+01:00": "2026-10-25T01:30:00Z",
    "2026-11-01T01:30:00-05:00": "2026-11-01T06:30:00Z",
    "2026-12-31T23:59:59-12:00": "2027-01-01T11:59:59Z",
    "2027-01-01T05:45:00+05:45": "2027-01-01T00:00:00Z",
    "2028-02-29T12:00:00Z": "2028-02-29T12:00:00Z",
}


def test_a_time_given_to_the_api_comes_as_the_instant_that_it_means(desk: Desk, host_zone: ZoneInfo) -> None:
    for written, meant in BY_THE_API.items():
        made = desk.create(title=written, status="scheduled", publish_at=written)
        assert at(made.json["publish_at"]) == at(meant)
    for meant in sorted(BY_THE_API.values()):
        desk.now = at(meant) + timedelta(seconds=1)
        desk.publish_now()
    for reader, items in desk.read_all().items():
        found = {item.title: item.published for item in items}
        assert found == {written: at(meant) for written, meant in BY_THE_API.items()}, reader
    assert_written_right(texts_of(documents_of(desk)))


@pytest.mark.parametrize("written", ["2026-10-25T02:30:00", "2026-10-25", "tomorrow", "2027-02-29T12:00:00Z"])
def test_a_time_that_could_mean_several_instants_or_none_is_refused_by_the_api(desk: Desk, written: str) -> None:
    reply = desk.call("POST", "/articles", {"title": "Storm", "status": "scheduled", "publish_at": written})
    assert (reply.status, list(reply.errors)) == (422, ["/publish_at"])


def test_http_dates_are_english_and_gmt_wherever_the_host_is(gazette: Gazette, host_zone: ZoneInfo) -> None:
    gazette.write("Storm")
    gazette.publish()
    published = gazette.now
    gazette.pass_time(90)
    answer = gazette.get("/feeds/all/rss.xml")
    assert answer.headers["Last-Modified"] == published.strftime("Sun, 01 Mar 2026 %H:%M:%S GMT")
    assert answer.headers["Date"] == gazette.now.strftime("Sun, 01 Mar 2026 %H:%M:%S GMT")


def test_publishing_leaves_the_locale_of_the_process_as_it_is(gazette: Gazette) -> None:
    before = locale.setlocale(locale.LC_ALL)
    try:
        for name in ("C", "C.UTF-8"):
            now = locale.setlocale(locale.LC_ALL, name)
            gazette.write("Storm")
            gazette.publish()
            assert locale.setlocale(locale.LC_ALL) == now
    finally:
        locale.setlocale(locale.LC_ALL, before)


def test_pages_say_the_newsroom_s_time_and_mean_the_same_instant(gazette: Gazette) -> None:
    gazette.open(replace(gazette.site, time_zone="Asia/Kathmandu"))
    gazette.now = at("2026-03-01T20:30:00Z")
    made = editing.create_article(gazette.store, gazette.site, draft("Storm"), now=gazette.now, publish=True)
    gazette.publish()
    for path in ("/feeds/all/", f"/articles/{made.id}/storm"):
        page = gazette.get(path).text
        assert 'datetime="2026-03-01T20:30:00Z"' in page
        assert "2 March 2026" in page
        assert "02:15" in page
