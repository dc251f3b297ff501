"""What is looked after in a real browser: held feeds, programs' tokens, pictures, the history, quiet changes."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.newsroom_pages.browsers import check, scripted, sign_in, write
from tests.pictures.files import png
from tests.service import HOST, Service
from tests.waiting import wait_until


@pytest.fixture
def kind(page: Page) -> str:
    """Say which of the two browsers this is: what they write must not be the same."""
    return "script" if scripted(page) else "no-script"


def bring_in(service: Service, kind: str, titles: list[str], *, days: int) -> None:
    """Import articles of the section that the wire takes, so many days old."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=days)
    files = []
    for number, title in enumerate(titles):
        file = service.folder / f"{kind}-{days}-{number}.md"
        front = (
            f"title: {title}\nsection: Wire\ndate: {(at + timedelta(seconds=number)).isoformat()}\nguid: {kind}-{title}"
        )
        file.write_text(f"---\n{front}\n---\nText.\n", encoding="utf-8")
        files.append(file)
    service.import_files(*files)


def test_a_feed_that_is_held_is_looked_at_and_let_go(page: Page, service: Service, password: str, kind: str) -> None:
    # A feed is held once it has shown some news.
    news = [f"News {number}, {kind}" for number in range(3)]
    bring_in(service, kind, news, days=0)
    service.wait_for("/feeds/wire/feed.json", lambda answer: all(one in answer.text for one in news))
    archive = [f"Archive {number}, {kind}" for number in range(6)]
    bring_in(service, kind, archive, days=400)
    wait_until(lambda: archive[-1] in service.command("diff", "wire").stdout)

    sign_in(page, password)
    page.get_by_role("link", name="Feeds").click()
    wire = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="The wire"))
    expect(wire.get_by_text("Held", exact=True)).to_be_visible()
    wire.get_by_role("link", name="See what waits, and decide").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Let this feed go?")
    expect(page.get_by_role("region", name="New to subscribers")).to_contain_text(archive[-1])
    if scripted(page):
        check(page)
    page.get_by_role("link", name="Leave it held").click()
    assert archive[-1] not in service.get("/feeds/wire/feed.json").text
    wire.get_by_role("link", name="See what waits, and decide").click()
    page.get_by_role("button", name="Let it go").click()
    expect(page.get_by_role("status")).to_contain_text("Let go.")
    service.wait_for("/feeds/wire/feed.json", lambda answer: all(one in answer.text for one in archive))
    page.goto("/feeds/wire/")
    expect(page.get_by_role("link", name=archive[-1])).to_be_visible()


def test_a_program_gets_a_token_that_works_until_it_is_revoked(
    page: Page, service: Service, password: str, kind: str
) -> None:
    sign_in(page, password)
    page.get_by_role("link", name="Programs").click()
    page.get_by_label("Whose it is").fill(f"Wire, {kind}")
    page.get_by_role("radio", name="Read and write").check()
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_role("status")).to_contain_text("It is shown this once: copy it now.")
    token = page.get_by_role("status").locator("code").inner_text()
    assert called(service, token) == 201
    page.get_by_role("link", name="Programs").click()
    expect(page.get_by_text(token)).to_have_count(0)
    page.get_by_label("Whose it is").fill(f"Wire, {kind}")
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_role("alert")).to_contain_text("This name is in use.")
    page.get_by_role("button", name=f"Revoke the token of Wire, {kind}").click()
    expect(page.get_by_text(f"Wire, {kind}", exact=True)).to_have_count(0)
    assert called(service, token) == 401


def called(service: Service, token: str) -> int:
    """Write over the API; give the status."""
    connection = HTTPConnection(HOST, service.port, timeout=30)
    fields = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/articles", json.dumps({"title": "By a program"}), fields)
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_picture_is_chosen_seen_and_published(page: Page, service: Service, password: str, kind: str) -> None:
    sign_in(page, password)
    title = f"With a picture, {kind}"
    write(page, title, "A quay.", section="Pictures")
    # Another picture for each browser, or the second would be known already.
    file = FilePayload(name="IMG_0001.PNG", mimeType="image/png", buffer=png(size=(len(kind), 9)))
    page.get_by_label("Choose a file").set_input_files(file)
    page.get_by_label("In words, for those who can’t see it").fill("A quay in the rain")
    page.get_by_label("Credit").fill("Picture Desk")
    address = page.get_by_label("Or its address")
    if scripted(page):
        expect(address).to_have_value(re.compile(f"^{re.escape(service.base_url)}/media/"))
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    url = address.input_value()
    assert url.startswith(f"{service.base_url}/media/")
    page.get_by_role("button", name="Publish…").click()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_role("status")).to_contain_text("Published.")
    for name in ("rss.xml", "atom.xml", "feed.json"):
        service.wait_for(f"/feeds/all/{name}", lambda answer: url in answer.text)
    page.get_by_role("link", name="Its page").click()
    picture = page.get_by_role("img", name="A quay in the rain")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == len(kind)
    expect(page.get_by_text("Picture Desk")).to_be_visible()


def test_a_quiet_change_is_shown_first_moves_no_date_and_stands_in_the_history(
    page: Page, service: Service, password: str, kind: str
) -> None:
    sign_in(page, password)
    title = f"Ferries sail again, {kind}"
    write(page, title, "The ferries sial again.")
    page.get_by_role("button", name="Publish…").click()
    page.get_by_role("button", name="Publish now").click()
    service.wait_for("/feeds/all/feed.json", lambda answer: title in answer.text)
    page.get_by_label("Text", exact=True).fill("The ferries sail again.")
    page.get_by_role("button", name="Change quietly…").click()
    expect(page.locator("del").first).to_have_text("sial")
    expect(page.locator("ins").first).to_have_text("sail")
    expect(page.get_by_text("No date moves, and nobody is told")).to_be_visible()
    page.get_by_role("button", name="Change it quietly").click()
    expect(page.get_by_role("status")).to_contain_text("No date has moved.")
    feed = service.wait_for("/feeds/all/feed.json", lambda answer: "sail again." in str(story(answer.text, title)))
    after = story(feed.text, title)
    assert after.get("date_modified", after["date_published"]) == after["date_published"]
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("From 2 to 4")
    expect(page.locator("del").first).to_have_text("sial")
    page.get_by_role("radio", name="from revision 3").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("These two say the same.")).to_be_visible()


def story(feed: str, title: str) -> dict[str, Any]:
    """Give an item of a JSON Feed by its title."""
    found: list[dict[str, Any]] = [item for item in json.loads(feed)["items"] if item["title"] == title]
    return found[0] if found else {}
