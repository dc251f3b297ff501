"""Writing at the editor: what is saved is there, and what is not is never lost."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from feedsvc import editing, writing
from feedsvc.model import ContentSetting, Feed, FeedTemplate, Selection, Status
from tests.newsroom import ALL, Newsroom
from tests.newsroom_pages.visiting import NAME, PASSWORD, Visitor

WRONG = "not the right one"
TYPED = {
    "title": "Storm “Ylva” closes the harbour",
    "summary": "No ship enters or leaves.",
    "text": "The harbour is **closed**.\n\n- until Tuesday\n- or longer",
    "section": "Nature",
    "tags": 'storm, "Washington, D.C."',
    "authors": "City Desk <desk@example.org> https://example.org/desk\nWire",
    "language": "en-GB",
    "url": "https://example.org/storm",
    "picture_url": "https://pictures.example.org/harbour.jpg",
    "picture_alt": "An empty quay",
    "picture_caption": "The quay on Monday",
    "picture_credit": "Picture Desk",
}


def begin(editor: Visitor, **typed: str) -> str:
    """Save a draft; give its id."""
    editor.open("/newsroom/articles/new")
    editor.press("Save draft", TYPED | typed)
    assert editor.page.status_code == 200, editor.text()
    return editor.path.partition("?")[0].rpartition("/")[2]


def fields(visitor: Visitor) -> dict[str, str]:
    return {name: visitor.typed(name) for name in TYPED}


class TestSaving:
    def test_a_draft_is_saved_and_comes_back_as_it_was_typed(self, room: Newsroom, editor: Visitor) -> None:
        name = begin(editor)
        assert editor.texts("//*[@role='status']") == ["Saved. Subscribers see nothing of it yet."]
        assert fields(editor) == TYPED
        saved = writing.open_article(room.store, name).article
        assert (saved.status, saved.entry_id) == (Status.DRAFT, f"urn:uuid:{name}")
        assert saved.revision.content_html.startswith("<p>The harbour is <strong>closed</strong>.</p>")
        assert saved.revision.tags == ("storm", "Washington, D.C.")
        assert [author.name for author in saved.revision.authors] == ["City Desk", "Wire"]
        assert saved.revision.image is not None
        assert saved.revision.image.credit == "Picture Desk"

    def test_markdown_stays_markdown_through_publication_and_quiet_changes(
        self, room: Newsroom, editor: Visitor
    ) -> None:
        name = begin(editor)
        editor.press("Publish…")
        editor.press("Publish now")
        assert editor.typed("text") == TYPED["text"]
        editor.press("Change quietly…", text="It is *open*.")
        editor.press("Change it quietly")
        assert editor.typed("text") == "It is *open*."
        assert writing.open_article(room.store, name).article.revision.content_html == "<p>It is <em>open</em>.</p>"

    def test_html_that_a_program_wrote_is_shown_in_lines_and_not_changed_by_looking(
        self, room: Newsroom, editor: Visitor
    ) -> None:
        article = room.write(content="<p>One.</p><p>Two.</p><ul><li>a</li><li>b</li></ul>")
        editor.open(f"/newsroom/articles/{article.id}")
        assert editor.typed("text") == "<p>One.</p>\n<p>Two.</p>\n<ul>\n<li>a</li>\n<li>b</li></ul>"
        editor.press("Save for later")
        assert writing.open_article(room.store, article.id).article.newest.number == article.revision.number

    def test_saving_what_is_saved_makes_no_revision(self, room: Newsroom, editor: Visitor) -> None:
        name = begin(editor)
        editor.press("Save draft")
        editor.press("Save draft")
        assert writing.open_article(room.store, name).article.newest.number == 1

    def test_a_form_that_is_sent_twice_makes_one_article(self, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        data, action = editor.form("Save draft", TYPED)
        first, second = (editor.post(action, data, follow=False).headers["Location"] for _ in range(2))
        assert first == second
        editor.open("/newsroom/")
        assert editor.texts("//ol/li/h2") == [TYPED["title"]]

    def test_a_new_article_brings_an_id_that_is_one(self, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        data, _ = editor.form("Save draft", TYPED)
        for name in ("1", "x" * 36, "00000000-0000-4000-8000-00000000000G", "%252e%252e"):
            assert editor.post(f"/newsroom/articles/{name}", data).status_code in {404, 409}
        editor.open("/newsroom/")
        assert editor.texts("//ol/li/h2") == []

    def test_after_publication_saving_shows_nobody_anything_until_it_is_brought_out(
        self, room: Newsroom, editor: Visitor
    ) -> None:
        article = room.write("Storm warning")
        room.publish()
        before = room.files()
        editor.open(f"/newsroom/articles/{article.id}")
        editor.press("Save for later", title="Storm alarm")
        room.publish()
        assert room.files() == before
        assert "subscribers still see the text before it" in editor.text()
        editor.press("Discard it")
        assert editor.typed("title") == "Storm warning"
        assert "subscribers still see" not in editor.text()
        editor.open("/newsroom/")
        assert editor.texts("//p[@class='states']") == ["Published"]


class TestFaults:
    def test_every_fault_is_told_at_its_field_and_nothing_typed_is_lost(self, editor: Visitor) -> None:
        wrong = TYPED | {
            "title": "x" * 1001,
            "language": "not a tag",
            "url": "ftp://example.org",
            "authors": "<desk@example.org>",
            "picture_url": "example.org/x.jpg",
        }
        editor.open("/newsroom/articles/new")
        editor.press("Publish…", wrong)
        assert editor.page.status_code == 422
        assert fields(editor) == wrong
        told = {
            one.get("id", "").removesuffix("-fault"): one.text_content()
            for one in editor.select("//span[@class='fault']")
        }
        assert set(told) == {"title", "language", "url", "authors", "picture_url"}
        assert told["title"] == "The title has 1,001 characters; the limit is 1,000. Shorten it."
        assert told["language"] == "'not a tag' is not a language tag. Write it as BCP 47 does: en, pt-BR, az-Latn."
        for name in told:
            (found,) = editor.select(f"//*[@name='{name}']")
            assert found.get("aria-invalid") == "true"
            assert found.get("aria-describedby") == f"{name}-fault"
        listed = [one.get("href") for one in editor.select("//section[@role='alert']//a")]
        assert sorted(listed) == sorted(f"#{name}" for name in told)
        editor.open("/newsroom/")
        assert editor.texts("//ol/li/h2") == []

    def test_an_article_needs_something_to_read(self, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        editor.press("Save draft", section="Nature")
        assert editor.texts("//span[@class='fault']") == [
            "The title is empty, and there is no text either. Give at least a title or some content."
        ]
        assert editor.typed("section") == "Nature"

    def test_a_pictures_words_without_its_address_are_not_dropped_unseen(self, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        editor.press("Save draft", title="x", picture_alt="An empty quay")
        assert editor.page.status_code == 422
        assert editor.typed("picture_alt") == "An empty quay"


class TestTwoAtOnce:
    def test_who_saves_second_sees_both_versions_and_loses_nothing(
        self, room: Newsroom, editor: Visitor, app: Flask
    ) -> None:
        name = begin(editor)
        other = Visitor(app)
        other.sign_in()
        other.open(f"/newsroom/articles/{name}")
        other.press("Save draft", title="Storm “Ylva” reaches the coast", summary="It came at night.")
        mine = TYPED | {"title": "Storm “Ylva” closes the harbour for days", "text": "Closed until **Friday**."}
        editor.press("Save draft", mine)
        assert editor.page.status_code == 409
        assert fields(editor) == mine
        alert = editor.texts("//section[@role='alert']")[0]
        assert "somebody else changed the article while you wrote" in alert
        assert {"reaches", "coast"} <= set(editor.texts("//section[@role='alert']//del"))
        assert "for days" in " ".join(editor.texts("//section[@role='alert']//ins"))
        assert "It came at night." in alert
        saved = writing.open_article(room.store, name).article.newest
        assert saved.title == "Storm “Ylva” reaches the coast"
        editor.press("Save draft")
        saved = writing.open_article(room.store, name).article.newest
        assert (saved.title, saved.number) == (mine["title"], 3)
        editor.open(f"/newsroom/articles/{name}/history?from=1&to=2")
        assert {"reaches", "coast"} <= set(editor.texts("//ins"))

    def test_of_two_who_write_the_same_neither_is_troubled(self, editor: Visitor, app: Flask) -> None:
        name = begin(editor)
        other = Visitor(app)
        other.sign_in()
        other.open(f"/newsroom/articles/{name}")
        other.press("Save draft", title="Storm")
        editor.press("Save draft", title="Storm")
        assert editor.page.status_code == 200

    def test_what_was_typed_into_an_article_that_was_withdrawn_meanwhile_stays(
        self, room: Newsroom, editor: Visitor
    ) -> None:
        article = room.write("Storm warning")
        editor.open(f"/newsroom/articles/{article.id}")
        editing.withdraw_article(
            room.store, room.site, article.id, "Wrong", notice=True, based_on=None, now=room.pass_time()
        )
        editor.press("Correct…", title="Storm alarm")
        assert editor.page.status_code == 409
        assert editor.typed("title") == "Storm alarm"
        editor.press("Save draft")
        assert editor.page.status_code == 409
        assert editor.typed("title") == "Storm alarm"
        assert "was withdrawn" in editor.text()

    def test_an_article_that_nobody_knows_is_not_made_by_a_form_based_on_one(self, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        data, action = editor.form("Save draft", TYPED)
        assert editor.post(action, data | {"based_on": "3"}).status_code == 404


class TestWhenItCannotBeSaved:
    def test_a_store_that_is_out_of_reach_costs_nobody_a_word(self, room: Newsroom, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        data, action = editor.form("Save draft", TYPED)
        with lost(room):
            editor.post(action, data)
            assert editor.page.status_code == 503
            assert editor.texts("//h1") == ["Not saved"]
            assert editor.typed("text") == TYPED["text"]
            editor.press("Send it again")
            assert editor.page.status_code == 503
        editor.press("Send it again")
        assert editor.texts("//*[@role='status']") == ["Saved. Subscribers see nothing of it yet."]
        assert fields(editor) == TYPED

    def test_who_was_signed_out_while_writing_signs_in_and_goes_on(self, room: Newsroom, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        room.now += timedelta(days=3)
        editor.press("Publish…", TYPED)
        assert editor.page.status_code == 403
        assert editor.texts("//h1") == ["You were signed out"]
        shown = dict(zip(editor.texts("//section//label"), editor.texts("//section//textarea"), strict=True))
        assert shown["Title"] == TYPED["title"]
        editor.press("Sign in", name=NAME, password=WRONG)
        assert editor.texts("//h1") == ["You were signed out"]
        editor.press("Sign in", name=NAME, password=PASSWORD)
        assert editor.texts("//h1") == ["Signed in again"]
        assert PASSWORD not in editor.page.text
        editor.press("Send it again")
        assert editor.texts("//h1") == ["Publish this article?"]
        editor.open(editor.path.removesuffix("/publish"))
        assert fields(editor) == TYPED

    def test_who_signed_in_anew_in_another_tab_sends_once_more(self, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        data, action = editor.form("Save draft", TYPED)
        editor.open("/newsroom/")
        editor.press("Sign out")
        editor.sign_in()
        editor.post(action, data, headers={"Sec-Fetch-Site": "same-origin"})
        assert editor.page.status_code == 403
        editor.press("Send it again", headers={"Sec-Fetch-Site": "same-origin"})
        assert fields(editor) == TYPED

    def test_line_ends_survive_being_sent_again(self, room: Newsroom, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        data, action = editor.form("Save draft", title="x", text="\r\n\r\none\r\n\r\ntwo\r\n")
        with lost(room):
            editor.post(action, data)
        editor.press("Send it again")
        assert editor.typed("text") == "\n\none\n\ntwo\n"


class TestWhatSubscribersWillSee:
    def preview(self, editor: Visitor, **typed: str) -> dict[str, list[str]]:
        editor.open("/newsroom/articles/new")
        data, _ = editor.form("Show it", typed)
        editor.post("/newsroom/preview", data)
        return {
            heading: [" ".join(str(one.text_content()).split()) for one in section.xpath("./ul/li")]
            for section in editor.select("//section[@class='sight']")
            for heading in [str(section.xpath("string(./h3)"))]
        }

    def test_each_feed_that_takes_it_is_named_under_the_way_in_which_it_shows_it(
        self, room: Newsroom, editor: Visitor
    ) -> None:
        room.define(
            [
                ALL,
                Feed("short", "In short", "x", content=ContentSetting.SUMMARY),
                Feed("heads", "Headlines", "x", content=ContentSetting.HEADLINE),
                Feed("sport", "Sport", "x", select=Selection(sections=("Sport",))),
                Feed("late", "Partners", "x", embargo=timedelta(minutes=30), publish=("cron 0 6 * * *",)),
            ],
            [FeedTemplate("section", Feed("section-{value}", "All of {value}", "x"))],
        )
        seen = self.preview(editor, title="Storm", text="It *blows*.", section="Nature")
        assert seen == {
            "In full": [
                "All news",
                "Partners30 minutes after its publicationat its next run, tomorrow, 06:00",
                "All of Naturea new feed, made by this article",
            ],
            "As a summary": ["In short"],
            "As a headline": ["Headlines"],
        }
        assert "<p>It <em>blows</em>.</p>" in editor.page.text
        assert "Sport" in str(self.preview(editor, title="Cup", section="sport"))

    def test_what_is_shown_is_what_the_feed_then_shows(self, room: Newsroom, editor: Visitor) -> None:
        self.preview(editor, **TYPED)
        title, summary = editor.texts("//article/h4")[0], editor.texts("//article/p")[0]
        begin(editor)
        editor.press("Publish…")
        editor.press("Publish now")
        room.publish()
        published = room.read("all")
        for words in (title, summary, "https://pictures.example.org/harbour.jpg", "An empty quay"):
            assert words in published
            assert words in (title, summary) or words in str(self.preview(editor, **TYPED)) + editor.page.text

    def test_an_article_that_no_feed_takes_is_told_of(self, room: Newsroom, editor: Visitor) -> None:
        room.define([Feed("sport", "Sport", "x", select=Selection(sections=("Sport",)))])
        assert self.preview(editor, title="Storm") == {}
        assert "No feed takes this article" in editor.page.text

    def test_before_anything_is_written_nothing_is_a_fault(self, editor: Visitor) -> None:
        self.preview(editor)
        assert "as soon as something is written" in editor.page.text

    def test_a_language_that_runs_from_right_to_left_does_so(self, editor: Visitor) -> None:
        self.preview(editor, title="افتتاح معرض الكتاب", language="ar")
        (card,) = editor.select("//article")
        assert (card.get("dir"), card.get("lang")) == ("rtl", "ar")

    def test_without_script_a_button_shows_it_and_saves_nothing(self, editor: Visitor) -> None:
        editor.open("/newsroom/articles/new")
        editor.press("Show it", TYPED)
        assert editor.texts("//section[@class='seen']//h4") == [TYPED["title"]]
        assert fields(editor) == TYPED
        editor.open("/newsroom/")
        assert editor.texts("//ol/li/h2") == []

    def test_a_change_of_section_says_which_feed_it_leaves(self, room: Newsroom, editor: Visitor) -> None:
        room.define([ALL, Feed("sport", "Sport", "x", select=Selection(sections=("Sport",)))])
        article = room.write(section="Sport")
        editor.open(f"/newsroom/articles/{article.id}")
        editor.press("Change quietly…", section="Nature")
        assert "It disappears from: Sport." in editor.text()
        assert editor.texts("//section[h3='No longer in']/ul/li") == ["Sport"]

    def test_script_that_asks_after_signing_out_is_told_so_in_its_place(self, app: Flask) -> None:
        answer = Visitor(app).client.post("/newsroom/preview", headers={"HX-Request": "true"})
        assert (answer.status_code, answer.text) == (
            403,
            '<p class="warning">You are signed out. Save, and sign in again: nothing is lost.</p>',
        )


class lost:  # noqa: N801 read as a word
    """While this lasts, the store is out of reach."""

    def __init__(self, room: Newsroom) -> None:
        self._room = room
        self._path = room.path / "store.db"
        self._aside = room.path / "aside"

    def __enter__(self) -> None:
        self._room.store.engine.dispose()
        self._aside.mkdir()
        for path in list(self._room.path.glob("store.db*")):
            path.rename(self._aside / path.name)
        self._path.mkdir()

    def __exit__(self, *_: object) -> None:
        self._room.store.engine.dispose()
        self._path.rmdir()
        for path in list(self._aside.iterdir()):
            path.rename(self._room.path / path.name)
        self._aside.rmdir()
