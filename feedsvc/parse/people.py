"""Reads who signed an article, from the forms in which feeds and front matter write people.

It never splits a name that may be one name, and invents no address.
"""

from __future__ import annotations

import re

from feedsvc.content.characters import clean_line
from feedsvc.content.urls import is_web_url
from feedsvc.model import Author

_ADDRESS = r"[^@\s<>(),;:\"]{1,64}@[^@\s<>(),;:\"]{1,255}"
# STANDARDS RSS-14: "user@host (Real Name)"; the other forms are RFC 5322 mailboxes and their mixtures.
_ADDRESS_FIRST = re.compile(rf"(?:mailto:)?({_ADDRESS})(?:\s*[(\[<]([^()\[\]<>]*)[)\]>])?\Z")
_NAME_FIRST = re.compile(rf"([^<>()]{{1,200}}?)\s*[(\[<](?:mailto:)?({_ADDRESS})[)\]>]\Z")
_ONLY_ADDRESS = re.compile(rf"{_ADDRESS}\Z")
_NOBODY = frozenset({"", "unknown"})


def read_person(text: str) -> Author | None:
    """Return the person that `text` names, or None if it names nobody.

    An e-mail address without a name stands for the name as well: nothing else is known, and a name must be there.
    """
    text = clean_line(text)
    found = _ADDRESS_FIRST.match(text)
    if found is not None:
        name = clean_line(found[2] or "")
        return Author(name if name.lower() not in _NOBODY else found[1], found[1])
    found = _NAME_FIRST.match(text)
    if found is not None:
        return Author(clean_line(found[1]).strip('"') or found[2], found[2])
    return Author(text) if text.lower() not in _NOBODY else None


def person(name: str, email: str = "", url: str = "") -> Author | None:
    """Return the person of these parts, or None without any that could stand for a name.

    Of a missing name the e-mail address takes the place, else the web address's host and path. An address that is none
    is left out.
    """
    name, email, url = clean_line(name), clean_line(email).removeprefix("mailto:"), clean_line(url)
    if url.startswith("mailto:") and not email:
        email = url.removeprefix("mailto:")
    address = email if _ONLY_ADDRESS.match(email) else None
    page = url if is_web_url(url) else None
    shown = name or address or (page or "").partition("://")[2].rstrip("/")
    return Author(shown, address, page) if shown else None
