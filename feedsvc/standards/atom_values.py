"""The constructs of Atom wherever they stand: texts, people, dates, links, categories, ids (RFC 4287 section 3).

Nothing here knows whether it stands in a feed or an entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urljoin

from lxml import etree

from feedsvc.standards import dates, grammars, html_fragments, languages, namespaces, uris
from feedsvc.standards.findings import shown
from feedsvc.standards.namespaces import ATOM, XHTML
from feedsvc.standards.trees import Element, Fault, attribute, local, name, raw_text, tag, text

_TEXTS = tuple(tag(ATOM, key) for key in ("title", "subtitle", "summary", "rights"))
_TYPES = frozenset({"text", "html", "xhtml"})
_DATES = tuple(tag(ATOM, key) for key in ("updated", "published"))
_PEOPLE = tuple(tag(ATOM, key) for key in ("author", "contributor"))
_DATE_FIX = "Write it like 2026-08-04T09:00:00Z."
_DIV = tag(XHTML, "div")
# The registry of link relations, those that feeds can hold (https://www.iana.org/assignments/link-relations).
_RELS_WORDS = """
    about acl alternate amphtml appendix author bookmark canonical chapter cite-as collection contents convertedfrom
    copyright create-form current describedby describes disclosure duplicate edit edit-form edit-media enclosure
    external first glossary help hosts hub icon index
    item last latest-version license linkset lrdd manifest memento monitor next
    next-archive nofollow noopener noreferrer original payment preconnect predecessor-version prefetch preload prev
    prev-archive preview previous privacy-policy profile related replies search section self service shortlink sponsored
    start stylesheet subsection successor-version tag terms-of-service timegate timemap type ugc up version-history via
    webmention working-copy working-copy-of
"""
_RELS = frozenset(_RELS_WORDS.split())


def check(root: Element) -> Iterator[Fault]:
    """Every fault of the constructs in a document."""
    for rule in VALUE_RULES:
        yield from rule(root)


def exactly_one(parent: Element, rule: str) -> Iterator[Fault]:
    """Exactly one each of id, title and updated, as feeds and entries need them."""
    for key in ("id", "title", "updated"):
        found = parent.findall(tag(ATOM, key))
        if not found:
            yield Fault(rule, parent, "", f"the {local(parent)} has no {key}", f"Add <{key}>.")
        for extra in found[1:]:
            yield Fault(rule, extra, "", f"a second {key} in one {local(parent)}", "Keep one of them.")


def at_most_one(parent: Element, rule: str, keys: tuple[str, ...]) -> Iterator[Fault]:
    """At most one of each of these children."""
    for key in keys:
        for extra in parent.findall(tag(ATOM, key))[1:]:
            yield Fault(rule, extra, "", f"a second {key} in one {local(parent)}", "Keep one of them.")


def distinct_alternates(parent: Element) -> Iterator[Fault]:
    """ATOM-04: no two alternate links with the same type and language."""
    seen: set[tuple[str, str]] = set()
    for link in parent.findall(tag(ATOM, "link")):
        if rel(link) != "alternate":
            continue
        key = ((attribute(link, "type") or "").lower(), (attribute(link, "hreflang") or "").lower())
        if key in seen:
            message = "a second alternate link of the same type and language"
            fix = "Keep one, or give it its true rel (enclosure, related, via), type or hreflang."
            yield Fault("ATOM-04", link, "", message, fix)
        seen.add(key)


def rel(link: Element) -> str:
    """A link's relation: alternate if it names none (section 4.2.7.2); a registered one may be written as an IRI."""
    value = attribute(link, "rel")
    if value is None:
        return "alternate"
    return value.removeprefix("http://www.iana.org/assignments/relation/")


def base(element: Element) -> str | None:
    """The base that xml:base gives an element, or None; relative bases build on those around them."""
    value = element.get(tag(namespaces.XML, "base"))
    parent = element.getparent()
    outer = base(parent) if parent is not None else None
    if value is None:
        return outer
    try:
        joined = urljoin(outer or "", value.strip())
    except ValueError:
        return outer
    return joined if uris.fault(joined) is None else outer


def _texts(root: Element) -> Iterator[Fault]:
    for element in root.iter(*_TEXTS):
        kind = element.get("type", "text")
        if kind not in _TYPES:
            message = f"the type of {local(element)} is {shown(kind)}"
            yield Fault("ATOM-15", element, "type", message, "Write text, html or xhtml.")
        elif kind == "xhtml":
            yield from xhtml(element, "ATOM-15")
        elif len(element):
            message = f"{local(element)} of type {kind} holds the element <{name(element[0])}>"
            yield Fault(
                "ATOM-15", element, "", message, "Escape the HTML and write type=html, or wrap it in an XHTML div."
            )
        elif kind == "html":
            yield from html(element)
        else:
            yield from _plain(element)


def _plain(element: Element) -> Iterator[Fault]:
    piece = grammars.html_in(raw_text(element))
    if piece:
        message = f"{local(element)} is plain text and holds {shown(piece)}, which readers show as it stands"
        yield Fault("PROF-05", element, "", message, "Write plain text, or type=html with the HTML escaped.")


def html(element: Element) -> Iterator[Fault]:
    """The faults of an html construct."""
    for fault in html_fragments.check(raw_text(element), has_base=base(element) is not None):
        yield Fault(fault.rule, element, "", fault.message, fault.fix)


def xhtml(element: Element, rule: str) -> Iterator[Fault]:
    """An xhtml construct: exactly one div of XHTML, then the faults of the HTML in it."""
    stray = text_around(element)
    if len(element) != 1 or element[0].tag != _DIV or stray:
        message = f"{local(element)} of type xhtml does not hold exactly one XHTML div"
        fix = f'Wrap the content in one <div xmlns="{XHTML}">.'
        yield Fault(rule, element, "", message, fix)
        return
    serialised = etree.tostring(element[0], encoding="unicode", method="html", with_tail=False)
    for fault in html_fragments.check(serialised, has_base=base(element[0]) is not None):
        yield Fault(fault.rule, element, "", fault.message, fault.fix)


def text_around(element: Element) -> bool:
    """Whether an element holds text of its own beside its child elements."""
    return bool((element.text or "").strip() or any((child.tail or "").strip() for child in element))


def _dates(root: Element) -> Iterator[Fault]:
    for element in root.iter(*_DATES):
        value = raw_text(element)
        reading = dates.rfc3339(value, upper_case=True)
        if reading.error:
            message = f"the date {shown(value)} can't be read: {reading.error}"
            yield Fault("ATOM-10", element, "", message, _DATE_FIX)
        for doubt in reading.doubts:
            yield Fault("PROF-11", element, "", f"the date {shown(value)} is doubtful: {doubt}", _DATE_FIX)


def _ids(root: Element) -> Iterator[Fault]:
    for element in root.iter(tag(ATOM, "id")):
        value = raw_text(element)
        if value.strip() != value and value.strip():
            message = f"white space stands around the id {shown(value)}, and ids are compared character by character"
            yield Fault("ATOM-11", element, "", message, "Write the id without white space around it.")
        reason = uris.iri_fault(value.strip())
        if reason:
            fix = "Give new entries a tag: or urn:uuid: URI; leave ids that are out as they are."
            yield Fault("ATOM-11", element, "", f"the id {shown(value)} {reason}", fix)
            continue
        uncanonical = uris.canonical_fault(value.strip())
        if uncanonical:
            message = f"the id {shown(value)} is not canonical: {uncanonical}"
            yield Fault(
                "PROF-14", element, "", message, "Write new ids in canonical form; leave ids that are out as they are."
            )


def _people(root: Element) -> Iterator[Fault]:
    for person in root.iter(*_PEOPLE):
        if not text(person.find(tag(ATOM, "name"))):
            yield Fault("ATOM-20", person, "", f"the {local(person)} has no name", "Add <name>.")
        yield from at_most_one(person, "ATOM-20", ("name", "uri", "email"))
        for element in person.findall(tag(ATOM, "email")):
            if not grammars.is_email(text(element)):
                message = f"{shown(text(element))} is no e-mail address"
                yield Fault("ATOM-20", element, "", message, "Write user@host alone, or leave it out.")
        for element in person.findall(tag(ATOM, "uri")):
            yield from _address(element, "", text(element), "ATOM-20")


def _links(root: Element) -> Iterator[Fault]:
    for link in root.iter(tag(ATOM, "link")):
        href = attribute(link, "href")
        if href is None:
            yield Fault("ATOM-18", link, "href", "the link has no href", "Add the address.")
        elif href == "" and base(link) is None:
            yield Fault("ATOM-18", link, "href", "the link's href is empty", "Add the address.")
        else:
            yield from _address(link, "href", href, "ATOM-18")
        yield from _link_attributes(link)
        if rel(link) == "enclosure":
            yield from _enclosure(link)


def _link_attributes(link: Element) -> Iterator[Fault]:
    relation = rel(link)
    if relation.lower() not in _RELS and (uris.iri_fault(relation) or not relation):
        fix = "Use a registered relation, or a full IRI for one of your own."
        yield Fault("ATOM-18", link, "rel", f"the rel {shown(relation)} is not registered", fix)
    media_type = attribute(link, "type")
    if media_type is not None and not grammars.is_media_type(media_type):
        message = f"the type {shown(media_type)} is no media type"
        yield Fault("ATOM-18", link, "type", message, "Write a media type, such as text/html.")
    hreflang = attribute(link, "hreflang")
    reason = languages.fault(hreflang) if hreflang is not None else None
    if reason:
        message = f"the language {shown(hreflang or '')} {reason}"
        yield Fault("ATOM-18", link, "hreflang", message, "Write a language tag such as en or hy.")


def _enclosure(link: Element) -> Iterator[Fault]:
    length = attribute(link, "length")
    if length is None:
        yield Fault("ATOM-19", link, "length", "the enclosure has no length", "Add the size of the file in bytes.")
    elif not grammars.is_number(length):
        message = f"the length {shown(length)} is no whole number of bytes"
        yield Fault("ATOM-19", link, "length", message, "Write the size of the file in bytes.")
    if not attribute(link, "type"):
        yield Fault("ATOM-19", link, "type", "the enclosure has no type", "Add the media type, such as image/jpeg.")


def _categories(root: Element) -> Iterator[Fault]:
    for category in root.iter(tag(ATOM, "category")):
        if not attribute(category, "term"):
            yield Fault("ATOM-20", category, "term", "the category has no term", 'Write <category term="…"/>.')
        scheme = attribute(category, "scheme")
        reason = uris.iri_fault(scheme) if scheme is not None else None
        if reason:
            message = f"the scheme {shown(scheme or '')} {reason}"
            yield Fault("ATOM-20", category, "scheme", message, "Write a full IRI, or leave the scheme out.")


def _pictures(root: Element) -> Iterator[Fault]:
    for element in root.iter(tag(ATOM, "icon"), tag(ATOM, "logo")):
        yield from _address(element, "", text(element), "ATOM-18")


def _address(element: Element, part: str, value: str, rule: str) -> Iterator[Fault]:
    """An address that may be relative in Atom, where it is a reference to a base (ATOM-25 advises against it)."""
    reason = uris.reference_fault(value)
    if reason:
        message = f"the address {shown(value)} {reason}"
        yield Fault(rule, element, part, message, "Write a full address, such as https://…")
    elif value and uris.split(value).scheme is None:
        message = f"the address {shown(value)} is relative, and readers differ in what they resolve it against"
        yield Fault("ATOM-25", element, part, message, "Write a full address, such as https://…")


VALUE_RULES: tuple[Callable[[Element], Iterator[Fault]], ...] = (
    _texts,
    _dates,
    _ids,
    _people,
    _links,
    _categories,
    _pictures,
)
