"""Promise: an uploaded picture is kept, served by every host, and can be taken down."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from feedsvc import uploading
from feedsvc.errors import Gone, Invalid, NotFound
from feedsvc.folder.media import MediaFolder
from feedsvc.model import Image
from feedsvc.store import pictures
from tests.newsroom import Newsroom
from tests.pictures.files import JPEG, SECRET, gif, jpeg, png, segment

PHOTO = jpeg(segment(0xFE, SECRET))
NAME = f"{hashlib.sha256(JPEG).hexdigest()}.jpg"


@pytest.fixture
def folder(newsroom: Newsroom) -> MediaFolder:
    return MediaFolder(newsroom.path / "media")


def upload(room: Newsroom, folder: MediaFolder, data: bytes = PHOTO) -> Image:
    return uploading.upload_picture(room.store, folder, room.site, data, now=room.pass_time())


def test_the_address_is_made_of_what_is_served(newsroom: Newsroom, folder: MediaFolder) -> None:
    image = upload(newsroom, folder)
    assert image.url == f"{newsroom.site.base_url}/media/{NAME}"
    assert (image.media_type, image.length, image.width, image.height) == ("image/jpeg", len(JPEG), 24, 16)
    assert (folder.root / NAME).read_bytes() == JPEG
    assert {upload(newsroom, folder, data).url.rpartition(".")[2] for data in (png(), gif())} == {"png", "gif"}


def test_the_same_picture_again_is_the_same_file(newsroom: Newsroom, folder: MediaFolder) -> None:
    image = upload(newsroom, folder)
    before = (folder.root / NAME).stat()
    newsroom.pass_time(3600)
    # Told with other words, it is the same picture all the same.
    assert upload(newsroom, folder, jpeg(segment(0xFE, b"other words"))) == image
    after = (folder.root / NAME).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_another_host_gets_it_from_the_store_with_the_same_date(newsroom: Newsroom, folder: MediaFolder) -> None:
    upload(newsroom, folder)
    other = MediaFolder(newsroom.path / "other host")
    found = uploading.find_picture(newsroom.store, other, NAME)
    assert found.read(0, found.length) == JPEG
    here = uploading.find_picture(newsroom.store, folder, NAME)
    assert found.last_modified == here.last_modified
    assert (other.root / NAME).stat().st_mtime_ns == (folder.root / NAME).stat().st_mtime_ns


def test_a_folder_that_is_lost_comes_back(newsroom: Newsroom, folder: MediaFolder) -> None:
    upload(newsroom, folder)
    (folder.root / NAME).unlink()
    folder.root.rmdir()
    assert uploading.find_picture(newsroom.store, folder, NAME).read(0, 2) == b"\xff\xd8"


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../config.toml", "..%2fconfig.toml", "/etc/passwd", "a.jpg", NAME.upper(), f"./{NAME}"),
        *(NAME.replace(".jpg", ".png"), NAME.replace(".jpg", ".php"), f"{NAME}\n", f"{NAME}/", f".{NAME}.0.tmp"),
        *("0" * 64 + ".jpg", "\0" * 64 + ".jpg", "\ud800", "٣" * 64 + ".jpg"),
    ],
)
def test_no_name_but_a_pictures_own_leads_anywhere(newsroom: Newsroom, folder: MediaFolder, name: str) -> None:
    upload(newsroom, folder)
    with pytest.raises(NotFound):
        uploading.find_picture(newsroom.store, folder, name)
    folder.remove(name)
    assert [path.name for path in folder.root.iterdir()] == [NAME]


def test_feeds_tell_its_true_facts_although_nobody_fetches_it(newsroom: Newsroom, folder: MediaFolder) -> None:
    image = upload(newsroom, folder)
    newsroom.write(image=Image(image.url, alt="A tree"))
    newsroom.publish()
    assert f'length="{len(JPEG)}"' in newsroom.read("all", "rss.xml")
    with newsroom.store.reading() as connection:
        assert pictures.find_due(connection, newsroom.now + timedelta(days=1), 10) == []


def test_what_is_taken_down_is_gone_here_at_once_and_elsewhere_at_the_next_look(
    newsroom: Newsroom, folder: MediaFolder
) -> None:
    upload(newsroom, folder)
    other = MediaFolder(newsroom.path / "other host")
    uploading.find_picture(newsroom.store, other, NAME)
    uploading.take_down(newsroom.store, folder, NAME, now=newsroom.pass_time())
    with pytest.raises(Gone):
        uploading.find_picture(newsroom.store, folder, NAME)
    assert uploading.drop_removed(newsroom.store, other, now=newsroom.pass_time(60)) == 1
    assert uploading.drop_removed(newsroom.store, other, now=newsroom.pass_time(60)) == 0
    with pytest.raises(Gone):
        uploading.find_picture(newsroom.store, other, NAME)
    with pytest.raises(NotFound, match="not in the store"):
        uploading.take_down(newsroom.store, folder, NAME, now=newsroom.pass_time())


def test_what_was_taken_down_can_be_uploaded_again(newsroom: Newsroom, folder: MediaFolder) -> None:
    image = upload(newsroom, folder)
    uploading.take_down(newsroom.store, folder, NAME, now=newsroom.pass_time())
    assert upload(newsroom, folder) == image
    assert uploading.drop_removed(newsroom.store, folder, now=newsroom.pass_time()) == 0
    assert uploading.find_picture(newsroom.store, folder, NAME).length == len(JPEG)


def test_a_refused_picture_leaves_nothing(newsroom: Newsroom, folder: MediaFolder) -> None:
    with pytest.raises(Invalid, match="the picture: ends too early"):
        upload(newsroom, folder, JPEG[:100])
    assert not folder.root.exists()


def test_a_site_that_moves_gives_new_addresses(newsroom: Newsroom, folder: MediaFolder) -> None:
    old = upload(newsroom, folder)
    newsroom.site = replace(newsroom.site, base_url="https://moved.example.org")
    assert upload(newsroom, folder).url == old.url.replace("gazette.example.org", "moved.example.org")
