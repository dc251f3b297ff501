"""P05: one bad article never takes a feed down.

Every C0/C1 control, U+FFFE/FFFF, lone surrogate, NUL, `]]>`, unclosed markup, 1 MB body, in every field, by API and by
import: each feed stays well-formed, the other entries are intact, and the bad one was cleaned or refused with an error
that names the field.

not yet: WordPress exports.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from html import escape
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import text as sql

from feedsvc import browsing, editing
from feedsvc.errors import Invalid
from feedsvc.importing import Result
from feedsvc.model import Article, Author, ContentSetting, Draft, Image
from tests.api.desk import Desk, Reply
from tests.newsroom import ALL
from tests.promises.gazette import Gazette, Reading
from tests.promises.hostile import CHARACTERS, LONE_SURROGATES, MARKUP
from tests.promises.installation import CONFIG, Installation
from tests.promises.readers import READERS, Item, parse_xml

MEGABYTE = 1024 * 1024
SLUGS = [setting.value for setting in ContentSetting]
# The readers that give text as it stands; feedparser strips and mends some.
LITERAL = ("RSS by lxml", "Atom by lxml", "JSON Feed by json")
GOOD = Draft(
    title="Bridge reopens",
    content_html='<p>The <b>bridge</b> is open &amp; free. <a href="https://example.org/a?b=1&amp;c=2">More</a></p>',
    summary="The bridge is open & free.",
    authors=(Author("City Desk"),),
    tags=("bridge", "traffic"),
)


def everywhere(text: str) -> Draft:
    """Put a text into every field that takes any text at all."""
    text = text[:900]
    return Draft(
        title=f"Title {text}",
        content_html=f"<p>Content {text}</p>",
        summary=f"Summary {text}",
        section=f"Section {text}"[:200],
        authors=(Author(f"Author {text}"[:200]), Author(f"{text}"[:200])),
        tags=(f"Tag {text}"[:200], text[:200]),
        image=Image(
            "https://example.org/a.jpg",
            alt=f"Alt {text}"[:1000],
            caption=f"Caption {text}"[:1000],
            credit=f"Credit {text}"[:200],
        ),
    )


# The fields that must keep to a form of their own, with how a text gets into each.
STRICT: dict[str, Callable[[str], Draft]] = {
    "language": lambda text: replace(GOOD, language=f"en{text}"),
    "authors.email": lambda text: replace(GOOD, authors=(Author("City Desk", email=f"a{text}@example.org"),)),
    "authors.url": lambda text: replace(GOOD, authors=(Author("City Desk", url=f"https://example.org/{text}"),)),
    "authors.url, its scheme": lambda text: replace(GOOD, authors=(Author("City Desk", url=f"java{text}script:a()"),)),
    "url": lambda text: replace(GOOD, url=f"https://example.org/{text}"),
    "url, its host": lambda text: replace(GOOD, url=f"https://exam{text}ple.org/"),
    "url, its scheme": lambda text: replace(GOOD, url=f"java{text}script:alert(1)"),
    "image.url": lambda text: replace(GOOD, image=Image(f"https://example.org/{text}.jpg")),
    "image.url, its scheme": lambda text: replace(GOOD, image=Image(f"{text}data:image/png;base64,AAAA")),
    "image.media_type": lambda text: replace(GOOD, image=Image("https://example.org/a.jpg", media_type=f"a/b{text}")),
    "external_id": lambda text: replace(GOOD, external_id=f"{text}"),
}

# What XML 1.0 section 2.2 forbids and what it discourages.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@pytest.fixture
def room(gazette: Gazette) -> Gazette:
    """A newsroom with a feed of each content setting, large enough for all that is written here."""
    large = replace(ALL, limit=5000, max_bytes=500_000_000)
    gazette.define([replace(large, slug=setting.value, content=setting) for setting in ContentSetting])
    return gazette


@pytest.mark.parametrize("texts", [CHARACTERS, MARKUP], ids=["characters", "markup"])
def test_bad_text_in_every_field_is_cleaned_or_refused_by_its_name(room: Gazette, texts: list[str]) -> None:
    good = [write(room, GOOD)]
    accepted: dict[str, Article] = {}
    for text in texts:
        accepted[text] = write(room, everywhere(text))
        alone = write_or_refuse(room, Draft(title="", content_html=text), "title")
        strict = [write_or_refuse(room, put(text), field) for field, put in STRICT.items()]
        good += [article for article in (alone, *strict) if article and article.revision.title == GOOD.title]
    good.append(write(room, GOOD))
    outcomes = room.publish()
    assert [outcomes[feed.slug].left_out for feed in room.feeds] == [(), (), ()]
    read = assert_feeds_are_well(room, good, accepted.values())
    for text, article in accepted.items():
        for reader in LITERAL:
            item = read["full", reader][article.entry_id]
            assert item.title == one_line(everywhere(text).title), reader
            assert item.words[0] == one_line(everywhere(text).section or ""), reader
        assert not FORBIDDEN.search(room.get(f"/articles/{article.id}/{article.slug}").text)


LARGE = {
    "words": "word " * (MEGABYTE // 5),
    "one word": "w" * MEGABYTE,
    "lines": "\n\n" * (MEGABYTE // 2),
    "less-than signs": "<" * MEGABYTE,
    "ampersands": "&" * MEGABYTE,
    "no-break spaces": "\xa0" * (MEGABYTE // 2),
    "CDATA ends": "]]>" * (MEGABYTE // 3),
    "controls": "\x00\x01" * (MEGABYTE // 2),
    "references": "&#x41;&amp;" * (MEGABYTE // 11),
    "emoji": "👩‍👩‍👧‍👦" * (MEGABYTE // 25),
    "an attribute": f'<p title="{"a" * MEGABYTE}">x',
    "attributes": f"<p {'a=1 ' * (MEGABYTE // 4)}>x",
    "comments never closed": "<!--" * (MEGABYTE // 4),
    "open elements": "<div>" * (MEGABYTE // 20),
    "end tags": "</div>" * (MEGABYTE // 24),
    "formatting never closed": "<b><a href=x>" * (MEGABYTE // 52),
}


@pytest.mark.parametrize("body", LARGE.values(), ids=LARGE.keys())
def test_a_megabyte_in_any_field(room: Gazette, body: str) -> None:
    good = [write(room, GOOD)]
    full = write_or_refuse(room, replace(GOOD, title="Large", content_html=f"<p>{body}</p>"), "content_html")
    assert full is not None
    write_or_refuse(room, replace(GOOD, title=body), "title")
    write_or_refuse(room, replace(GOOD, summary=body), "summary")
    write_or_refuse(room, replace(GOOD, section=body), "section")
    write_or_refuse(room, replace(GOOD, authors=(Author(body),)), "authors.name")
    write_or_refuse(room, replace(GOOD, tags=(body,)), "tags")
    write_or_refuse(room, replace(GOOD, image=Image("https://example.org/a.jpg", caption=body)), "image.caption")
    for field, put in STRICT.items():
        write_or_refuse(room, put(body), field)
    good.append(write(room, GOOD))
    room.publish()
    # feedparser takes a minute over a megabyte of references.
    read = assert_feeds_are_well(room, good, [full], LITERAL)
    assert len(read["summary", "JSON Feed by json"][full.entry_id].summary) <= 300


def test_too_many_of_a_kind_are_refused_by_name(room: Gazette) -> None:
    assert write_or_refuse(room, replace(GOOD, tags=tuple(f"tag {n}" for n in range(10_000))), "tags") is None
    people = tuple(Author(f"Author {n}") for n in range(10_000))
    assert write_or_refuse(room, replace(GOOD, authors=people), "authors") is None
    assert write_or_refuse(room, Draft(title="\x00\ufffe", content_html="<!-- -->"), "title") is None


# What an older version, or another hand, may have left in the store.
LEFT_IN_THE_STORE = {
    "a title with controls": "UPDATE revisions SET title = 'a' || char(0, 1, 11, 65534) || ']]>' WHERE url = :url",
    "HTML never cleaned": "UPDATE revisions SET content_html = '<p><b>]]></p><script>a<' || char(27) WHERE url = :url",
    "a language that is none": "UPDATE revisions SET language = 'en\"><x>' WHERE url = :url",
    "an address that is none": "UPDATE revisions SET url = 'javascript:alert(1)' WHERE url = :url",
    "an identity with a control": "UPDATE articles SET entry_id = 'urn:' || char(1) WHERE id = :id",
    "an identity of nothing": "UPDATE articles SET entry_id = ' ' WHERE id = :id",
    "a slug with slashes": "UPDATE articles SET slug = '../../x' || char(7) WHERE id = :id",
}


@pytest.mark.parametrize("statement", LEFT_IN_THE_STORE.values(), ids=LEFT_IN_THE_STORE.keys())
def test_what_is_bad_in_the_store_already_harms_no_other_entry(room: Gazette, statement: str) -> None:
    good = [write(room, GOOD), write(room, GOOD)]
    bad = write(room, replace(GOOD, title="Bad", url="https://example.org/bad"))
    good.append(write(room, GOOD))
    with room.store.engine.begin() as connection:
        done = connection.execute(sql(statement), {"id": bad.id, "url": bad.revision.url})
        assert done.rowcount
    outcomes = room.publish()
    left_out = [one.article_id for feed in room.feeds for one in outcomes[feed.slug].left_out]
    assert left_out == ([bad.id] * 3 if "entry_id" in statement else [])
    assert_feeds_are_well(room, good, [])


LARGE_FEED = (
    CONFIG.partition("[[feed]]")[0]
    + """
[[feed]]
slug = "full"
title = "All news"
limit = 1000
max_bytes = "100 MB"
"""
)


# --- by the API ------------------------------------------------------------------------------------------------------


@pytest.fixture
def api(desk: Desk) -> Desk:
    """A newsroom that is written to over the API, with a feed of each content setting."""
    large = replace(ALL, limit=5000, max_bytes=500_000_000)
    desk.define([replace(large, slug=setting.value, content=setting) for setting in ContentSetting])
    return desk


def send(api: Desk, draft: Draft) -> Reply:
    """Publish an article over the API, with the words that it takes."""
    words = {name: value for name, value in asdict(draft).items() if value}
    if image := words.get("image"):
        words["image"] = {name: value for name, value in image.items() if name in {"url", "alt", "caption", "credit"}}
    api.pass_time()
    return api.call("POST", "/articles", {**words, "status": "published"})


def send_or_refuse(api: Desk, draft: Draft, field: str) -> Article | None:
    """Publish an article over the API, or see it refused by a problem that names the field, with nothing done."""
    before = count_articles(api)
    reply = send(api, draft)
    if reply.status == 201:
        return browsing.find_article(api.store, reply.json["id"])
    assert reply.status == 422, reply
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.errors, reply
    for pointer, rule in reply.errors.items():
        named = ".".join(part for part in pointer.split("/") if part and not part.isdigit())
        assert named == field.partition(",")[0], reply.json
        assert rule, reply.json
    assert count_articles(api) == before
    return None


def count_articles(api: Desk) -> int:
    with api.store.reading() as connection:
        return int(connection.execute(sql("SELECT count(*) FROM articles")).scalar_one())


@pytest.mark.parametrize("texts", [CHARACTERS, MARKUP], ids=["characters", "markup"])
def test_bad_text_in_every_field_over_the_api_is_cleaned_or_refused_by_its_name(api: Desk, texts: list[str]) -> None:
    good = [send_or_refuse(api, GOOD, "")]
    accepted = []
    for text in texts:
        reply = send(api, everywhere(text))
        if text in LONE_SURROGATES:
            # JSON can spell them, and what cannot be a character at all is not guessed at: every field is named.
            assert reply.status == 422, reply
            named = {pointer.split("/")[1] for pointer in reply.errors}
            assert named == {"title", "content_html", "summary", "section", "authors", "tags", "image"}
        else:
            assert reply.status == 201, reply
            accepted.append(browsing.find_article(api.store, reply.json["id"]))
        for field, put in STRICT.items():
            if field != "image.media_type":
                taken = send_or_refuse(api, put(text), field)
                good += [taken] if taken and taken.revision.title == GOOD.title else []
    good.append(send_or_refuse(api, GOOD, ""))
    outcomes = api.publish()
    assert [outcomes[feed.slug].left_out for feed in api.feeds] == [(), (), ()]
    assert_feeds_are_well(api, [each for each in good if each], accepted, LITERAL)


@pytest.mark.parametrize("name", ["words", "controls", "references", "open elements", "less-than signs"])
def test_a_megabyte_in_any_field_over_the_api(api: Desk, name: str) -> None:
    body = LARGE[name]
    good = [send_or_refuse(api, GOOD, "")]
    full = send_or_refuse(api, replace(GOOD, title="Large", content_html=f"<p>{body}</p>"), "content_html")
    assert full is not None
    send_or_refuse(api, replace(GOOD, title=body), "title")
    send_or_refuse(api, replace(GOOD, summary=body), "summary")
    send_or_refuse(api, replace(GOOD, authors=(Author(body),)), "authors.name")
    send_or_refuse(api, replace(GOOD, tags=(body,)), "tags")
    send_or_refuse(api, replace(GOOD, image=Image("https://example.org/a.jpg", caption=body)), "image.caption")
    good.append(send_or_refuse(api, GOOD, ""))
    api.publish()
    assert_feeds_are_well(api, [each for each in good if each], [full], LITERAL)


# --- by import -------------------------------------------------------------------------------------------------------

Source = Callable[[list[str], Callable[[str], str]], Iterator[tuple[str, bytes]]]


def raw(text: str) -> str:
    return text


def references(text: str) -> str:
    return "".join(f"&#x{ord(each):x};" for each in text)


def escapes(text: str) -> str:
    return "".join(f"\\u{ord(each):04x}" if ord(each) < 0x10000 else each for each in text)


def rss(texts: list[str], spell: Callable[[str], str]) -> Iterator[tuple[str, bytes]]:
    items = "".join(
        f"<item><title>Bad {t}</title><link>https://example.org/{n}</link><guid>https://example.org/{n}</guid>"
        f"<description>{t}</description><content:encoded>&lt;p>{t}&lt;/p></content:encoded><category>{t}</category>"
        f"<dc:creator>{t}</dc:creator><dc:language>en{t}</dc:language>"
        f"<media:content url='https://example.org/{n}.jpg' medium='image'><media:credit>{t}</media:credit>"
        f"</media:content></item>{good_rss(n)}"
        for n, t in enumerate(map(spell, texts))
    )
    yield "feed.xml", document(f"<rss version='2.0' {NAMESPACES}><channel><title>x</title>{items}</channel></rss>")


def atom(texts: list[str], spell: Callable[[str], str]) -> Iterator[tuple[str, bytes]]:
    entries = "".join(
        f"<entry><id>urn:bad:{n}</id><title>Bad {t}</title><link href='https://example.org/{n}'/><updated>{DATE}"
        f"</updated><summary>{t}</summary><content type='html'>&lt;p>{t}&lt;/p></content><category term='{t}'/>"
        f"<author><name>{t}</name></author></entry>{good_atom(n)}"
        for n, t in enumerate(map(spell, texts))
    )
    yield "feed.atom", document(f"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>{entries}</feed>")


def json_feed(texts: list[str], spell: Callable[[str], str]) -> Iterator[tuple[str, bytes]]:
    items = ",".join(
        f'{{"id":"urn:bad:{n}","title":"Bad {t}","summary":"{t}","content_html":"<p>{t}</p>","tags":["{t}"],'
        f'"language":"en{t}","authors":[{{"name":"{t}"}}],"image":"https://example.org/{t}.jpg",'
        f'"date_published":"{DATE}"}},{good_json(n)}'
        for n, t in enumerate(map(spell, texts))
    )
    version = "https://jsonfeed.org/version/1.1"
    yield "feed.json", document(f'{{"version":"{version}","title":"x","items":[{items}]}}')


def markdown(texts: list[str], spell: Callable[[str], str]) -> Iterator[tuple[str, bytes]]:
    for n, t in enumerate(map(spell, texts)):
        front = f'title: "Bad {t}"\nsummary: "{t}"\nsection: "{t}"\nauthors: ["{t}"]\ntags: ["{t}"]\nid: "bad {n}"'
        yield f"bad-{n}.md", document(f"---\n{front}\n---\nText {t}\n")
        yield (
            f"good-{n}.md",
            document(
                f"---\ntitle: {GOOD.title}\nsummary: {GOOD.summary}\nauthors: [City Desk]\ntags: [bridge, traffic]\n"
                f"guid: urn:good:{n}\n---\n{GOOD.content_html}\n"
            ),
        )


def plain_text(texts: list[str], spell: Callable[[str], str]) -> Iterator[tuple[str, bytes]]:
    for n, t in enumerate(map(spell, texts)):
        yield f"bad-{n}.txt", document(f"Bad {t}\n\nText {t}\n\n{t}\n")
        yield f"good-{n}.txt", document(f"{GOOD.title}\n\nThe bridge is open & free.\n")


def document(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


DATE = "2026-02-01T12:00:00Z"
NAMESPACES = " ".join(
    f"xmlns:{prefix}='{uri}'"
    for prefix, uri in {
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "media": "http://search.yahoo.com/mrss/",
    }.items()
)


def good_rss(number: int) -> str:
    return (
        f"<item><title>{GOOD.title}</title><guid isPermaLink='false'>urn:good:{number}</guid>"
        f"<description>{escape(escape(GOOD.summary))}</description>"
        f"<content:encoded>{escape(GOOD.content_html)}</content:encoded><dc:creator>City Desk</dc:creator>"
        "<category>bridge</category><category>traffic</category></item>"
    )


def good_atom(number: int) -> str:
    return (
        f"<entry><id>urn:good:{number}</id><title>{GOOD.title}</title><updated>{DATE}</updated>"
        f"<summary>{escape(GOOD.summary)}</summary><content type='html'>{escape(GOOD.content_html)}</content>"
        "<author><name>City Desk</name></author><category term='bridge'/><category term='traffic'/></entry>"
    )


def good_json(number: int) -> str:
    item = {
        "id": f"urn:good:{number}",
        "title": GOOD.title,
        "summary": GOOD.summary,
        "content_html": GOOD.content_html,
        "authors": [{"name": "City Desk"}],
        "tags": ["bridge", "traffic"],
    }
    return json.dumps(item)


# In XML and JSON a character can be written out or by its number. Markup goes through the escapes of each kind.
WAYS: dict[str, tuple[Source, Callable[[str], str], list[str]]] = {
    "RSS, characters": (rss, raw, CHARACTERS),
    "RSS, references": (rss, references, CHARACTERS),
    "RSS, markup": (rss, references, MARKUP),
    "Atom, characters": (atom, raw, CHARACTERS),
    "Atom, references": (atom, references, CHARACTERS),
    "Atom, markup": (atom, references, MARKUP),
    "JSON Feed, characters": (json_feed, raw, [each for each in CHARACTERS if each not in '"\\']),
    "JSON Feed, escapes": (json_feed, escapes, CHARACTERS),
    "JSON Feed, markup": (json_feed, escapes, MARKUP),
    "Markdown, characters": (markdown, raw, CHARACTERS),
    "Markdown, escapes": (markdown, escapes, CHARACTERS),
    "Markdown, markup": (markdown, escapes, MARKUP),
    "text, characters": (plain_text, raw, CHARACTERS),
    "text, markup": (plain_text, raw, MARKUP),
}


@pytest.mark.parametrize(("source", "spell", "texts"), WAYS.values(), ids=WAYS.keys())
def test_bad_articles_of_every_kind_of_source_cost_the_others_nothing(
    installation: Installation, source: Source, spell: Callable[[str], str], texts: list[str]
) -> None:
    installation.configure(LARGE_FEED)
    files = installation.folder / "sources"
    files.mkdir()
    for name, data in source(texts, spell):
        (files / name).write_bytes(data)
    taken, called = installation.bring_in(files)
    refused = [one for one in taken if one["result"] == "refused"]
    for one in refused:
        assert re.search(r"item \d+|entry \d+|bad-\d+\.", one["place"]), one
        # The field; a NUL makes a text file no text at all.
        assert re.match(r"[a-z_. ]+: \w|is binary data", one["reason"]), one
        assert f"refused: {one['place']}: " in called.err
    assert called.code == int(bool(refused))
    assert "left out" not in installation.publish().out
    for (slug, reader), items in read_strictly(installation, ["RSS by feedparser", *LITERAL], ["full"]).items():
        read = items.values()
        if source is plain_text:
            assert [item.title for item in read].count(GOOD.title) == len(texts), (slug, reader)
            continue
        good = [item for item in read if item.id.startswith("urn:good:")]
        assert {item.id for item in good} == {f"urn:good:{n}" for n in range(len(texts))}, (slug, reader)
        for item in good:
            assert_intact(item, slug, reader)


TORN: dict[str, Callable[[str], str]] = {
    "feed.xml": (
        lambda text: (
            f"<rss version='2.0' {NAMESPACES}><channel><title>x</title>{good_rss(0)}"
            f"<item><title>Bad {text}</title><description>{text}</description></item>{good_rss(1)}</channel></rss>"
        )
    ),
    "feed.atom": (
        lambda text: (
            f"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>{good_atom(0)}<entry><id>urn:bad</id>"
            f"<title>Bad {text}</title><content type='html'>{text}</content></entry>{good_atom(1)}</feed>"
        )
    ),
    "feed.json": (
        lambda text: (
            f'{{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[{good_json(0)},'
            f'{{"id":"urn:bad","title":"Bad {text}","content_html":"{text}"}},{good_json(1)}]}}'
        )
    ),
}


@pytest.mark.parametrize("name", TORN)
def test_a_source_torn_in_the_middle_loses_nothing_that_stands_before(room: Gazette, name: str) -> None:
    for number, text in enumerate(MARKUP):
        data = document(TORN[name](text).replace("urn:good:", f"urn:good:{number}:"))
        taken = room.bring_in(name, data)
        assert "Bridge reopens" in [one.title for one in taken], text
        for one in taken:
            assert one.result is not Result.REFUSED or (one.place.startswith(name) and one.reason), text
    room.publish()
    for (slug, reader), items in read_strictly(room, LITERAL, ["full"]).items():
        for number in range(len(MARKUP)):
            assert_intact(items[f"urn:good:{number}:0"], slug, reader)


# --- what "well" means -----------------------------------------------------------------------------------------------


def write(room: Gazette, draft: Draft) -> Article:
    """Publish an article that must be taken."""
    return editing.create_article(room.store, room.site, draft, now=room.pass_time(), publish=True)


def write_or_refuse(room: Gazette, draft: Draft, field: str) -> Article | None:
    """Publish an article, or see it refused by an error that names the field."""
    try:
        return write(room, draft)
    except Invalid as error:
        refusal = error
    assert refusal.thing == field.partition(",")[0], str(refusal)
    assert refusal.reason
    assert refusal.fix
    return None


def read_strictly(
    room: Reading, readers: Iterable[str] = READERS, slugs: Iterable[str] = SLUGS
) -> dict[tuple[str, str], dict[str, Item]]:
    """Give the entries of every feed by each reader, by their ids, after looking at each document as a whole."""
    found = {}
    for slug in slugs:
        for filename in ("rss.xml", "atom.xml"):
            body = room.get(f"/feeds/{slug}/{filename}").body
            ET.fromstring(body)
            assert not FORBIDDEN.search("".join(parse_xml(body).itertext())), (slug, filename)
        assert not FORBIDDEN.search(room.get(f"/feeds/{slug}/").text), slug
        content = json.loads(room.get(f"/feeds/{slug}/feed.json").body)
        assert not FORBIDDEN.search(json.dumps(content, ensure_ascii=False)), slug
        for reader, items in room.read_all(slug, readers).items():
            found[slug, reader] = {item.id: item for item in items}
            assert len(items) == len(found[slug, reader]), (slug, reader)
    return found


def assert_feeds_are_well(
    room: Gazette, good: Iterable[Article], accepted: Iterable[Article], readers: Iterable[str] = READERS
) -> dict[tuple[str, str], dict[str, Item]]:
    """Every feed is well-formed, whatever was accepted is in it, and the good entries are as they were written."""
    expected = {article.entry_id for article in (*good, *accepted)}
    read = read_strictly(room, readers)
    for (slug, reader), items in read.items():
        assert expected <= set(items), (slug, reader)
        for article in good:
            assert_intact(items[article.entry_id], slug, reader)
    return read


def assert_intact(item: Item, slug: str, reader: str) -> None:
    where = (slug, reader, item)
    assert item.title == GOOD.title, where
    assert item.authors == ("City Desk",), where
    assert item.words == ("bridge", "traffic"), where
    assert item.summary == ("" if slug == "headline" else GOOD.summary), where
    if slug == "full":
        assert GOOD.content_html in item.content, where
    else:
        assert item.content == "", where


def one_line(text: str) -> str:
    """What a line of text may still hold, by this test's own reckoning."""
    return re.sub("[\t\n\r ]+", " ", FORBIDDEN.sub("", text)).strip(" ")
