"""Reads one XML element as text, markup, language or base address, with the vocabulary that its name belongs to.

It knows no format and decides nothing about an article.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING

from lxml import etree

from feedsvc.content.urls import absolute_url, is_web_url
from feedsvc.errors import Invalid
from feedsvc.parse.decoding import ILLEGAL, UNDECODED, mend_c1
from feedsvc.parse.namespaces import vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    # lxml has no public name for the type of its elements.
    Children = Mapping[str, Sequence[etree._Element]]  # noqa: SLF001

_WHITE_SPACE = "\t\n\r "
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_TAG_LIKE = re.compile(r"<[A-Za-z/!][^<>]*>")


def name_of(element: etree._Element) -> str:
    """Return an element's name in lower case, with the short name of its vocabulary: "pubdate", "dc:creator".

    An element of an unknown namespace gets a name that nothing looks for.
    """
    prefix, local = vocabulary_of(element), local_name(element)
    if prefix is None:
        return f"unknown:{local}"
    return f"{prefix}:{local.lower()}" if prefix else local.lower()


def local_name(element: etree._Element) -> str:
    """Return an element's name without namespace or prefix, in its own case."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def vocabulary_of(element: etree._Element) -> str | None:
    """Return the short name of the vocabulary that an element belongs to: "" for RSS itself, None if it is unknown."""
    namespace, brace, _ = str(element.tag).rpartition("}")
    return vocabulary(namespace[1:] if brace else "")


def children_of(element: etree._Element) -> dict[str, list[etree._Element]]:
    """Return an element's children by name, in the order of the source."""
    children: dict[str, list[etree._Element]] = {}
    for child in element:
        children.setdefault(name_of(child), []).append(child)
    return children


def exact_text(element: etree._Element) -> str:
    """Return an identity's text as it stands, less the white space around it, which every reader known strips.

    Raises Invalid, naming the element, if it holds a byte or a character that can't be carried over unchanged.
    """
    return _exact(_characters(element), element)


def about_of(element: etree._Element) -> str:
    """Return an element's rdf:about, read as `exact_text` reads a text, or "" if it has none."""
    # By its exact name: listing the attributes takes lxml 6.1 time that is quadratic in their number.
    return _exact(_checked(str(element.get(_ABOUT) or ""), element), element)


def text_of(element: etree._Element) -> str:
    """Return an element's text without the white space around it; raises Invalid if a byte of it can't be decoded."""
    return mend_c1(_characters(element).replace(ILLEGAL, "")).strip(_WHITE_SPACE)


def first_text(children: Children, *names: str) -> str:
    """Return the first text that is not empty among the children of these names, in the order of the names."""
    found = first_filled(children, *names)
    return "" if found is None else text_of(found)


def first_filled(children: Children, *names: str) -> etree._Element | None:
    """Return the first child that holds text, among those of these names, in the order of the names."""
    return next((child for name in names for child in children.get(name, ()) if text_of(child)), None)


def markup_of(element: etree._Element) -> str:
    """Return what an element holds as HTML source: its text, or its child elements written out."""
    if len(element) == 0:
        return text_of(element)
    element = deepcopy(element)
    for child in element.iter():
        child.tag = local_name(child)
    etree.cleanup_namespaces(element)
    inner = "".join(str(etree.tostring(child, encoding="unicode", method="html")) for child in element)
    source = _checked(f"{_escaped(element.text or '')}{inner}", element)
    return mend_c1(source.replace(ILLEGAL, "")).strip(_WHITE_SPACE)


def holds_markup(text: str) -> bool:
    """Say whether text is HTML rather than plain text: whether it has anything like a tag."""
    return _TAG_LIKE.search(text) is not None


def attribute(element: etree._Element, name: str) -> str:
    """Return an attribute's value without the white space around it, or "" if it is absent."""
    value = str(element.get(name) or "")
    return mend_c1(_checked(value, element).replace(ILLEGAL, "")).strip(_WHITE_SPACE)


def language_of(element: etree._Element) -> str | None:
    """Return the xml:lang that holds for an element (XML 1.0 section 2.12), or None."""
    ancestors = (element, *element.iterancestors())
    return next((value for found in ancestors if (value := attribute(found, _LANGUAGE))), None)


def base_of(element: etree._Element, document_base: str) -> str:
    """Return the address that relative links of an element resolve against (XML Base), or "" if there is none."""
    base = element.base or ""
    return (absolute_url(base, document_base) or document_base) if base else document_base


def link_of(value: str, base: str) -> str | None:
    """Return a link as written if it is an absolute web address, else made absolute, else None."""
    if is_web_url(value):
        return value
    found = absolute_url(value, base)
    return found if found is not None and is_web_url(found) else None


def _characters(element: etree._Element) -> str:
    return _checked("".join(map(str, element.itertext())), element)


def _checked(text: str, element: etree._Element) -> str:
    if UNDECODED in text:
        what = "holds bytes that are not in the file's encoding"
        raise Invalid(_label(element), what, "Save the file as UTF-8, or declare the encoding that it has")
    return text


def _exact(text: str, element: etree._Element) -> str:
    if ILLEGAL in text:
        raise Invalid(
            _label(element), "holds a character that XML forbids", "An identity must be kept exactly: mend it"
        )
    return text.strip(_WHITE_SPACE)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _label(element: etree._Element) -> str:
    name = local_name(element)
    return f"{element.prefix}:{name}" if element.prefix else name
