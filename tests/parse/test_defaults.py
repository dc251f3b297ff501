"""What the caller knows fills what the source does not say, and never overrides it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from feedsvc.model import Author, Imported
from feedsvc.parse import Defaults, parse

MTIME = datetime(2026, 1, 2, 3, tzinfo=UTC)
DEFAULTS = Defaults(
    section="Port",
    authors=(Author("Default Desk"),),
    language="hy",
    tags=("archive", "ONE"),
    published_at=MTIME,
    time_zone=ZoneInfo("Asia/Yerevan"),
    base_url="https://example.org/site/",
)


def only(name: str, text: str) -> Imported:
    [article] = parse(name, text.encode(), DEFAULTS)
    assert isinstance(article, Imported)
    return article


def test_a_silent_source_gets_the_defaults() -> None:
    article = only("a.txt", "Headline\n\nText")

    assert article.published_at == MTIME
    draft = article.draft
    assert (draft.section, draft.authors, draft.language) == ("Port", (Author("Default Desk"),), "hy")
    assert draft.tags == ("archive", "ONE")


def test_a_source_that_speaks_is_believed() -> None:
    article = only(
        "a.md",
        "---\ntitle: x\nsection: Tide\nauthor: City Desk\nlang: en\ntags: one\ndate: 2026-05-05 12:00\n---\n[a](b)",
    )

    assert article.published_at == datetime(2026, 5, 5, 8, tzinfo=UTC)
    draft = article.draft
    assert (draft.section, draft.authors, draft.language) == ("Tide", (Author("City Desk"),), "en")
    assert draft.tags == ("one", "archive")
    assert draft.content_html == '<p><a href="https://example.org/site/b">a</a></p>'


def test_a_feed_date_without_a_zone_is_utc_whatever_the_newsroom_zone() -> None:
    article = only(
        "a.xml", "<rss><channel><item><title>x</title><pubDate>5 May 2026 12:00</pubDate></item></channel></rss>"
    )

    assert article.published_at == datetime(2026, 5, 5, 12, tzinfo=UTC)


def test_a_draft_gets_no_date_that_it_does_not_have() -> None:
    assert only("a.md", "---\ntitle: x\ndraft: true\n---\n").published_at is None


def test_a_date_in_the_future_stays_where_it_is() -> None:
    article = only("a.md", "---\ntitle: x\ndate: 2999-01-01T00:00:00Z\n---\n")

    assert article.published_at == datetime(2999, 1, 1, tzinfo=UTC)
    assert article.draft.publish_at is None
    assert article.status == "published"
