"""Mends, in the source of an XML document, the common faults that lose nothing when they are mended.

It never closes, drops or moves an element: what would need a guess stays broken. Lines stay where they are.
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import TYPE_CHECKING

from feedsvc.parse.decoding import ILLEGAL
from feedsvc.parse.namespaces import well_known_uri

if TYPE_CHECKING:
    from collections.abc import Callable

_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
# XML 1.0 section 2.2: what is no Char.
_NOT_CHAR = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(
    r"&(?:#([0-9]{1,7});|#[xX]([0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]*);)?|\]\]>|<(?![A-Za-z_:/!?])"
)
_ASIDE = re.compile(r"<!\[CDATA\[|<!--|<\?")
_ASIDE_ENDS = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_OPEN_TAG = re.compile(r"<([A-Za-z_][\w.:-]*)(?:\s[^<>]*)?>\s*\Z")
_OPEN_TAG_LIMIT = 2_000
_ELEMENT_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):(?=[A-Za-z_])")
_ATTRIBUTE_PREFIX = re.compile(r"\s([A-Za-z_][\w.-]*):[A-Za-z_][\w.-]*\s*=\s*[\"']")
_DECLARED = re.compile(r"\bxmlns:([A-Za-z_][\w.-]*)\s*=")
_MAX_PREFIXES = 50


def mark_illegal(text: str) -> str:
    """Return text with each character that XML 1.0 forbids as ILLEGAL, so that one control character spoils nothing."""
    return _NOT_CHAR.sub(ILLEGAL, text)


def repair(text: str) -> str:
    """Return markup with its references and CDATA sections mended; what is well-formed stays as it is.

    An ampersand that begins no reference, a "<" that begins no tag and a "]]>" outside CDATA are text (STANDARDS
    XML-01, XML-07); HTML's named references are their characters (XML-04); a reference to a character that XML forbids
    is marked as ILLEGAL. A CDATA section that holds "]]>" ends where its element does: WordPress writes such feeds.
    """
    return _outside_asides(_close_cdata(text), lambda part: _REFERENCE.sub(_mended, part))


def undeclared_prefixes(text: str, declared: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return the namespace prefixes that are used and declared nowhere, each with the URI it usually stands for."""
    used = dict.fromkeys(_ELEMENT_PREFIX.findall(text)) | dict.fromkeys(_ATTRIBUTE_PREFIX.findall(text))
    known = declared.union(_DECLARED.findall(text), ("xml", "xmlns"))
    missing = [prefix for prefix in used if prefix not in known]
    return {prefix: well_known_uri(prefix) for prefix in missing[:_MAX_PREFIXES]}


def _mended(found: re.Match[str]) -> str:
    source, decimal, hexadecimal, name = found[0], found[1], found[2], found[3]
    if source == _CDATA_END:
        return "]]&gt;"
    if source == "<":
        return "&lt;"
    if decimal or hexadecimal:
        number = int(decimal) if decimal else int(hexadecimal, 16)
        return source if _is_char(number) else ILLEGAL
    if name in _XML_ENTITIES:
        return source
    characters = html5.get(f"{name};") if name else None
    if characters is not None:
        return "".join(f"&#{ord(character)};" for character in characters)
    return f"&amp;{source[1:]}"


def _is_char(number: int) -> bool:
    return number <= 0x10FFFF and not _NOT_CHAR.match(chr(number))  # noqa: PLR2004


def _outside_asides(text: str, change: Callable[[str], str]) -> str:
    parts: list[str] = []
    position = 0
    while (found := _ASIDE.search(text, position)) is not None:
        end = text.find(_ASIDE_ENDS[found[0]], found.end())
        end = len(text) if end < 0 else end + len(_ASIDE_ENDS[found[0]])
        parts += change(text[position : found.start()]), text[found.start() : end]
        position = end
    parts.append(change(text[position:]))
    return "".join(parts)


def _close_cdata(text: str) -> str:
    """Split each "]]>" inside a CDATA section that fills its element, as far as the element's own end tag shows it."""
    sections = text.split(_CDATA)
    for number in range(1, len(sections)):
        before, section = sections[number - 1], sections[number]
        if section.count(_CDATA_END) > 1:
            start = before.rfind("<", max(0, len(before) - _OPEN_TAG_LIMIT))
            opening = _OPEN_TAG.match(before, max(0, start))
            if opening is not None:
                sections[number] = _split_inner_ends(section, opening[1])
    return _CDATA.join(sections)


def _split_inner_ends(section: str, element: str) -> str:
    end = max((found.start() for found in re.finditer(rf"\]\]>\s*</{re.escape(element)}\s*>", section)), default=-1)
    if end < 0:
        return section
    return section[:end].replace(_CDATA_END, "]]]]><![CDATA[>") + section[end:]
