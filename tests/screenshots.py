"""Makes the pictures of the documentation anew: runs the service with a newsroom to be shown, and takes them.

    python -m tests.screenshots [FOLDER]        docs/images otherwise

Pages at the width of a desk and of a phone, in light, and some in dark, under names that stay.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Browser, BrowserContext, Page, Route, StorageState, expect

from tests.browser import browsing
from tests.demonstration import ARCHIVE, CONFIG, DRAWINGS, HARBOUR, NEWS, PICTURES, SITE, STORIES, Story
from tests.png import shrink
from tests.service import HOST, Service, serving

IMAGES: Final = Path(__file__).parent.parent / "docs" / "images"
NAME: Final = "city-desk"
DEADLINE: Final = 30_000


@dataclass(frozen=True)
class Window:
    """What a page is looked at through."""

    name: str
    wide: int
    high: int
    scale: float


DESK: Final = Window("desk", 1280, 800, 1)
PHONE: Final = Window("phone", 390, 844, 2)


@dataclass(frozen=True)
class Shot:
    """A page to be taken: how to come to it, how high it is shown on a desk, and through which windows in dark."""

    show: Callable[[Page], object]
    high: int = DESK.high
    dark: tuple[Window, ...] = ()


def main(folder: Path) -> None:
    """Take every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as place, serving(Path(place), CONFIG) as service:
        password = fill(service)
        with browsing(f"--host-resolver-rules=MAP news.example.org {HOST}:{service.port}") as browser:
            with opened(browser, DESK) as context:
                edit(sign_in(context.new_page(), password))
                service.wait_for("/feeds/all/", lambda answer: "Thirty-eight" in answer.text)
                signed_in = context.storage_state()
            take_all(browser, SHOTS, signed_in, folder)
            hold(service)
            take_all(browser, SHOTS_OF_A_HELD_FEED, signed_in, folder)


def fill(service: Service) -> str:
    """Bring the articles in and make an account; give its password."""
    bring_in(service, STORIES)
    made = service.command("user", "add", NAME, "--generate", "--json")
    assert made.returncode == 0, made.stderr
    service.wait_for("/feeds/section-coast/", lambda answer: answer.status == 200)
    return str(json.loads(made.stdout)["password"])


def bring_in(service: Service, stories: tuple[Story, ...]) -> None:
    """Import articles."""
    now = datetime.now(UTC).replace(microsecond=0)
    files = [service.folder / f"{story.name}.md" for story in stories]
    for file, story in zip(files, stories, strict=True):
        file.write_text(story.markdown(now), encoding="utf-8")
    service.import_files(*files)


def hold(service: Service) -> None:
    """Bring old stories into a live feed, so that one is held."""
    bring_in(service, NEWS)
    service.wait_for("/feeds/all/", lambda answer: NEWS[-1].title in answer.text)
    # All at once for the publisher, which would publish the first few otherwise.
    service.stop()
    bring_in(service, ARCHIVE)
    service.start()
    service.wait_for("/healthz", lambda answer: json.loads(answer.body)["feeds"]["all"]["state"] == "held")
    service.wait_for("/feeds/section-archive/", lambda answer: ARCHIVE[-1].title in answer.text)


@contextmanager
def opened(
    browser: Browser, window: Window, scheme: str = "light", signed_in: StorageState | None = None
) -> Iterator[BrowserContext]:
    """Give a browser with this window, in which articles' pictures are drawn."""
    context = browser.new_context(
        base_url=SITE,
        viewport={"width": window.wide, "height": window.high},
        device_scale_factor=window.scale,
        color_scheme="dark" if scheme == "dark" else "light",
        locale="en-GB",
        timezone_id="Europe/Oslo",
        storage_state=signed_in,
    )
    context.set_default_timeout(DEADLINE)
    expect.set_options(timeout=DEADLINE)
    context.route(f"{PICTURES}/**", draw)
    yield context
    context.close()


def take_all(browser: Browser, shots: Mapping[str, Shot], signed_in: StorageState, folder: Path) -> None:
    """Take these pictures through every window, in light, and in dark where that is wanted."""
    for window, scheme in product((DESK, PHONE), ("light", "dark")):
        with opened(browser, window, scheme, signed_in) as context:
            for name, shot in shots.items():
                if scheme == "light" or window in shot.dark:
                    suffix = "-dark" if scheme == "dark" else ""
                    (folder / f"{name}-{window.name}{suffix}.png").write_bytes(take(context, shot, window))


def take(context: BrowserContext, shot: Shot, window: Window) -> bytes:
    """Take one picture."""
    page = context.new_page()
    if window is DESK:
        page.set_viewport_size({"width": window.wide, "height": shot.high})
    shot.show(page)
    page.wait_for_load_state("networkidle")
    picture = shrink(context.new_page(), page.screenshot())
    for each in context.pages:
        each.close()
    return picture


def draw(route: Route) -> None:
    """Answer for an article's picture."""
    name = route.request.url.rpartition("/")[2].removesuffix(".svg")
    route.fulfill(content_type="image/svg+xml", headers={"Access-Control-Allow-Origin": "*"}, body=DRAWINGS[name])


def sign_in(page: Page, password: str) -> Page:
    """Sign in."""
    page.goto("/newsroom/")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Articles")
    return page


def edit(page: Page) -> None:
    """Withdraw one article and correct another, so that there is something to see of that; make tokens."""
    page.get_by_role("link", name="Stadium").click()
    page.get_by_role("link", name="Withdraw…").click()
    page.get_by_label("Your reason, for readers").fill("The plan was the club's joke on the first of April.")
    page.get_by_role("button", name="Withdraw it").click()
    open_harbour(page)
    page.get_by_role("radio", name="Markdown").check()
    page.get_by_label("Text", exact=True).fill(HARBOUR.replace("Forty-two", "Thirty-eight"))
    summary = page.get_by_label("Summary", exact=True)
    summary.fill(summary.input_value().replace("Forty-two", "Thirty-eight"))
    page.get_by_role("button", name="Correct…").click()
    page.get_by_label("Your note to readers").fill("We said that forty-two ships had waited. There were thirty-eight.")
    page.get_by_role("button", name="Publish the correction").click()
    expect(page.get_by_role("status")).to_contain_text("Corrected.")
    page.goto("/newsroom/programs")
    for name, scope in (("Wire import", "Read and write"), ("Archive search", "Read")):
        page.get_by_label("Whose it is").fill(name)
        page.get_by_role("radio", name=scope, exact=True).check()
        page.get_by_role("button", name="Make a token").click()
        expect(page.get_by_role("status")).to_contain_text(name)


def open_harbour(page: Page) -> None:
    """Open the story about the harbour in the editor."""
    page.goto("/newsroom/?q=harbour+storm")
    page.get_by_role("link", name="Harbour").click()


def show_article(page: Page) -> None:
    """Show an article's page."""
    page.goto("/feeds/section-coast/")
    page.get_by_role("link", name="Harbour").click()


def show_editor(page: Page) -> None:
    """Show the editor, with what subscribers will see."""
    open_harbour(page)
    text = page.get_by_label("Text", exact=True)
    text.fill(text.input_value().replace("by Thursday", "by Friday"))
    seen = page.get_by_role("region", name="What subscribers will see")
    expect(seen.get_by_text("As a summary")).to_be_visible()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")


def show_correction(page: Page) -> None:
    """Show what is said before a correction is published."""
    page.goto("/newsroom/?q=northern+lights")
    page.get_by_role("link", name="Three nights").click()
    summary = page.get_by_label("Summary", exact=True)
    summary.fill(summary.input_value().replace("Thursday", "Friday"))
    page.get_by_role("button", name="Correct…").click()
    page.get_by_label("Your note to readers").fill(
        "We said that the storm is at its height on Thursday. It is on Friday."
    )


def show_withdrawal(page: Page) -> None:
    """Show what is said before a withdrawal."""
    open_harbour(page)
    page.get_by_role("link", name="Withdraw…").click()


def show_history(page: Page) -> None:
    """Show what a correction changed."""
    open_harbour(page)
    page.get_by_role("link", name="History").click()


def show_tokens(page: Page) -> None:
    """Show a token that was just made, the only time that it is there to be seen."""
    page.goto("/newsroom/programs")
    revoke = page.get_by_role("button", name="Revoke the token of Night desk")
    if revoke.count():
        revoke.click()
    page.get_by_label("Whose it is").fill("Night desk")
    page.get_by_role("button", name="Make a token").click()


def show(path: str) -> Callable[[Page], object]:
    """Show the page at an address."""
    return lambda page: page.goto(path)


SHOTS: Final = {
    "index": Shot(show("/")),
    "feed": Shot(show("/feeds/all/"), high=1180, dark=(DESK,)),
    "article": Shot(show_article, high=1100, dark=(PHONE,)),
    "newsroom": Shot(show("/newsroom/"), dark=(PHONE,)),
    "editor": Shot(show_editor, dark=(DESK,)),
    "correction": Shot(show_correction, high=900),
    "withdrawal": Shot(show_withdrawal, high=860),
    "history": Shot(show_history, high=640),
    "tokens": Shot(show_tokens, high=560),
}
SHOTS_OF_A_HELD_FEED: Final = {
    "health": Shot(show("/newsroom/feeds"), high=880, dark=(DESK,)),
    "held": Shot(show("/newsroom/feeds/all/held"), high=760),
}

if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES)
