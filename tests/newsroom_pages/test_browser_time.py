"""An article that is scheduled in a real browser, without script, comes out at its time and not before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.newsroom_pages.browsers import sign_in, write
from tests.service import Service
from tests.waiting import wait_until

# The least that the field can say.
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("page", [False], ids=["without script"], indirect=True)
def test_a_scheduled_article_comes_out_by_itself_at_its_time(page: Page, service: Service, password: str) -> None:
    sign_in(page, password)
    title = "The minute has come"
    write(page, title, "It is out.")
    page.get_by_role("button", name="Schedule…").click()
    at = (datetime.now(UTC) + timedelta(seconds=5)).replace(second=0, microsecond=0) + MINUTE
    page.get_by_label("Day and time").fill(f"{at:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Scheduled.")
    page.goto("/newsroom/?status=scheduled")
    expect(page.get_by_role("link", name=title)).to_be_visible()
    before = service.get("/feeds/all/feed.json").text
    assert title not in before or datetime.now(UTC) >= at
    wait_until(lambda: datetime.now(UTC) >= at, within=90)
    seen = service.wait_for("/feeds/all/feed.json", lambda answer: title in answer.text)
    assert f'"date_published":"{at:%Y-%m-%dT%H:%M:%SZ}"' in seen.text
    page.goto("/feeds/all/")
    expect(page.get_by_role("link", name=title)).to_be_visible()
    page.goto("/newsroom/?status=published")
    expect(page.get_by_role("link", name=title)).to_be_visible()
