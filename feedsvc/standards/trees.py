"""A parsed XML document with what messages need: the order of its elements, and words for each place in it.

Nothing here knows a rule. lxml's elements are used as they are; only lines and names are added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias, cast

from lxml import etree

from feedsvc.standards.findings import Finding, finding, shown
from feedsvc.standards.rules import Level

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml's stubs have no public name for the type


class Fault(NamedTuple):
    """A broken rule at an element, or at a part of it: an attribute's name, or nothing."""

    rule: str
    at: Element
    part: str
    message: str
    fix: str
    level: Level | None = None


class Located(NamedTuple):
    """A finding with its place in the document, to sort by: line, then order of the elements."""

    line: int
    order: int
    finding: Finding


class Places:
    """Words for every place of one document: "item 3 «Title», guid, line 41"."""

    def __init__(self, root: Element, entries: Iterable[Element], word: str, title: Callable[[Element], str]) -> None:
        self._order = {element: number for number, element in enumerate(root.iter())}
        self._entries = {element: number for number, element in enumerate(entries, 1)}
        self._word = word
        self._title = title

    def locate(self, faults: Iterable[Fault]) -> Iterator[Located]:
        """Each fault as a finding with its place."""
        for fault in faults:
            words = self.words(fault.at, fault.part)
            made = finding(fault.rule, words, fault.message, fault.fix, fault.level)
            yield Located(line(fault.at), self._order.get(fault.at, 0), made)

    def words(self, element: Element, part: str = "") -> str:
        """The place in words: the entry with its number and title, the element, the attribute, the line."""
        entry = self._entry_of(element)
        names = []
        if entry is not None:
            title = " ".join(self._title(entry).split())
            number = f"{self._word} {self._entries[entry]}"
            names.append(f"{number} {shown(title, 40)}" if title else number)
        parent = element.getparent()
        if parent is not None and element is not entry and parent is not entry:
            names.append(name(parent))
        if element is not entry:
            names.append(name(element))
        if part:
            names.append(part)
        return f"{', '.join(names)}, line {line(element)}"

    def number(self, entry: Element) -> int:
        """The number of an entry, counted from 1."""
        return self._entries[entry]

    def _entry_of(self, element: Element) -> Element | None:
        current: Element | None = element
        while current is not None and current not in self._entries:
            current = current.getparent()
        return current


def name(element: Element) -> str:
    """An element's name as the document writes it, with its prefix."""
    own = etree.QName(element).localname
    return f"{element.prefix}:{own}" if element.prefix else own


def line(element: Element) -> int:
    """The line on which an element starts, counted from 1."""
    return cast("int | None", element.sourceline) or 0


def namespace(element: Element) -> str | None:
    """An element's namespace, None for none."""
    return etree.QName(element).namespace


def local(element: Element) -> str:
    """An element's name without its prefix."""
    return etree.QName(element).localname


def tag(space: str, local_name: str) -> str:
    """A name in lxml's notation."""
    return f"{{{space}}}{local_name}"


def text(element: Element | None) -> str:
    """An element's text without the white space around it; nothing for an absent element."""
    return "" if element is None else "".join(cast("Iterator[str]", element.itertext())).strip()


def raw_text(element: Element) -> str:
    """An element's own text, white space and all."""
    return element.text or ""


def attribute(element: Element, key: str) -> str | None:
    """An attribute's value without the white space around it, or None if it is absent."""
    value = element.get(key)
    return value.strip() if value is not None else None
