"""What RSS asks of single values, wherever they stand: addresses, dates, people, plain text, doubled meanings.

Nothing here knows which element is required where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from feedsvc.standards import dates, grammars, namespaces, uris
from feedsvc.standards.findings import shown
from feedsvc.standards.rules import Level
from feedsvc.standards.trees import Element, Fault, name, tag, text

_DATE_FIX = "Write it like Tue, 04 Aug 2026 09:00:00 +0000."
_PERSON_FIX = "Write user@host (Name), or put the name alone into dc:creator."
_COMMENT = re.compile(r"(?P<address>\S+)\s*\((?P<name>.*)\)", re.DOTALL)
_ANGLE = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>")
# PROF-08: the core element and the namespaced one that says the same.
_TWINS: dict[str, tuple[str, ...]] = {
    "author": (tag(namespaces.DC, "creator"),),
    "managingEditor": (tag(namespaces.DC, "creator"),),
    "pubDate": (tag(namespaces.DC, "date"),),
    "language": (tag(namespaces.DC, "language"),),
    "category": (tag(namespaces.DC, "subject"),),
    "copyright": (tag(namespaces.DC, "rights"),),
    "guid": (tag(namespaces.DC, "identifier"),),
    "source": (tag(namespaces.DC, "source"),),
    "title": (tag(namespaces.DC, "title"),),
    "description": (tag(namespaces.DC, "description"),),
}


def address(element: Element, rule: str = "RSS-05", *, web_only: bool = False) -> Iterator[Fault]:
    """An element whose text is to be an absolute address. An empty one is the matter of other rules."""
    value = text(element)
    reason = uris.fault(value, web_only=web_only) if value else None
    if reason:
        yield Fault(
            rule, element, "", f"the address {shown(value)} {reason}", "Write a full address, such as https://…"
        )


def date(element: Element, rule: str = "RSS-06") -> Iterator[Fault]:
    """An element whose text is to be a date of RFC 822."""
    reading = dates.rfc822(text(element))
    if reading.error:
        yield Fault(rule, element, "", f"the date {shown(text(element))} can't be read: {reading.error}", _DATE_FIX)
    for doubt in reading.doubts:
        yield Fault("PROF-11", element, "", f"the date {shown(text(element))} is doubtful: {doubt}", _DATE_FIX)


def person(element: Element) -> Iterator[Fault]:
    """An element whose text is to be an e-mail address, with the name in brackets behind it."""
    value = text(element)
    with_name = _COMMENT.fullmatch(value)
    if grammars.is_email(with_name["address"] if with_name else value):
        return
    angle = _ANGLE.fullmatch(value)
    if angle and grammars.is_email(angle["address"]):
        message = f"{shown(value)} has the name before the address"
        yield Fault("RSS-14", element, "", message, _PERSON_FIX, Level.WARNING)
        return
    yield Fault("RSS-14", element, "", f"{shown(value)} is no e-mail address", _PERSON_FIX)


def plain(element: Element) -> Iterator[Fault]:
    """An element whose text is plain: what looks like HTML will be taken for it by some readers."""
    piece = grammars.html_in(text(element))
    if piece:
        message = f"{name(element)} holds {shown(piece)}, which some readers take for HTML and others show"
        yield Fault("PROF-05", element, "", message, "Write plain text; put markup into the description.")


def said_twice(parent: Element) -> Iterator[Fault]:
    """PROF-08 for one channel or item."""
    for core, twins in _TWINS.items():
        if parent.find(core) is None:
            continue
        for twin in twins:
            found = parent.find(twin)
            if found is not None:
                message = f"{name(found)} says what {core} says already"
                yield Fault("PROF-08", found, "", message, "Keep one of them, the one without a prefix if in doubt.")
