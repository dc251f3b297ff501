"""Decides how an entry's lead picture is shown: its facts made sure of, and its place in the text.

Never fetches it: its length is what the store knows, its type what its address says.
"""

from __future__ import annotations

import re
from html import escape

from feedsvc.content.characters import clean_line
from feedsvc.content.html import without_image
from feedsvc.content.urls import guess_image_type
from feedsvc.model import Image
from feedsvc.render.addresses import web_url

_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


def lead_picture(image: Image | None, base: str) -> Image | None:
    """Give the picture with an absolute address and only facts that can be true; None without a proper address.

    A type that is missing or none at all is guessed from the address. A length, width or height below 1 is unknown.
    """
    url = web_url(image.url, base) if image else None
    if not image or not url:
        return None
    given = image.media_type if image.media_type and _MEDIA_TYPE.fullmatch(image.media_type) else None
    return Image(
        url=url,
        alt=clean_line(image.alt),
        caption=clean_line(image.caption),
        credit=clean_line(image.credit),
        media_type=given or guess_image_type(url),
        length=_positive(image.length),
        width=_positive(image.width),
        height=_positive(image.height),
    )


def with_picture(html: str, picture: Image | None) -> str:
    """Make sure that the text shows the picture once (promise P15: once, not twice).

    Many readers show the text and no enclosure, so the picture must be in it; those that show enclosures too leave
    out one whose address the text already holds. It stays where the author put it; if the text doesn't hold it, it
    stands on top with its caption and credit.
    """
    if picture is None or without_image(html, picture.url) != html:
        return html
    return _figure(picture) + html


def _figure(picture: Image) -> str:
    sizes = (("width", picture.width), ("height", picture.height))
    size = "".join(f' {name}="{value}"' for name, value in sizes if value)
    caption = escape(picture.caption, quote=False)
    credit = f"<small>{escape(picture.credit, quote=False)}</small>" if picture.credit else ""
    words = " ".join(part for part in (caption, credit) if part)
    legend = f"<figcaption>{words}</figcaption>" if words else ""
    return f'<figure><img src="{escape(picture.url)}" alt="{escape(picture.alt)}"{size}>{legend}</figure>'


def _positive(number: int | None) -> int | None:
    return number if number and number > 0 else None
