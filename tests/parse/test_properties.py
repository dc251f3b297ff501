"""Open inputs: nothing raises but Invalid, texts and identities arrive as written, and one bad item harms no other."""

from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from feedsvc.content.characters import clean_line, clean_text
from feedsvc.errors import Invalid
from feedsvc.model import Imported, Refused
from feedsvc.parse import Defaults, parse

ATOM = "{http://www.w3.org/2005/Atom}"
NAMES = st.sampled_from(["a.txt", "a.md", "a.xml", "a.rss", "a.json", "a", "2024-05-01-a.md", "a.bin"])
STARTS = st.sampled_from(
    [b"", b"---\n", b"+++\n", b"<rss><channel><item>", b"<feed><entry>", b'{"version":"https://jsonfeed.org/version/1",',
     b"<?xml version='1.0' encoding='", b"\xff\xfe", b"\xef\xbb\xbf", b"\0\0\xfe\xff", b"<!DOCTYPE rss [", b"<rdf:RDF>"]
)  # fmt: skip
# XML's characters, less the line ends that XML itself changes, C1 controls (read as windows-1252) and the two
# noncharacters that mark faults inside the parser.
XML_TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\ufffe\uffff\ufdd0\ufdd1\x7f", exclude_categories=["Cc", "Cs"])
    | st.sampled_from("\n\t &<>\"'")
)
RSS = b"""<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><link>https://example.org/</link>
<item><guid isPermaLink="false">a</guid><title><![CDATA[x]]></title><pubDate>Tue, 05 May 2026 12:00:00 GMT</pubDate>
<dc:creator>City Desk</dc:creator><description>&lt;p&gt;x&lt;/p&gt;</description></item></channel></rss>"""
ENTRY = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>a</id><title type="html">x</title><link href="/x"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content></entry></feed>"""
JSON_FEED = b"""{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"a","title":"x","content_html":"<p>x</p>",
"authors":[{"name":"City Desk"}],"date_published":"2026-05-05T12:00:00Z","attachments":[{"url":"u"}]}]}"""
MARKDOWN = b"---\ntitle: x\ndate: 2026-05-05\nauthors: [{name: City Desk}]\nimage: {url: u}\n---\n# x\n\ntext\n"
TEXT = b"Headline\nHeadline\nBy City Desk\n\nText.\n\nShare\n"
DAMAGE = [b"<", b"&", b"]]>", b"<![CDATA[", b"\0", b'"', b"</item>", b"<!--"]


def outcome(name: str, data: bytes) -> list[Imported | Refused] | str:
    try:
        return list(parse(name, data, Defaults()))
    except Invalid as error:
        return str(error)


@given(NAMES, STARTS, st.binary(max_size=400))
def test_arbitrary_bytes_never_raise_anything_but_invalid(name: str, start: bytes, rest: bytes) -> None:
    result = outcome(name, start + rest)

    assert result == outcome(name, start + rest)
    if isinstance(result, str):
        assert result.startswith(f"{name}: ")


@given(NAMES, st.sampled_from([RSS, ENTRY, JSON_FEED, MARKDOWN, TEXT]), st.data())
def test_a_damaged_source_never_raises_anything_but_invalid(name: str, source: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, min(len(source), start + 20)))
    damage = data.draw(st.binary(max_size=4) | st.sampled_from(DAMAGE))

    result = outcome(name, source[:start] + damage + source[end:])

    if not isinstance(result, str):
        for article in result:
            assert article.place.startswith(name)
            if isinstance(article, Imported):
                assert article.key
                assert clean_text(article.draft.content_html) == article.draft.content_html


@given(XML_TEXT, XML_TEXT, XML_TEXT)
@example("a<b>c &amp; &#39; <em>x</em>", "id", "<3")
def test_atom_text_arrives_as_written(title: str, identity: str, name: str) -> None:
    feed = etree.Element(f"{ATOM}feed")
    entry = etree.SubElement(feed, f"{ATOM}entry")
    etree.SubElement(entry, f"{ATOM}title").text = title
    etree.SubElement(entry, f"{ATOM}id").text = identity
    etree.SubElement(entry, f"{ATOM}category", term=name)
    etree.SubElement(entry, f"{ATOM}content").text = "text"

    [article] = parse("a.atom", etree.tostring(feed), Defaults())

    assert isinstance(article, Imported)
    assert article.draft.title == clean_line(title)
    assert article.guid == (identity.strip("\t\n\r ") or None)
    assert article.draft.tags == ((clean_line(name),) if clean_line(name) else ())


@given(XML_TEXT, XML_TEXT)
@example("&amp; <b>bold</b> &#39;", "id")
def test_a_title_of_a_feed_that_escapes_once_arrives_as_written(title: str, identity: str) -> None:
    feed = etree.Element("rss")
    channel = etree.SubElement(feed, "channel")
    for text in (title, "An ampersand & nothing after it shows how this feed escapes"):
        item = etree.SubElement(channel, "item")
        etree.SubElement(item, "title").text = text
        etree.SubElement(item, "guid").text = identity if text is title else "other than the first"
        etree.SubElement(item, "description").text = "text"

    article, _ = parse("a.xml", etree.tostring(feed), Defaults())

    assert isinstance(article, Imported)
    assert article.draft.title == clean_line(title)
    assert article.guid == (identity.strip("\t\n\r ") or None)
    assert article.guid_is_permalink == bool(article.guid)


@given(st.text(), st.text(), st.lists(st.text()))
@example("\ud800 \x00 <b> &amp;", "\udc80", ["\ufffe"])
def test_json_text_arrives_as_written_less_what_no_feed_may_hold(title: str, summary: str, tags: list[str]) -> None:
    item = {"id": "a", "title": title, "summary": summary, "tags": tags, "content_text": "text"}
    source = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]})

    [article] = parse("a.json", source.encode(), Defaults())

    assert isinstance(article, Imported)
    assert article.draft.title == clean_line(title)
    assert article.draft.summary == clean_text(summary).strip()
    assert {tag.casefold() for tag in article.draft.tags} == {clean_line(tag).casefold() for tag in tags} - {""}


@given(st.binary(min_size=1, max_size=60).filter(lambda data: b"item" not in data and b"<!--" not in data))
@example(b"\x00\x01\xff\xfe")
@example(b"<![CDATA[")
@example(b"&bogus; ]]> <b>")
def test_one_bad_item_harms_no_other(damage: bytes) -> None:
    """P05: the items around it come in whole, and it is cleaned, or refused with its place."""
    good = "<item><guid>%s</guid><title>Größe</title><description><![CDATA[<p>“Ü” – Straße</p>]]></description></item>"
    bad = b"<item><guid>bad</guid><title>bad</title><description>" + damage + b"</description></item>"
    source = b"<rss><channel>" + (good % "one").encode() + bad + (good % "two").encode() + b"</channel></rss>"

    articles = list(parse("a.xml", source, Defaults()))

    found = {article.guid: article for article in articles if isinstance(article, Imported)}
    for guid in ("one", "two"):
        assert found[guid].draft.title == "Größe"
        assert found[guid].draft.content_html == "<p>“Ü” – Straße</p>"
    if "bad" not in found:
        assert any(isinstance(a, Refused) and a.place.startswith("a.xml, item 2 (line ") for a in articles)
