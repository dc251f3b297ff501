"""The newsroom in a real browser, over the real service: with script and without it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.newsroom_pages.browsers import DEADLINE, noted_dialogs, scripted, sign_in, write
from tests.newsroom_pages.visiting import NAME
from tests.service import Service


def test_the_first_sign_in_and_signing_out(page: Page, password: str) -> None:
    page.goto("/newsroom/articles/new")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill("not the right one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    expect(page.get_by_label("Name")).to_have_value(NAME)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    expect(page).to_have_title("New article – The Gazette newsroom")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/newsroom/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_an_article_is_written_published_corrected_and_withdrawn(page: Page, service: Service, password: str) -> None:
    sign_in(page, password)
    kind = "script" if page.evaluate("1") == 1 and scripted(page) else "no script"
    title = f"The harbour opens, {kind}"
    write(page, title, "Ships **come in** again.", section=f"Sea {kind}")
    page.get_by_role("button", name="Publish…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Publish this article?")
    expect(page.get_by_text("Subscribers of 3 feeds see a new article, dated now.")).to_be_visible()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_role("status")).to_contain_text("Published.")
    service.wait_for("/feeds/all/", lambda answer: title in answer.text)
    page.goto("/feeds/all/")
    expect(page.get_by_role("link", name=title)).to_be_visible()
    service.wait_for(f"/feeds/section-sea-{kind.replace(' ', '-')}/feed.json", lambda answer: title in answer.text)

    page.goto("/newsroom/")
    page.get_by_role("link", name=title).click()
    page.get_by_label("Text", exact=True).fill("Ships **do not** come in.")
    page.get_by_role("button", name="Correct…").click()
    expect(page.locator("ins").first).to_be_visible()
    page.get_by_label("Your note to readers").fill("We said that ships come in. They do not.")
    page.get_by_role("button", name="Publish the correction").click()
    expect(page.get_by_role("status")).to_contain_text("Corrected.")
    service.wait_for("/feeds/all/rss.xml", lambda answer: "We said that ships come in" in answer.text)

    page.get_by_role("link", name="Withdraw…").click()
    page.get_by_label("Your reason, for readers").fill("There is no harbour.")
    page.get_by_role("radio", name="A notice").check()
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("status")).to_contain_text("Withdrawn.")
    service.wait_for(
        "/feeds/all/feed.json",
        lambda answer: "There is no harbour." in answer.text and "do not" not in answer.text.partition(title)[2],
    )
    page.get_by_role("link", name="says that it was withdrawn").click()
    expect(page.get_by_text("There is no harbour.")).to_be_visible()


def test_an_article_is_scheduled_and_kept_back(page: Page, service: Service, password: str) -> None:
    sign_in(page, password)
    title = f"Tomorrow's news {datetime.now(UTC):%H%M%S%f}"
    write(page, title, "It comes out tomorrow.")
    page.get_by_role("button", name="Schedule…").click()
    at = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=1)
    page.get_by_label("Day and time").fill(f"{at:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Scheduled.")
    expect(page.get_by_text(f"comes out tomorrow, {at:%H:%M}")).to_be_visible()
    assert title not in service.get("/feeds/all/feed.json").text
    page.get_by_role("button", name="Keep it back").click()
    expect(page.get_by_role("status")).to_contain_text("Kept back")


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(page: Page, password: str) -> None:
    sign_in(page, password)
    write(page, "A title", "A text that took long to write.")
    page.get_by_label("Language").fill("not a language")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("alert")).to_contain_text("1 field has a fault")
    expect(page.get_by_label("Text", exact=True)).to_have_value("A text that took long to write.")
    expect(page.get_by_label("Language")).to_have_attribute("aria-invalid", "true")
    if scripted(page):
        expect(page.get_by_role("alert")).to_be_focused()
        # What was not saved is not left without a question.
        page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("alert").get_by_role("link", name="Language").click()
    expect(page.get_by_label("Language")).to_be_focused()
    page.get_by_label("Language").fill("en")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")


class TestWithScript:
    @pytest.fixture
    def page(self, service: Service, browser: Browser) -> Iterator[Page]:
        context = browser.new_context(base_url=service.base_url, locale="en-GB")
        context.set_default_timeout(DEADLINE)
        yield context.new_page()
        context.close()

    def test_what_feeds_will_show_is_seen_while_writing(self, page: Page, password: str) -> None:
        sign_in(page, password)
        page.get_by_role("link", name="New article").click()
        seen = page.get_by_role("region", name="What subscribers will see")
        expect(seen).to_contain_text("as soon as something is written")
        expect(seen.get_by_role("button")).to_be_hidden()
        page.get_by_label("Title").press_sequentially("Storm at sea")
        expect(seen.get_by_role("heading", name="Storm at sea")).to_have_count(2)
        page.get_by_label("Section").fill("Weather")
        expect(seen).to_contain_text("All of Weather")
        expect(page.get_by_label("Section")).to_be_focused()
        page.get_by_label("Text", exact=True).fill("It *blows*.")
        expect(seen.get_by_text("It blows.").first).to_be_visible()
        expect(page.get_by_label("Text", exact=True)).to_have_value("It *blows*.")
        page.get_by_label("Language").fill("??")
        expect(seen).to_contain_text("'??' is not a language tag")

    def test_the_keyboard_saves_and_unsaved_text_is_not_left_without_a_question(
        self, page: Page, password: str
    ) -> None:
        sign_in(page, password)
        write(page, "Saved by the keyboard", "Text.")
        asked = noted_dialogs(page)
        page.get_by_role("link", name="Feeds").click()
        expect(page.get_by_label("Title")).to_have_value("Saved by the keyboard")
        assert asked == ["beforeunload"]
        page.get_by_label("Title").press("Enter")
        expect(page.get_by_label("Title")).to_have_value("Saved by the keyboard")
        page.get_by_label("Title").press("Control+s")
        expect(page.get_by_role("status")).to_contain_text("Saved.")
        page.get_by_role("link", name="Feeds").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Feeds")
        assert asked == ["beforeunload"]

    def test_enter_in_a_field_saves_and_never_publishes(self, page: Page, password: str) -> None:
        sign_in(page, password)
        write(page, "Entered", "Text.", section="Sport")
        page.get_by_label("Section").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Saved.")
        expect(page.get_by_role("main").get_by_text("Draft", exact=True)).to_be_visible()

    def test_no_script_of_an_article_runs_and_nothing_is_loaded_from_it(self, page: Page, password: str) -> None:
        sign_in(page, password)
        ran = noted_dialogs(page)
        page.get_by_role("link", name="New article").click()
        page.get_by_label("HTML", exact=True).check()
        payload = "<img src=x onerror=alert(1)><script>alert(2)</script><svg onload=alert(3)></svg><p>Harmless</p>"
        page.get_by_label("Text", exact=True).fill(payload)
        page.get_by_label("Title").fill(payload)
        page.get_by_label("Summary").fill(payload)
        seen = page.get_by_role("region", name="What subscribers will see")
        seen.get_by_text("The whole text").click()
        expect(seen.get_by_text("Harmless").last).to_be_visible()
        page.get_by_role("button", name="Save draft").click()
        expect(page.get_by_role("status")).to_contain_text("Saved.")
        page.get_by_role("link", name="History").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("History")
        page.goto("/newsroom/")
        assert ran == []
