"""P31 at each step: nothing acknowledged is lost when a process dies at the worst moments that there are, one by one.

The web server and the publisher run as somebody with a supervisor of their own runs them. At each step of an article's
way into the feeds (its own transaction; load, guard, render, stamp, pack, record, mirror, tell hubs; packing better;
holding, releasing, rolling back) the process that takes it kills itself there, once, and is started again. What stands
there in between is what that step may leave. Afterwards all that was acknowledged is in the store and in its feeds,
published once; feeds/ is what the store says, without what was left half written; hubs are told once. All the while
subscribers poll, and somebody reads the folder.

On SQLite all of it runs everywhere; on PostgreSQL a few telling steps do, and all of it is for soaking.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal

import pytest

from tests.outside import serving_outside
from tests.postgres import Server
from tests.promises.newsdesk import NEWSDESK, assert_published_once, working
from tests.promises.printshop import ARCHIVE, Act, Printshop
from tests.promises.subscribers import FolderReader, Seen, Subscriber
from tests.promises.traps import Trap
from tests.service import Service

# Old stories are no flood in the feed of everything; in the archive's each is one, and waits for a person.
CONFIG: Final = (
    NEWSDESK.replace("{base_url}", "https://gazette.example.org")
    .replace('authors = ["The Gazette"]', 'authors = ["The Gazette"]\nhubs = ["{hub}"]')
    .replace('slug = "all"\n', 'slug = "all"\nmax_new = 1000\n')
    + f"""
[[feed]]
slug = "{ARCHIVE}"
title = "From the archive"
select = {{ tags = ["Archive"] }}
max_new = 0
"""
)
POLLED: Final = ("/feeds/all/rss.xml", "/feeds/all/atom.xml", "/feeds/all/feed.json")


@dataclass(frozen=True)
class Death:
    """Where a process dies, at the call of this `count` that names a feed (any, if empty), and what stands there then.

    The store has the next publication of the feed that it is about, or not (`recorded`), and the feed's folder has the
    files of the last one, of the next, or some of both.
    """

    at: str
    of: str = ""
    count: int = 1
    by: Literal["publisher", "web", "command"] = "publisher"
    recorded: bool = False
    files: Literal["old", "mixed", "new"] = "old"


@dataclass(frozen=True)
class Story:
    """Something that is done, and the deaths on its way: where one has died, it is started again, and dies at the next.

    It is about a `feed`, and comes to so many `publications` of it; the archive's feed shows so many stories then.
    """

    act: Act
    deaths: tuple[Death, ...]
    feed: str = "all"
    publications: int = 1
    archive: int = 3
    # It is told everywhere on both databases.
    telling: bool = False


# Web workers that die one right after the other have the whole web server given up and started again: not here.
STORIES: Final = (
    # An article's own transaction, not committed yet.
    Story("write", (Death("after feedsvc.store.creations:keep", by="web"),)),
    # A publication before its transaction: read; guarded; stamped, and not compressed; made.
    Story(
        "write",
        (
            Death("after feedsvc.publishing:_load"),
            Death("after feedsvc.publishing:_guard"),
            Death("after feedsvc.stamping:stamp"),
            Death("before feedsvc.publishing:_record"),
        ),
    ),
    # An article that is committed, and not answered.
    Story("write", (Death("after feedsvc.editing:create_article", by="web"),), telling=True),
    # All is in the transaction, and it is not committed; it is, and the folder is to follow.
    Story(
        "write",
        (Death("after feedsvc.publishing:_hold_or_let_go"), Death("after feedsvc.publishing:_keep", recorded=True)),
        telling=True,
    ),
    # On the way into the folder: one document is renamed, and of the next the compressed file. By whoever is to put
    # that right: the others are written beside; they are renamed, and the folder is not flushed.
    Story(
        "write",
        (
            Death("before os:replace", "all", count=4, recorded=True, files="mixed"),
            Death("before os:replace", "all", recorded=True, files="mixed"),
            Death("after os:replace", "all", count=5, recorded=True, files="new"),
        ),
        telling=True,
    ),
    # All of a feed is written beside, and nothing renamed; it is shown, whatever becomes of the others.
    Story(
        "write",
        (
            Death("before os:replace", "all", recorded=True),
            Death("after feedsvc.mirroring:show_feed", "all", recorded=True, files="new"),
        ),
    ),
    # All are, and hubs may be told now; one is about to be; it was, and that is not marked.
    Story(
        "write",
        (
            Death("before feedsvc.mirroring:let_hubs_be_told", recorded=True, files="new"),
            Death("after feedsvc.announcing:_claim", recorded=True, files="new"),
            Death("after feedsvc.hubs:ping", recorded=True, files="new"),
        ),
    ),
    # A change that is committed, and not answered.
    Story("edit", (Death("after feedsvc.editing:edit_article", by="web"),)),
    # Compressed better: before the commit; after it, before the folder follows.
    Story(
        "let stand",
        (Death("after feedsvc.store.publications:repack"), Death("before feedsvc.mirroring:mirror_feed")),
        publications=0,
    ),
    # An edition is held; released, by one who dies before it is published, and another before it is shown; taken back,
    # by one who dies before the commit, and another after it.
    Story("flood", (Death("after feedsvc.store.holds:put"),), feed=ARCHIVE, publications=0),
    Story(
        "release",
        (
            Death("after feedsvc.holding:release", by="command"),
            Death("after feedsvc.publishing:_keep", recorded=True),
        ),
        feed=ARCHIVE,
        archive=4,
    ),
    Story(
        "rollback",
        (
            Death("after feedsvc.publishing:_hold_or_let_go", by="command"),
            Death("after feedsvc.publishing:_keep", by="command", recorded=True),
        ),
        feed=ARCHIVE,
    ),
)


def test_p31_at_each_step(make_place: Callable[[], Path]) -> None:
    place = make_place()
    go_through(place, f"sqlite:///{place}/store.db", STORIES)


def test_p31_at_telling_steps_on_postgresql(postgresql: Server, make_place: Callable[[], Path]) -> None:
    go_through(make_place(), postgresql.url(postgresql.make()), [story for story in STORIES if story.telling])


@pytest.mark.soak
def test_p31_at_each_step_on_postgresql(postgresql: Server, make_place: Callable[[], Path]) -> None:
    go_through(make_place(), postgresql.url(postgresql.make()), STORIES)


def go_through(folder: Path, url: str, stories: Sequence[Story]) -> None:
    """Go through these stories, one after the other, and look around."""
    seen = Seen()
    steps = [death.at for story in stories for death in story.deaths]
    trap = Trap(folder / "trap", steps)
    with ExitStack() as stack:
        hub = stack.enter_context(serving_outside())
        hub.answers["/"] = (204, b"")
        config = CONFIG.replace("{hub}", f"{hub.url}/")
        service = Service(folder / "host", config, {"FEEDSVC_STORE_URL": url, **trap.environment})
        shop = Printshop(service, url, trap, hub)
        stack.callback(shop.kill)
        stack.push(partial(tell_of_log, service))
        shop.open()
        subscribers = [Subscriber(service, path, "tags", seen, packed=True, pause=0.2) for path in POLLED]
        subscribers.append(Subscriber(service, POLLED[0], "dates", seen, pause=0.2))
        reader = FolderReader(service.feeds, seen)
        with working(*subscribers, reader, shop):
            for story in stories:
                try:
                    tell(shop, story)
                    assert seen.faults == []
                except BaseException as error:
                    error.add_note(f"in the story: {story}")
                    raise
            shop.bring_out_something_everywhere()
        assert seen.faults == []
        assert all(one.answers[200] > 0 and one.answers[304] > 0 for one in subscribers), subscribers
        assert reader.count > 100
        # Crashes did leave something half written, and it is gone.
        assert shop.left_beside > 0
        assert shop.beside == []
        shop.assert_hub_told(twice=steps.count("after feedsvc.hubs:ping"))
        assert_published_once(url)
        shop.close()


def tell_of_log(service: Service, _: object, error: BaseException | None, __: object) -> None:
    """Add to an error what the service has said."""
    if error is not None:
        error.add_note(service.log[-10_000:])


def tell(shop: Printshop, story: Story) -> None:
    """Have processes die on the way of something, look at what stands there each time, and at what comes of it."""
    before = shop.look(story.feed)
    shop.wait_until_idle()
    for number, death in enumerate(story.deaths):
        if death.by == "command":
            # Whichever is quicker carries it out: here it is the command.
            shop.kill_publisher()
        shop.trap.set(death.at, death.of, death.count)
        if number == 0 or death.by == "command" or story.act == "let stand":
            shop.act(story.act)
        if number > 0 and death.by == "publisher":
            shop.start_publisher()
        died = shop.trap.wait_for_death()
        if death.by == "web":
            assert died != shop.publisher.pid
            break
        assert (died == shop.publisher.pid) is (death.by == "publisher")
        shop.kill_publisher()
        now = shop.look(story.feed)
        assert (now.publications - before.publications, now.compared_with(before)) == (death.recorded, death.files), (
            death
        )
        shop.note_crash()
    else:
        shop.start_publisher()
    shop.wait_until_settled(archive=story.archive)
    assert shop.look(story.feed).publications - before.publications == story.publications
