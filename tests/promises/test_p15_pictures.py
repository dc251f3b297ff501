"""P15: pictures arrive.

Lead image as media:content and enclosure with true length and type; lazy-loading attributes restored to src; once, not
twice. Of articles by import, from the newsroom's own hand and over the API.
"""

from __future__ import annotations

import json
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from html import escape
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from feedsvc import picturing
from feedsvc.fetching import Fetcher
from feedsvc.model import ContentSetting, Image
from tests.api.desk import Desk
from tests.newsroom import ALL
from tests.promises.gazette import Gazette
from tests.promises.readers import MEDIA, Enclosure, parse_xml
from tests.service import CONFIG, serving


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x80" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xc0" + frame + b"\xff\xda" + b"\0" * 500 + b"\xff\xd9"


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"


@dataclass
class Pictures:
    """A host of pictures on the loopback: what it serves by path, as which type, and what it was asked for."""

    host: str = ""
    served: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def add(self, path: str, body: bytes, stated: str = "image/jpeg") -> str:
        self.served[path] = (stated, body)
        return f"{self.host}{path}"


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    host = Pictures()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append(self.path)
            stated, body = host.served.get(self.path, ("text/html", b"<!doctype html>Not found"))
            self.send_response(200 if self.path in host.served else 404)
            self.send_header("Content-Type", stated)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    host.host = f"http://127.0.0.1:{server.server_port}"
    yield host
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def room(gazette: Gazette) -> Gazette:
    gazette.define([replace(ALL, slug=setting.value, content=setting) for setting in ContentSetting])
    return gazette


def measure(room: Gazette) -> None:
    """Publish; measure what waits for it; publish again, as the publisher does by itself."""
    room.publish()
    picturing.measure_due(room.store, Fetcher(allow_private_hosts=frozenset({"127.0.0.1"})), now=room.pass_time())
    room.publish()


class Sources(HTMLParser):
    """The src of every picture in HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.sets: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.found.append(dict(attrs).get("src") or "")
        self.sets += [value for name, value in attrs if name == "srcset" and value]


def media_of(room: Gazette, slug: str, filename: str) -> list[dict[str, str]]:
    """The facts of each media:content of the newest entry."""
    root = parse_xml(room.get(f"/feeds/{slug}/{filename}").body)
    first = next(each for each in root.iter() if each.tag.rpartition("}")[2] in {"item", "entry"})
    assert first.find(f"{MEDIA}group") is None
    return [dict(each.attrib) for each in first.iter(f"{MEDIA}content")]


@dataclass(frozen=True)
class Kind:
    """A picture as its host serves it, and what it truly is."""

    path: str
    body: bytes
    stated: str
    media_type: str
    width: str
    height: str


KINDS = {
    "as stated": Kind("/a.jpg", jpeg(640, 480), "image/jpeg", "image/jpeg", "640", "480"),
    "stated as another": Kind("/b.jpg", png(30, 20), "image/jpeg", "image/png", "30", "20"),
    "stated as nothing of use": Kind("/c", gif(7, 9), "application/octet-stream", "image/gif", "7", "9"),
    "with a query, and no extension": Kind("/d?id=7&size=full", png(1, 2), "text/plain", "image/png", "1", "2"),
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_the_lead_picture_comes_with_its_true_type_and_length_in_every_format(
    room: Gazette, pictures: Pictures, kind: Kind
) -> None:
    url = pictures.add(kind.path, kind.body, kind.stated)
    # What the newsroom says of it is wrong, and is not believed once the picture is known.
    room.write("Storm", "<p>Rain.</p>", image=Image(url, alt="A storm", media_type="image/webp"))
    measure(room)
    truth = Enclosure(url, kind.media_type, len(kind.body))
    facts = {"type": kind.media_type, "fileSize": str(len(kind.body)), "width": kind.width, "height": kind.height}
    for setting in ContentSetting:
        for reader, items in room.read_all(setting).items():
            assert items[0].enclosures == (truth,), (setting, reader)
        for filename in ("rss.xml", "atom.xml"):
            assert media_of(room, setting, filename) == [{"url": url, "medium": "image", **facts}], (setting, filename)
        (item,) = json.loads(room.get(f"/feeds/{setting}/feed.json").body)["items"]
        assert item["image"] == url


def test_a_picture_named_over_the_api_comes_with_its_true_facts_once(desk: Desk, pictures: Pictures) -> None:
    body = png(30, 20)
    url = pictures.add("/api.png", body, "text/plain")
    late = pictures.add("/late.png", png(2, 2))
    html = f'<p><img src="{url}" alt=""></p><p><img data-src="{late}" alt="Late"></p>'
    desk.create(content_html=html, image={"url": url, "alt": "A storm"})
    measure(desk)
    for reader, items in desk.read_all().items():
        assert items[0].enclosures == (Enclosure(url, "image/png", len(body)),), reader
        assert Sources(items[0].content).found == [url, late], reader
    facts = {"type": "image/png", "fileSize": str(len(body)), "width": "30", "height": "20"}
    for filename in ("rss.xml", "atom.xml"):
        assert media_of(desk, "all", filename)[0] == {"url": url, "medium": "image", **facts}, filename


def test_a_length_that_a_source_states_wrongly_is_put_right(room: Gazette, pictures: Pictures) -> None:
    body = jpeg(100, 50)
    url = pictures.add("/wrong.jpg", body)
    room.bring_in(
        "feed.xml",
        f"""<rss version="2.0"><channel><item><title>Storm</title><guid>urn:1</guid><description>Rain.</description>
        <enclosure url="{url}" length="0" type="image/png"/></item></channel></rss>""".encode(),
    )
    measure(room)
    for reader, items in room.read_all("full").items():
        assert items[0].enclosures == (Enclosure(url, "image/jpeg", len(body)),), reader


def test_no_length_is_ever_made_up(room: Gazette, pictures: Pictures) -> None:
    room.write("Not there", image=Image(f"{pictures.host}/none.jpg"))
    room.write("A page", image=Image(pictures.add("/page.jpg", b"<!doctype html><p>Log in")))
    room.write("Nothing", image=Image(pictures.add("/empty.jpg", b"")))
    measure(room)
    assert set(pictures.asked) == {"/none.jpg", "/page.jpg", "/empty.jpg"}
    for filename in ("rss.xml", "atom.xml"):
        document = room.get(f"/feeds/full/{filename}").text
        assert "<enclosure" not in document
        assert 'rel="enclosure"' not in document
        assert "fileSize" not in document
        # The picture itself is still named, for readers that fetch it.
        assert len(media_of(room, "full", filename)) == 1
    for item in json.loads(room.get("/feeds/full/feed.json").body)["items"]:
        assert item["image"]
        assert all("size_in_bytes" not in each for each in item.get("attachments", []))


def test_a_picture_at_a_private_address_is_not_asked_for(room: Gazette, pictures: Pictures) -> None:
    room.write("Storm", image=Image(pictures.add("/private.jpg", jpeg(1, 1))))
    room.publish()
    picturing.measure_due(room.store, Fetcher(), now=room.pass_time())
    room.publish()
    assert pictures.asked == []
    assert "<enclosure" not in room.get("/feeds/full/rss.xml").text


def test_one_picture_of_many_articles_is_fetched_once_and_reaches_all(room: Gazette, pictures: Pictures) -> None:
    body = jpeg(2, 2)
    url = pictures.add("/shared.jpg", body)
    for number in range(3):
        room.write(f"Storm {number}", image=Image(url))
    measure(room)
    room.write("Storm 4", image=Image(url))
    measure(room)
    assert pictures.asked == ["/shared.jpg"]
    for reader, items in room.read_all("full").items():
        assert [item.enclosures for item in items] == [(Enclosure(url, "image/jpeg", len(body)),)] * 4, reader


# --- once, not twice -------------------------------------------------------------------------------------------------

LEAD = "https://example.org/uploads/storm.jpg"
BODIES = {
    "nowhere in the text": "<p>Rain.</p>",
    "in the text": f'<p>Rain.</p><p><img src="{LEAD}" alt="x"></p>',
    "on top of the text": f'<figure><img src="{LEAD}" alt="x"><figcaption>Rain</figcaption></figure><p>Rain.</p>',
    "in a link": f'<a href="{LEAD}"><img src="{LEAD}" alt="x"></a>',
    "in another size": '<p><img src="https://example.org/uploads/storm-300x200.jpg" alt="x"> Rain.</p>',
    "scaled": '<p><img src="https://example.org/uploads/storm-scaled.jpg?w=640" alt="x"> Rain.</p>',
    "by another scheme": '<p><img src="http://example.org/uploads/storm.jpg" alt="x"> Rain.</p>',
    "without a scheme": '<p><img src="//example.org/uploads/storm.jpg" alt="x"> Rain.</p>',
    "relative": '<p><img src="/uploads/storm.jpg" alt="x"> Rain.</p>',
    "loaded late": f'<p><img src="data:image/gif;base64,R0lGOD==" data-src="{LEAD}" alt="x"> Rain.</p>',
    "loaded late, with a twin": (
        f'<p><img class="lazy" data-lazy-src="{LEAD}" alt="x"><noscript><img src="{LEAD}" alt="x"></noscript></p>'
    ),
    "in a picture": f'<picture><source srcset="{LEAD} 2x"><img src="{LEAD}" alt="x"></picture>',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_the_lead_picture_stands_in_the_text_exactly_once(room: Gazette, body: str) -> None:
    room.write("Storm", body, url="https://example.org/storm", image=Image(LEAD, "A storm", length=4711))
    room.publish()
    for reader, items in room.read_all("full").items():
        shown = [src for src in Sources(items[0].content).found if "storm" in src]
        assert len(shown) == 1, (reader, items[0].content)
        assert shown[0].startswith(("https://example.org/", "http://example.org/")), reader
        assert len(items[0].enclosures) == 1, reader
    for slug in ("summary", "headline"):
        for reader, items in room.read_all(slug).items():
            assert items[0].content == "", (slug, reader)
            assert len(items[0].enclosures) == 1, (slug, reader)


def test_pictures_that_are_not_the_lead_stay_where_they_are(room: Gazette) -> None:
    others = [f"https://example.org/{name}.jpg" for name in ("rain", "wind", "uploads/storm-2")]
    body = "".join(f'<p><img src="{url}" alt="x"></p>' for url in others)
    room.write("Storm", body, image=Image(LEAD))
    room.publish()
    for reader, items in room.read_all("full").items():
        assert Sources(items[0].content).found == [LEAD, *others], reader


# --- lazy loading ----------------------------------------------------------------------------------------------------

GRAY = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
REAL = "https://example.org/real.jpg"
LAZY = {
    "data-src": f'<img src="{GRAY}" data-src="{REAL}" alt="x">',
    "data-src without src": f'<img data-src="{REAL}" alt="x">',
    "data-original": f'<img src="/grey.gif" data-original="{REAL}" class="lazy" alt="x">',
    "data-lazy-src": f'<img src="{GRAY}" data-lazy-src="{REAL}" alt="x">',
    "data-lazy": f'<img src="{GRAY}" data-lazy="{REAL}" alt="x">',
    "data-cfsrc": f'<img data-cfsrc="{REAL}" style="display:none" alt="x">',
    "a twin in noscript": f'<img src="{GRAY}" class="lazyload" alt="x"><noscript><img src="{REAL}" alt="x"></noscript>',
    "a twin in noscript, and data-src": (
        f'<img src="{GRAY}" data-src="{REAL}" alt="x"><noscript><img src="{REAL}" alt="x"></noscript>'
    ),
    "amp-img": f'<amp-img src="{REAL}" width="3" height="2" layout="responsive"></amp-img>',
    "loading": f'<img src="{REAL}" loading="lazy" decoding="async" alt="x">',
    "a relative data-src": f'<img src="{GRAY}" data-src="/real.jpg" alt="x">',
}


@pytest.mark.parametrize("html", LAZY.values(), ids=LAZY.keys())
@pytest.mark.parametrize("way", ["written", "imported"])
def test_a_picture_that_loads_late_is_there_at_once(room: Gazette, html: str, way: str) -> None:
    if way == "written":
        room.write("Storm", f"<p>Rain. {html}</p>", url="https://example.org/storm")
    else:
        item = (
            f"<guid>urn:1</guid><title>Storm</title><link>https://example.org/storm</link><description>{escape(html)}"
        )
        source = f"<rss version='2.0'><channel><item>{item}</description></item></channel></rss>"
        room.bring_in("feed.xml", source.encode())
    room.publish()
    for reader, items in room.read_all("full").items():
        assert Sources(items[0].content).found == [REAL], (reader, items[0].content)
        assert "data-" not in items[0].content, reader


def test_the_sizes_of_a_picture_that_loads_late_are_there_too(room: Gazette) -> None:
    html = f'<img src="{GRAY}" data-src="{REAL}" data-srcset="/a.jpg 480w, /b.jpg 800w" data-sizes="auto" alt="x">'
    room.write("Storm", html, url="https://example.org/storm")
    room.publish()
    for reader, items in room.read_all("full").items():
        sources = Sources(items[0].content)
        assert sources.found == [REAL], reader
        assert sources.sets == ["https://example.org/a.jpg 480w, https://example.org/b.jpg 800w"], reader


# --- the whole of it, in processes of their own ----------------------------------------------------------------------


def test_the_running_service_measures_a_picture_by_itself(pictures: Pictures, make_place: Callable[[], Path]) -> None:
    body = jpeg(1200, 800)
    url = pictures.add("/lead.jpg", body)
    config = CONFIG.replace("measure_pictures = false", 'picture_hosts = ["127.0.0.1"]')
    with serving(make_place(), config) as service:
        source = service.folder / "storm.md"
        source.write_text(f"---\ntitle: Storm\nimage: {url}\n---\nRain.\n", encoding="utf-8")
        service.import_files(source)
        length = f'length="{len(body)}"'.encode()
        answer = service.wait_for("/feeds/all/rss.xml", lambda answer: length in answer.body)
        assert f'<enclosure url="{url}" {length.decode()} type="image/jpeg"/>' in answer.text
