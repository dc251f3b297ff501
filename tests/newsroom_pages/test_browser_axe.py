"""The newsroom's pages as axe finds them, at the width of a phone and of a desk, in light and dark: without a fault."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tests.newsroom_pages.browsers import DEADLINE, check, sign_in, write
from tests.pictures.files import png
from tests.service import Service


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_any_page(
    service: Service, password: str, browser: Browser, scheme: str, width: int
) -> None:
    context = browser.new_context(
        base_url=service.base_url,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 844},
    )
    context.set_default_timeout(DEADLINE)
    page = context.new_page()
    check(page, "/newsroom/sign-in")
    page.get_by_role("button", name="Sign in").click()
    sign_in(page, password)
    write(page, f"Checked at {width} in {scheme}", "A *text*.\n\n> quoted", section="News")
    page.get_by_label("Choose a file").set_input_files(FilePayload(name="a.png", mimeType="image/png", buffer=png()))
    page.get_by_label("In words, for those who can’t see it").fill("A quay in the rain")
    page.get_by_label("Language").fill("ar")
    page.get_by_label("Language").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    draft = page.url.partition("?")[0]
    for path in ("/newsroom/", "/newsroom/?q=nothing+like+it", "/newsroom/articles/new", "/newsroom/nothing"):
        check(page, path)
    for path in ("", "?done=saved", "/publish", "/schedule", "/history"):
        check(page, f"{draft}{path}")
    page.goto(f"{draft}/schedule")
    page.get_by_label("Day and time").fill("2020-01-01T10:00")
    page.get_by_role("button", name="Schedule", exact=True).click()
    check(page)
    page.goto(f"{draft}/publish")
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_role("status")).to_contain_text("Published.")
    check(page)
    page.get_by_label("Language").fill("no language")
    page.get_by_role("button", name="Save for later").click()
    check(page)
    page.get_by_label("Language").fill("en")
    page.get_by_label("Title").fill("Changed")
    page.get_by_role("button", name="Correct…").click()
    check(page)
    # The last one is of a step that can't be taken.
    for path in ("", "/release", "/withdraw", "/history", "/publish"):
        check(page, f"{draft}{path}")
    service.wait_for("/feeds/section-news/", lambda answer: answer.status == 200)
    for path in ("/newsroom/feeds", "/newsroom/feeds/short/held", "/newsroom/programs"):
        check(page, path)
    # The second time it is refused, since the name is in use.
    for _ in range(2):
        page.get_by_label("Whose it is").fill(f"Wire {scheme} {width}")
        page.get_by_role("button", name="Make a token").click()
        check(page)
    page.goto(f"{draft}/withdraw")
    page.get_by_label("Your reason, for readers").fill("Checked.")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("status")).to_contain_text("Withdrawn.")
    check(page)
    context.close()
