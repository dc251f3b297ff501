"""Turns an edition into the bytes of its documents.

A pure function: no clock, no database, no environment, no locale, no hash order.
"""

from feedsvc.render.outcome import LeftOut, Rendered
from feedsvc.render.rendering import render

__all__ = ["RENDERER_VERSION", "LeftOut", "Rendered", "render"]

RENDERER_VERSION = 1
"""Raised whenever the same edition gives other bytes than before, and only then: every feed is rendered anew."""
