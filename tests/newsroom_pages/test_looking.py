"""Looking at what there is: the list, an article's history, the feeds' health, the programs' tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedsvc import editing, tokens, writing
from feedsvc.model import Author, Feed, Selection, Status
from feedsvc.store import feeds as store_feeds
from feedsvc.store import progress
from feedsvc.store.tables import publications
from tests.guard.floods import bring_in_archive, fill
from tests.newsroom import ALL, Newsroom, draft
from tests.newsroom_pages.visiting import Visitor


def titles(visitor: Visitor) -> list[str]:
    return visitor.texts("//ol[@class='articles']/li/h2")


class TestTheList:
    @pytest.fixture(autouse=True)
    def written(self, room: Newsroom) -> None:
        room.write("Old storm", section="Nature", authors=(Author("City Desk"),))
        room.write("Cup final", section="Sport")
        gone = room.write("Wrong story", section="Sport")
        editing.withdraw_article(
            room.store, room.site, gone.id, "Wrong", notice=True, based_on=None, now=room.pass_time()
        )
        kept = editing.create_article(room.store, room.site, draft("New storm"), now=room.pass_time())
        editing.schedule_article(
            room.store, room.site, kept.id, room.now + timedelta(hours=20), based_on=None, now=room.pass_time()
        )
        editing.create_article(room.store, room.site, draft("Half a thought"), now=room.pass_time())

    def test_what_was_changed_last_stands_first_with_its_state(self, editor: Visitor) -> None:
        editor.open("/newsroom/")
        assert titles(editor) == ["Half a thought", "New storm", "Wrong story", "Cup final", "Old storm"]
        assert editor.texts("//p[@class='states']") == ["Draft", "Scheduled", "Withdrawn", "Published", "Published"]
        assert editor.texts("//p[@class='when']")[1] == "comes out tomorrow, 09:00"

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("q=storm", ["New storm", "Old storm"]),
            ("q=STORM+old", ["Old storm"]),
            ("q=%25", []),
            ("status=withdrawn", ["Wrong story"]),
            ("status=draft", ["Half a thought"]),
            ("section=sport", ["Wrong story", "Cup final"]),
            ("section=Sport&status=published", ["Cup final"]),
            ("section=Sport&status=published&q=storm", []),
            ("q=%00storm", ["New storm", "Old storm"]),
            ("after=0.99999999999999999999&section=Sport", ["Wrong story", "Cup final"]),
            ("after=99999999999999999999.1&section=Sport", ["Wrong story", "Cup final"]),
            ("after=999999999999999999.1&section=Sport", ["Wrong story", "Cup final"]),
            (
                "status=nonsense&after=nonsense",
                ["Half a thought", "New storm", "Wrong story", "Cup final", "Old storm"],
            ),
        ],
    )
    def test_it_can_be_searched(self, editor: Visitor, query: str, found: list[str]) -> None:
        editor.open(f"/newsroom/?{query}")
        assert titles(editor) == found

    def test_a_state_keeps_the_words_and_a_search_keeps_the_state(self, editor: Visitor) -> None:
        editor.open("/newsroom/?q=storm")
        (scheduled,) = editor.select("//nav[@class='tabs']/a[.='Scheduled']")
        assert scheduled.get("href") == "/newsroom/?q=storm&status=scheduled"
        editor.open("/newsroom/?status=published")
        assert editor.typed("status") == "published"
        assert editor.texts("//nav[@class='tabs']/a[@aria-current]") == ["Published"]

    def test_it_goes_on_a_page_at_a_time_and_misses_nothing(self, room: Newsroom, editor: Visitor) -> None:
        written = [room.write(f"Report {number}").revision.title for number in range(100)]
        found: list[str] = []
        editor.open("/newsroom/?q=Report")
        while True:
            found += titles(editor)
            older = editor.select("//a[@rel='next']")
            if not older:
                break
            editor.open(older[0].attrib["href"])
        assert found == written[::-1]
        assert editor.texts("//nav[@aria-label='Pages']/a") == ["Newest"]


class TestHistory:
    def test_every_revision_is_there_with_what_it_changed(self, room: Newsroom, editor: Visitor) -> None:
        article = room.write("Storm", "<p>Stay in.</p><p>It blows.</p>")
        changed = draft("Storm", "<p>Stay out.</p><p>It blows.</p>", tags=("storm",))
        editing.correct_article(
            room.store, room.site, article.id, changed, "Wrong.", based_on=None, now=room.pass_time()
        )
        editor.open(f"/newsroom/articles/{article.id}/history")
        rows = editor.texts("//form[@class='revisions']//li/p")
        assert [row.split("today")[0].strip() for row in rows] == [
            "3 corrected What readers see",
            "2 published",
            "1 written",
        ]
        assert editor.texts("//h2[@id='changes']") == ["From 2 to 3"]
        assert editor.texts("//div[@class='differences']/section/h3") == ["Text", "Tags"]
        text, markup = "//div[@class='differences']/section", "//details"
        assert (editor.texts(f"{text}//del"), editor.texts(f"{text}//ins")) == (["in"], ["out", "storm"])
        assert (editor.texts(f"{markup}//del"), editor.texts(f"{markup}//ins")) == (["in"], ["out"])

    def test_any_two_can_be_compared(self, room: Newsroom, editor: Visitor) -> None:
        article = room.write("Storm")
        for title in ("Storm at sea", "Storm over"):
            editing.edit_article(room.store, room.site, article.id, draft(title), based_on=None, now=room.pass_time())
        editor.open(f"/newsroom/articles/{article.id}/history?from=1&to=4")
        assert editor.texts("//h2[@id='changes']") == ["From 1 to 4"]
        assert editor.texts("//ins") == ["over"]
        editor.open(f"/newsroom/articles/{article.id}/history?from=1&to=99")
        assert editor.page.status_code == 404

    def test_the_first_has_nothing_before_it(self, editor: Visitor, room: Newsroom) -> None:
        article = editing.create_article(room.store, room.site, draft("Storm"), now=room.pass_time())
        editor.open(f"/newsroom/articles/{article.id}/history")
        assert "There is nothing before it." in editor.text()

    @pytest.mark.parametrize("query", ["after=1", "after=0", "after=x", "to=x&from=0"])
    def test_where_no_page_begins_the_first_is_shown(self, editor: Visitor, room: Newsroom, query: str) -> None:
        article = room.write("Storm")
        assert editor.open(f"/newsroom/articles/{article.id}/history?{query}").status_code == 200
        assert len(editor.select("//form[@class='revisions']//li")) == 2

    def test_a_long_one_goes_on_a_page_at_a_time(self, editor: Visitor, room: Newsroom) -> None:
        article = room.write("Storm 0")
        for number in range(1, 60):
            editing.edit_article(
                room.store, room.site, article.id, draft(f"Storm {number}"), based_on=None, now=room.pass_time()
            )
        editor.open(f"/newsroom/articles/{article.id}/history")
        assert len(editor.select("//form[@class='revisions']//li")) == 50
        editor.open(editor.select("//a[.='Older']")[0].attrib["href"])
        assert len(editor.select("//form[@class='revisions']//li")) == 11


class TestTheFeeds:
    def test_each_says_what_it_holds_and_when_it_ran(self, room: Newsroom, editor: Visitor) -> None:
        room.define([ALL, Feed("sport", "Sport", "x", select=Selection(sections=("Sport",)))])
        room.write("Storm")
        room.publish()
        editor.open("/newsroom/feeds")
        assert editor.texts("//ol/li//h2") == ["All news", "Sport"]
        assert editor.texts("//p[@class='verdict']") == ["Up to date", "Up to date"]
        facts = editor.texts("//ol/li[1]//dd")
        assert facts[0] == "1"
        assert facts[1].startswith("today, 13:00")
        assert facts[2] == "today, 13:15"
        assert [one.split()[0] for one in editor.texts("//ol/li[1]//dd//li")] == [
            "atom.xml",
            "feed.json",
            "index.html",
            "rss.xml",
        ]

    def test_what_failed_and_what_was_left_out_is_told_with_its_reason(self, room: Newsroom, editor: Visitor) -> None:
        article = room.write("Storm")
        room.publish()
        with room.store.writing() as connection:
            kept = store_feeds.get(connection, "all")
            assert kept.publication is not None
            left_out = f'[["{article.id}","has no date"]]'
            connection.execute(
                publications.update().where(publications.c.number == kept.publication).values(left_out=left_out)
            )
            progress.set_failures(connection, {"all": "The folder is full <b>"}, room.now)
        editor.open("/newsroom/feeds")
        assert editor.texts("//p[@class='verdict']") == ["Failed"]
        assert editor.texts("//p[@class='fault']") == ["The folder is full <b>"]
        assert editor.texts("//details/summary") == ["1 article was left out"]
        (link,) = editor.select("//details//a")
        assert link.get("href") == f"/newsroom/articles/{article.id}"

    def test_a_change_that_waits_for_its_time_is_told(self, room: Newsroom, editor: Visitor) -> None:
        room.define([Feed("morning", "Morning", "x", publish=("cron 0 6 * * *",))])
        room.publish()
        room.write("Storm")
        editor.open("/newsroom/feeds")
        assert editor.texts("//ol/li[2]/p[@class='verdict']") == ["Changes wait"]
        assert editor.texts("//ol/li[2]//dd")[2] == "tomorrow, 06:00"


class TestPrograms:
    def test_a_token_is_made_shown_once_and_revoked(self, room: Newsroom, editor: Visitor) -> None:
        editor.open("/newsroom/programs")
        editor.press("Make a token", name="Wire desk", scope="write")
        (secret,) = editor.texts("//code[@class='secret']")
        assert tokens.identify(room.store, secret) is not None
        editor.open("/newsroom/programs")
        assert secret not in editor.page.text
        assert editor.texts("//ol/li/p")[0].startswith("Wire desk reads and writes since today")
        editor.press("Revoke the token of Wire desk")
        assert editor.texts("//ol/li") == []
        assert tokens.identify(room.store, secret) is None

    def test_what_will_not_do_is_told_and_stays(self, editor: Visitor) -> None:
        editor.open("/newsroom/programs")
        editor.press("Make a token", name=" ")
        assert editor.page.status_code == 422
        assert editor.texts("//*[@role='alert']")
        editor.press("Make a token", name="Wire")
        editor.press("Make a token", name="Wire")
        assert (editor.page.status_code, editor.typed("name")) == (422, "Wire")
        assert editor.texts("//*[@role='alert']")[0].startswith("This name is in use.")

    def test_revoking_what_is_revoked_is_no_fault(self, editor: Visitor) -> None:
        editor.open("/newsroom/programs")
        editor.press("Make a token", name="Wire")
        data, action = editor.form("Revoke the token of Wire")
        for _ in range(2):
            editor.post(action, data)
            assert editor.page.status_code == 200


def test_an_address_that_is_none_says_so_in_the_newsrooms_form(editor: Visitor) -> None:
    editor.open("/newsroom/nothing/here")
    assert (editor.page.status_code, editor.texts("//h1")) == (404, ["Not Found"])


def test_what_is_not_there_is_told_to_people_and_not_in_commands(editor: Visitor) -> None:
    for path in ("/newsroom/articles/nothing", "/newsroom/feeds/nothing/held"):
        assert editor.open(path).status_code == 404
        assert "is not in the store" in editor.text()
        assert "feedsvc" not in editor.text()


def test_the_address_without_its_slash_leads_to_the_list(editor: Visitor) -> None:
    editor.open("/newsroom")
    assert (editor.path, editor.texts("//h1")) == ("/newsroom/", ["Articles"])


def test_nothing_of_a_draft_is_anywhere_but_in_the_newsroom(room: Newsroom, editor: Visitor) -> None:
    editor.open("/newsroom/articles/new")
    editor.press("Save draft", title="Nobody may know")
    name = editor.path.partition("?")[0].rpartition("/")[2]
    assert writing.open_article(room.store, name).article.status is Status.DRAFT
    room.publish()
    for path in room.folder.root.rglob("*"):
        assert not path.is_file() or b"Nobody may know" not in path.read_bytes()


class TestHeldFeeds:
    @pytest.fixture
    def held(self, room: Newsroom) -> Newsroom:
        fill(room)
        bring_in_archive(room, 30)
        room.publish()
        return room

    @pytest.mark.usefixtures("held")
    def test_a_feed_that_is_held_says_why_and_leads_to_what_waits(self, editor: Visitor) -> None:
        editor.open("/newsroom/feeds")
        assert editor.texts("//p[@class='verdict']") == ["Held"]
        (reason, _) = editor.texts("//div[@class='why']/p")
        assert "30" in reason
        (link,) = editor.select("//div[@class='why']//a")
        editor.open(link.attrib["href"])
        assert editor.texts("//h1") == ["Let this feed go?"]
        assert editor.texts("//h2[@id='new']") == ["New to subscribers 30 articles"]
        assert len(editor.select("//ol[@class='titles']/li")) == 30

    def test_it_is_let_go_and_published(self, held: Newsroom, editor: Visitor) -> None:
        before = held.read("all")
        editor.open("/newsroom/feeds/all/held")
        editor.press("Let it go")
        assert editor.texts("//*[@role='status']")[0].startswith("Let go.")
        held.publish()
        assert held.read("all") != before
        editor.open("/newsroom/feeds")
        assert editor.texts("//p[@class='verdict']") == ["Up to date"]
        editor.open("/newsroom/feeds/all/held")
        assert editor.texts("//h1") == ["This feed is not held"]

    def test_what_came_since_is_looked_at_first(self, held: Newsroom, editor: Visitor) -> None:
        editor.open("/newsroom/feeds/all/held")
        bring_in_archive(held, 20, prefix="Other")
        held.publish()
        before = held.read("all")
        editor.press("Let it go")
        assert (editor.page.status_code, editor.texts("//h1")) == (409, ["Let this feed go?"])
        held.publish()
        assert held.read("all") == before
        editor.press("Let it go")
        assert editor.page.status_code == 200

    def test_a_feed_that_is_not_there_is_not_held(self, editor: Visitor) -> None:
        editor.open("/newsroom/feeds/nothing/held")
        assert editor.page.status_code == 404
