"""The rules of Atom 1.0 (RFC 4287) for the feed and for the document as a whole.

What concerns entries is in `atom_entries`, single constructs (texts, people, links, dates) in `atom_values`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from lxml import etree

from feedsvc.standards import atom_entries, atom_values, languages, modules, namespaces, uris
from feedsvc.standards.findings import shown
from feedsvc.standards.namespaces import ATOM
from feedsvc.standards.trees import Element, Fault, Located, Places, attribute, local, name, namespace, tag, text

_SINGLES = ("generator", "icon", "logo", "rights", "subtitle")
_COMMON = frozenset(["author", "category", "contributor", "id", "link", "rights", "title", "updated"])
_PERSON = frozenset(["name", "uri", "email"])
_SOURCE = _COMMON | frozenset(["generator", "icon", "logo", "subtitle"])
_CHILDREN: dict[str, frozenset[str]] = {
    "feed": _SOURCE | {"entry"},
    "source": _SOURCE,
    "entry": _COMMON | frozenset(["content", "published", "source", "summary"]),
    "author": _PERSON,
    "contributor": _PERSON,
}
_LANG = tag(namespaces.XML, "lang")


@dataclass(frozen=True, slots=True)
class Atom:
    """An Atom document as the rules see it. `url` is the address it was fetched from."""

    root: Element
    entries: tuple[Element, ...]
    places: Places
    url: str | None


def check(root: Element, url: str | None) -> Iterator[Located]:
    """Every finding in an Atom document; a namespace that was meant to be Atom's is read as Atom's."""
    first = [*namespaces.check(root), *_no_namespace(root), *_prefixed(root)]
    root = _in_atom(root)
    entries = tuple(root.findall(tag(ATOM, "entry")))
    places = Places(root, entries, "entry", lambda entry: text(entry.find(tag(ATOM, "title"))))
    yield from places.locate(first)
    atom = Atom(root, entries, places, url)
    for rule in FEED_RULES:
        yield from places.locate(rule(atom))
    yield from places.locate(atom_entries.check(root, entries, places))
    yield from places.locate(atom_values.check(root))
    yield from places.locate(modules.check(root))


def _no_namespace(root: Element) -> Iterator[Fault]:
    if namespace(root) is None:
        yield Fault("XML-10", root, "", "the feed is in no namespace", f'Write <feed xmlns="{ATOM}">.')


def _prefixed(root: Element) -> Iterator[Fault]:
    if root.prefix:
        message = f"Atom is bound to the prefix {shown(root.prefix)}, which parsers that match names as text miss"
        yield Fault("ATOM-24", root, "", message, f'Write <feed xmlns="{ATOM}">.')


def _in_atom(root: Element) -> Element:
    """The feed with what is in its own namespace, or in none, put into Atom's, so that the other rules find it."""
    space = namespace(root)
    if space == ATOM:
        return root
    # lxml writes the default namespace under the key None, which its stubs do not know.
    spaces = cast("dict[str, str]", {**cast("dict[str, str]", root.nsmap), None: ATOM})
    meant = etree.Element(tag(ATOM, local(root)), cast("dict[str, str]", dict(root.attrib)), nsmap=spaces)
    meant.sourceline = root.sourceline
    meant.extend(list(root))
    for element in list(meant.iter(tag(space or "", "*"))):
        element.tag = tag(ATOM, local(element))
    return meant


def _required(atom: Atom) -> Iterator[Fault]:
    yield from atom_values.exactly_one(atom.root, "ATOM-01")


def _singles(atom: Atom) -> Iterator[Fault]:
    yield from atom_values.at_most_one(atom.root, "ATOM-05", _SINGLES)


def _known_elements(atom: Atom) -> Iterator[Fault]:
    for parent in atom.root.iter(*(tag(ATOM, key) for key in _CHILDREN)):
        for child in parent:
            own = namespace(child) in {ATOM, None}
            if own and local(child) not in _CHILDREN[local(parent)]:
                message = f"Atom has no {local(child)} in {local(parent)}"
                yield Fault("ATOM-27", child, "", message, _advice(local(child), local(parent)))
            elif namespace(child) is None:
                message = f"{name(child)} is in no namespace, so it is not Atom's {local(child)}"
                yield Fault("ATOM-27", child, "", message, f'Remove xmlns="" from <{local(child)}>.')


_RSS_NAMES = {
    "pubDate": "published",
    "guid": "id",
    "description": "summary",
    "item": "entry",
    "copyright": "rights",
    "modified": "updated",
    "issued": "published",
    "tagline": "subtitle",
    "created": "published",
}


def _advice(wanted: str, parent: str) -> str:
    if wanted in _RSS_NAMES:
        return f"Write <{_RSS_NAMES[wanted]}>."
    for allowed in sorted(_CHILDREN[parent]):
        if allowed.lower() == wanted.lower():
            return f"Write <{allowed}>: names are case-sensitive."
    return "Remove it, or put it into a namespace of its own."


def _authors(atom: Atom) -> Iterator[Fault]:
    author = tag(ATOM, "author")
    if atom.root.find(author) is not None:
        return
    without = [entry for entry in atom.entries if not _has_author(entry)]
    for entry in without:
        message = "neither the entry nor the feed has an author"
        yield Fault("ATOM-02", entry, "", message, "Add an author with a name to the feed or to the entry.")
    if not atom.entries:
        yield Fault("ATOM-02", atom.root, "", "the feed has no author", "Add an author with a name.")


def _has_author(entry: Element) -> bool:
    return any(
        entry.find(path) is not None for path in (tag(ATOM, "author"), f"{tag(ATOM, 'source')}/{tag(ATOM, 'author')}")
    )


def _self_link(atom: Atom) -> Iterator[Fault]:
    links = [link for link in atom.root.findall(tag(ATOM, "link")) if attribute(link, "rel") == "self"]
    if not links:
        fix = 'Add <link rel="self" href="…"/> with the address of this feed.'
        yield Fault("ATOM-03", atom.root, "", "the feed does not link to its own address", fix)
    for link in links:
        href = attribute(link, "href") or ""
        reason = uris.fault(href)
        if href and reason:
            yield Fault("ATOM-03", link, "href", f"the feed's own address {shown(href)} {reason}", "Write it in full.")
        elif href and atom.url is not None and href != atom.url:
            message = f"the feed's own address is {shown(href)}, but it came from {shown(atom.url)}"
            yield Fault(
                "ATOM-03", link, "href", message, "Name the address that readers are to use, and serve it there."
            )


def _alternates(atom: Atom) -> Iterator[Fault]:
    yield from atom_values.distinct_alternates(atom.root)


def _language(atom: Atom) -> Iterator[Fault]:
    parts = (atom.root, *atom.entries)
    if atom.root.get(_LANG) is None and not (atom.entries and all(entry.get(_LANG) for entry in atom.entries)):
        fix = 'Write xml:lang="en" (or the feed\'s language) on <feed>.'
        yield Fault("ATOM-26", atom.root, "xml:lang", "the feed does not name its language", fix)
    for element in parts:
        value = element.get(_LANG)
        reason = languages.fault(value) if value else None
        if value and reason:
            message = f"the language {shown(value)} {reason}"
            yield Fault("ATOM-26", element, "xml:lang", message, "Write a language tag such as en, en-GB or hy.")


def _rights(atom: Atom) -> Iterator[Fault]:
    for rights in atom.root.iter(tag(ATOM, "rights")):
        value = text(rights)
        if value.startswith(("http://", "https://")) and " " not in value:
            message = f"rights holds only an address, {shown(value)}"
            yield Fault(
                "ATOM-22", rights, "", message, 'Write <link rel="license" href="…"/>; rights is for people to read.'
            )


FEED_RULES: tuple[Callable[[Atom], Iterator[Fault]], ...] = (
    _required,
    _singles,
    _known_elements,
    _authors,
    _self_link,
    _alternates,
    _language,
    _rights,
)
