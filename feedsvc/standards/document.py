"""Says what a document is, and checks it against the rules of its kind.

Bytes in, findings out: no clock, no network, no file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from feedsvc.standards import atom, jsonfeed, namespaces, opml, rss, xml_basics
from feedsvc.standards.decoding import decode
from feedsvc.standards.findings import Finding, finding, shown
from feedsvc.standards.http import media_type_findings
from feedsvc.standards.kinds import Kind
from feedsvc.standards.trees import Element, Located, attribute, line, local, namespace

_FIX = "Check the address, and publish RSS 2.0, Atom 1.0, JSON Feed 1.1 or OPML 2.0."
_HTML = re.compile(rb"\s*(?:<!--.{0,500}?-->\s*){0,3}<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a document turned out to be, and every finding, in document order."""

    kind: Kind
    findings: tuple[Finding, ...]


def check_document(
    data: bytes, *, content_type: str | None = None, url: str | None = None, now: datetime | None = None
) -> tuple[Finding, ...]:
    """Every finding in a feed document, in document order.

    `content_type` is the header it came with, `url` the address it was fetched from (for the self link), `now` the
    instant against which future dates are told; what is not given is not checked. Never fails, whatever the bytes.
    """
    return examine(data, content_type=content_type, url=url, now=now).findings


def examine(
    data: bytes, *, content_type: str | None = None, url: str | None = None, now: datetime | None = None
) -> Checked:
    """As `check_document`, with the kind of the document."""
    found = _examine(data, content_type, url, now)
    served = tuple(media_type_findings(content_type, found.kind)) if content_type is not None else ()
    return Checked(found.kind, served + found.findings)


def _examine(data: bytes, content_type: str | None, url: str | None, now: datetime | None) -> Checked:
    body = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not body:
        return _no_feed("the document is empty")
    if body[:1] in {b"{", b"["}:
        return _json(data, url)
    if _HTML.match(body[:4096]):
        return _no_feed("this is a web page")
    if b"<" not in data[:65536]:
        return _no_feed(f"the document starts with {shown(body[:40].decode('utf-8', 'replace'))}")
    return _xml(data, content_type, url, now)


def _json(data: bytes, url: str | None) -> Checked:
    read = jsonfeed.read(data)
    if not read.readable:
        return Checked(Kind.JSON, read.found)
    if not isinstance(read.value, dict):
        return _no_feed("the JSON is no object")
    if "version" not in read.value and "items" not in read.value:
        return _no_feed("the JSON object has neither version nor items")
    return Checked(Kind.JSON, read.found + tuple(jsonfeed.check(read.value, len(data), url)))


def _xml(data: bytes, content_type: str | None, url: str | None, now: datetime | None) -> Checked:
    read = xml_basics.read(decode(data, content_type))
    if read.root is None:
        return Checked(_kind_of_broken(data), _in_order(read.found))
    kind = _kind(read.root)
    if kind is Kind.OTHER:
        words = f"{local(read.root)}, line {line(read.root)}"
        return Checked(kind, (*_in_order(read.found), finding("DOC-01", words, _what_it_is(read.root), _FIX)))
    return Checked(kind, _in_order([*read.found, *_checked(kind, read.root, url, now)]))


def _checked(kind: Kind, root: Element, url: str | None, now: datetime | None) -> Iterator[Located]:
    if kind is Kind.RSS:
        return rss.check(root, url, now)
    if kind is Kind.ATOM:
        return atom.check(root, url)
    return opml.check(root)


def _kind(root: Element) -> Kind:
    name, space = local(root), namespace(root)
    if name == "rss":
        return Kind.RSS
    if name == "feed" and (space in {None, namespaces.ATOM} or namespaces.near_miss(space or "") == namespaces.ATOM):
        return Kind.ATOM
    return Kind.OPML if name == "opml" else Kind.OTHER


def _kind_of_broken(data: bytes) -> Kind:
    """What a document that can't be parsed was meant to be, by its first known element."""
    match = re.search(rb"<(?:[a-z]+:)?(rss|feed|opml)\b", data)
    names = {b"rss": Kind.RSS, b"feed": Kind.ATOM, b"opml": Kind.OPML}
    return names[match[1]] if match else Kind.OTHER


def _what_it_is(root: Element) -> str:
    name, space = local(root), namespace(root)
    if space == namespaces.RDF:
        return "this is RSS 1.0 (RDF), which is not RSS 2.0"
    if space == namespaces.ATOM_03:
        return f"this is Atom {attribute(root, 'version') or '0.3'}, which readers stopped reading"
    if (space, name) == (namespaces.ATOM, "entry"):
        return "this is a single Atom entry, not a feed"
    if name == "html":
        return "this is a web page"
    return f"the root element is {shown(name)}, which is no feed's"


def _no_feed(what: str) -> Checked:
    return Checked(Kind.OTHER, (finding("DOC-01", "document", what, _FIX),))


def _in_order(found: list[Located] | tuple[Located, ...]) -> tuple[Finding, ...]:
    return tuple(located.finding for located in sorted(found, key=lambda one: (one.line, one.order)))
