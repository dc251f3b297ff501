"""The steps of an article's life on the pages: each says what subscribers will see, and then does just that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from feedsvc import writing
from feedsvc.model import Article, Feed, Status
from tests.newsroom import ALL, Newsroom
from tests.newsroom_pages.visiting import Visitor, make_app

TITLE = "A storm is coming"
SKIPPED = (
    "02:30 does not exist on 29 March 2026: clocks are put forward over it. "
    "Give a time on either side, such as 01:30 or 03:30."
)
EACH = (
    "What each feed is set to A note with your reason replaces the text in: All news. "
    "The article disappears from: Partners."
)


def begin(editor: Visitor, **typed: str) -> str:
    """Save a draft; give its id."""
    editor.open("/newsroom/articles/new")
    editor.press("Save draft", {"title": TITLE, "text": "Stay in."} | typed)
    return editor.path.partition("?")[0].rpartition("/")[2]


def saved(room: Newsroom, name: str) -> Article:
    return writing.open_article(room.store, name).article


def says(visitor: Visitor) -> str:
    return " ".join(visitor.texts("//section[@class='says']//li"))


class TestPublishing:
    def test_it_is_said_what_subscribers_see_then_they_see_it(self, room: Newsroom, editor: Visitor) -> None:
        name = begin(editor)
        editor.press("Publish…", title="A storm is here")
        assert editor.texts("//h1") == ["Publish this article?"]
        assert "Subscribers of one feed see a new article, dated now." in says(editor)
        assert saved(room, name).status is Status.DRAFT
        room.publish()
        assert "A storm is here" not in room.read("all")
        editor.press("Publish now")
        assert editor.texts("//*[@role='status']")[0].startswith("Published.")
        assert (saved(room, name).status, saved(room, name).published_at) == (Status.PUBLISHED, room.now)
        room.publish()
        assert "A storm is here" in room.read("all")

    def test_a_hub_is_told_of_where_there_is_one(self, room: Newsroom) -> None:
        room.site = replace(room.site, hubs=("https://hub.example.org/",))
        editor = Visitor(make_app(room))
        editor.sign_in()
        begin(editor)
        editor.press("Publish…")
        assert "Readers that listen to a hub hear of it at once" in says(editor)

    def test_what_somebody_changed_meanwhile_is_not_published_unseen(
        self, room: Newsroom, editor: Visitor, app: Flask
    ) -> None:
        name = begin(editor)
        editor.press("Publish…")
        other = Visitor(app)
        other.sign_in()
        other.open(f"/newsroom/articles/{name}")
        other.press("Save draft", title="Something else")
        editor.press("Publish now")
        assert editor.page.status_code == 409
        assert "somebody changed the article meanwhile" in editor.text()
        assert "Something else" in editor.text()
        assert saved(room, name).status is Status.DRAFT
        editor.press("Publish now")
        assert saved(room, name).status is Status.PUBLISHED

    def test_what_is_published_cannot_be_published(self, room: Newsroom, editor: Visitor) -> None:
        article = room.write()
        for step in ("publish", "schedule", "release"):
            editor.open(f"/newsroom/articles/{article.id}/{step}")
            assert (editor.page.status_code, editor.texts("//h1")) == (409, ["Nothing was done"])

    def test_two_who_press_at_once_publish_once(self, room: Newsroom, editor: Visitor) -> None:
        name = begin(editor)
        editor.press("Publish…")
        data, action = editor.form("Publish now")
        assert editor.post(action, data, follow=False).status_code == 303
        number = saved(room, name).revision.number
        assert editor.post(action, data, follow=False).status_code == 409
        assert saved(room, name).revision.number == number


class TestScheduling:
    def schedule(self, editor: Visitor, at: str, **more: str) -> str:
        name = begin(editor)
        editor.press("Schedule…")
        editor.press("Schedule", {"at": at} | more)
        return name

    def test_it_comes_out_at_the_time_of_the_sites_clock(self, room: Newsroom, editor: Visitor) -> None:
        name = self.schedule(editor, "2026-03-02T09:00")
        assert (saved(room, name).status, saved(room, name).publish_at) == (
            Status.SCHEDULED,
            datetime(2026, 3, 2, 8, tzinfo=UTC),
        )
        assert "comes out tomorrow, 09:00" in editor.text()
        room.publish()
        assert TITLE not in room.read("all")
        room.now = datetime(2026, 3, 2, 8, tzinfo=UTC)
        room.publish()
        assert TITLE in room.read("all")
        assert saved(room, name).published_at == datetime(2026, 3, 2, 8, tzinfo=UTC)

    def test_before_it_nobody_sees_anything_as_it_says(self, editor: Visitor) -> None:
        begin(editor)
        editor.press("Schedule…")
        assert says(editor).startswith("Until then nobody sees anything of it")
        assert "one feed see a new article, dated with that time" in says(editor)

    def test_its_time_can_be_changed_and_it_can_be_kept_back(self, room: Newsroom, editor: Visitor) -> None:
        name = self.schedule(editor, "2026-03-02T09:00")
        editor.press("Change its time…", text="Stay in, please.")
        assert editor.typed("at") == "2026-03-02T09:00"
        editor.press("Schedule", at="2026-03-03T10:30")
        assert saved(room, name).publish_at == datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
        editor.press("Keep it back", title="Typed just before")
        assert editor.texts("//*[@role='status']")[0].startswith("Kept back")
        assert (saved(room, name).status, saved(room, name).publish_at) == (Status.DRAFT, None)
        assert saved(room, name).revision.title == "Typed just before"

    @pytest.mark.parametrize(
        ("at", "told"),
        [
            ("", "It is empty. Give a day and a time."),
            ("tomorrow", "'tomorrow' is not a day and a time. Write it like 2026-03-14T09:00."),
            ("2026-02-28T09:00", "28 February 2026, 09:00 CET has gone by. Give a time to come, or publish now."),
            (
                "2026-03-29T02:30",
                SKIPPED,
            ),
        ],
        ids=["none", "words", "gone by", "skipped"],
    )
    def test_a_time_that_cannot_be_is_told_and_stays_in_its_field(
        self, room: Newsroom, editor: Visitor, at: str, told: str
    ) -> None:
        name = self.schedule(editor, at)
        assert editor.page.status_code == 422
        assert editor.texts("//*[@role='alert']") == [told]
        assert editor.typed("at") == at
        assert saved(room, name).status is Status.DRAFT

    @pytest.mark.parametrize(("which", "hour"), [("first", 0), ("second", 1)])
    def test_of_a_time_that_comes_twice_it_is_asked_which(
        self, room: Newsroom, editor: Visitor, which: str, hour: int
    ) -> None:
        name = self.schedule(editor, "2026-10-25T02:30")
        assert editor.page.status_code == 422
        assert "02:30 comes twice on 25 October 2026" in editor.text()
        assert editor.texts("//fieldset/label") == [
            "the first: 25 October 2026, 02:30 CEST",
            "the second: 25 October 2026, 02:30 CET",
        ]
        editor.press("Schedule", which=which)
        assert saved(room, name).publish_at == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


class TestChanging:
    def test_a_quiet_change_shows_what_changes_and_moves_no_date(self, room: Newsroom, editor: Visitor) -> None:
        article = room.write(TITLE, "<p>The harbour is open.</p>")
        editor.open(f"/newsroom/articles/{article.id}")
        editor.press("Change quietly…", text="<p>The harbour is closed.</p>")
        assert (editor.texts("//del"), editor.texts("//ins")) == (["open", "open"], ["closed", "closed"])
        assert "No date moves, and nobody is told" in says(editor)
        assert saved(room, article.id).revision == article.revision
        room.pass_time(60)
        editor.press("Change it quietly")
        after = saved(room, article.id)
        assert (after.updated_at, after.published_at) == (article.updated_at, article.published_at)
        assert after.revision.content_html == "<p>The harbour is closed.</p>"

    def test_a_correction_stands_above_the_text_with_its_note(self, room: Newsroom, editor: Visitor) -> None:
        article = room.write(TITLE, "<p>The harbour is open.</p>")
        editor.open(f"/newsroom/articles/{article.id}")
        editor.press("Correct…", text="<p>The harbour is closed.</p>")
        assert "Your note stands above it, with today’s date." in says(editor)
        editor.press("Publish the correction", note="  ")
        assert editor.page.status_code == 422
        assert editor.texts("//*[@role='alert']") == [
            "It is empty. Say what was wrong and what is right: subscribers read it."
        ]
        room.pass_time(60)
        editor.press("Publish the correction", note="We said that the harbour was open. It is closed.")
        after = saved(room, article.id)
        assert after.updated_at == room.now
        assert [one.note for one in after.revision.corrections] == ["We said that the harbour was open. It is closed."]
        room.publish()
        assert "We said that the harbour was open" in room.read("all")
        assert "harbour is closed" in room.read("all")
        editor.open("/newsroom/")
        assert editor.texts("//p[@class='states']") == ["Published"]
        # What readers see is compared with what they saw before, not with what was saved on the way.
        editor.open(f"/newsroom/articles/{article.id}/history")
        assert editor.texts("//h2[@id='changes']") == ["From 2 to 4"]
        assert (editor.texts("//section//del")[0], editor.texts("//section//ins")[0]) == ("open", "closed")

    def test_a_note_stays_when_somebody_changed_the_article_meanwhile(
        self, room: Newsroom, editor: Visitor, app: Flask
    ) -> None:
        article = room.write(TITLE)
        editor.open(f"/newsroom/articles/{article.id}/correct")
        other = Visitor(app)
        other.sign_in()
        other.open(f"/newsroom/articles/{article.id}")
        other.press("Save for later", title="Something else")
        editor.press("Publish the correction", note="A long note.\n\nWith two paragraphs.")
        assert editor.page.status_code == 409
        assert editor.typed("note") == "A long note.\n\nWith two paragraphs."
        assert saved(room, article.id).revision.corrections == ()


class TestWithdrawing:
    def withdraw(self, room: Newsroom, editor: Visitor, notice: str) -> Article:
        article = room.write(TITLE, "<p>The harbour is open.</p>")
        room.publish()
        editor.open(f"/newsroom/articles/{article.id}/withdraw")
        editor.press("Withdraw it", reason="It never was.", notice=notice)
        room.publish()
        return article

    def test_a_notice_takes_the_place_of_the_text(self, room: Newsroom, editor: Visitor) -> None:
        article = self.withdraw(room, editor, "notice")
        assert (saved(room, article.id).status, saved(room, article.id).notice) == (Status.WITHDRAWN, True)
        assert editor.texts("//*[@role='status']") == ["Withdrawn."]
        published = room.read("all")
        assert "It never was." in published
        assert TITLE in published
        assert "harbour is open" not in published

    def test_nothing_is_left_where_nothing_is_wanted(self, room: Newsroom, editor: Visitor) -> None:
        self.withdraw(room, editor, "nothing")
        assert article_free(room.read("all"))
        assert "deleted-entry" in room.read("all", "atom.xml")

    @pytest.mark.parametrize(
        ("keeps", "choices", "chosen"),
        [
            ((True, True), ["notice", "nothing"], "notice"),
            ((False, False), ["nothing", "notice"], "nothing"),
            ((True, False), ["each", "notice", "nothing"], "each"),
        ],
    )
    def test_what_the_feeds_are_set_to_is_chosen_unless_somebody_chooses(
        self, room: Newsroom, editor: Visitor, keeps: tuple[bool, ...], choices: list[str], chosen: str
    ) -> None:
        room.define([replace(ALL, keep_notice=keeps[0]), Feed("two", "Partners", "x", keep_notice=keeps[1])])
        article = room.write(TITLE)
        editor.open(f"/newsroom/articles/{article.id}/withdraw")
        assert [one.get("value") for one in editor.select("//input[@type='radio']")] == choices
        editor.press("Withdraw it", reason="It never was.")
        expected = {"notice": True, "nothing": False, "each": None}[chosen]
        assert saved(room, article.id).notice is expected

    def test_each_choice_says_what_stays_where(self, room: Newsroom, editor: Visitor) -> None:
        room.define([ALL, Feed("two", "Partners", "x", keep_notice=False)])
        article = room.write(TITLE)
        editor.open(f"/newsroom/articles/{article.id}/withdraw")
        assert editor.texts("//fieldset/label") == [
            EACH,
            "A notice In 2 feeds its title stays. A note that it was withdrawn, with your reason, replaces its text.",
            "Nothing The article disappears from 2 feeds. Readers that know deletion marks remove it.",
        ]

    def test_a_reason_is_needed_and_the_choice_stays(self, room: Newsroom, editor: Visitor) -> None:
        article = room.write(TITLE)
        editor.open(f"/newsroom/articles/{article.id}/withdraw")
        editor.press("Withdraw it", reason=" ", notice="nothing")
        assert editor.page.status_code == 422
        (chosen,) = editor.select("//input[@type='radio'][@checked]")
        assert chosen.get("value") == "nothing"
        assert saved(room, article.id).status is Status.PUBLISHED

    def test_what_was_withdrawn_stays_so_and_its_text_is_in_the_history(self, room: Newsroom, editor: Visitor) -> None:
        article = self.withdraw(room, editor, "notice")
        editor.open(f"/newsroom/articles/{article.id}")
        assert editor.select("//main//form") == []
        assert "It never was." in editor.text()
        for step in ("publish", "schedule", "release", "correct", "withdraw"):
            editor.open(f"/newsroom/articles/{article.id}/{step}")
            assert editor.page.status_code == 409
        editor.open(f"/newsroom/articles/{article.id}/history")
        assert "The harbour is open." in editor.text()


def article_free(document: str) -> bool:
    return TITLE not in document and "It never was." not in document


def test_an_article_that_is_not_there_has_no_steps(editor: Visitor) -> None:
    for step in ("", "/publish", "/schedule", "/release", "/correct", "/withdraw", "/history"):
        editor.open(f"/newsroom/articles/00000000-0000-4000-8000-000000000000{step}")
        assert (editor.page.status_code, editor.texts("//h1")) == (404, ["Not Found"])


def test_every_step_survives_a_store_that_is_out_of_reach(room: Newsroom, editor: Visitor) -> None:
    article = room.write(TITLE)
    editor.open(f"/newsroom/articles/{article.id}/withdraw")
    data, action = editor.form("Withdraw it", reason="A reason that took long to find.")
    path = room.path / "store.db"
    room.store.engine.dispose()
    path.rename(room.path / "aside.db")
    path.mkdir()
    editor.post(action, data)
    assert editor.page.status_code == 503
    assert "A reason that took long to find." in editor.page.text
    path.rmdir()
    (room.path / "aside.db").rename(path)
    room.store.engine.dispose()
    editor.press("Send it again")
    assert saved(room, article.id).withdrawal_reason == "A reason that took long to find."


def test_a_session_that_is_used_moves_on_without_a_word(room: Newsroom, editor: Visitor) -> None:
    for _ in range(5):
        room.now += timedelta(hours=20)
        editor.open("/newsroom/")
        assert editor.texts("//h1") == ["Articles"]
