"""Uploading pictures at the editor: taken in with whatever button is pressed, and shown as feeds will show them."""

from __future__ import annotations

from io import BytesIO

from flask import Flask

from feedsvc import writing
from feedsvc.web.newsroom import NewsroomDeps, blueprint
from tests.newsroom import Newsroom
from tests.newsroom_pages.test_writing import lost
from tests.newsroom_pages.visiting import Visitor
from tests.pictures.files import jpeg

JPEG = jpeg()


def upload(editor: Visitor, button: str, body: bytes = JPEG, **typed: str) -> str:
    """Press a button of a new article with a file chosen; give the article's id."""
    editor.open("/newsroom/articles/new")
    data, action = editor.form(button, {"title": "Storm"} | typed)
    editor.page = editor.client.post(action, data=data | {"picture_file": (BytesIO(body), "IMG_0001.JPG")})
    editor.path = action
    if editor.page.status_code == 303:
        editor.open(editor.page.headers["Location"])
    return action.rpartition("/")[2]


def test_a_file_becomes_the_articles_picture_with_its_true_facts(room: Newsroom, editor: Visitor) -> None:
    name = upload(editor, "Save draft", picture_alt="A quay", picture_credit="Picture Desk")
    image = writing.open_article(room.store, name).article.revision.image
    assert image is not None
    assert image.url.startswith("http://gazette.example.org/media/")
    assert (image.alt, image.credit, image.media_type) == ("A quay", "Picture Desk", "image/jpeg")
    served = editor.client.get(image.url.removeprefix("http://gazette.example.org"))
    assert (served.status_code, served.headers["Content-Type"]) == (200, "image/jpeg")
    assert image.length == len(served.data)
    assert editor.typed("picture_url") == image.url
    served.close()


def test_a_picture_is_in_the_feed_once_its_article_is(room: Newsroom, editor: Visitor) -> None:
    upload(editor, "Publish…", picture_alt="A quay")
    editor.press("Publish now")
    room.publish()
    url = editor.typed("picture_url")
    assert room.read("all").count(f'"image":"{url}"') == 1
    assert f'url="{url}"' in room.read("all", "rss.xml")


def test_what_is_no_picture_is_told_at_its_field_and_nothing_typed_is_lost(editor: Visitor) -> None:
    upload(editor, "Save draft", b"<svg onload=alert(1)>", text="A long text.")
    assert editor.page.status_code == 422
    (told,) = editor.texts("//span[@id='picture_file-fault']")
    assert "JPEG" in told
    assert editor.typed("text") == "A long text."


def test_a_picture_that_was_taken_in_stays_when_another_field_is_at_fault(editor: Visitor) -> None:
    upload(editor, "Save draft", language="no language")
    assert editor.page.status_code == 422
    url = editor.typed("picture_url")
    assert "/media/" in url
    editor.press("Save draft", language="en")
    assert editor.typed("picture_url") == url


def test_without_script_it_is_shown_before_anything_is_saved(editor: Visitor) -> None:
    upload(editor, "Show it")
    (shown,) = editor.select("//article/img")
    assert shown.get("src") == editor.typed("picture_url")


def test_script_is_given_the_field_with_its_address_and_told_to_show_it(editor: Visitor) -> None:
    editor.open("/newsroom/articles/new")
    data, _ = editor.form("Save draft")
    answer = editor.client.post("/newsroom/pictures", data=data | {"picture_file": (BytesIO(JPEG), "x.jpg")})
    assert answer.headers["HX-Trigger"] == "picture"
    editor.page = answer
    (address,) = editor.select("//input[@name='picture_url']")
    assert "/media/" in address.get("value", "")


def test_a_file_that_cannot_be_given_back_is_asked_for_again(room: Newsroom, editor: Visitor) -> None:
    editor.open("/newsroom/articles/new")
    data, action = editor.form("Save draft", title="Storm")
    with lost(room):
        editor.page = editor.client.post(action, data=data | {"picture_file": (BytesIO(JPEG), "x.jpg")})
    assert editor.page.status_code == 503
    assert "choose it once more" in editor.text()
    editor.press("Send it again")
    assert editor.typed("title") == "Storm"


def test_where_there_is_no_folder_for_pictures_none_is_asked_for(room: Newsroom) -> None:
    app = Flask("alone", static_folder=None)
    app.register_blueprint(blueprint(NewsroomDeps(room.store, room.site, lambda: room.now)))
    editor = Visitor(app)
    editor.sign_in()
    editor.open("/newsroom/articles/new")
    assert editor.select("//input[@type='file']") == []
    assert editor.select("//input[@name='picture_url']") != []
