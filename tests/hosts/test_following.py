"""What one host publishes, every host shows: the same bytes, soon, and never an older version again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import event, insert, text

from feedsvc import announcing, publishing, repacking
from feedsvc.fetching import Fetcher
from feedsvc.folder import Folder
from feedsvc.following import Follower
from feedsvc.store import Store, feeds, hosts, live_changes, open_store, tables
from feedsvc.store.hosts import Host
from tests.newsroom import ALL, Newsroom
from tests.outside import serving_outside

NEAR = Fetcher(allow_private_hosts=True)


@dataclass
class Elsewhere:
    """Another host on the newsroom's store, with a folder of its own."""

    newsroom: Newsroom
    store: Store
    follower: Follower

    def follow(self) -> None:
        self.follower.follow(now=self.newsroom.now)

    def files(self) -> dict[str, tuple[bytes, int]]:
        return dated(self.follower.folder.root)


@pytest.fixture
def elsewhere(newsroom: Newsroom, tmp_path: Path) -> Iterator[Elsewhere]:
    store = open_store(newsroom.url)
    yield Elsewhere(newsroom, store, Follower(store, Folder(tmp_path / "elsewhere"), "elsewhere"))
    store.close()


def files(root: Path) -> dict[str, tuple[bytes, int, int]]:
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }


def dated(root: Path) -> dict[str, tuple[bytes, int]]:
    # The marker of a removed feed is no document, and has no date.
    return {name: (body, 0 if name.endswith("/gone.txt") else mtime) for name, (body, mtime, _) in files(root).items()}


def shown(newsroom: Newsroom) -> dict[str, tuple[bytes, int]]:
    return dated(newsroom.folder.root)


def test_every_host_shows_the_same_bytes_with_the_same_dates(newsroom: Newsroom, elsewhere: Elsewhere) -> None:
    elsewhere.follow()
    for title in ("First", "Second"):
        newsroom.write(title)
        newsroom.publish()
        elsewhere.follow()
        assert elsewhere.files() == shown(newsroom)
        assert title in newsroom.read("all")


def test_a_host_that_comes_later_shows_everything(newsroom: Newsroom, elsewhere: Elsewhere) -> None:
    newsroom.write()
    newsroom.publish()
    elsewhere.follow()
    assert elsewhere.files() == shown(newsroom)


def test_a_feed_that_is_removed_is_gone_everywhere(newsroom: Newsroom, elsewhere: Elsewhere) -> None:
    newsroom.publish()
    elsewhere.follow()
    newsroom.define([replace(newsroom.feeds[0], slug="other")])
    newsroom.publish()
    elsewhere.follow()
    assert "all/gone.txt" in elsewhere.files()
    assert elsewhere.files() == shown(newsroom)


def test_what_this_host_has_published_itself_is_not_written_again(newsroom: Newsroom) -> None:
    here = Follower(newsroom.store, newsroom.folder, "here")
    here.follow(now=newsroom.now)
    newsroom.write()
    newsroom.publish()
    before = files(newsroom.folder.root)
    here.follow(now=newsroom.now)
    assert files(newsroom.folder.root) == before


def test_a_document_that_is_compressed_better_later_is_so_everywhere(newsroom: Newsroom, elsewhere: Elsewhere) -> None:
    newsroom.write(content="<p>" + "All of it was said before. " * 2000)
    newsroom.publish()
    elsewhere.follow()
    quickly = elsewhere.files()
    now = newsroom.pass_time(publishing.REPACK_AFTER.total_seconds())
    while repacking.repack_due(newsroom.store, newsroom.folder, now=now):
        pass
    elsewhere.follow()
    assert elsewhere.files() == shown(newsroom)
    assert elsewhere.files()["all/rss.xml"] == quickly["all/rss.xml"]
    assert elsewhere.files()["all/rss.xml.gz"] != quickly["all/rss.xml.gz"]


def test_the_cost_of_following_does_not_grow_with_the_feeds(newsroom: Newsroom, elsewhere: Elsewhere) -> None:
    def statements(slugs: int) -> int:
        newsroom.define([replace(ALL, slug=f"feed-{number}") for number in range(slugs)])
        settle()
        newsroom.define([replace(ALL, slug="feed-0", description=f"One of {slugs}"), *newsroom.feeds[1:]])
        newsroom.publish()
        counted.clear()
        elsewhere.follow()
        return len(counted)

    def settle() -> None:
        for _ in range(3):
            newsroom.publish()
        elsewhere.follow()

    counted: list[str] = []
    event.listen(elsewhere.store.engine, "before_cursor_execute", lambda *arguments: counted.append(arguments[2]))

    assert statements(2) == statements(20)


def test_a_publication_that_is_committed_after_a_later_one_is_followed_all_the_same(
    newsroom: Newsroom, elsewhere: Elsewhere
) -> None:
    newsroom.write()
    newsroom.publish()
    elsewhere.follow()
    with newsroom.store.writing() as connection:
        change = {"feed_number": feeds.get(connection, "all").number, "publication_number": 0}
        newest = live_changes.span(connection).newest
        connection.execute(insert(tables.live_changes).values(number=newest + 2, **change))
    elsewhere.follow()
    (elsewhere.follower.folder.root / "all" / "rss.xml").unlink()
    elsewhere.follow()
    assert "all/rss.xml" not in elsewhere.files()
    with newsroom.store.writing() as connection:
        connection.execute(insert(tables.live_changes).values(number=newest + 1, **change))
    elsewhere.follow()
    assert elsewhere.files() == shown(newsroom)


def test_whoever_has_missed_more_than_is_kept_looks_at_every_feed(newsroom: Newsroom, elsewhere: Elsewhere) -> None:
    elsewhere.follow()
    for title in ("First", "Second", "Third"):
        newsroom.write(title)
        newsroom.publish()
    with newsroom.store.writing() as connection:
        live_changes.forget_all_but(connection, 1)
        connection.execute(text("UPDATE live_changes SET number = number + 100, feed_number = 1"))
    elsewhere.follow()
    assert elsewhere.files() == shown(newsroom)


def test_a_disk_that_refuses_one_feed_holds_up_no_other_and_is_asked_again(
    newsroom: Newsroom, elsewhere: Elsewhere
) -> None:
    newsroom.define([replace(newsroom.feeds[0], slug=slug) for slug in ("first", "second")])
    elsewhere.follow()
    in_the_way = elsewhere.follower.folder.root / "first"
    in_the_way.parent.mkdir(exist_ok=True)
    in_the_way.write_bytes(b"")
    newsroom.publish()
    elsewhere.follow()
    assert "second/rss.xml" in elsewhere.files()
    with newsroom.store.reading() as connection:
        (host,) = hosts.alive(connection)
    assert "first" in str(host.failure)
    in_the_way.unlink()
    elsewhere.follow()
    assert elsewhere.files() == shown(newsroom)
    with newsroom.store.reading() as connection:
        (host,) = hosts.alive(connection)
        assert host == Host("elsewhere", live_changes.span(connection).newest, None)


def test_hubs_are_told_when_every_host_that_is_alive_shows_the_news(newsroom: Newsroom, elsewhere: Elsewhere) -> None:
    with serving_outside() as outside:
        outside.answers["/"] = (204, b"")
        newsroom.site = replace(newsroom.site, hubs=(f"{outside.url}/",))
        newsroom.define()
        elsewhere.follow()
        newsroom.write()
        newsroom.publish()
        assert announcing.send_due(newsroom.store, NEAR, now=newsroom.now) == 0
        elsewhere.follow()
        assert announcing.send_due(newsroom.store, NEAR, now=newsroom.now) == 3


def test_nobody_waits_for_a_host_that_is_gone(newsroom: Newsroom, elsewhere: Elsewhere) -> None:
    with serving_outside() as outside:
        outside.answers["/"] = (204, b"")
        newsroom.site = replace(newsroom.site, hubs=(f"{outside.url}/",))
        newsroom.define()
        elsewhere.follow()
        with newsroom.store.writing() as connection:
            connection.execute(text("UPDATE hosts SET seen_at = seen_at - 1000000 * 60"))
        newsroom.write()
        newsroom.publish()
        assert announcing.send_due(newsroom.store, NEAR, now=newsroom.now) == 3
        elsewhere.follow()
        elsewhere.follower.leave()
        newsroom.write("Another")
        newsroom.publish()
        assert announcing.send_due(newsroom.store, NEAR, now=newsroom.now) == 3
