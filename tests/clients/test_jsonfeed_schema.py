"""The JSON Feed 1.1 schema that its readers' authors keep, with every format in it checked."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft7Validator, FormatChecker  # type: ignore[import-untyped]

from tests.clients.programs import module_file
from tests.clients.seen import Entry
from tests.service import Service


@pytest.mark.parametrize("slug", ["all", "world", "world-summaries", "empty"])
def test_the_feed_keeps_the_schema(service: Service, articles: list[Entry], slug: str) -> None:
    schema = json.loads(module_file("jsonfeed-schema/schema-v1.1.json").read_text(encoding="utf-8"))
    # Without their libraries the checker passes over these formats silently.
    assert {"uri", "date-time"} <= set(FormatChecker.checkers)
    feed = json.loads(service.get(f"/feeds/{slug}/feed.json").body)
    faults = Draft7Validator(schema, format_checker=FormatChecker()).iter_errors(feed)
    assert [f"{fault.json_path}: {fault.message}" for fault in faults] == []
    assert len(feed["items"]) >= (0 if slug == "empty" else len(articles))
