"""Turns whatever is published into its documents: a feed's edition, the list of feeds, a sitemap, or nothing any more.

Never decides which of them it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedsvc.model import Catalogue, Edition
from feedsvc.render.catalogue import render_catalogue
from feedsvc.render.outcome import Rendered
from feedsvc.render.rendering import render
from feedsvc.render.sitemap import SitemapIndex, SitemapPart, render_index, render_part

if TYPE_CHECKING:
    from feedsvc.render.pieces import Pieces

Publishable = Edition | Catalogue | SitemapPart | SitemapIndex
"""All that has documents of its own."""


def render_documents(what: Publishable | None, pieces: Pieces) -> Rendered:
    """Write the documents of what is published, as `render` does; a feed that was removed has none."""
    match what:
        case Edition():
            return render(what, pieces)
        case Catalogue():
            return render_catalogue(what)
        case SitemapPart():
            return render_part(what)
        case SitemapIndex():
            return render_index(what)
        case None:
            return Rendered({}, ())
