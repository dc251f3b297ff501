"""Pictures arrive with their true type and length (P15), measured after their article is out."""

import struct
import zlib
from datetime import timedelta

from feedsvc.fetching import Fetcher
from feedsvc.model import Image
from feedsvc.picturing import RETRIES, measure_due
from feedsvc.store import pictures
from tests.newsroom import Newsroom
from tests.outside import serving_outside

NEAR = Fetcher(allow_private_hosts=frozenset({"127.0.0.1"}))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 3, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0" * 15))
    + chunk(b"IEND", b"")
)


def test_a_picture_is_measured_once_and_its_feeds_are_published_again(newsroom: Newsroom) -> None:
    with serving_outside() as outside:
        outside.answers["/storm.jpg"] = (200, PNG)
        newsroom.write(image=Image(f"{outside.url}/storm.jpg"))
        newsroom.publish()
        assert "<enclosure" not in newsroom.read("all", "rss.xml")
        assert measure_due(newsroom.store, NEAR, now=newsroom.pass_time()) == 1
        assert set(newsroom.publish()) == {"all"}
        length = len(PNG)
        enclosure = f'<enclosure url="{outside.url}/storm.jpg" length="{length}" type="image/png"/>'
        assert enclosure in newsroom.read("all", "rss.xml")
        assert 'width="4" height="3"' in newsroom.read("all", "rss.xml")
        newsroom.write("Another", image=Image(f"{outside.url}/storm.jpg"))
        assert measure_due(newsroom.store, NEAR, now=newsroom.pass_time()) == 0
        assert len(outside.requests) == 1


def test_a_picture_that_comes_with_its_length_is_not_fetched(newsroom: Newsroom) -> None:
    newsroom.write(image=Image("http://127.0.0.1:9/a.jpg", media_type="image/jpeg", length=12))
    with newsroom.store.reading() as connection:
        assert pictures.find_due(connection, newsroom.now, 10) == []


def test_a_picture_that_cannot_be_reached_is_tried_again_and_then_given_up(newsroom: Newsroom) -> None:
    with serving_outside() as outside:
        newsroom.write(image=Image(f"{outside.url}/missing.jpg"))
        for wait in (timedelta(0), *RETRIES):
            newsroom.now += wait
            assert measure_due(newsroom.store, NEAR, now=newsroom.now) == 0
        newsroom.now += timedelta(days=30)
        assert measure_due(newsroom.store, NEAR, now=newsroom.now) == 0
        assert len(outside.requests) == 1 + len(RETRIES)


def test_an_address_inside_the_own_network_is_never_asked(newsroom: Newsroom) -> None:
    with serving_outside() as outside:
        outside.answers["/secret.png"] = (200, PNG)
        newsroom.write(image=Image(f"{outside.url}/secret.png"))
        newsroom.publish()
        before = newsroom.files()
        assert measure_due(newsroom.store, Fetcher(), now=newsroom.pass_time()) == 0
        assert outside.requests == []
        assert newsroom.publish() == {}
        assert newsroom.files() == before


def test_what_is_no_picture_is_no_enclosure(newsroom: Newsroom) -> None:
    with serving_outside() as outside:
        outside.answers["/page.jpg"] = (200, b"<!doctype html><p>Not found")
        newsroom.write(image=Image(f"{outside.url}/page.jpg"))
        assert measure_due(newsroom.store, NEAR, now=newsroom.pass_time()) == 0
        newsroom.publish()
        assert "<enclosure" not in newsroom.read("all", "rss.xml")
