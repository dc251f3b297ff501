"""The pages at an article's own address: the article, its withdrawal, and messages to people."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import html

from feedsvc.model import Article, Author, Change, Correction, Feed, Image, Revision, Site, Status
from feedsvc.render import assets
from feedsvc.render.article_page import render_article, render_message, render_withdrawn

NOON = datetime(2026, 8, 4, 12, 0, tzinfo=UTC)
SITE = Site(title="Example Gazette", base_url="https://example.org", time_zone="Asia/Yerevan")
FEEDS = (Feed("all", "All news", ""), Feed("ar", "الأخبار", "", language="ar"))
REVISION = Revision(
    number=2,
    change=Change.CORRECTION,
    saved_at=NOON,
    title="Bridge reopens",
    content_html='<p>The bridge is <a href="../map">open</a> again.</p>',
    summary="After nine months of work.",
    language="en",
    section="City",
    authors=(Author("City Desk", url="https://example.com/city"), Author("Science Desk")),
    tags=("bridge", "traffic"),
    url=None,
    image=Image("/bridge.jpg", alt="The bridge", caption="Seen from the old road.", credit="Photo Desk"),
)
ARTICLE = Article(
    id="A1",
    entry_id="urn:uuid:1",
    entry_id_is_permalink=False,
    slug="bridge-reopens",
    status=Status.PUBLISHED,
    revision=REVISION,
    created_at=NOON,
    modified_at=NOON,
    published_at=NOON,
    updated_at=NOON,
)


def article(**facts: Any) -> Article:
    whole = {name: facts.pop(name) for name in list(facts) if name in Article.__dataclass_fields__}
    return replace(ARTICLE, revision=replace(REVISION, **facts), **whole)


def parse(body: bytes) -> html.HtmlElement:
    return html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))


def shown(feeds: tuple[Feed, ...] = FEEDS, site: Site = SITE, **facts: Any) -> html.HtmlElement:
    return parse(render_article(article(**facts), site, feeds))


def texts(tree: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(str(found.text_content()).split()) for found in tree.xpath(path)]


def linked_data(tree: html.HtmlElement) -> dict[str, Any]:
    (script,) = tree.xpath("//script[@type='application/ld+json']")
    data = json.loads(script.text)
    assert isinstance(data, dict)
    return data


class TestArticle:
    def test_it_shows_title_summary_authors_section_tags_and_time(self) -> None:
        tree = shown()
        assert texts(tree, "//h1") == ["Bridge reopens"]
        assert texts(tree, "//*[@class='standfirst']") == ["After nine months of work."]
        assert texts(tree, "//*[@class='kicker']") == ["City"]
        assert texts(tree, "//*[@class='tags']/li") == ["bridge", "traffic"]
        assert texts(tree, "//*[@class='dateline']/span") == [
            "By City Desk and Science Desk",
            "Published 4 August 2026 16:00 UTC+4",
        ]
        assert tree.xpath("//*[@class='dateline']//time/@datetime") == ["2026-08-04T12:00:00Z"]

    def test_the_body_is_whole_and_its_links_are_absolute(self) -> None:
        tree = shown()
        assert "The bridge is open again." in texts(tree, "//*[@class='body']")[0]
        assert tree.xpath("//*[@class='body']//a/@href") == ["https://example.org/articles/map"]

    def test_the_picture_stands_once_with_caption_and_credit(self) -> None:
        tree = shown()
        assert tree.xpath("//img/@src") == ["https://example.org/bridge.jpg"]
        assert tree.xpath("//img/@alt") == ["The bridge"]
        assert texts(tree, "//figcaption") == ["Seen from the old road. Photo Desk"]

    def test_corrections_stand_above_the_text_newest_first_and_dated(self) -> None:
        notes = (Correction(NOON, "It was <two>."), Correction(NOON + timedelta(days=1), "It was three."))
        tree = shown(corrections=notes, updated_at=NOON + timedelta(days=1))
        assert texts(tree, "//*[@class='corrections']/p") == [
            "5 August 2026 It was three.",
            "4 August 2026 It was <two>.",
        ]
        assert not texts(tree, "//*[@class='body']//aside")
        order = [element.get("class") for element in tree.xpath("//article/*")]
        assert order.index("corrections") < order.index("body")
        assert "Updated 5 August 2026 16:00" in texts(tree, "//*[@class='dateline']")[0]

    def test_a_summary_that_the_text_begins_with_is_not_shown_twice(self) -> None:
        tree = shown(
            content_html="<p>The bridge is open again, nine months late.</p>", summary="The bridge is open again…"
        )
        assert not tree.xpath("//*[@class='standfirst']")

    def test_its_feeds_are_linked_and_can_be_discovered(self) -> None:
        tree = shown()
        assert tree.xpath("//*[@class='feeds']//a/@href") == [
            "https://example.org/feeds/all/",
            "https://example.org/feeds/ar/",
        ]
        assert tree.xpath("//*[@class='feeds']/li/@dir") == ["rtl"]
        assert tree.xpath("/html/head/link[@rel='alternate']/@href") == [
            f"https://example.org/feeds/{name}"
            for name in ("all/rss.xml", "all/atom.xml", "all/feed.json", "ar/rss.xml")
        ]

    def test_its_canonical_address_is_its_permalink(self) -> None:
        address = "https://example.org/articles/A1/bridge-reopens"
        assert shown().xpath("//link[@rel='canonical']/@href") == [address]
        assert shown().xpath("//meta[@property='og:url']/@content") == [address]

    def test_an_article_with_a_page_elsewhere_points_there(self) -> None:
        tree = shown(url="https://example.com/bridge")
        assert tree.xpath("//link[@rel='canonical']/@href") == ["https://example.com/bridge"]
        assert "Read it on example.com" in texts(tree, "//article//a")

    def test_a_right_to_left_article_is_set_from_right_to_left_in_its_own_words(self) -> None:
        tree = shown(language="ar", title="الجسر")
        assert (tree.get("lang"), tree.get("dir")) == ("ar", "rtl")
        assert texts(tree, "//*[@id='tags']") == ["الوسوم"]

    def test_headings_step_down_one_by_one(self) -> None:
        tree = shown(content_html="<h2>Part</h2><p>x</p>", corrections=(Correction(NOON, "x"),))
        assert [heading.tag for heading in tree.xpath("//h1 | //h2 | //h3")] == ["h1", "h2", "h2", "h2", "h2"]

    def test_an_article_without_anything_but_a_title_is_a_page_too(self) -> None:
        tree = shown(
            (),
            content_html="",
            summary="",
            section=None,
            authors=(),
            tags=(),
            image=None,
            language=None,
            updated_at=None,
        )
        assert texts(tree, "//h1") == ["Bridge reopens"]
        assert "None" not in texts(tree, "//body")[0]

    def test_the_same_article_gives_the_same_bytes(self) -> None:
        assert render_article(ARTICLE, SITE, FEEDS) == render_article(ARTICLE, SITE, FEEDS)


class TestForMachines:
    def test_linked_data_describes_the_article(self) -> None:
        data = linked_data(shown(corrections=(Correction(NOON, "It was two."),)))
        assert data["@type"] == "NewsArticle"
        assert data["headline"] == "Bridge reopens"
        assert data["datePublished"] == data["dateModified"] == "2026-08-04T12:00:00Z"
        assert data["author"] == [
            {"@type": "Person", "name": "City Desk", "url": "https://example.com/city"},
            {"@type": "Person", "name": "Science Desk"},
        ]
        assert data["image"] == "https://example.org/bridge.jpg"
        assert data["correction"][0]["text"] == "It was two."

    @pytest.mark.parametrize(
        "title", ["</script><script>alert(1)</script>", "</script /x", "<!--<script>", "a & b", '"\\"', "a\u2028b"]
    )
    def test_no_title_breaks_out_of_linked_data(self, title: str) -> None:
        tree = shown(title=title, image=None)
        assert linked_data(tree)["headline"] == title
        assert len(tree.xpath("//script")) == 1
        assert texts(tree, "//h1") == [" ".join(title.split())]

    def test_open_graph_says_the_same(self) -> None:
        tree = shown(title='A "quoted" <title>')
        assert tree.xpath("//meta[@property='og:title']/@content") == ['A "quoted" <title>']
        assert tree.xpath("//meta[@property='og:image']/@content") == ["https://example.org/bridge.jpg"]
        assert tree.xpath("//meta[@property='og:description']/@content") == ["After nine months of work."]

    def test_no_script_of_the_article_could_run(self) -> None:
        # Bodies are cleaned when they are saved; the page's policy stands behind that, on any server.
        (policy,) = shown().xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
        assert policy == assets.CONTENT_SECURITY_POLICY
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


class TestWithdrawn:
    WITHDRAWN = replace(
        ARTICLE, status=Status.WITHDRAWN, withdrawn_at=NOON, withdrawal_reason="A forged <document>, & an apology."
    )

    def test_it_says_that_when_and_why(self) -> None:
        tree = parse(render_withdrawn(self.WITHDRAWN, SITE))
        assert texts(tree, "//h1") == ["This article was withdrawn"]
        assert "4 August 2026" in texts(tree, "//*[@class='standfirst']")[0]
        assert "A forged <document>, & an apology." in texts(tree, "//main")[0]

    def test_nothing_of_the_article_is_left_and_search_engines_are_told_to_forget_it(self) -> None:
        body = render_withdrawn(self.WITHDRAWN, SITE)
        assert b"ridge" not in body
        assert parse(body).xpath("//meta[@name='robots']/@content") == ["noindex"]
        assert not parse(body).xpath("//link[@rel='canonical'] | //link[@rel='alternate']")

    def test_without_a_reason_or_a_date_it_is_still_a_page(self) -> None:
        bare = replace(self.WITHDRAWN, withdrawn_at=None, withdrawal_reason=None)
        assert texts(parse(render_withdrawn(bare, SITE)), "//main//h1 | //main//p") == [
            "This article was withdrawn",
            "All feeds",
        ]


class TestMessage:
    def test_it_says_what_happened_and_leads_on(self) -> None:
        tree = parse(render_message(SITE, 404, "Not <here>", "Perhaps it's & was elsewhere."))
        assert texts(tree, "//main//h1") == ["Not <here>"]
        assert "404" in texts(tree, "//main")[0]
        assert "Perhaps it's & was elsewhere." in texts(tree, "//main")[0]
        assert tree.xpath("//main//a/@href") == ["https://example.org/"]
        assert tree.xpath("//meta[@name='robots']/@content") == ["noindex"]

    def test_its_language_is_that_of_its_text(self) -> None:
        tree = parse(render_message(replace(SITE, language="fr"), 404, "Rien ici", "Rien.", language="fr"))
        assert tree.get("lang") == "fr"
        assert texts(tree, "//main//a") == ["Tous les flux"]
