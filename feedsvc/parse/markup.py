"""Reads an XML feed into its head and its items, each with its place; one broken item never spoils the others.

It knows no format: which element is an item is told by name. It never follows a document type, an entity or a link.

lxml (libxml2) reads everything here, and not feedparser, because a feed that moves must keep what it had: feedparser
resolves guids that are permalinks, normalises dates to whole seconds, cleans HTML by rules of its own and knows no
line numbers, and where a document is ill-formed it falls back on a loose parser without saying which item suffered.
libxml2's own recovery is not used for items either: it drops a bare "&", and what follows it, without
a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from lxml import etree

from feedsvc.errors import Invalid
from feedsvc.parse.decoding import decode_document
from feedsvc.parse.elements import local_name
from feedsvc.parse.prolog import blank_prolog, root_tag
from feedsvc.parse.repair import mark_illegal, repair, undeclared_prefixes
from feedsvc.parse.sources import MAX_ARTICLES

if TYPE_CHECKING:
    from collections.abc import Iterator

# About as many tags and attributes as 64 MB of the densest real feed; their nodes take up to 1 GB of memory.
MAX_MARKS = 4_000_000
_XML = "{http://www.w3.org/XML/1998/namespace}"
# libxml2 counts its lines from the start of what it was given, which may be one item.
_POSITION = re.compile(r",? line \d+(?:, column \d+)?")


@dataclass(frozen=True, slots=True)
class Item:
    """One item or entry of a feed. `number` counts from 1 in the document, `line` is that of its start tag."""

    element: etree._Element
    number: int
    line: int


@dataclass(frozen=True, slots=True)
class Broken:
    """An item that is not well-formed, or a fault outside of every item (`number` is None)."""

    number: int | None
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """A feed's root element, with whatever stands outside of the items, and its items in the order of the source."""

    root: etree._Element
    items: tuple[Item | Broken, ...]


def read_document(name: str, data: bytes, item_name: str) -> Document:
    """Read an XML feed whose items are elements of the local name `item_name`, in whatever namespace.

    A document that is not well-formed is mended where nothing is lost by it (see `repair`); if that is not enough its
    items are read one by one, so that all but the broken ones come in, and at least one Broken says where and why.
    Raises Invalid for a document without a root element, one that declares entities, or one of over MAX_MARKS tags
    or MAX_ARTICLES items.
    """
    text = mark_illegal(decode_document(data))
    text = blank_prolog(name, text)
    if root_tag(text) is None:
        raise Invalid(name, "has no root element: nothing but comments or declarations", "Export the feed again")
    if text.count("<") + text.count('="') + text.count("='") > MAX_MARKS:
        raise Invalid(name, f"has more than {MAX_MARKS:,} tags and attributes", "Split it into several files")
    if _swallows_items(text, item_name):
        return _read_one_by_one(name, text, item_name, Broken(None, 1, "holds a CDATA section that is never closed"))
    try:
        root = _parse(text)
    except etree.XMLSyntaxError:
        try:
            root = _parse(_with_prefixes(repair(text)))
        except etree.XMLSyntaxError as error:
            return _read_one_by_one(name, text, item_name, Broken(None, error.lineno or 1, _not_well_formed(error)))
    return Document(root, tuple(_items(name, root, item_name)))


def place_of(name: str, item: Item | Broken, word: str = "item") -> str:
    """Return where an item stands, for messages: "news.xml, item 3 (line 41)"."""
    return f"{name}, line {item.line}" if item.number is None else f"{name}, {word} {item.number} (line {item.line})"


def _parse(text: str) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        # Lifts libxml2's limits of 10 MB a text and 256 levels; its other guards are against entities, and there are
        # none without a document type. What remains is bounded by MAX_MARKS and by libxml2's 2,048 levels.
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    return etree.fromstring(text.encode("utf-8"), parser)


def _items(name: str, root: etree._Element, item_name: str) -> Iterator[Item]:
    for number, element in enumerate(root.iter(f"{{*}}{item_name}"), start=1):
        _check_count(name, number)
        line: int = element.sourceline  # type: ignore[assignment]  # the stubs say no more than "..."
        yield Item(element, number, line)


def _check_count(name: str, count: int) -> None:
    if count > MAX_ARTICLES:
        raise Invalid(name, f"has more than {MAX_ARTICLES:,} articles", "Split it into several files")


def _with_prefixes(text: str) -> str:
    tag = root_tag(text)
    missing = undeclared_prefixes(text)
    if tag is None or not missing:
        return text
    end = tag.start + 1 + len(tag.name)
    return text[:end] + _declarations(missing) + text[end:]


def _declarations(namespaces: dict[str, str]) -> str:
    return "".join(f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in namespaces.items())


def _swallows_items(text: str, item_name: str) -> bool:
    """Say whether a CDATA section reaches from one item into the next.

    Such a document may be well-formed, when the next item's own section brings the end; the items are lost in it all
    the same. No text that is meant to be read has an end tag and a start tag of an item in a row.
    """
    edge = re.compile(rf"</{item_name}>\s*<{item_name}[\s>]")
    return any(edge.search(section.partition("]]>")[0]) for section in text.split("<![CDATA[")[1:])


def _read_one_by_one(name: str, text: str, item_name: str, fault: Broken) -> Document:
    starts = [found.start() for found in re.finditer(rf"<(?:[A-Za-z_][\w.-]*:)?{item_name}(?=[\s>/])", text)]
    _check_count(name, len(starts))
    root = _read_head(name, text[: starts[0]] if starts else text, fault)
    wrapper = _Wrapper.around_items_of(root)
    items: list[Item | Broken] = []
    line, counted = 1, 0
    for number, start in enumerate(starts, start=1):
        line += text.count("\n", counted, start)
        counted = start
        end = starts[number] if number < len(starts) else len(text)
        items.append(_read_item(text[start:end], item_name, wrapper, number, line))
    if not any(isinstance(item, Broken) for item in items):
        items.append(fault)
    return Document(root, tuple(items))


def _read_head(name: str, head: str, fault: Broken) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True,
        remove_pis=True, collect_ids=False,
    )  # fmt: skip
    if not head.strip():
        # An entry document: the item is the root element, and nothing is around it.
        return etree.Element("nothing")
    # With recover=True lxml gives None, or still raises, where there is nothing to recover; its stubs know no None.
    found: etree._Element | None
    try:
        found = etree.fromstring(_with_prefixes(repair(head)).encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        found = None
    if found is None:
        raise Invalid(name, f"{fault.reason} (line {fault.line})", "Mend it there, or export the feed again")
    return found


@dataclass(frozen=True, slots=True)
class _Wrapper:
    """What an item has around it in the document: the namespaces, the base and the language that hold for it."""

    attributes: str
    prefixes: frozenset[str]

    @classmethod
    def around_items_of(cls, root: etree._Element) -> _Wrapper:
        parent = next((child for child in root if local_name(child) == "channel"), root)
        namespaces = {prefix: uri for prefix, uri in parent.nsmap.items() if prefix}
        attributes = _declarations(namespaces)
        if default := parent.nsmap.get(None):
            attributes += f" xmlns={quoteattr(default)}"
        if base := parent.base:
            attributes += f" xml:base={quoteattr(base)}"
        language = next((found for element in (parent, root) if (found := element.get(f"{_XML}lang"))), None)
        if language:
            attributes += f" xml:lang={quoteattr(language)}"
        return cls(attributes, frozenset(namespaces))


def _read_item(source: str, item_name: str, wrapper: _Wrapper, number: int, line: int) -> Item | Broken:
    ends = list(re.finditer(rf"</(?:[A-Za-z_][\w.-]*:)?{item_name}\s*>", source))
    if not ends:
        return Broken(number, line, f"<{item_name}> is never closed: the file may be cut off")
    source = repair(source[: ends[-1].end()])
    attributes = wrapper.attributes + _declarations(undeclared_prefixes(source, wrapper.prefixes))
    try:
        element = _parse(f"<wrapper{attributes}>{source}</wrapper>")[0]
    except etree.XMLSyntaxError as error:
        at = line + (error.lineno or 1) - 1
        return Broken(number, line, f"{_not_well_formed(error)} (line {at})")
    return Item(element, number, line)


def _not_well_formed(error: etree.XMLSyntaxError) -> str:
    message = (error.msg or "it breaks off").splitlines()[0]
    return f"is not well-formed XML: {_POSITION.sub('', message)}"
