"""`reader`, a feed reader's inside with a store of its own. It speaks all three formats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import reader

from tests.clients.living import FORMATS, LivingArticle
from tests.clients.seen import Entry, differences, only, read_html
from tests.service import Service

EACH = pytest.mark.parametrize("name", FORMATS)
FIELDS = ("id", "link", "title", "published", "updated", "authors", "summary", "content")


@pytest.fixture
def subscriber(tmp_path: Path) -> Iterator[reader.Reader]:
    with closing(reader.make_reader(str(tmp_path / "reader.sqlite"))) as made:
        yield made


def read(entry: reader.Entry) -> Entry:
    return {
        "id": entry.id,
        "link": entry.link,
        "title": entry.title,
        "published": entry.published,
        "updated": entry.updated or entry.published,
        "authors": [author.name for author in entry.authors],
        "summary": read_html(entry.summary or "").text if entry.feed.version == "rss20" else entry.summary,
        "content": read_html(entry.content[0].value),
    }


@EACH
def test_every_article_is_as_it_was_written(
    service: Service, articles: list[Entry], subscriber: reader.Reader, name: str
) -> None:
    url = f"{service.base_url}/feeds/world/{name}"
    subscriber.add_feed(url)
    assert subscriber.update_feed(url) == reader.UpdatedFeed(url, new=len(articles), modified=0, unmodified=0)
    wanted = only(articles, FIELDS)
    if name != "feed.json":
        # Of an entry's authors in XML, reader keeps the last.
        wanted = [{**article, "authors": article["authors"][-1:]} for article in wanted]
    if name == "rss.xml":
        # As `seen.guessed` tells, but its guess decodes numbers alone.
        wanted = [{**article, "title": article["title"].replace("&#39;", "'")} for article in wanted]
    seen = [read(entry) for entry in subscriber.get_entries()]
    assert differences(sorted(seen, key=by_date, reverse=True), wanted) == []


@EACH
def test_a_picture_comes_with_its_type_and_length(
    service: Service, articles: list[Entry], subscriber: reader.Reader, name: str
) -> None:
    url = f"{service.base_url}/feeds/world/{name}"
    subscriber.add_feed(url)
    subscriber.update_feed(url)
    seen = {
        (entry.id, one.href, one.type, one.length) for entry in subscriber.get_entries() for one in entry.enclosures
    }
    pictures = [(article["id"], *article["picture"]) for article in articles if article["picture"]]
    # RSS and Atom have no enclosure without a length (STANDARDS RSS-21); JSON Feed has an attachment.
    assert seen == {picture for picture in pictures if picture[3] or name == "feed.json"}


def test_an_edited_article_stays_one_and_an_unchanged_feed_is_not_sent_again(
    service: Service, subscriber: reader.Reader
) -> None:
    living = LivingArticle(service, "reader")
    article = living.article
    urls = [f"{service.base_url}/feeds/sport/{name}" for name in FORMATS]
    for url in urls:
        subscriber.add_feed(url)
        first = subscriber.update_feed(url)
        assert first is not None
        assert first.new == len(list(subscriber.get_entries(feed=url)))
        assert subscriber.get_entry((url, living.guid)).title == article.title
        assert subscriber.update_feed(url) is None
    edited = living.edit()
    for url in urls:
        second = subscriber.update_feed(url)
        assert second is not None
        assert (second.new, second.modified) == (0, 1)
        entry = subscriber.get_entry((url, living.guid))
        assert (entry.title, read_html(entry.content[0].value).text) == (edited.title, edited.text)
        assert [one.id for one in subscriber.get_entries(feed=url)].count(living.guid) == 1
        assert entry.published == article.published


def by_date(entry: Entry) -> float:
    instant: float = entry["published"].timestamp()
    return instant
