"""The store's feeds follow the configuration, and no identity is ever lost on the way."""

from dataclasses import replace

from feedsvc.model import Author, Feed, FeedTemplate, Selection
from feedsvc.store import feeds
from tests.newsroom import Newsroom

ALL = Feed("all", "All news", "Everything")
SPORT = Feed("sport", "Sport", "", Selection(sections=("Sport",)))
EACH = FeedTemplate("section", Feed("section-{value}", "{value}", "News of {value}"))


def feed_id(room: Newsroom, slug: str) -> str:
    with room.store.reading() as connection:
        return feeds.get(connection, slug).id


def test_a_new_feed_is_filled_from_the_articles_there_are(newsroom: Newsroom) -> None:
    article = newsroom.write(section="Sport")
    other = newsroom.write(section="Politics")
    newsroom.publish()
    newsroom.define([ALL, SPORT])
    assert set(newsroom.publish()) == {"sport", "_site"}
    assert article.entry_id in newsroom.read("sport")
    assert other.entry_id not in newsroom.read("sport")


def test_applying_the_same_feeds_again_wants_nothing(newsroom: Newsroom) -> None:
    newsroom.write()
    newsroom.publish()
    newsroom.define()
    assert newsroom.publish() == {}


def test_a_changed_selection_is_filled_anew_and_a_changed_title_keeps_the_entries(newsroom: Newsroom) -> None:
    newsroom.define([SPORT])
    sport, politics = newsroom.write(section="Sport"), newsroom.write(section="Politics")
    newsroom.publish()
    newsroom.define([replace(SPORT, select=Selection(sections=("Politics",)))])
    newsroom.publish()
    assert sport.entry_id not in newsroom.read("sport")
    assert politics.entry_id in newsroom.read("sport")
    newsroom.define([replace(SPORT, title="The game", select=Selection(sections=("Politics",)))])
    assert set(newsroom.publish()) == {"sport", "_site"}
    assert "The game" in newsroom.read("sport")
    assert politics.entry_id in newsroom.read("sport")


def test_a_removed_feed_is_gone_and_comes_back_with_its_own_identity(newsroom: Newsroom) -> None:
    newsroom.define([ALL, SPORT])
    article = newsroom.write(section="Sport")
    newsroom.publish()
    before = feed_id(newsroom, "sport")
    newsroom.define([ALL])
    newsroom.publish()
    assert sorted(path.name for path in (newsroom.folder.root / "sport").glob("[!.]*")) == ["gone.txt"]
    assert "sport" not in newsroom.read("_site", "opml.xml")
    later = newsroom.write("Cup final", section="Sport")
    newsroom.define([ALL, SPORT])
    newsroom.publish()
    assert feed_id(newsroom, "sport") == before
    assert article.entry_id in newsroom.read("sport")
    assert later.entry_id in newsroom.read("sport")
    assert not (newsroom.folder.root / "sport" / "gone.txt").exists()


def test_a_template_makes_a_feed_of_each_section_now_and_later(newsroom: Newsroom) -> None:
    article = newsroom.write(section="Sport")
    newsroom.define([ALL], [EACH])
    assert {"section-sport", "_site"} <= set(newsroom.publish())
    assert article.entry_id in newsroom.read("section-sport")
    world = newsroom.write(section="World & Europe")
    assert "section-world-europe" in newsroom.publish()
    assert world.entry_id in newsroom.read("section-world-europe")
    assert "World &amp; Europe" in newsroom.read("_site", "opml.xml")


def test_two_sections_of_one_slug_get_a_feed_each(newsroom: Newsroom) -> None:
    newsroom.define([ALL], [EACH])
    newsroom.publish()
    one, other = newsroom.write(section="C"), newsroom.write(section="C++")
    made = sorted(slug for slug in newsroom.publish() if slug.startswith("section"))
    assert len(made) == 2
    held = [{entry for entry in (one.entry_id, other.entry_id) if entry in newsroom.read(slug)} for slug in made]
    assert sorted(map(len, held)) == [1, 1]


def test_a_changed_template_changes_its_feeds_and_a_removed_one_removes_them(newsroom: Newsroom) -> None:
    newsroom.define([ALL], [EACH])
    newsroom.write(section="Sport", authors=(Author("City Desk"),))
    newsroom.publish()
    before = feed_id(newsroom, "section-sport")
    newsroom.define([ALL], [FeedTemplate("section", replace(EACH.feed, title="News: {value}"))])
    assert "section-sport" in newsroom.publish()
    assert "News: Sport" in newsroom.read("section-sport")
    assert feed_id(newsroom, "section-sport") == before
    newsroom.define([ALL], [])
    newsroom.publish()
    assert (newsroom.folder.root / "section-sport" / "gone.txt").exists()


def test_the_site_s_language_decides_for_articles_that_name_none(newsroom: Newsroom) -> None:
    pt = Feed("pt", "Portuguese", "", Selection(languages=("pt",)))
    newsroom.define([pt])
    article = newsroom.write()
    newsroom.publish()
    assert article.entry_id not in newsroom.read("pt")
    newsroom.site = replace(newsroom.site, language="pt-BR")
    newsroom.define([pt])
    newsroom.publish()
    assert article.entry_id in newsroom.read("pt")
