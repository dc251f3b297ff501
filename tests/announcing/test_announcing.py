"""Hubs are told of each publication once, after it is visible, and until they have taken it."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs

import pytest

from feedsvc import announcing, hubs, mirroring
from feedsvc.errors import Unavailable
from feedsvc.fetching import Fetcher
from feedsvc.store import announcements
from tests.newsroom import Newsroom
from tests.outside import Outside, serving_outside

NEAR = Fetcher(allow_private_hosts=True)


def told(outside: Outside) -> list[str]:
    return [parse_qs(body.decode())["hub.url"][0] for _, _, body in outside.requests]


def test_each_changed_feed_document_is_announced_once_and_no_page(newsroom: Newsroom) -> None:
    with serving_outside() as outside:
        outside.answers["/"] = (204, b"")
        newsroom.site = replace(newsroom.site, hubs=(f"{outside.url}/",))
        newsroom.define()
        newsroom.write()
        newsroom.publish()
        assert announcing.send_due(newsroom.store, NEAR, now=newsroom.now) == 3
        base = "https://gazette.example.org/feeds/all/"
        assert sorted(told(outside)) == [f"{base}atom.xml", f"{base}feed.json", f"{base}rss.xml"]
        assert parse_qs(outside.requests[0][2].decode())["hub.mode"] == ["publish"]
        newsroom.define()
        newsroom.publish()
        assert announcing.send_due(newsroom.store, NEAR, now=newsroom.pass_time(60)) == 0
        assert len(outside.requests) == 3


def test_a_hub_that_is_away_is_told_later_twice_as_late_each_time(newsroom: Newsroom) -> None:
    with serving_outside() as outside:
        newsroom.site = replace(newsroom.site, hubs=(f"{outside.url}/",))
        newsroom.define()
        newsroom.write()
        newsroom.publish()
        assert announcing.send_due(newsroom.store, NEAR, now=newsroom.now) == 0
        assert announcing.send_due(newsroom.store, NEAR, now=newsroom.now + timedelta(seconds=9)) == 0
        assert len(outside.requests) == 3
        outside.answers["/"] = (202, b"")
        assert announcing.send_due(newsroom.store, NEAR, now=newsroom.now + timedelta(seconds=10)) == 3
        with newsroom.store.reading() as connection:
            assert announcements.count_unsent(connection) == 0


def test_no_hub_is_told_before_the_documents_are_visible_not_even_after_a_crash(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_outside() as outside:
        outside.answers["/"] = (204, b"")
        newsroom.site = replace(newsroom.site, hubs=(f"{outside.url}/",))
        newsroom.define()
        newsroom.write()
        with monkeypatch.context() as patch:
            for step in ("show_feed", "let_hubs_be_told"):
                patch.setattr(mirroring, step, lambda *_, **__: None)
            newsroom.publish()
        assert announcing.send_due(newsroom.store, NEAR, now=newsroom.pass_time(60)) == 0
        mirroring.mirror_all(newsroom.store, newsroom.folder, now=newsroom.now)
        assert announcing.send_due(newsroom.store, NEAR, now=newsroom.now) == 3


def test_without_a_hub_nothing_is_announced(newsroom: Newsroom) -> None:
    newsroom.write()
    newsroom.publish()
    with newsroom.store.reading() as connection:
        assert announcements.count_unsent(connection) == 0


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_any_answer_but_2xx_is_a_failure_that_names_the_hub(status: int) -> None:
    with serving_outside() as outside:
        outside.answers["/"] = (status, b"No such topic")
        with pytest.raises(Unavailable, match=f"answers {status} No such topic"):
            hubs.ping(f"{outside.url}/", "https://gazette.example.org/feeds/all/rss.xml", NEAR)
