"""The HTML page of a feed: a person can read it (P21) and it can be found (P22)."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from feedsvc.model import Author, ContentSetting, Correction, Edition, Entry, Feed, Format, Image, Site, Visibility
from feedsvc.render import assets
from feedsvc.render.page import render_page

MakeEntry = Callable[..., Entry]

NOON = datetime(2026, 8, 4, 12, 0, tzinfo=UTC)
SITE = Site(title="Example Gazette", base_url="https://example.org")
FEED = Feed(slug="all", title="All news", description="Every article, as it is published")


def parse(body: bytes) -> html.HtmlElement:
    return html.document_fromstring(body, parser=html.HTMLParser(encoding="utf-8"))


def text(element: html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


def texts(tree: html.HtmlElement, selector: str) -> list[str]:
    return [text(found) for found in select(tree, selector)]


def select(tree: html.HtmlElement, path: str) -> list[html.HtmlElement]:
    found = tree.xpath(path)
    assert isinstance(found, list)
    return [element for element in found if isinstance(element, html.HtmlElement)]


def only(tree: html.HtmlElement, path: str) -> html.HtmlElement:
    (element,) = select(tree, path)
    return element


def edition(*entries: Entry, site: Site = SITE, **facts: object) -> Edition:
    feed = replace(FEED, **facts)  # type: ignore[arg-type]
    return Edition(site, feed, "urn:uuid:0", entries, (), NOON, NOON)


class TestWhatItSays:
    def test_title_description_language_and_how_much_it_carries_stand_on_the_page(self, make_entry: MakeEntry) -> None:
        tree = parse(render_page(edition(make_entry(), content=ContentSetting.SUMMARY)))
        assert texts(tree, "//h1") == ["All news"]
        assert texts(tree, "//*[@class='standfirst']") == ["Every article, as it is published"]
        assert texts(tree, "//*[@class='facts']/li") == ["English", "Summaries", "Updated 4 August 2026"]

    def test_a_feed_that_is_not_listed_is_kept_out_of_search_engines(self) -> None:
        robots = "//meta[@name='robots']"
        assert select(parse(render_page(edition())), robots) == []
        hidden = parse(render_page(edition(visibility=Visibility.UNLISTED)))
        assert only(hidden, robots).get("content") == "noindex"

    def test_every_address_stands_in_full_to_copy_and_as_a_link(self) -> None:
        tree = parse(render_page(edition()))
        addresses = [f"https://example.org/feeds/all/{name}" for name in ("rss.xml", "atom.xml", "feed.json")]
        assert texts(tree, "//dl//code") == addresses
        assert [link.get("href") for link in select(tree, "//dl//dt/a")] == addresses

    def test_only_the_feeds_own_formats_are_offered(self) -> None:
        tree = parse(render_page(edition(formats=(Format.JSON, Format.ATOM))))
        assert texts(tree, "//dl//dt") == ["Atom", "JSON"]
        assert len(select(tree, "//link[@rel='alternate']")) == 2

    def test_one_click_subscribe_links_hand_over_the_leading_address(self) -> None:
        tree = parse(render_page(edition(slug="all")))
        links = {text(link): link.get("href", "") for link in select(tree, "//*[@class='readers']//a")}
        assert links["The reader on this device"] == "feed:https://example.org/feeds/all/rss.xml"
        assert set(links) >= {"Feedly", "Inoreader", "NewsBlur", "The Old Reader"}
        for name, link in links.items():
            if not link.startswith("feed:"):
                assert unquote(link).endswith("https://example.org/feeds/all/rss.xml"), name
                # Encoded, so that the reader takes all of it as one value.
                assert link.count("://") == 1, name

    def test_a_feed_that_is_only_a_page_offers_no_subscription(self, make_entry: MakeEntry) -> None:
        tree = parse(render_page(edition(make_entry(), formats=(Format.PAGE,))))
        assert not select(tree, "//dl | //script | //*[@class='readers'] | //link[@rel='alternate']")
        assert texts(tree, "//h3") == ["Bridge reopens"]

    def test_a_feed_without_entries_says_so(self) -> None:
        tree = parse(render_page(edition()))
        assert not select(tree, "//article")
        assert "Nothing has been published here yet" in text(only(tree, "//*[@class='nothing']"))
        # It has no newest entry, so no date either.
        assert not select(tree, "//time")


class TestEntries:
    def test_an_entry_shows_title_link_date_authors_section_and_summary(self, make_entry: MakeEntry) -> None:
        entry = make_entry(authors=(Author("City Desk"), Author("Science Desk", url="https://example.com/science")))
        article = only(parse(render_page(edition(entry))), "//article")
        assert text(only(article, ".//h3/a")) == "Bridge reopens"
        assert only(article, ".//h3/a").get("href") == "https://example.org/articles/A1/bridge-reopens"
        assert only(article, ".//time").get("datetime") == "2026-08-04T11:00:00Z"
        assert texts(article, ".//time") == ["4 August 2026 11:00"]
        assert texts(article, ".//*[@class='byline']") == ["By City Desk and Science Desk"]
        assert only(article, ".//*[@class='byline']/a").get("href") == "https://example.com/science"
        assert texts(article, ".//*[@class='kicker']") == ["City"]
        assert "The bridge is open." in text(article)

    def test_entries_stand_in_the_editions_order(self, make_entry: MakeEntry) -> None:
        entries = [make_entry(number, title=f"Story {number}") for number in (3, 1, 2)]
        assert texts(parse(render_page(edition(*entries))), "//h3") == ["Story 3", "Story 1", "Story 2"]

    def test_no_body_is_shown_in_full(self, make_entry: MakeEntry) -> None:
        body = "<p>The bridge is open again.</p>" + "<p>More of it.</p>" * 40 + "<p>The very end.</p>"
        page = render_page(edition(make_entry(content_html=body, summary="")))
        assert b"The bridge is open again." in page
        assert b"The very end." not in page

    def test_a_summary_of_any_length_stays_a_summary(self, make_entry: MakeEntry) -> None:
        page = render_page(edition(make_entry(summary="The bridge is open. " * 5000)))
        assert len(page) < 25_000

    def test_a_feed_of_headlines_shows_no_more_on_its_page(self, make_entry: MakeEntry) -> None:
        page = render_page(edition(make_entry(), content=ContentSetting.HEADLINE))
        assert b"Bridge reopens" in page
        assert b"The bridge is open" not in page

    def test_a_picture_loads_late_and_has_its_words_and_its_size(self, make_entry: MakeEntry) -> None:
        image = Image("/bridge.jpg", alt='The "old" bridge', width=1200, height=800)
        picture = only(parse(render_page(edition(make_entry(image=image)))), "//article/img")
        assert dict(picture.attrib) == {
            "src": "https://example.org/bridge.jpg",
            "alt": 'The "old" bridge',
            "width": "1200",
            "height": "800",
            "loading": "lazy",
            "decoding": "async",
        }

    def test_a_picture_without_words_is_marked_as_decoration_and_a_size_is_never_half_known(
        self, make_entry: MakeEntry
    ) -> None:
        picture = only(parse(render_page(edition(make_entry(image=Image("/b.jpg", width=100))))), "//article/img")
        assert picture.get("alt") == ""
        assert "width" not in picture.attrib

    def test_a_correction_is_dated(self, make_entry: MakeEntry) -> None:
        corrections = (Correction(NOON, "First."), Correction(NOON + timedelta(days=1), "Second."))
        article = only(parse(render_page(edition(make_entry(corrections=corrections)))), "//article")
        assert "Corrected 5 August 2026" in text(article)

    def test_dates_follow_the_sites_time_zone_and_datetime_stays_utc(self, make_entry: MakeEntry) -> None:
        entry = make_entry(published_at=datetime(2026, 7, 31, 22, 30, tzinfo=UTC))
        time = only(parse(render_page(edition(entry, site=replace(SITE, time_zone="Asia/Yerevan")))), "//article//time")
        assert text(time) == "1 August 2026 02:30"
        assert time.get("datetime") == "2026-07-31T22:30:00Z"

    @pytest.mark.parametrize("zone", ["Nowhere/Town", "../etc/passwd", "Europe", "", "Europe/./Paris"])
    def test_a_time_zone_that_is_none_is_refused_by_name(self, zone: str) -> None:
        with pytest.raises(ValueError, match="time zone"):
            render_page(edition(site=replace(SITE, time_zone=zone)))


class TestTextAsWritten:
    @pytest.mark.parametrize(
        "title", ["<3 Deno", "A & B", "a<b>c", "&#39;", "&amp;", "“Qu’on” «ça»", "{{ x }} {% y %}", "👩‍🚀"]
    )
    def test_a_title_is_shown_as_it_was_written(self, title: str, make_entry: MakeEntry) -> None:
        tree = parse(render_page(edition(make_entry(title=title, summary=title, section=title), title=title)))
        assert texts(tree, "//h1") == [title]
        assert texts(tree, "//h3") == [title]
        assert texts(tree, "//*[@class='kicker']") == [title]
        assert text(only(tree, "//title")).startswith(title)

    @given(
        hostile=st.text(
            alphabet=st.one_of(st.characters(), st.sampled_from("<>\"'&{}%/\\\0\x0b\ud800\ufffe")), min_size=1
        )
    )
    def test_no_value_becomes_markup(self, hostile: str) -> None:
        nasty = f'"><script>x</script>{hostile}'
        entry = Entry(
            article_id="A1",
            entry_id="urn:uuid:1",
            entry_id_is_permalink=False,
            slug=nasty,
            revision=1,
            title=nasty,
            content_html="",
            summary=nasty,
            language="en",
            section=nasty,
            authors=(Author(nasty, url=nasty),),
            tags=(nasty,),
            url=None,
            image=Image(f"https://example.com/{nasty}", alt=nasty),
            published_at=NOON,
            updated_at=NOON,
            modified_at=NOON,
        )
        site = replace(SITE, title=nasty, icon=nasty, licence=nasty)
        plain = parse(render_page(edition(replace(entry, title="x", summary="x", section="x", authors=(Author("x"),)))))
        tree = parse(render_page(edition(entry, site=site, title=nasty, description=nasty)))
        assert len(select(tree, "//script")) == len(select(plain, "//script"))
        assert [child.tag for child in only(tree, "//article")] == [child.tag for child in only(plain, "//article")]
        assert {name for element in tree.iter() for name in element.attrib} <= {
            *(name for element in plain.iter() for name in element.attrib)
        }

    @pytest.mark.parametrize(
        "address", ["javascript:alert(1)", "data:text/html,x", " \tJAVASCRIPT:x", "vbscript:x", "file:///x"]
    )
    def test_no_link_leads_to_anything_but_the_web(self, address: str, make_entry: MakeEntry) -> None:
        entry = make_entry(url=address, authors=(Author("Desk", url=address),), image=Image(address))
        tree = parse(render_page(edition(entry, site=replace(SITE, icon=address, licence=address))))
        links = [found.get("href") or found.get("src") or "" for found in select(tree, "//*[@href or @src]")]
        allowed = ("https://", "#", "feed:https://", assets.ICON)
        assert [link for link in links if not link.startswith(allowed)] == []


class TestFound:
    def test_each_format_is_announced_with_its_type_and_a_title_of_its_own(self) -> None:
        links = select(parse(render_page(edition())), "/html/head/link[@rel='alternate']")
        assert [(link.get("type"), link.get("href"), link.get("title")) for link in links] == [
            ("application/rss+xml", "https://example.org/feeds/all/rss.xml", "Example Gazette: All news (RSS)"),
            ("application/atom+xml", "https://example.org/feeds/all/atom.xml", "Example Gazette: All news (Atom)"),
            ("application/feed+json", "https://example.org/feeds/all/feed.json", "Example Gazette: All news (JSON)"),
        ]

    def test_the_page_names_itself(self) -> None:
        tree = parse(render_page(edition()))
        assert only(tree, "//link[@rel='canonical']").get("href") == "https://example.org/feeds/all/"
        assert text(only(tree, "//title")) == "All news – Example Gazette"
        assert only(tree, "//meta[@name='description']").get("content") == "Every article, as it is published"

    def test_the_charset_comes_before_anything_that_needs_it(self) -> None:
        # HTML Living Standard section 4.2.5.4: within the first 1,024 bytes; here it is the head's first element.
        assert re.match(rb'<!doctype html>\n<html [^>]*>\n<head>\n<meta charset="utf-8">', render_page(edition()))

    @pytest.mark.parametrize(
        ("icon", "shown"), [(None, assets.ICON), ("https://example.org/i.png", "https://example.org/i.png")]
    )
    def test_there_is_always_an_icon(self, icon: str | None, shown: str) -> None:
        page = render_page(edition(site=replace(SITE, icon=icon)))
        assert only(parse(page), "//link[@rel='icon']").get("href") == shown


class TestReadByEveryone:
    def test_landmarks_headings_and_a_skip_link(self, make_entry: MakeEntry) -> None:
        tree = parse(render_page(edition(make_entry(1), make_entry(2))))
        for landmark in ("//header", "//main", "//footer"):
            assert len(select(tree, landmark)) == 1
        levels = [int(str(heading.tag)[1]) for heading in select(tree, "//h1 | //h2 | //h3")]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        skip = select(tree, "//body/*")[0]
        assert select(tree, f"//*[@id='{skip.get('href', '').removeprefix('#')}']")

    def test_a_right_to_left_feed_is_set_from_right_to_left_in_its_own_words(self, make_entry: MakeEntry) -> None:
        tree = parse(render_page(edition(make_entry(language="ar"), language="ar", title="الأخبار")))
        assert (tree.get("lang"), tree.get("dir")) == ("ar", "rtl")
        assert texts(tree, "//*[@id='subscribe']") == ["اشترك"]
        assert only(tree, "//h3").get("dir") is None
        # Addresses are read from left to right in every language.
        assert {code.get("dir") for code in select(tree, "//code")} == {"ltr"}

    def test_an_entry_in_another_language_says_so(self, make_entry: MakeEntry) -> None:
        tree = parse(render_page(edition(make_entry(language="he"))))
        assert (tree.get("lang"), tree.get("dir")) == ("en", "ltr")
        assert (only(tree, "//h3").get("lang"), only(tree, "//h3").get("dir")) == ("he", "rtl")

    def test_a_page_in_a_language_without_words_of_ours_marks_the_english_ones(self, make_entry: MakeEntry) -> None:
        tree = parse(render_page(edition(make_entry(language="he"), language="he")))
        assert (tree.get("lang"), tree.get("dir")) == ("he", "rtl")
        assert only(tree, "//section[@class='subscribe']").get("lang") == "en"
        assert texts(tree, "//*[@class='facts']/li")[0] == "עברית"

    def test_everything_stands_in_the_document_before_any_script(self, make_entry: MakeEntry) -> None:
        tree = parse(render_page(edition(make_entry())))
        assert not select(tree, "//button | //*[@hidden] | //noscript")
        assert not [name for element in tree.iter() for name in element.attrib if str(name).startswith("on")]


class TestOneDocument:
    def test_it_asks_nobody_for_anything_but_pictures(self, make_entry: MakeEntry) -> None:
        tree = parse(render_page(edition(make_entry(image=Image("https://example.com/p.jpg")))))
        assert [found.get("src") for found in select(tree, "//*[@src]")] == ["https://example.com/p.jpg"]
        assert not select(tree, "//link[@rel='stylesheet' or @rel='preload']")
        assert "url(" not in assets.STYLE + assets.ARTICLE_STYLE
        assert "@import" not in assets.STYLE + assets.ARTICLE_STYLE

    def test_the_policy_allows_the_style_and_the_script_that_the_page_carries_and_no_other(self) -> None:
        tree = parse(render_page(edition()))
        policy = only(tree, "//meta[@http-equiv='Content-Security-Policy']").get("content", "")
        assert policy == assets.CONTENT_SECURITY_POLICY
        assert "unsafe" not in policy
        for element in select(tree, "//style | //script"):
            digest = b64encode(sha256(str(element.text).encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy

    def test_it_is_small(self) -> None:
        assert len(render_page(edition())) < 14_000

    def test_the_same_edition_gives_the_same_bytes(self, make_entry: MakeEntry) -> None:
        entries = [make_entry(number, tags=("b", "a")) for number in range(1, 9)]
        assert render_page(edition(*entries)) == render_page(edition(*entries))
