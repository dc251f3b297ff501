"""Renders the site's own documents: the page that lists its feeds, and the same list as OPML.

Pure, as all rendering is.
"""

from __future__ import annotations

from feedsvc.model import Catalogue
from feedsvc.render.index import render_index
from feedsvc.render.opml import render_opml
from feedsvc.render.outcome import Rendered


def render_catalogue(catalogue: Catalogue) -> Rendered:
    """Render both documents of a catalogue."""
    return Rendered({"index.html": render_index(catalogue), "opml.xml": render_opml(catalogue)}, ())
