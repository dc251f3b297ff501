"""The rules of OPML 2.0 (OPML-*), for lists of subscriptions above all.

Nothing here follows an address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from feedsvc.standards import dates, namespaces, uris
from feedsvc.standards.findings import shown
from feedsvc.standards.trees import Element, Fault, Located, Places, attribute, local, text

_DATE_FIX = "Write it like Tue, 04 Aug 2026 09:00:00 GMT."
_VERSIONS = frozenset({"RSS", "RSS1", "RSS2", "scriptingNews"})


@dataclass(frozen=True, slots=True)
class Opml:
    """An OPML document as the rules see it: its root, its head and body (None if absent), all outlines."""

    root: Element
    head: Element | None
    body: Element | None
    outlines: tuple[Element, ...]


def check(root: Element) -> Iterator[Located]:
    """Every finding in an OPML document."""
    outlines = tuple(root.iter("outline"))
    places = Places(root, outlines, "outline", lambda outline: attribute(outline, "text") or "")
    document = Opml(root, root.find("head"), root.find("body"), outlines)
    yield from places.locate(namespaces.check(root))
    for rule in OPML_RULES:
        yield from places.locate(rule(document))


def _version(document: Opml) -> Iterator[Fault]:
    version = attribute(document.root, "version")
    if version != "2.0":
        found = "is missing" if version is None else f"is {shown(version)}"
        yield Fault("OPML-01", document.root, "version", f"the version {found}", 'Write version="2.0".')


def _structure(document: Opml) -> Iterator[Fault]:
    for key in ("head", "body"):
        found = document.root.findall(key)
        if not found:
            yield Fault("OPML-01", document.root, "", f"there is no {key}", f"Add <{key}>.")
        for extra in found[1:]:
            yield Fault("OPML-01", extra, "", f"a second {key}", "Keep one of them.")
    if document.body is not None and document.body.find("outline") is None:
        yield Fault("OPML-01", document.body, "", "the body has no outline", "Add an outline for each feed.")


def _outlines_in_place(document: Opml) -> Iterator[Fault]:
    for outline in document.outlines:
        parent = outline.getparent()
        if parent is not None and local(parent) not in {"body", "outline"}:
            message = f"an outline stands in {local(parent)}"
            yield Fault("OPML-01", outline, "", message, "Move it into the body or into another outline.")


def _text(document: Opml) -> Iterator[Fault]:
    for outline in document.outlines:
        if not attribute(outline, "text"):
            yield Fault("OPML-02", outline, "text", "the outline has no text", "Add text with the feed's title.")


def _subscriptions(document: Opml) -> Iterator[Fault]:
    for outline in document.outlines:
        kind, address = attribute(outline, "type"), attribute(outline, "xmlUrl")
        if kind is not None and kind.lower() == "rss" and address is None:
            yield Fault("OPML-03", outline, "xmlUrl", "the subscription has no xmlUrl", "Add the feed's address.")
        elif address is not None and (kind is None or kind.lower() != "rss"):
            message = f"a subscription of type {shown(kind)}" if kind is not None else "a subscription without a type"
            yield Fault("OPML-03", outline, "type", message, "Write type=rss, for Atom feeds too.")
        for key in ("xmlUrl", "htmlUrl"):
            yield from _address(outline, key, "OPML-03")
        version = attribute(outline, "version")
        if address is not None and version is not None and version not in _VERSIONS:
            message = f"the version is {shown(version)}"
            yield Fault("OPML-03", outline, "version", message, f"Write one of {', '.join(sorted(_VERSIONS))}.")


def _inclusions(document: Opml) -> Iterator[Fault]:
    for outline in document.outlines:
        if attribute(outline, "type") in {"link", "include"}:
            if not attribute(outline, "url"):
                message = f"the outline of type {attribute(outline, 'type')} has no url"
                yield Fault("OPML-04", outline, "url", message, "Add the address.")
            yield from _address(outline, "url", "OPML-04")


def _address(outline: Element, key: str, rule: str) -> Iterator[Fault]:
    value = attribute(outline, key)
    reason = uris.fault(value) if value else None
    if reason:
        message = f"the address {shown(value or '')} {reason}"
        yield Fault(rule, outline, key, message, "Write a full address, such as https://…")


def _dates(document: Opml) -> Iterator[Fault]:
    for element in document.root.iter("dateCreated", "dateModified"):
        yield from _date(element, "", text(element))
    for outline in document.outlines:
        created = attribute(outline, "created")
        if created is not None:
            yield from _date(outline, "created", created)


def _date(element: Element, part: str, value: str) -> Iterator[Fault]:
    reading = dates.rfc822(value)
    if reading.error:
        yield Fault("OPML-05", element, part, f"the date {shown(value)} can't be read: {reading.error}", _DATE_FIX)
    for doubt in reading.doubts:
        yield Fault("PROF-11", element, part, f"the date {shown(value)} is doubtful: {doubt}", _DATE_FIX)


def _flags(document: Opml) -> Iterator[Fault]:
    for outline in document.outlines:
        for key in ("isComment", "isBreakpoint"):
            value = attribute(outline, key)
            if value not in {None, "true", "false"}:
                yield Fault("OPML-06", outline, key, f"{key} is {shown(value or '')}", "Write true or false.")


OPML_RULES: tuple[Callable[[Opml], Iterator[Fault]], ...] = (
    _version,
    _structure,
    _outlines_in_place,
    _text,
    _subscriptions,
    _inclusions,
    _dates,
    _flags,
)
