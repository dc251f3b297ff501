"""Promise: a feed's address gives its document, with the right type, validators and links, from the folder alone."""

from __future__ import annotations

import gzip
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedsvc.conditional import Preconditions, entity_tag
from feedsvc.errors import Gone, Invalid, NotFound, PreconditionFailed, Unavailable
from feedsvc.folder import OPML, SITE, Folder, Shelf, mirror, withdraw
from feedsvc.model import FORMATS, Document, Format, Site
from feedsvc.serving import Answer, Asked, FeedRequest, answer

PUBLISHED = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 1, 12, 30, 0, 600_000, tzinfo=UTC)
NAMES = [facts.filename for facts in FORMATS.values()]
HUBS = ("https://hub.example.org/", "https://hub.example.com/push")
SITE_WITH_HUBS = Site("The Example", "https://news.example.org", hubs=HUBS)


def body_of(filename: str) -> bytes:
    return f"{filename} {'news ' * 200}".encode()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder published once, to be copied: flushing files for every test would take most of the time."""
    folder = Folder(tmp_path_factory.mktemp("published") / "feeds")
    mirror(folder, "all", [document(name) for name in NAMES])
    return folder.root


@pytest.fixture
def folder(tmp_path: Path, published: Path) -> Folder:
    return Folder(Path(shutil.copytree(published, tmp_path / "feeds")))


def document(filename: str, at: datetime = PUBLISHED) -> Document:
    return Document(filename, body_of(filename), entity_tag(body_of(filename)), at)


def ask(
    folder: Folder,
    filename: str = "rss.xml",
    method: str = "GET",
    slug: str = "all",
    *,
    preconditions: Preconditions | None = None,
    accept_encoding: str | None = None,
    now: datetime = NOW,
) -> Answer:
    asked = Asked(method, preconditions or Preconditions(), accept_encoding)
    return answer(Shelf(folder), SITE_WITH_HUBS, FeedRequest(slug, filename, asked), now)


def fields(given: Answer) -> dict[str, str]:
    names = [name for name, _ in given.headers]
    assert len(set(names)) == len(names), "no field is sent twice"
    return dict(given.headers)


@pytest.mark.parametrize(
    ("filename", "content_type"),
    [
        ("rss.xml", "application/rss+xml; charset=utf-8"),
        ("atom.xml", "application/atom+xml; charset=utf-8"),
        ("feed.json", "application/feed+json"),
        ("index.html", "text/html; charset=utf-8"),
    ],
)
def test_each_format_has_its_type_and_all_that_a_reader_needs(folder: Folder, filename: str, content_type: str) -> None:
    given = ask(folder, filename)
    headers = fields(given)
    assert given.status == 200
    assert given.body == body_of(filename)
    assert headers["Content-Type"] == content_type
    assert headers["Content-Length"] == str(len(given.body))
    assert headers["ETag"] == entity_tag(given.body)
    assert headers["Last-Modified"] == "Sun, 01 Mar 2026 12:00:00 GMT"
    assert headers["Date"] == "Sun, 01 Mar 2026 12:30:00 GMT"
    assert headers["Cache-Control"] == "public, max-age=1, stale-if-error=86400"
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert {"ETag", "Last-Modified", "Link"} <= set(headers["Access-Control-Expose-Headers"].split(", "))
    assert "Set-Cookie" not in headers
    assert "Content-Encoding" not in headers


@pytest.mark.parametrize("filename", NAMES)
def test_gzip_is_one_representation_under_the_same_tag(folder: Folder, filename: str) -> None:
    plain, packed = ask(folder, filename), ask(folder, filename, accept_encoding="gzip, br")
    assert gzip.decompress(packed.body) == plain.body
    assert fields(packed)["Content-Encoding"] == "gzip"
    assert fields(packed)["Content-Length"] == str(len(packed.body))
    assert fields(packed)["ETag"] == fields(plain)["ETag"]
    assert fields(packed)["Vary"] == fields(plain)["Vary"] == "Accept-Encoding"


def test_without_a_variant_that_fits_gzip_is_not_claimed(folder: Folder) -> None:
    (folder.root / "all/rss.xml.gz").unlink()
    given = ask(folder, accept_encoding="gzip")
    assert given.body == body_of("rss.xml")
    assert "Content-Encoding" not in fields(given)


def test_a_variant_that_saves_nothing_is_not_sent(folder: Folder) -> None:
    mirror(folder, "all", [Document("rss.xml", b"<rss/>", entity_tag(b"<rss/>"), PUBLISHED)])
    assert ask(folder, accept_encoding="gzip").body == b"<rss/>"


@pytest.mark.parametrize("filename", NAMES)
@pytest.mark.parametrize("accept_encoding", [None, "gzip"])
def test_head_has_the_fields_of_get_and_no_body(folder: Folder, filename: str, accept_encoding: str | None) -> None:
    get = ask(folder, filename, accept_encoding=accept_encoding)
    head = ask(folder, filename, "HEAD", accept_encoding=accept_encoding)
    assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")


@pytest.mark.parametrize("filename", NAMES)
@pytest.mark.parametrize("accept_encoding", [None, "gzip"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("by_date", [False, True])
def test_304_carries_what_a_cache_needs_and_nothing_else(
    folder: Folder, filename: str, accept_encoding: str | None, method: str, by_date: bool
) -> None:
    """RFC 9110, section 15.4.5, and P03."""
    full = ask(folder, filename, accept_encoding=accept_encoding)
    preconditions = (
        Preconditions(if_modified_since=fields(full)["Last-Modified"])
        if by_date
        else Preconditions(if_none_match=fields(full)["ETag"])
    )
    given = ask(folder, filename, method, preconditions=preconditions, accept_encoding=accept_encoding)
    assert (given.status, given.body) == (304, b"")
    assert set(fields(given)) == {
        "Date",
        "ETag",
        "Last-Modified",
        "Cache-Control",
        "Vary",
        "Access-Control-Allow-Origin",
        "Access-Control-Expose-Headers",
    }
    assert set(given.headers) <= set(full.headers)


def test_a_condition_on_another_state_fails(folder: Folder) -> None:
    with pytest.raises(PreconditionFailed):
        ask(folder, preconditions=Preconditions(if_match='"another"'))


def test_a_modification_date_to_come_is_not_sent_and_proves_nothing(folder: Folder) -> None:
    """Decided: Last-Modified grows by a second with each change, so it may run ahead of the clock for a moment."""
    mirror(folder, "all", [document("rss.xml", NOW.replace(microsecond=0) + timedelta(seconds=1))])
    given = ask(folder)
    assert "Last-Modified" not in fields(given)
    since = Preconditions(if_modified_since="Sun, 01 Mar 2026 12:30:01 GMT")
    assert ask(folder, preconditions=since).status == 200
    later = NOW + timedelta(seconds=1)
    assert fields(ask(folder, now=later))["Last-Modified"] == "Sun, 01 Mar 2026 12:30:01 GMT"
    assert ask(folder, preconditions=since, now=later).status == 304


def test_two_edits_within_a_second_are_two_states(folder: Folder) -> None:
    """P04, for a reader that knows dates alone and one that knows entity tags."""
    first = ask(folder)
    body = body_of("rss.xml").replace(b"news", b"olds")
    mirror(folder, "all", [Document("rss.xml", body, entity_tag(body), PUBLISHED + timedelta(seconds=1))])
    headers = fields(first)
    for held in (
        Preconditions(if_none_match=headers["ETag"]),
        Preconditions(if_modified_since=headers["Last-Modified"]),
        Preconditions(if_none_match=headers["ETag"], if_modified_since=headers["Last-Modified"]),
    ):
        assert ask(folder, preconditions=held).body == body


def test_a_feed_names_its_hubs_itself_and_its_other_formats(folder: Folder) -> None:
    """WebSub section 4: one self, each hub; the same addresses as inside the document."""
    assert fields(ask(folder, "atom.xml"))["Link"] == (
        '<https://hub.example.org/>; rel="hub", <https://hub.example.com/push>; rel="hub", '
        '<https://news.example.org/feeds/all/atom.xml>; rel="self", '
        '<https://news.example.org/feeds/all/rss.xml>; rel="alternate"; type="application/rss+xml", '
        '<https://news.example.org/feeds/all/feed.json>; rel="alternate"; type="application/feed+json", '
        '<https://news.example.org/feeds/all/>; rel="alternate"; type="text/html"'
    )


def test_only_formats_that_are_published_are_named(folder: Folder) -> None:
    mirror(folder, "all", [document("rss.xml"), document("feed.json")])
    link = fields(ask(folder))["Link"]
    assert "feed.json" in link
    assert "atom.xml" not in link
    assert "text/html" not in link


def test_a_page_is_found_from_and_leads_to_its_feeds(folder: Folder) -> None:
    headers = fields(ask(folder, "index.html"))
    assert headers["Link"].startswith('<https://news.example.org/feeds/all/>; rel="canonical", ')
    assert (
        '<https://news.example.org/feeds/all/rss.xml>; rel="alternate"; type="application/rss+xml"' in headers["Link"]
    )
    assert "hub" not in headers["Link"]
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "Content-Security-Policy" not in fields(ask(folder, "rss.xml"))


def test_the_sites_own_documents(folder: Folder) -> None:
    mirror(folder, SITE, [document("index.html"), document(OPML)])
    opml = fields(ask(folder, OPML, slug=SITE))
    assert opml["Content-Type"] == "text/x-opml; charset=utf-8"
    assert opml["Link"] == (
        '<https://news.example.org/opml.xml>; rel="self", '
        '<https://news.example.org/>; rel="alternate"; type="text/html"'
    )
    index = fields(ask(folder, "index.html", slug=SITE))
    assert index["Link"] == (
        '<https://news.example.org/>; rel="canonical", '
        '<https://news.example.org/opml.xml>; rel="alternate"; type="text/x-opml"'
    )


def test_a_preflight_allows_the_validators(folder: Folder) -> None:
    for filename, slug in (("rss.xml", "all"), ("rss.xml", "none")):
        given = ask(folder, filename, "OPTIONS", slug)
        headers = fields(given)
        assert (given.status, given.body) == (204, b"")
        assert headers["Allow"] == headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
        assert headers["Access-Control-Allow-Headers"] == "If-None-Match, If-Modified-Since"
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Access-Control-Max-Age"] == "86400"


@pytest.mark.parametrize(
    ("slug", "filename"), [("none", "rss.xml"), ("all", "opml.xml"), ("all", "gone.txt"), ("..", "rss.xml"), ("", "")]
)
def test_what_was_never_published_is_not_found(folder: Folder, slug: str, filename: str) -> None:
    mirror(folder, SITE, [document("index.html")])
    (folder.root / "all" / OPML).write_bytes(b"in the wrong place")
    with pytest.raises(NotFound) as error:
        ask(folder, filename, slug=slug)
    assert not isinstance(error.value, Gone)


@pytest.mark.parametrize("filename", NAMES)
def test_a_removed_feed_is_gone_in_every_format(folder: Folder, filename: str) -> None:
    withdraw(folder, "all")
    with pytest.raises(Gone):
        ask(folder, filename)


def test_a_format_that_was_switched_off_is_not_found(folder: Folder) -> None:
    mirror(folder, SITE, [document("index.html")])
    mirror(folder, "all", [document("rss.xml")])
    with pytest.raises(NotFound):
        ask(folder, FORMATS[Format.ATOM].filename)


@pytest.mark.parametrize("filename", ["index.html", OPML])
def test_before_the_first_publication_the_site_is_not_ready_rather_than_missing(folder: Folder, filename: str) -> None:
    with pytest.raises(Unavailable):
        ask(folder, filename, slug=SITE)


@pytest.mark.parametrize("exists", [True, False])
def test_a_folder_whose_disk_is_not_mounted_makes_no_feed_unknown(tmp_path: Path, *, exists: bool) -> None:
    """Reader software may give up an address that is answered 404; nginx goes on with what it has after a 503."""
    if exists:
        (tmp_path / "feeds").mkdir()
    with pytest.raises(Unavailable):
        ask(Folder(tmp_path / "feeds"), "rss.xml")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE", "get"])
def test_documents_are_only_read(folder: Folder, method: str) -> None:
    with pytest.raises(Invalid):
        ask(folder, "rss.xml", method)
