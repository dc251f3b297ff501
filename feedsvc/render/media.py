"""Writes an entry's lead picture as Media RSS, in RSS and Atom alike.

Never wraps it in media:group: that is for renditions of one thing, two or more (STANDARDS NS-08).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml.etree import SubElement

from feedsvc.render.namespaces import MEDIA, named

if TYPE_CHECKING:
    from lxml.etree import _Element

    from feedsvc.render.presenting import Presented


def add_media(parent: _Element, presented: Presented) -> None:
    """Append media:content with what is known of the picture (STANDARDS NS-07, Media RSS 1.5.1)."""
    image = presented.image
    if image is None:
        return
    content = SubElement(parent, named(MEDIA, "content"), {"url": image.url, "medium": "image"})
    facts = {"type": image.media_type, "fileSize": image.length, "width": image.width, "height": image.height}
    for name, value in facts.items():
        if value:
            content.set(name, str(value))
    # No media:description: feedparser 6.0 takes it for the entry's summary (after the text) or for its text (before).
    # No media:title: parsers that know no namespaces take it for the entry's title. The caption stands in the text.
    if image.credit:
        SubElement(content, named(MEDIA, "credit")).text = image.credit
