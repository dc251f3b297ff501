"""P13: a feed is never too big to be read.

A budget of items and of bytes for each feed: fifty 10 MB articles give a file within the budget, oldest bodies dropped
to summaries first, with the archive link.

not yet: the archive link (P14).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from feedsvc.model import ContentSetting, Feed
from tests.newsroom import ALL
from tests.promises.gazette import Gazette
from tests.promises.installation import CONFIG, Installation
from tests.promises.readers import FEEDS, Item

LEVELS = ("full", "summary", "headline")


def level(item: Item) -> str:
    """How much of an article an entry shows."""
    return "full" if item.content else "summary" if item.summary else "headline"


def assert_within(room: Gazette | Installation, budgets: dict[str, int]) -> None:
    for slug, budget in budgets.items():
        for filename in FEEDS:
            size = len(room.get(f"/feeds/{slug}/{filename}").body)
            assert size <= budget, (slug, filename, size)


@pytest.fixture
def on_disk(tmp_path: Path, empty_store: Path) -> Iterator[Gazette]:
    """A newsroom with room for a gigabyte."""
    room = Gazette(tmp_path, empty_store)
    yield room
    room.store.close()


@pytest.mark.parametrize("megabytes", [2, pytest.param(10, marks=pytest.mark.soak)])
def test_fifty_articles_of_megabytes(on_disk: Gazette, megabytes: int) -> None:
    each = megabytes * 1_000_000
    on_disk.define(
        [
            ALL,
            replace(ALL, slug="small", max_bytes=12_000),
            replace(ALL, slug="large", max_bytes=5 * each // 2),
            replace(ALL, slug="summary", content=ContentSetting.SUMMARY),
        ]
    )
    body = "It rains, and it pours. " * (each // 24)
    for number in range(50):
        on_disk.write(f"Story {number}", f"<p>{number} {body}</p>")
    on_disk.publish()
    assert_within(on_disk, {"all": 1_000_000, "small": 12_000, "large": 5 * each // 2, "summary": 1_000_000})
    titles = [f"Story {number}" for number in reversed(range(50))]
    for reader, items in on_disk.read_all("all").items():
        assert [item.title for item in items] == titles, reader
        assert {level(item) for item in items} == {"summary"}, reader
        assert all(item.link.startswith("https://gazette.example.org/articles/") for item in items), reader
    # The newest that fit are whole; RSS has each "<" of the body written longer than JSON has it.
    for reader in ("RSS by lxml", "Atom by lxml", "JSON Feed by json"):
        items = on_disk.read_all("large", [reader])[reader]
        assert [level(item) for item in items] == ["full"] * 2 + ["summary"] * 48, reader
    shown = [item.title for item in on_disk.read_all("small")["JSON Feed by json"]]
    assert 10 < len(shown) < 50
    assert shown == titles[: len(shown)]
    # The page shows no bodies, and is as readable.
    assert len(on_disk.get("/feeds/all/").body) < 1_000_000


BUDGETS = [10_000, 60_000, 1_000_000]


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_written_every_document_fits_and_the_oldest_give_way_first(gazette: Gazette, seed: int) -> None:
    chance = random.Random(seed)
    gazette.define(
        [
            Feed(f"{setting.value}-{budget}", "News", "News", content=setting, max_bytes=budget, limit=40)
            for setting in ContentSetting
            for budget in BUDGETS
        ]
    )
    # Text that each format writes at another length: quotes in JSON, angles in XML, other scripts in both.
    words = ["rain ", '"wind" ', "&lt;hail&gt; ", "буря ", "☃️ ", "\\n\t ", "&amp; ", "'' "]
    for number in range(50):
        body = chance.choice(words) * chance.choice([1, 10, 100, 1000, 10_000])
        gazette.write(f"Story {number} {chance.choice(words) * 5}", f"<p>{body}</p>", tags=("x",) * number)
    gazette.publish()
    assert_within(gazette, {feed.slug: feed.max_bytes for feed in gazette.feeds})
    for feed in gazette.feeds:
        shown = {reader: [level(item) for item in items] for reader, items in gazette.read_all(feed.slug).items()}
        # Every format shows the same of the same entries.
        assert len(set(map(tuple, shown.values()))) == 1, shown
        entries = next(iter(shown.values()))
        assert len(entries) <= feed.limit
        ids = [item.id for item in gazette.read_all(feed.slug)["Atom by lxml"]]
        newest = [item.id for item in gazette.read_all(f"headline-{BUDGETS[-1]}")["Atom by lxml"]]
        assert ids == newest[: len(ids)], feed.slug
        # From the top: whole texts first, then summaries, then headlines, but for what is too large by itself.
        own = [one for one in entries if one != "full"] if feed.content is ContentSetting.FULL else entries
        assert own == sorted(own, key=LEVELS.index), feed.slug


def test_a_small_feed_loses_nothing(gazette: Gazette) -> None:
    for number in range(10):
        gazette.write(f"Story {number}", f"<p>{'It rains. ' * 50}</p>")
    gazette.publish()
    largest = max(len(gazette.get(f"/feeds/all/{filename}").body) for filename in FEEDS)
    before = gazette.read_all()
    gazette.define([replace(ALL, max_bytes=largest)])
    gazette.publish()
    assert gazette.read_all() == before
    # One byte less, and the oldest text becomes a summary: that and nothing else.
    gazette.define([replace(ALL, max_bytes=largest - 1)])
    gazette.publish()
    for reader, items in gazette.read_all().items():
        assert [level(item) for item in items] == ["full"] * 9 + ["summary"], reader
        assert items[:9] == before[reader][:9], reader


def test_one_article_that_is_too_large_costs_the_others_nothing(gazette: Gazette) -> None:
    for number in range(5):
        gazette.write(f"Story {number}", "<p>It rains.</p>" * (20_000 if number == 3 else 10))
    gazette.define([replace(ALL, max_bytes=100_000)])
    gazette.publish()
    assert_within(gazette, {"all": 100_000})
    for reader, items in gazette.read_all().items():
        assert [level(item) for item in items] == ["full", "summary", "full", "full", "full"], reader


def test_the_budget_of_items_is_kept_in_every_format(gazette: Gazette) -> None:
    gazette.define([replace(ALL, slug=f"of-{limit}", limit=limit) for limit in (1, 2, 7)])
    for number in range(9):
        gazette.write(f"Story {number}")
    gazette.publish()
    for limit in (1, 2, 7):
        for reader, items in gazette.read_all(f"of-{limit}").items():
            assert [item.title for item in items] == [f"Story {number}" for number in range(8, 8 - limit, -1)], reader


def test_an_operator_is_told_what_did_not_fit(installation: Installation) -> None:
    installation.configure(CONFIG + 'max_bytes = "10 kB"\n')
    for number in range(40):
        path = installation.folder / f"{number}.txt"
        path.write_text(f"Story {number}\n\n{'It rains. ' * 40}\n", encoding="utf-8")
    _, called = installation.bring_in(*installation.folder.glob("*.txt"))
    assert called.code == 0
    told = installation.publish().out
    assert_within(installation, {"all": 10_000})
    shown = len(installation.read_all()["RSS by lxml"])
    assert 0 < shown < 40
    assert told.count("does not fit into the feed's max_bytes of 10000") == 40 - shown
