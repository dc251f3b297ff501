"""P08: every link in the content is absolute.

href, src, srcset, poster, `//x`, `../x`, `?q`, `#frag` in every format, of articles that come by import, from the
newsroom's own hand and over the API.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from urllib.parse import quote, urljoin, urlsplit
from xml.sax.saxutils import escape as escape_xml

import pytest

from tests.api.desk import Desk
from tests.newsroom import ALL
from tests.promises.gazette import Gazette

PAGE = "https://example.org/2026/storm/index.html?ref=a"
RELATIVE = [
    "//cdn.example.org/x",
    "../x",
    "../../../../x",
    "./x",
    "x",
    "x/y.jpg",
    "/x",
    "/x?a=1&b=2#c",
    "?q",
    "?q=1&amp=2",
    "#frag",
    "#",
    "/a/../b/./c",
    "x;y=1",
    "/x%20y",
    "/söndag/ű",
    "//bücher.example.org/ü?ü=ü",
]
ABSOLUTE = [
    "https://example.org/x",
    "HTTP://EXAMPLE.ORG/x",
    "mailto:desk@example.org?subject=a%20b",
    "tel:+37410000000",
]
DANGEROUS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "javascript&colon;alert(1)",
    "vbscript:x",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "blob:https://example.org/x",
]

# How an address stands in HTML: the attribute's element, with the attribute's value left open.
PLACES = {
    "a href": '<p><a href="{}">x</a></p>',
    "a HREF without quotes": "<p><A HREF={}>x</A></p>",
    "img src": '<p><img src="{}" alt="x"></p>',
    "img data-src": '<p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="{}" alt="x"></p>',
    "img srcset": '<p><img src="/s.jpg" srcset="{} 2x" alt="x"></p>',
    "img srcset of several": '<p><img src="/s.jpg" srcset="/a.jpg 1x, {} 2x,\n /b.jpg 3x" alt="x"></p>',
    "img data-srcset": '<p><img src="/s.jpg" data-srcset="/a.jpg 480w, {} 800w" sizes="50vw" alt="x"></p>',
    "source srcset": '<picture><source srcset="{} 2x"><img src="/s.jpg" alt="x"></picture>',
    "video src": '<video src="{}" controls></video>',
    "video poster": '<video src="/v.mp4" poster="{}" controls></video>',
    "source src": '<video controls><source src="{}" type="video/mp4"></video>',
    "track src": '<video src="/v.mp4"><track src="{}" kind="subtitles"></video>',
    "audio src": '<audio src="{}" controls></audio>',
    "blockquote cite": '<blockquote cite="{}">x</blockquote>',
    "q cite": '<p><q cite="{}">x</q></p>',
    "del cite": '<p><del cite="{}">x</del></p>',
    "iframe src": '<iframe src="{}"></iframe>',
    "area href": '<map name="m"><area href="{}" alt="x"></map>',
    "form action": '<form action="{}"><button formaction="{}">x</button></form>',
    "object data": '<object data="{}"></object>',
    "embed src": '<embed src="{}">',
    "a ping": '<p><a href="/x" ping="{}">x</a></p>',
    "body background": '<table background="{}"><tr><td>x</td></tr></table>',
    "style": "<p style=\"background: url('{}')\">x</p>",
    "meta refresh": '<meta http-equiv="refresh" content="0; url={}">',
    "base href": '<base href="{}"><p><a href="x">x</a></p>',
    "svg href": '<svg><a xlink:href="{}"><image href="{}"/></a></svg>',
    "link href": '<link rel="stylesheet" href="{}">',
    "noscript": '<noscript><img src="{}" alt="x"></noscript>',
}
PICTURES = {
    "img src",
    "img data-src",
    "img srcset",
    "img srcset of several",
    "img data-srcset",
    "source srcset",
    "video src",
    "video poster",
    "source src",
    "track src",
    "audio src",
}
KEPT = {
    "a href", "img src", "img data-src", "img srcset", "img srcset of several", "img data-srcset", "source srcset",
    "video src", "video poster", "source src", "track src", "audio src", "blockquote cite", "q cite", "del cite",
}  # fmt: skip
HOLDING_ADDRESSES = {
    "href", "src", "srcset", "poster", "cite", "data", "action", "formaction", "background", "longdesc", "ping",
    "xlink:href", "data-src", "data-srcset", "data-original", "usemap", "style", "content", "manifest", "icon",
}  # fmt: skip


class Links(HTMLParser):
    """Every address in HTML, with its element and attribute, by Python's own parser."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name not in HOLDING_ADDRESSES or value is None:
                continue
            addresses = [part.split()[0] for part in re.split(r",\s+", value)] if name == "srcset" else [value]
            self.found += [(tag, name, address) for address in addresses]


def assert_absolute(html: str, where: object) -> list[str]:
    """Every address is absolute, of a scheme that readers may follow; give them."""
    links = Links(html).found
    for tag, name, address in links:
        assert re.match(r"(https?://[^/?#\s]+|mailto:.|tel:.)", address), (where, tag, name, address)
        assert not re.search(r"[\s\\<>\"^`{|}]", address), (where, tag, name, address)
        assert address.isascii(), (where, tag, name, address)
    return [address for _, _, address in links]


def normal(address: str) -> str:
    """Write an address as browsers send it: other scripts as %XX and xn--, the host in small letters."""
    parts = urlsplit(address)
    if parts.scheme.lower() not in {"http", "https"}:
        return address
    host = (parts.hostname or "").encode("idna").decode() + (f":{parts.port}" if parts.port else "")
    path, query = quote(parts.path, safe="/%;=:@!$&'()*+,"), quote(parts.query, safe="/%;=:@!$&'()*+,?")
    return parts._replace(scheme=parts.scheme.lower(), netloc=host, path=path or "/", query=query).geturl()


ROOT, BELOW = "https://gazette.example.org", "http://example.org:8080/news"


@pytest.fixture
def room(gazette: Gazette) -> Gazette:
    gazette.define([replace(ALL, limit=1000, max_bytes=100_000_000)])
    return gazette


@pytest.mark.parametrize(("base_url", "url"), [(ROOT, PAGE), (BELOW, None)], ids=["page elsewhere", "permalink here"])
def test_every_place_and_every_kind_of_address_in_every_format(room: Gazette, base_url: str, url: str | None) -> None:
    room.open(replace(room.site, base_url=base_url))
    for place, html in PLACES.items():
        for addresses in (RELATIVE, ABSOLUTE, DANGEROUS):
            body = "\n".join(html.replace("{}", escape(address)) for address in addresses)
            room.write(f"{place}: {addresses[0]}", f"{body}<p>End</p>", url=url)
    room.publish()
    for reader, items in room.read_all().items():
        assert len(items) == 3 * len(PLACES)
        for item in items:
            place, _, first = item.title.partition(": ")
            base = url or item.link
            found = [normal(address) for address in assert_absolute(item.content, (reader, item.title))]
            expected = RELATIVE if first == RELATIVE[0] else ABSOLUTE if first == ABSOLUTE[0] else []
            if place in PICTURES:
                expected = [address for address in expected if not address.startswith(("mailto:", "tel:"))]
            if place.startswith("img data-"):
                # What is written there may be no address at all: only what looks like one must be taken for one.
                expected = [address for address in expected if "/" in address]
            for address in expected if place in KEPT else []:
                assert normal(urljoin(base, address)) in found, (reader, item.title, address)
            assert "End" in item.content


@pytest.mark.parametrize("url", [PAGE, None], ids=["page elsewhere", "permalink here"])
def test_what_comes_over_the_api_is_absolute_in_every_format(desk: Desk, url: str | None) -> None:
    desk.define([replace(ALL, limit=1000, max_bytes=100_000_000)])
    elsewhere = {"url": url} if url else {}
    for place, html in PLACES.items():
        body = "\n".join(html.replace("{}", escape(address)) for address in (*RELATIVE, *DANGEROUS))
        desk.create(title=place, content_html=f"{body}<p>End</p>", **elsewhere)
    markdown = "\n\n".join(f"[x](<{address}>) ![x](<{address}>)" for address in RELATIVE)
    made = desk.create(title="Markdown", content_markdown=markdown, **elsewhere)
    desk.step(made, "correct", {"note": "It was so."})
    desk.publish()
    for reader, items in desk.read_all().items():
        assert len(items) == len(PLACES) + 1
        for item in items:
            found = [normal(address) for address in assert_absolute(item.content, (reader, item.title))]
            # What is written in data-src may be no address at all: only what looks like one must be taken for one.
            expected = [each for each in RELATIVE if "/" in each or not item.title.startswith("img data-")]
            for address in expected if item.title in {*KEPT, "Markdown"} else []:
                assert normal(urljoin(url or item.link, address)) in found, (reader, item.title, address)


@pytest.mark.parametrize("base_url", [ROOT, BELOW])
def test_what_stands_beside_the_content_is_absolute_too(room: Gazette, base_url: str) -> None:
    room.open(replace(room.site, base_url=base_url))
    room.write("Storm", '<p><img src="/storm.jpg" alt="x"> x</p>')
    room.publish()
    for reader, items in room.read_all().items():
        assert items[0].link.startswith(f"{room.site.base_url}/articles/"), reader
    page = room.get("/feeds/all/").text
    article = room.get(items[0].link.removeprefix(room.site.base_url)).text
    for html in (page, article, room.get("/").text):
        for tag, name, address in Links(html).found:
            if name in {"href", "src"} and not address.startswith("#"):
                assert re.match("https?:|feed:|data:image/", address), (tag, name, address)


# What each kind of source resolves its addresses against: its article's own address, or what stands nearer (xml:base).
HTML = (
    '<p><a href="../x?a=1&amp;b=2">x</a> <img src="//cdn.example.org/i.jpg" srcset="i2.jpg 2x, /i3.jpg 3x" alt=""></p>'
)
FOUND = [
    "https://example.org/2026/x?a=1&b=2",
    "https://cdn.example.org/i.jpg",
    "https://example.org/2026/storm/i2.jpg",
    "https://example.org/i3.jpg",
]
SOURCES = {
    "feed.xml": (
        "<rss version='2.0'><channel><link>https://other.example.org/</link><item><title>Storm</title>"
        f"<link>{escape_xml(PAGE)}</link><description>{escape_xml(HTML)}</description></item></channel></rss>"
    ),
    "relative.xml": (
        "<rss version='2.0'><channel><link>https://example.org/</link><item><title>Storm</title>"
        f"<link>2026/storm/index.html</link><description>{escape_xml(HTML)}</description></item></channel></rss>"
    ),
    "feed.atom": (
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://example.org/'><entry xml:base='2026/'>"
        "<id>urn:1</id><title>Storm</title><link href='/elsewhere'/><updated>2026-01-01T00:00:00Z</updated>"
        f"<content type='html' xml:base='storm/'>{escape_xml(HTML)}</content></entry></feed>"
    ),
    "feed.json": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "home_page_url": "https://other.example.org/",
            "items": [{"id": "1", "title": "Storm", "url": PAGE, "content_html": HTML}],
        }
    ),
    "article.md": (
        f"---\ntitle: Storm\nurl: {PAGE}\n---\n[x](../x?a=1&b=2) ![](//cdn.example.org/i.jpg)\n\n"
        '<img src="i2.jpg"> <img src="/i3.jpg">\n'
    ),
}


@pytest.mark.parametrize("name", SOURCES)
def test_imported_content_is_absolute_by_its_own_address(gazette: Gazette, name: str) -> None:
    gazette.bring_in(name, SOURCES[name].encode())
    gazette.publish()
    for reader, items in gazette.read_all().items():
        assert assert_absolute(items[0].content, reader) == FOUND, reader
