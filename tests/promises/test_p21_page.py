"""P21: a person can read it.

Every feed has an HTML page, server-rendered, without XSLT (browsers have dropped it) and working without script: what
it is, its entries, its addresses to copy, one-click subscribe links; passes axe in a real browser.

Here the same is asked of every public page. The newsroom's pages have their tests in tests/newsroom_pages.

not yet: nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from tests.api.client import Program
from tests.browser import browsing
from tests.pictures.files import png
from tests.service import CONFIG, Service, serving

CONFIGURED = (
    CONFIG
    + """
[[feed]]
slug = "empty"
title = "Nothing yet"
select = { sections = ["none"] }

[[feed]]
slug = "arabic"
title = "أخبار العالم"
description = "كل الأخبار بالعربية."
language = "ar"
select = { languages = ["ar"] }

[[feed]]
slug = "headlines"
title = "Headlines"
content = "headline"

[[feed]]
for_each = "tag"
slug = "tag-{value}"
title = "On {value}"
"""
)
STORIES = {
    "harbour.md": """---
title: The harbour opens
summary: Ships come in again.
section: Sea
authors: [Sea Desk]
tags: [ships, harbour, weather, tides, storms, fish, trade, ports, docks, crews, cranes, pilots]
image: {url: "PICTURE", alt: "A ship at a quay", caption: "The first ship", credit: "Picture Desk"}
---
Ships **come in** [again](https://example.org/again).

| Ship | Day |
|---|---|
| One | Monday |

> It was *time*.

    a long line of code that does not wrap anywhere at all and is wider than any telephone's screen is, by far and more
""",
    "arabic.md": "---\ntitle: الميناء يفتح\nlanguage: ar\nsection: البحر\n---\nالسفن تعود.\n",
    "long.md": f"---\ntitle: {'Donaudampfschifffahrtsgesellschaft' * 3}\nlanguage: de\n---\n{'x' * 300}\n",
}
# So wide that only a fault reaches it.
DEADLINE = 30_000
FORMATS = {"RSS": "rss.xml", "Atom": "atom.xml", "JSON": "feed.json"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service"), CONFIGURED) as running:
        (running.folder / "ship.png").write_bytes(png(size=(640, 360)))
        added = running.command("picture", "add", "ship.png", "--json")
        assert added.returncode == 0, added.stderr
        for name, text in STORIES.items():
            whole = text.replace("PICTURE", json.loads(added.stdout)[0]["url"])
            (running.folder / name).write_text(whole, encoding="utf-8")
        running.import_files(*STORIES)
        running.wait_for(
            "/feeds/all/", lambda answer: all(text in answer.text for text in ("opens", "الميناء", "Donau"))
        )
        running.wait_for("/feeds/headlines/", lambda answer: "Donau" in answer.text)
        running.wait_for("/feeds/arabic/", lambda answer: "الميناء" in answer.text)
        running.wait_for("/feeds/tag-ships/", lambda answer: "The harbour opens" in answer.text)
        running.wait_for("/", lambda answer: "/feeds/tag-ships/" in answer.text)
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as running:
        yield running


@pytest.fixture(scope="module")
def addresses(service: Service) -> dict[str, str]:
    """Give the path of each article's page, by the file that it came from."""
    items = json.loads(service.get("/feeds/all/feed.json").body)["items"]
    found = {item["title"]: urlsplit(item["url"]).path for item in items}
    return {
        "harbour": found["The harbour opens"],
        "arabic": found["الميناء يفتح"],
        "long": next(path for title, path in found.items() if title.startswith("Donau")),
    }


@pytest.fixture(scope="module")
def withdrawn(service: Service) -> str:
    """Give the path of an article that was taken back, with its notice in the feeds."""
    (service.folder / "wrong.md").write_text("---\ntitle: All wrong\n---\nIt is.\n", encoding="utf-8")
    made = service.import_files("wrong.md")[0]["article_id"]
    taken = Program.of(service).call(
        "POST", f"/articles/{made}/withdraw", {"reason": "It was about another town.", "notice": True}, If_Match="*"
    )
    assert taken.status == 200, taken
    return str(taken.json["permalink"])


@pytest.fixture
def paths(addresses: dict[str, str], withdrawn: str) -> list[str]:
    """Every kind of public page, errors that people meet included."""
    feeds = [f"/feeds/{slug}/" for slug in ("all", "empty", "arabic", "headlines", "tag-ships")]
    return ["/", *feeds, *addresses.values(), withdrawn, "/feeds/nothing/", "/articles/nothing", "/api/v1/"]


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, service: Service) -> Iterator[Open]:
    """Open a page as one visitor does; no page asks another host for anything, or breaks its own policy."""
    contexts = []
    faults: list[str] = []

    def note_request(request: Request) -> None:
        if not request.url.startswith((service.base_url, "data:")):
            faults.append(f"asks for {request.url}")

    def note_console(message: ConsoleMessage) -> None:
        # A browser tells of every status from 400 on, which some of these pages have.
        if message.type in {"error", "warning"} and "the server responded with a status of 4" not in message.text:
            faults.append(message.text)

    def go(path: str, *, width: int = 1280, dark: bool = False, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=service.base_url,
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        contexts.append(context)
        context.set_default_timeout(DEADLINE)
        page = context.new_page()
        page.on("request", note_request)
        page.on("console", note_console)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(path)
        return page

    yield go
    for context in contexts:
        context.close()
    assert faults == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280], ids=["phone", "desk"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    open_page: Open, paths: list[str], width: int, dark: bool
) -> None:
    page = open_page("/", width=width, dark=dark)
    for path in paths:
        page.goto(path)
        results = Axe().run(page)
        assert results.violations_count == 0, f"{path}\n{results.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_every_page_says_in_which_language_and_direction_it_is(open_page: Open, paths: list[str]) -> None:
    page = open_page("/", script=False)
    for path in paths:
        page.goto(path)
        html = page.locator("html")
        language = "ar" if re.search("[؀-ۿ]", page.title()) else "de" if "Donau" in page.title() else "en"
        expect(html).to_have_attribute("lang", language)
        expect(html).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
        expect(page.locator("h1")).to_have_count(1)
        expect(page.get_by_role("main")).to_have_count(1)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_feed_s_page_says_what_it_is_and_what_is_in_it(open_page: Open, service: Service, script: bool) -> None:
    page = open_page("/feeds/all/", script=script)
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything")
    expect(page.get_by_text("Every article, in full.")).to_be_visible()
    expect(page.get_by_role("link", name="The harbour opens")).to_be_visible()
    expect(page.get_by_text("Ships come in again.")).to_be_visible()
    expect(page.get_by_role("link", name="الميناء يفتح")).to_be_visible()
    # Every address can be read, opened and copied.
    for name, filename in FORMATS.items():
        address = f"{service.base_url}/feeds/all/{filename}"
        assert page.get_by_role("link", name=name, exact=True).get_attribute("href") == address
        assert page.get_by_text(address, exact=True).is_visible()
    # And one step subscribes, in the reader on this device or in one on the web.
    links = [str(link.get_attribute("href")) for link in page.locator(".readers a").all()]
    assert links[0] == f"feed:{service.base_url}/feeds/all/rss.xml"
    assert len(links) > 3
    assert all("rss.xml" in link for link in links)


def test_with_script_an_address_is_copied_by_a_button(open_page: Open, service: Service) -> None:
    page = open_page("/feeds/all/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    buttons = page.locator("dl button")
    expect(buttons).to_have_count(3)
    buttons.first.click()
    expect(buttons.first).not_to_have_text("Copy")
    assert page.evaluate("navigator.clipboard.readText()") == f"{service.base_url}/feeds/all/rss.xml"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_reader_goes_from_the_list_to_a_feed_to_an_article_by_keyboard_alone(
    open_page: Open, addresses: dict[str, str], script: bool
) -> None:
    page = open_page("/", script=script)
    for name, path in (("Everything", "/feeds/all/"), ("The harbour opens", addresses["harbour"])):
        page.get_by_role("link", name=name, exact=True).focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{path}")
    picture = page.get_by_role("img", name="A ship at a quay")
    expect(picture).to_be_visible()
    expect(page.get_by_text("The first ship")).to_be_visible()
    expect(page.get_by_text("Picture Desk")).to_be_visible()
    # The first thing that Tab reaches skips what stands on every page.
    page.goto(addresses["harbour"])
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#content")


def test_an_article_tells_other_sites_what_it_is(open_page: Open, service: Service, addresses: dict[str, str]) -> None:
    page = open_page(addresses["harbour"])
    expected = {
        "og:type": "article",
        "og:title": "The harbour opens",
        "og:description": "Ships come in again.",
        "og:url": f"{service.base_url}{addresses['harbour']}",
        "og:image:alt": "A ship at a quay",
    }
    for name, content in expected.items():
        assert page.locator(f'meta[property="{name}"]').get_attribute("content") == content
    data = json.loads(str(page.locator('script[type="application/ld+json"]').text_content()))
    assert (data["@type"], data["headline"]) == ("NewsArticle", "The harbour opens")
    assert data["image"].startswith(f"{service.base_url}/media/")
    assert data["author"] == [{"@type": "Person", "name": "Sea Desk"}]


def test_what_was_taken_back_and_what_never_was_is_said_in_words(open_page: Open, withdrawn: str) -> None:
    page = open_page(withdrawn, script=False)
    expect(page.get_by_text("It was about another town.")).to_be_visible()
    assert "All wrong" not in page.content()
    page.goto("/articles/nothing")
    expect(page.get_by_role("link", name="All feeds").last).to_be_visible()


def test_no_document_of_a_feed_needs_a_style_sheet_of_xslt(service: Service) -> None:
    for name in FORMATS.values():
        assert b"xml-stylesheet" not in service.get(f"/feeds/all/{name}").body
