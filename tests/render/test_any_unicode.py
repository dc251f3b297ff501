"""P05, P07: any text in any field gives well-formed documents that say what was written, less what XML can't hold."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.content.characters import clean_line, clean_text
from feedsvc.model import Author, ContentSetting, Correction, Edition, Entry, Image
from feedsvc.render.atom import render_atom
from feedsvc.render.jsonfeed import render_json
from feedsvc.render.rss import render_rss

# Every code point, lone surrogates and noncharacters included, and what has broken feeds before.
TEXT = st.text(st.characters(exclude_categories=()), max_size=40) | st.sampled_from(
    ["", " ", "\x00", "\ud800", "\ufffe", "]]>", "<![CDATA[", "<!--", "&nbsp;", "&#0;", "a\r\nb", "\u2028", "</item>"]
)


def _as_feedparser_reads(text: str) -> str:
    """Undo what feedparser 6.0 does to all text: it strips white space, and "mends" what looks like bad UTF-8."""
    try:
        return text.strip().encode("iso-8859-1").decode("utf-8")
    except UnicodeError:
        return text.strip()


@settings(deadline=None)
@given(title=TEXT, summary=TEXT, body=TEXT, content=st.sampled_from(list(ContentSetting)))
def test_titles_summaries_and_bodies_say_what_was_written(
    *,
    make_entry: Callable[..., Entry],
    make_edition: Callable[..., Edition],
    read: Callable[..., Any],
    title: str,
    summary: str,
    body: str,
    content: ContentSetting,
) -> None:
    entry = make_entry(title=f"T{title}", summary=f"S{summary}", content_html=f"<p>{html.escape(body)}</p>")
    edition = make_edition(entry, content=content)
    expected_title = clean_line(f"T{title}")
    expected_summary = "" if content is ContentSetting.HEADLINE else clean_text(f"S{summary}")
    expected_body = f"<p>{clean_text(body)}</p>" if content is ContentSetting.FULL else ""
    for parser, (reading,) in read(edition).items():
        reads = _as_feedparser_reads if "feedparser" in parser else str.strip
        assert reading.title.strip() == reads(expected_title), parser
        assert reading.summary.strip() == reads(expected_summary), parser
        assert html.unescape(reading.content) == reads(expected_body), parser


@settings(deadline=None)
@given(words=st.lists(TEXT, min_size=9, max_size=9))
def test_any_text_in_any_other_field_leaves_the_documents_well_formed(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition], words: list[str]
) -> None:
    body, name, email, url, tag, section, alt, caption, slug = words
    entry = make_entry(
        content_html=body,
        slug=slug,
        url=url,
        language=tag,
        section=section,
        authors=(Author(name, email, url),),
        tags=(tag, section, name),
        image=Image(url or "/a.jpg", alt=alt, caption=caption, credit=name, media_type=tag, length=1),
        corrections=(Correction(make_entry().published_at, caption),),
    )
    sound = make_entry(2)
    edition = make_edition(
        entry,
        sound,
        title=name,
        description=body,
        language=section,
        link=url,
        image=url,
        site_title=name,
        site_authors=(Author(alt, email, url),),
        site_licence=caption,
        site_icon=url,
        site_description=alt,
    )
    items = ET.fromstring(render_rss(edition)).findall("channel/item")
    entries = ET.fromstring(render_atom(edition)).findall("{http://www.w3.org/2005/Atom}entry")
    feed = json.loads(render_json(edition))
    assert [item.findtext("guid") for item in items] == [entry.entry_id, sound.entry_id]
    assert [each.findtext("{http://www.w3.org/2005/Atom}id") for each in entries] == [entry.entry_id, sound.entry_id]
    assert [item["id"] for item in feed["items"]] == [entry.entry_id, sound.entry_id]
    signed = clean_line(name) or clean_line(alt)
    assert [each["name"] for each in feed["items"][0].get("authors", [])] == ([signed] if signed else [])
