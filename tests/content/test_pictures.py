"""Which picture leads an article, and that it can be taken out of the text again."""

# A case is one line, however long its markup is.
# ruff: noqa: E501
from __future__ import annotations

import pytest
from hypothesis import given, settings

from feedsvc.content.html import clean_html, first_image, without_image
from feedsvc.model import Image
from tests.content.soup import any_html


@pytest.mark.parametrize(
    ("html", "image"),
    [
        ("<p>No picture</p>", None),
        ('<p><img src="a.jpg" alt="A &amp; B"></p><img src="b.jpg">', Image("a.jpg", alt="A & B")),
        (
            '<figure><a href="/"><img src="a.jpg" width="640" height="480px"></a><figcaption>The <b>bridge</b></figcaption></figure>',
            Image("a.jpg", caption="The bridge", width=640, height=480),
        ),
        ('<figure><figcaption>Above</figcaption><img src="a.jpg"></figure>', Image("a.jpg", caption="Above")),
        ('<img src="a.jpg"><figure><img src="b.jpg"><figcaption>Of b</figcaption></figure>', Image("a.jpg")),
        ('<figure><img src="a.jpg" width="100%" height="auto"></figure><figure><figcaption>no</figcaption></figure>', Image("a.jpg")),
        ('<img src="/t.gif" width="1" height="1"><img src="/wp-includes/images/core/emoji/1f6a2.png"><img src="a.jpg">', Image("a.jpg")),
        ('<img alt="none"><img src=" "><img src="a.jpg" width="0300">', Image("a.jpg", width=300)),
        ("<figure><figure></figure><img src=a.jpg><figcaption>Outer</figcaption></figure>", Image("a.jpg", caption="Outer")),
    ],
)  # fmt: skip
def test_the_first_picture_worth_looking_at(html: str, image: Image | None) -> None:
    assert first_image(html) == image


URL = "https://example.org/up/photo.jpg"


@pytest.mark.parametrize(
    ("html", "rest"),
    [
        (f'<p>a</p><img src="{URL}"><p>b</p>', "<p>a</p><p>b</p>"),
        (f'<p>a <img src="{URL}"> b</p>', "<p>a  b</p>"),
        (f'<p><a href="{URL}"><img src="{URL}"></a></p>\n<p>b</p>', "\n<p>b</p>"),
        (f'<figure><a href="/"><picture><source srcset="a"><img src="{URL}"></picture></a></figure>b', "b"),
        (f'<figure><img src="{URL}"><figcaption> </figcaption></figure>b', "b"),
        (
            f'<figure><img src="{URL}"><figcaption>Cap</figcaption></figure>b',
            "<figure><figcaption>Cap</figcaption></figure>b",
        ),
        (f'<p>&nbsp;<img src="{URL}"></p>b', "b"),
        ('<img src="http://example.org/up/photo-1024x683.jpg?w=9#x">b', "b"),
        ('<img src="//example.org/up/photo-scaled.jpg">b', "b"),
        (f'<img src="{URL}">a<img src="{URL}">', f'a<img src="{URL}">'),
        ('<img src="https://example.org/up/other.jpg">', '<img src="https://example.org/up/other.jpg">'),
        ('<img src="https://example.com/up/photo.jpg">', '<img src="https://example.com/up/photo.jpg">'),
        ("<p>none</p>", "<p>none</p>"),
    ],
)
def test_the_lead_picture_goes_with_what_held_it_alone(html: str, rest: str) -> None:
    assert without_image(html, URL) == rest


def test_pictures_told_apart_by_their_query_stay_apart() -> None:
    html = '<img src="https://example.org/image?id=2">'
    assert without_image(html, "https://example.org/image?id=1") == html
    assert without_image(html, "https://example.org/image?id=2") == ""


def test_another_size_given_as_lead_is_the_same_picture() -> None:
    assert without_image('<img src="https://example.org/a%20b.jpg">', "https://example.org/a b-300x200.jpg") == ""


@settings(deadline=None)
@given(any_html)
def test_the_first_picture_can_be_taken_out_of_any_article(html: str) -> None:
    cleaned = clean_html(html)
    image = first_image(cleaned)
    if image is not None:
        rest = without_image(cleaned, image.url)
        assert rest.count("<img") == cleaned.count("<img") - 1
        assert clean_html(rest).strip() == clean_html(clean_html(rest))
    assert without_image(cleaned, "https://nowhere.example/none.jpg") == cleaned
