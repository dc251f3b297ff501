"""A program uploads a picture and names it in an article; readers get it, and nothing that it told."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO

import pytest

from feedsvc.tokens import Scope
from tests.api.desk import ROOT, Desk, Reply
from tests.pictures.files import JPEG, SECRET, chunk, jpeg, png, segment
from tests.promises.readers import parse_xml

MEDIA = "{http://search.yahoo.com/mrss/}content"
PHOTO = jpeg(segment(0xFE, SECRET))


def upload(desk: Desk, data: bytes, content_type: str = "image/jpeg") -> Reply:
    return desk.call("POST", "/images", data=data, Content_Type=content_type)


def send_form(desk: Desk, **parts: object) -> Reply:
    response = desk.client.post(f"{ROOT}/images", data=parts, headers={"Authorization": desk.bearer})
    return Reply(response.status_code, dict(response.headers), response.data)


def test_a_picture_goes_from_the_upload_into_every_feed(desk: Desk) -> None:
    reply = upload(desk, PHOTO)
    digest = hashlib.sha256(JPEG).hexdigest()
    assert reply.status == 201
    assert reply.json == {
        "url": f"{desk.site.base_url}/media/{digest}.jpg",
        "media_type": "image/jpeg",
        "length": len(JPEG),
        "width": 24,
        "height": 16,
    }
    assert reply.headers["Location"] == reply.json["url"]
    words = {"alt": "A tree on a road", "caption": "The storm at noon", "credit": "Picture Desk"}
    made = desk.create(image={"url": reply.json["url"], **words})
    desk.publish()
    item = parse_xml(desk.get("/feeds/all/rss.xml").body).find(".//item")
    assert item is not None
    facts = {"url": reply.json["url"], "type": "image/jpeg", "length": str(len(JPEG))}
    assert dict(item.find("enclosure").attrib) == facts
    content = item.find(MEDIA)
    assert content is not None
    assert (content.get("width"), content.get("height"), content.get("fileSize")) == ("24", "16", str(len(JPEG)))
    feed = json.loads(desk.get("/feeds/all/feed.json").body)["items"][0]
    assert feed["image"] == reply.json["url"]
    for word in words.values():
        assert word in feed["content_html"]
    page = desk.get(made.json["permalink"]).text
    assert f'<img src="{reply.json["url"]}" alt="A tree on a road"' in page
    assert f'property="og:image" content="{reply.json["url"]}"' in page
    served = desk.get(f"/media/{digest}.jpg")
    assert (served.status, served.body) == (200, JPEG)


def test_it_comes_in_a_form_as_well_and_is_the_same_picture(desk: Desk) -> None:
    sent = send_form(desk, file=(BytesIO(PHOTO), "../../etc/passwd.html", "text/html"))
    assert sent.status == 201, sent
    assert sent.json == upload(desk, PHOTO).json == upload(desk, PHOTO, "application/octet-stream").json
    assert [path.name for path in (desk.path / "media").iterdir()] == [sent.json["url"].rpartition("/")[2]]


def test_a_form_that_is_not_one_file_is_refused_field_by_field(desk: Desk) -> None:
    for parts, places in (
        ({}, {"/file"}),
        ({"file": [(BytesIO(JPEG), "a.jpg"), (BytesIO(JPEG), "b.jpg")]}, {"/file"}),
        ({"file": (BytesIO(JPEG), "a.jpg"), "alt": "x", "../x": (BytesIO(b""), "y")}, {"/alt", "/../x"}),
    ):
        reply = send_form(desk, **parts, **({} if parts else {"": ""}))
        assert reply.status in {415, 422}, reply
        if parts:
            assert set(reply.errors) == places


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "empty"),
        (b"<svg onload='alert(1)'/>", "SVG"),
        (b"<html><script>alert(1)</script>", "web page"),
        (JPEG[:-9], "ends too early"),
        (JPEG + b"PK\x03\x04", "ZIP archive as well"),
        (png(chunk(b"PLTE", b"x")), "palette"),
        (png(size=(30_000, 30_000), pixels=b""), "megapixels"),
    ],
    ids=["empty", "SVG", "HTML", "cut off", "ZIP", "damaged", "bomb"],
)
def test_what_is_no_picture_is_refused_with_the_reason_and_nothing_is_kept(desk: Desk, data: bytes, told: str) -> None:
    reply = upload(desk, data)
    assert reply.status == 422
    assert told.casefold() in reply.errors["/file"].casefold()
    assert not (desk.path / "media").exists()


def test_a_picture_over_the_limit_is_refused_however_it_comes(desk: Desk) -> None:
    large = JPEG + b"\0" * 10_000_001
    # Written by hand: the test client keeps a large form in a temporary file that it leaves open.
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    form = head + large + b"\r\n--edge--\r\n"
    for reply in (upload(desk, large), upload(desk, form, "multipart/form-data; boundary=edge")):
        assert reply.status == 413
        assert "10,000,000 bytes" in reply.json["detail"]


def test_only_a_token_that_may_write_uploads(desk: Desk) -> None:
    for scope, status in ((None, 401), (Scope.READ, 403)):
        reply = desk.call("POST", "/images", data=JPEG, scope=scope, Content_Type="image/jpeg")
        assert reply.status == status
    assert upload(desk, JPEG, "text/plain").status == 415
    assert not (desk.path / "media").exists()
