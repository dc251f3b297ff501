"""What writing and publishing ask of SQLite is found by an index: no statement reads a large table from end to end.

A table that is read whole takes no time in a newsroom of three articles, and the whole morning in one of a million.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from feedsvc import editing, mirroring, publishing, repacking
from feedsvc.model import Feed, Selection
from feedsvc.publishing import Hot
from feedsvc.store.tables import metadata
from tests.newsroom import ALL, Newsroom, draft

FIVE_MINUTES = timedelta(minutes=5)
HOURLY = Feed(
    "hourly", "Hourly", "News", Selection(sections=("City",)), publish=("every hour",), embargo=FIVE_MINUTES, limit=2
)
SCAN = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")
# An index of the few rows that wait for something.
PARTIAL = {
    index.name
    for table in metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}
# Short ones: there are a handful of templates, and creations are forgotten after a day.
SHORT = {"templates", "creations"}
# The list of feeds is made of all feeds, whenever one is defined.
LIST_OF_FEEDS = re.compile(r"SELECT .* FROM feeds WHERE feeds.slug NOT LIKE", re.DOTALL)


@contextmanager
def plans(engine: Engine) -> Iterator[dict[str, list[str]]]:
    """Collect the plan of each statement that is executed within the block."""
    found: dict[str, list[str]] = {}

    def explain(connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if statement not in found and statement.startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
            driver = connection.connection.driver_connection
            steps = driver.execute(f"EXPLAIN QUERY PLAN {statement}", values[0] if many else values)
            found[" ".join(statement.split())] = [step[-1] for step in steps]

    event.listen(engine, "before_cursor_execute", explain)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", explain)


def whole_reads(statement: str, steps: list[str]) -> list[str]:
    """Give the steps of a plan that read a table from end to end; one that stops at a limit does not."""
    found = [(step, match) for step in steps if (match := SCAN.match(step)) and match[1] in metadata.tables]
    return [
        step
        for step, match in found
        if match[1] not in SHORT and match[2] not in PARTIAL and not LIST_OF_FEEDS.match(statement)
        if not ("ORDER BY" in statement and "LIMIT" in statement and len(steps) == 1)
    ]


@pytest.fixture
def sqlite_newsroom(empty_store: Path, tmp_path: Path) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path, empty_store)
    yield room
    room.close()


def test_nothing_reads_a_large_table_from_end_to_end(sqlite_newsroom: Newsroom) -> None:
    newsroom = sqlite_newsroom
    newsroom.define((ALL, HOURLY))
    store, site, folder, hot = newsroom.store, newsroom.site, newsroom.folder, Hot()
    words: dict[str, Any] = {"section": "City", "tags": ("harbour", "traffic")}
    with plans(store.engine) as found:
        first, second, _ = (newsroom.write(f"News {number}", **words) for number in range(3))
        publishing.publish_due(store, folder, site, now=newsroom.pass_time(), hot=hot, host="here")
        for article, title in ((first, "Edited"), (second, "Edited too")):
            editing.edit_article(
                store, site, article.id, draft(title, **words), based_on=None, now=newsroom.pass_time()
            )
        editing.correct_article(store, site, first.id, draft(**words), "Wrong", based_on=None, now=newsroom.pass_time())
        editing.withdraw_article(
            store, site, second.id, "Untrue", notice=False, based_on=None, now=newsroom.pass_time()
        )
        later = draft("Later", publish_at=newsroom.now + FIVE_MINUTES, **words)
        editing.create_article(store, site, later, now=newsroom.now, schedule=True)
        editing.publish_due(store, site, now=newsroom.pass_time(2 * FIVE_MINUTES.total_seconds()))
        publishing.publish_due(store, folder, site, now=newsroom.pass_time(), hot=hot, host="here")
        publishing.publish_feed(store, folder, site, "hourly", reason="by hand", now=newsroom.pass_time())
        publishing.roll_back_feed(store, folder, site, "all", now=newsroom.pass_time())
        publishing.release_feed(store, folder, site, "all", now=newsroom.pass_time())
        repacking.repack_due(store, folder, now=newsroom.pass_time(60))
        mirroring.mirror_all(store, folder, now=newsroom.pass_time())
    assert len(found) > 60
    whole = {statement: reads for statement, steps in found.items() if (reads := whole_reads(statement, steps))}
    assert whole == {}
