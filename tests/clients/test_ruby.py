"""Ruby's own feed library, whose parser validates: it refuses a feed that breaks a rule of RSS 2.0 or Atom."""

from __future__ import annotations

import json

import pytest

from tests.clients.articles import WIRED
from tests.clients.programs import HERE, program, run
from tests.clients.seen import Entry, differences, instant, only, read_html
from tests.service import Service


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml"])
def test_the_validating_parser_takes_the_feed_and_reads_what_was_written(
    service: Service, articles: list[Entry], name: str
) -> None:
    seen = json.loads(run(program("ruby"), HERE / "read.rb", f"{service.base_url}/feeds/world/{name}"))
    if name == "rss.xml":
        assert [entry["id"] for entry in seen if entry.pop("permalink")] == [WIRED.guid]
    for entry in seen:
        for date in ("published", "updated"):
            if date in entry:
                entry[date] = instant(entry[date])
        entry["content"] = read_html(entry["content"])
        entry["summary"] = read_html(entry["summary"]).text if name == "rss.xml" else entry["summary"]
        entry["picture"] = tuple(entry["picture"]) if entry["picture"] else None
        entry["language"] = entry["language"] or "en"
    told = [field for field in articles[0] if field in seen[0]]
    assert len(told) == (10 if name == "rss.xml" else 11)
    wanted = only(articles, told)
    for entry in wanted:
        # Ruby knows enclosures alone, which need a length.
        entry["picture"] = entry["picture"] if entry["picture"] and entry["picture"][2] else None
    assert differences(seen, wanted) == []
