"""Holds the style, the scripts and the icon that pages carry inside them, and the security policy that names them.

Never reads anything but the files beside the templates.
"""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from importlib import resources
from typing import Final
from urllib.parse import quote

_TEMPLATES: Final = resources.files("feedsvc.render") / "templates"


def _compact(source: str) -> str:
    """Take the comments and the indentation out of a style sheet or a script."""
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)).strip()


def _compact_style(source: str) -> str:
    """Take out of a style sheet what means nothing in it; a space before ":" stays, for it is a combinator."""
    return re.sub(r"\s*([{};,])\s*|(?<=:) ", r"\1", _compact(source)).replace(";}", "}")


def _csp_hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _read(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


STYLE: Final = _compact_style(_read("site.css"))
ARTICLE_STYLE: Final = _compact_style(_read("article.css"))
COPY_SCRIPT: Final = _compact(_read("copy.js"))
FIND_SCRIPT: Final = _compact(_read("find.js"))

STYLE_HASHES: Final = f"{_csp_hash(STYLE)} {_csp_hash(ARTICLE_STYLE)}"
"""The source expressions (CSP Level 3 section 2.3.1) of the `<style>` of every page and the one that articles add."""
SCRIPT_HASHES: Final = f"{_csp_hash(COPY_SCRIPT)} {_csp_hash(FIND_SCRIPT)}"
"""The source expressions of the scripts that add copy buttons and the filter box; pages work without them."""

CONTENT_SECURITY_POLICY: Final = (
    f"default-src 'none'; style-src {STYLE_HASHES}; script-src {SCRIPT_HASHES}; "
    "img-src http: https: data:; media-src http: https:; base-uri 'none'; form-action 'none'"
)
"""What these pages need and nothing more. Every page carries it in a `meta`, so that it also holds on a plain file
server; a door may send it as a header too, with `frame-ancestors`, which a `meta` can't say."""

_ICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="5" fill="#b3330e"/>'
    '<g fill="none" stroke="#fff" stroke-width="2.6"><circle cx="7" cy="17" r=".9"/>'
    '<path d="M5.500 10.500a8 8 0 0 1 8 8M5.500 5.500a13 13 0 0 1 13 13"/></g></svg>'
)
ICON: Final = "data:image/svg+xml," + quote(_ICON, safe="=:/,")
"""Stands in for a site without an icon; without any, each browser would ask for a /favicon.ico that isn't there."""
