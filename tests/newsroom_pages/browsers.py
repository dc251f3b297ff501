"""The newsroom in a real browser: what its tests share, which is signing in, writing, and looking for faults."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import ConsoleMessage, Dialog, Page, expect

from tests.newsroom_pages.visiting import NAME
from tests.service import CONFIG

# Only the wire is ever held.
CONFIGURED = (
    CONFIG.replace("[publish]", "[publish]\nmax_new = 1000")
    + """
[[feed]]
slug = "short"
title = "In short"
content = "summary"

[[feed]]
slug = "wire"
title = "The wire"
select = { sections = ["Wire"] }
max_new = 2

[[feed]]
for_each = "section"
slug = "section-{value}"
title = "All of {value}"
"""
)
# So wide that only a fault reaches it.
DEADLINE = 30_000


def sign_in(page: Page, password: str) -> None:
    page.goto("/newsroom/")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Articles")


def write(page: Page, title: str, text: str, section: str = "News") -> None:
    page.get_by_role("link", name="New article").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Text", exact=True).fill(text)
    page.get_by_label("Section").fill(section)


def noted_dialogs(page: Page) -> list[str]:
    """Note every dialog that comes up, and dismiss it."""
    noted: list[str] = []

    def note(dialog: Dialog) -> None:
        noted.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", note)
    return noted


def note_console(page: Page, faults: list[str]) -> None:
    """Note what goes wrong in a page."""

    def note(said: ConsoleMessage) -> None:
        # An answer that refuses something is what some tests are about.
        if said.type in {"error", "warning"} and not said.text.startswith("Failed to load resource: the server resp"):
            faults.append(said.text)

    page.on("console", note)
    page.on("pageerror", lambda error: faults.append(str(error)))


def scripted(page: Page) -> bool:
    return bool(page.locator("html").evaluate("() => matchMedia('(scripting: enabled)').matches"))


def check(page: Page, path: str | None = None) -> None:
    if path is not None:
        page.goto(path)
    if page.locator("#sights").count():
        expect(page.locator("#sights > *").first).to_be_attached()
    results = Axe().run(page)
    assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"
    # Nothing is wider than the window: no page scrolls sideways.
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
