"""P07: titles and text arrive as written.

`<3 Deno`, `A & B`, `a<b>c`, `&#39;`, `&amp;`, emoji, right-to-left text: equal after two independent parsers, in every
format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from xml.sax.saxutils import escape as escape_xml

import feedparser
import pytest
from selectolax.lexbor import LexborHTMLParser

from feedsvc.model import Author, ContentSetting
from tests.api.desk import Desk
from tests.newsroom import ALL
from tests.promises.gazette import Gazette
from tests.promises.readers import ATOM, parse_xml

TEXTS = [
    "<3 Deno",
    "A & B",
    "a<b>c",
    "a < b > c && d",
    "&#39;",
    "&amp;",
    "&amp;amp;",
    "&lt;b&gt; and <b>bold</b>",
    "&nbsp; &eacute; &hellip; &bogus; &#x26; &",
    "AT&T R&D; Q&A",
    "<script>alert('x')</script>",
    "<!-- not a comment --> <![CDATA[ nor this ]]>",
    "]]>",
    "\"double\" and 'single', “curly” and ‘curly’, «guillemets», „low“",
    "C:\\temp\\new \\u0041 \\n",
    "{{ title }} {% if %} ${HOME} %s %(a)s {0}",
    "100 % – 50 %, 1 000 €, 20 °C, ½, № 5 — “…”",
    "no\u00a0break, thin\u2009space, narrow\u202fspace, zero\u200bwidth, soft\u00adhyphen",
    "Ёлки, Երևան, თბილისი, Bakı, Đà Nẵng, Þingvellir, Łódź",
    "日本語「かぎ」、中文。한국어",
    "हिन्दी और বাংলা, ภาษาไทย",
    "שלום עולם 2026, مرحبا بالعالم ٢٠٢٦",
    "mixed אבג (English) و٣ \u200fmark\u200e \u2067isolate\u2069",
    "👩‍👩‍👧‍👦 🇦🇲 🏴󠁧󠁢󠁳󠁣󠁴󠁿 👍🏽 ☃️ 1️⃣",
    "e\u0301 is not é, ﬁ is not fi, Å is not Å",
    "\U0001d54f \U00020000 \U0010fffd",
    "https://example.org/?a=1&b=2#c <mailto:a@example.org>",
    "# not a heading, * not a list, _not_ emphasis, `not` code",
    "-- draft: yes # no comment",
    "null",
    "0",
    "Ends with a backslash \\",
]


def direct(room: Gazette, text: str, number: int) -> None:
    room.write(text, f"<p>{escape(text)}</p>", summary=text, section=text, tags=(text,), authors=(Author(text),))


def by_json_feed(room: Gazette, text: str, number: int) -> None:
    item = {
        "id": f"urn:{number}",
        "title": text,
        "summary": text,
        "content_text": text,
        "tags": [text],
        "authors": [{"name": text}],
    }
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [item]}
    room.bring_in(f"{number}.json", json.dumps(feed).encode())


def by_atom(room: Gazette, text: str, number: int) -> None:
    xml, html = escape_xml(text), escape_xml(escape(text))
    attribute = xml.replace('"', "&quot;")
    entry = (
        f"<entry><id>urn:{number}</id><title>{xml}</title><summary>{xml}</summary><author><name>{xml}</name></author>"
        f'<content type="html">&lt;p&gt;{html}&lt;/p&gt;</content><category term="{attribute}"/>'
        "<updated>2026-01-01T00:00:00Z</updated></entry>"
    )
    room.bring_in(f"{number}.atom", f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'.encode())


def by_rss(room: Gazette, text: str, number: int) -> None:
    # In RSS a description is HTML; a title that looks like markup may be meant as such, so that it proves nothing.
    html = escape_xml(escape(text))
    item = f"<item><guid>urn:{number}</guid><title>Story {number}</title><description>{html}</description></item>"
    room.bring_in(f"{number}.xml", f'<rss version="2.0"><channel>{item}</channel></rss>'.encode())


def by_markdown(room: Gazette, text: str, number: int) -> None:
    # JSON's way of writing a text is also YAML's, but for characters beyond U+FFFF.
    quoted = json.dumps(text, ensure_ascii=False)
    front = f"title: {quoted}\nsummary: {quoted}\ntags: [{quoted}]\nauthors: [{{name: {quoted}}}]\nguid: urn:{number}\n"
    room.bring_in(f"{number}.md", f"---\n{front}---\n<p>{escape(text)}</p>\n".encode())


def by_plain_text(room: Gazette, text: str, number: int) -> None:
    room.bring_in(f"{number}.txt", f"{text}\n\n{text} And so on.\n\n{text}, he said.\n".encode())


Way = Callable[[Gazette, str, int], None]

WAYS: dict[str, Way] = {
    "written": direct,
    "JSON Feed": by_json_feed,
    "Atom": by_atom,
    "Markdown": by_markdown,
    "plain text": by_plain_text,
    "RSS": by_rss,
}
# What each way can carry without being told whether it is text or HTML.
PLAIN_TITLES = [way for way in WAYS if way != "RSS"]
SUMMARIES = [way for way in WAYS if way != "plain text"]
WORDS = ["written", "JSON Feed", "Atom", "Markdown"]
# feedparser makes an e-mail address and a name of what looks like both.
LITERAL = ("RSS by lxml", "Atom by lxml", "JSON Feed by json", "JSON Feed by pydantic")


@pytest.fixture(scope="module", params=list(WAYS))
def published(request: pytest.FixtureRequest, make_gazette: Callable[[], Gazette]) -> tuple[str, Gazette]:
    """A way for articles to come in, and a newsroom that all texts came into by it, in their order."""
    room = make_gazette()
    room.define([replace(ALL, slug=setting.value, content=setting, limit=100) for setting in ContentSetting])
    for number, text in enumerate(TEXTS):
        WAYS[request.param](room, text, number)
    room.publish()
    return request.param, room


@pytest.mark.parametrize("slug", list(ContentSetting))
def test_titles(published: tuple[str, Gazette], slug: str) -> None:
    way, room = published
    expected = TEXTS if way in PLAIN_TITLES else [f"Story {number}" for number in range(len(TEXTS))]
    for reader, items in room.read_all(slug).items():
        assert [item.title for item in reversed(items)] == expected, reader


@pytest.mark.parametrize("slug", ["full", "summary"])
def test_summaries(published: tuple[str, Gazette], slug: str) -> None:
    way, room = published
    for reader, items in room.read_all(slug).items():
        for item, text in zip(reversed(items), TEXTS, strict=True):
            if way in SUMMARIES:
                assert item.summary == text, reader
            else:
                assert item.summary.startswith(text), reader


def test_texts_by_two_parsers_of_html(published: tuple[str, Gazette]) -> None:
    _, room = published
    for reader, items in room.read_all("full").items():
        for item, text in zip(reversed(items), TEXTS, strict=True):
            by_lexbor = LexborHTMLParser(item.content).text()
            for read in (by_lexbor, text_by_python(item.content)):
                assert read.startswith(text), (reader, read)


def test_words_and_names(published: tuple[str, Gazette]) -> None:
    way, room = published
    for reader, items in room.read_all("full", LITERAL).items():
        for item, text in zip(reversed(items), TEXTS, strict=True):
            if way in WORDS:
                assert (item.words, item.authors) == ((text,), (text,)), reader


def test_pages(published: tuple[str, Gazette]) -> None:
    way, room = published
    if way not in PLAIN_TITLES:
        return
    page = room.get("/feeds/full/").text
    for text in (LexborHTMLParser(page).text(), text_by_python(page)):
        shown = " ".join(re.split("[\t\n\r ]+", text))
        for written in TEXTS:
            assert written in shown
    titles = dict(zip(reversed(TEXTS), room.read_all("full")["JSON Feed by json"], strict=True))
    for written, item in titles.items():
        article = LexborHTMLParser(room.get(item.link.removeprefix(room.site.base_url)).text)
        heading = article.css_first("h1")
        assert heading is not None
        assert heading.text() == written
        title = article.css_first("title")
        assert title is not None
        assert title.text().startswith(written)


def test_the_feed_s_own_words_arrive_as_written(gazette: Gazette) -> None:
    for text in TEXTS:
        gazette.define([replace(ALL, title=text, description=text)])
        gazette.publish()
        rss = parse_xml(gazette.get("/feeds/all/rss.xml").body)
        atom = parse_xml(gazette.get("/feeds/all/atom.xml").body)
        feed = json.loads(gazette.get("/feeds/all/feed.json").body)
        outlines = parse_xml(gazette.get("/opml.xml").body).findall("body/outline")
        assert (rss.findtext("channel/title"), rss.findtext("channel/description")) == (text, text)
        assert (atom.findtext(f"{ATOM}title"), atom.findtext(f"{ATOM}subtitle")) == (text, text)
        assert (feed["title"], feed["description"]) == (text, text)
        assert [outline.get("text") for outline in outlines] == [text]
        for name in ("rss.xml", "atom.xml"):
            document = gazette.get(f"/feeds/all/{name}").body
            assert feedparser.parse(document, sanitize_html=False, resolve_relative_uris=False).feed.title == text, name


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def text_by_python(html: str) -> str:
    """Read the text of HTML with Python's own parser."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts)


def test_what_a_program_sends_arrives_as_written(make_place: Callable[[], Path], empty_store: Path) -> None:
    desk = Desk(make_place(), empty_store)
    for text in TEXTS:
        made = desk.create(title=text, summary=text, content_text=text, tags=[text], section=text)
        assert (made.json["title"], made.json["summary"], made.json["tags"]) == (text, text, [text])
    desk.publish()
    for reader, items in desk.read_all(readers=LITERAL).items():
        assert [item.title for item in reversed(items)] == TEXTS, reader
        assert [item.summary for item in reversed(items)] == TEXTS, reader
        assert [LexborHTMLParser(item.content).text() for item in reversed(items)] == TEXTS, reader
    desk.store.close()
