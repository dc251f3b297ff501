"""The small grammars of feed values: media types, e-mail addresses, whole numbers, plain text against HTML.

Nothing here knows an element or a format.
"""

from __future__ import annotations

import re
from html.entities import html5

_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(?:\s*;\s*[^;\s=]+=(?:\"[^\"]*\"|[^;\s\"]+))*")
_COMPOSITE = ("multipart/", "message/")
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_NUMBER = re.compile(r"[0-9]+")
# Elements of HTML that writers put into titles; a comparison such as "a < b" is none of them.
_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|blockquote|br|center|cite|code|del|dfn|div|em|figure|font|h[1-6]|hr|i|iframe|img|ins|kbd|li|"
    r"mark|ol|p|pre|q|s|samp|script|small|span|strike|strong|style|sub|sup|table|td|th|tr|tt|u|ul|var|wbr)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def is_media_type(text: str) -> bool:
    """Whether a text has the form of a media type (RFC 6838 section 4.2), parameters allowed."""
    return _MEDIA_TYPE.fullmatch(text.strip()) is not None


def is_composite(media_type: str) -> bool:
    """Whether a media type is one of RFC 2046's composite types, which atom:content may not have."""
    return media_type.lower().startswith(_COMPOSITE)


def is_email(text: str) -> bool:
    """Whether a text is an addr-spec (RFC 5322 section 3.4.1), without its rarities (quotes, comments, literals)."""
    return _EMAIL.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Whether a text is a whole number, zero or more, in ASCII digits."""
    return _NUMBER.fullmatch(text) is not None


def html_in(text: str) -> str | None:
    """The first piece of a plain text that a reader could take for HTML, a tag or a character reference, or None."""
    tag = _TAG.search(text)
    if tag:
        return tag[0]
    for reference in _REFERENCE.finditer(text):
        name = reference[0][1:]
        if name.startswith("#") or name in html5:
            return reference[0]
    return None
