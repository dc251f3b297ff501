"""The rules of Atom 1.0 for entries: one by one, and against each other.

The feed's rules are in `atom`, those of single constructs in `atom_values`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from datetime import datetime

from feedsvc.standards import atom_values, dates, grammars, uris
from feedsvc.standards.findings import shown
from feedsvc.standards.namespaces import ATOM
from feedsvc.standards.rules import Level
from feedsvc.standards.trees import Element, Fault, Places, local, name, raw_text, tag, text

_SINGLES = ("content", "published", "rights", "source", "summary")
_INLINE = frozenset({"text", "html", "xhtml"})
_XML_TYPES = ("+xml", "/xml")
_FEW = 3


def check(root: Element, entries: tuple[Element, ...], places: Places) -> Iterator[Fault]:
    """Every fault of the entries, alone and together."""
    for entry in entries:
        for rule in ENTRY_RULES:
            yield from rule(entry)
    yield from _text_or_summary(root, entries)
    yield from _repeated_ids(entries, places)
    yield from _build_time(root, entries)
    yield from _feed_updated(root, entries)
    yield from _feed_id(root, entries)


def _required(entry: Element) -> Iterator[Fault]:
    yield from atom_values.exactly_one(entry, "ATOM-06")


def _singles(entry: Element) -> Iterator[Fault]:
    yield from atom_values.at_most_one(entry, "ATOM-09", _SINGLES)


def _alternates(entry: Element) -> Iterator[Fault]:
    yield from atom_values.distinct_alternates(entry)


def _title(entry: Element) -> Iterator[Fault]:
    title = entry.find(tag(ATOM, "title"))
    if title is not None and not text(title):
        yield Fault("ATOM-28", title, "", "the title is empty", "Give the entry a title, if only its first words.")


def _content_or_alternate(entry: Element) -> Iterator[Fault]:
    if entry.find(tag(ATOM, "content")) is not None:
        return
    if not any(atom_values.rel(link) == "alternate" for link in entry.findall(tag(ATOM, "link"))):
        message = "the entry has neither content nor an alternate link"
        yield Fault("ATOM-07", entry, "", message, "Add a link to the entry's page, or the content.")


def _text_or_summary(root: Element, entries: tuple[Element, ...]) -> Iterator[Fault]:
    """ATOM-17. A feed without any text is one of headlines, by its maker's choice: that is said once, as advice."""
    bare = [entry for entry in entries if not _has_text(entry)]
    if len(bare) > 1 and len(bare) == len(entries):
        message = f"all {len(entries)} entries are headlines, without content or summary"
        yield Fault("ATOM-17", root, "", message, "Add summaries, if subscribers are to have more.", Level.ADVICE)
        return
    for entry in bare:
        message = "the entry has neither content nor a summary"
        yield Fault("ATOM-17", entry, "", message, "Add a summary.")


def _has_text(entry: Element) -> bool:
    return entry.find(tag(ATOM, "content")) is not None or bool(text(entry.find(tag(ATOM, "summary"))))


def _content(entry: Element) -> Iterator[Fault]:
    for content in entry.findall(tag(ATOM, "content")):
        kind = content.get("type", "text")
        if content.get("src") is not None:
            yield from _content_elsewhere(entry, content)
        elif kind in _INLINE:
            yield from _inline(content, kind)
        elif not grammars.is_media_type(kind) or grammars.is_composite(kind):
            message = f"the type of content is {shown(kind)}"
            yield Fault(
                "ATOM-16", content, "type", message, "Write text, html, xhtml or a media type that is not composite."
            )
        else:
            yield from _other_content(entry, content, kind.lower())


def _content_elsewhere(entry: Element, content: Element) -> Iterator[Fault]:
    source, kind = (content.get("src") or "").strip(), content.get("type")
    reason = uris.fault(source) if uris.split(source).scheme or not source else uris.reference_fault(source)
    if reason:
        yield Fault(
            "ATOM-16", content, "src", f"the address {shown(source)} {reason}", "Give the content's full address."
        )
    if text(content) or len(content):
        message = "content has a src and holds something too"
        yield Fault("ATOM-16", content, "", message, "Keep the src or what stands inside, not both.")
    if kind is not None and (kind in _INLINE or not grammars.is_media_type(kind)):
        message = f"content from elsewhere has the type {shown(kind)}"
        yield Fault("ATOM-16", content, "type", message, "Write the media type, such as text/html, or leave it out.")
    yield from _needs_summary(entry, content, "is elsewhere (src)")


def _inline(content: Element, kind: str) -> Iterator[Fault]:
    if kind == "xhtml":
        yield from atom_values.xhtml(content, "ATOM-16")
    elif len(content):
        message = f"content of type {kind} holds the element <{name(content[0])}>"
        yield Fault("ATOM-16", content, "", message, "Escape the HTML and write type=html, or wrap it in an XHTML div.")
    elif kind == "html":
        yield from atom_values.html(content)


def _other_content(entry: Element, content: Element, kind: str) -> Iterator[Fault]:
    bare = kind.split(";", maxsplit=1)[0].strip()
    if bare.endswith(_XML_TYPES):
        if len(content) != 1 or atom_values.text_around(content):
            message = f"content of type {bare} does not hold exactly one element"
            yield Fault("ATOM-16", content, "", message, "Put the root element of the XML inside, and nothing else.")
        return
    if bare.startswith("text/"):
        if len(content):
            message = f"content of type {bare} holds the element <{name(content[0])}>"
            yield Fault("ATOM-16", content, "", message, "Escape the text.")
        if bare == "text/html":
            message = "content of type text/html is a whole page to readers, not a fragment"
            yield Fault("PROF-17", content, "type", message, "Write type=html.")
        return
    if not _is_base64(raw_text(content)) or len(content):
        message = f"content of type {bare} is not valid base64"
        yield Fault("ATOM-16", content, "", message, "Encode it as base64, or link to it with src.")
    yield from _needs_summary(entry, content, "is base64")


def _needs_summary(entry: Element, content: Element, reason: str) -> Iterator[Fault]:
    if not text(entry.find(tag(ATOM, "summary"))):
        message = f"the content {reason}, and the entry has no summary"
        yield Fault("ATOM-08", content, "", message, "Add a summary.")


def _is_base64(value: str) -> bool:
    try:
        base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _source(entry: Element) -> Iterator[Fault]:
    for source in entry.findall(tag(ATOM, "source")):
        missing = [key for key in ("id", "title", "updated") if source.find(tag(ATOM, key)) is None]
        if missing:
            message = f"the source has no {', '.join(missing)}"
            yield Fault("ATOM-23", source, "", message, "Copy them from the feed that the entry came from.")


def _updated_after_published(entry: Element) -> Iterator[Fault]:
    updated, published = entry.find(tag(ATOM, "updated")), entry.find(tag(ATOM, "published"))
    last, first = _instant(updated), _instant(published)
    if updated is not None and last is not None and first is not None and last < first:
        message = f"updated {shown(text(updated))} is before published {shown(text(published))}"
        yield Fault("ATOM-14", updated, "", message, "Start updated at published, and move it only forwards.")


def _repeated_ids(entries: tuple[Element, ...], places: Places) -> Iterator[Fault]:
    first: dict[str, Element] = {}
    states: set[tuple[str, str]] = set()
    for entry in entries:
        identifier, updated = entry.find(tag(ATOM, "id")), text(entry.find(tag(ATOM, "updated")))
        value = text(identifier)
        if identifier is None or not value:
            continue
        earlier = first.setdefault(value, entry)
        if earlier is not entry and (value, updated) in states:
            message = f"the id {shown(value)} is that of entry {places.number(earlier)} too, with the same updated"
            yield Fault("ATOM-13", identifier, "", message, "Give each entry its own id; keep one state of each.")
        states.add((value, updated))


def _build_time(root: Element, entries: tuple[Element, ...]) -> Iterator[Fault]:
    """ATOM-14: one instant for all entries, though they were published apart, is the time of the build."""
    updated = [_instant(entry.find(tag(ATOM, "updated"))) for entry in entries]
    published = {_instant(entry.find(tag(ATOM, "published"))) for entry in entries} - {None}
    if len(entries) >= _FEW and len(set(updated)) == 1 and None not in updated and len(published) > 1:
        message = f"all {len(entries)} entries were updated at one instant, though published apart"
        yield Fault("ATOM-14", root, "", message, "Write when each entry last changed, not when the feed was built.")


def _feed_updated(root: Element, entries: tuple[Element, ...]) -> Iterator[Fault]:
    element = root.find(tag(ATOM, "updated"))
    own = _instant(element)
    known = [instant for entry in entries if (instant := _instant(entry.find(tag(ATOM, "updated"))))]
    if element is not None and own is not None and known and own < max(known):
        message = f"the feed's updated {shown(text(element))} is before that of an entry"
        yield Fault("ATOM-14", element, "", message, "Let it be the newest of the entries' own.")


def _feed_id(root: Element, entries: tuple[Element, ...]) -> Iterator[Fault]:
    own = text(root.find(tag(ATOM, "id")))
    for entry in entries:
        identifier = entry.find(tag(ATOM, "id"))
        if identifier is not None and own and text(identifier) == own:
            message = f"the {local(entry)} has the id of the feed, {shown(own)}"
            yield Fault("ATOM-11", identifier, "", message, "Give feed and entries ids of their own.")


def _instant(element: Element | None) -> datetime | None:
    """An element's date, to the second: some of a feed's dates have fractions and some have not."""
    instant = None if element is None else dates.rfc3339(text(element)).instant
    return instant.replace(microsecond=0) if instant is not None else None


ENTRY_RULES: tuple[Callable[[Element], Iterator[Fault]], ...] = (
    _required,
    _singles,
    _alternates,
    _title,
    _content_or_alternate,
    _content,
    _source,
    _updated_after_published,
)
