"""Reads XML safely and reports what breaks it before any feed rule can be looked at (XML-01 to XML-09).

Common faults are mended so that the rest of the document can still be checked. The parser never sees a DTD: a DOCTYPE
is cut out first, so there are no entities to expand and nothing to load.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from feedsvc.standards.decoding import Decoded, is_utf8, same_encoding
from feedsvc.standards.findings import finding, shown
from feedsvc.standards.trees import Element, Located

# XML 1.0 section 2.2, Char.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKUP = re.compile(r"<!--|<!\[CDATA\[|<\?|<!DOCTYPE|<[A-Za-z_:/\u0080-\U0010ffff]|<|\]\]>|&")
_REFERENCE = re.compile(r"&(?:#(?P<number>[0-9]{1,10}|[xX][0-9A-Fa-f]{1,8})|(?P<name>[^\W\d][\w.:-]{0,63}));")
_IN_TAG = re.compile(r"[\"'>]")
_XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})
_PROLOGUE_LIMIT = 512
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,20}:)?(?:rss|feed|RDF|opml)\b")
_ENTITY = re.compile(r"<!ENTITY\s+([^\s%\"'<>&]+)")
_LATE_DECLARATION = re.compile(r"<\?xml\s[^?]*\?>")


@dataclass(frozen=True, slots=True)
class Read:
    """What came of reading: the root (None if the XML is beyond reading), its stylesheets, and the faults so far."""

    root: Element | None
    found: tuple[Located, ...]


def read(decoded: Decoded) -> Read:
    """Check the basics, mend what can be mended, and parse."""
    lines = _Lines(decoded.text)
    mender = _Mender(decoded.text, lines)
    mended = mender.mend()
    found = [*_encoding_faults(decoded, lines), *mender.found, *_prologue_faults(decoded.text, lines)]
    root, broken = _parse(mended)
    return Read(root, tuple(_without_echoes([*found, *broken])))


def _encoding_faults(decoded: Decoded, lines: _Lines) -> Iterator[Located]:
    if not decoded.known:
        yield lines.at(
            0, "XML-01", f"the encoding {shown(decoded.encoding)} is not known", "Write the document in UTF-8."
        )
    elif decoded.bad_at is not None:
        message = f"the byte 0x{decoded.bad_byte or 0:02X} is not valid in {decoded.encoding}"
        yield lines.at(decoded.bad_at, "XML-01", message, "Encode the text in the encoding that the document declares.")
    true = decoded.declared or decoded.encoding
    if decoded.known and not is_utf8(true):
        yield lines.at(0, "XML-05", f"the encoding is {true}", "Write the document in UTF-8 and declare it.")
    if decoded.charset and decoded.declared and not same_encoding(decoded.charset, decoded.declared):
        message = f"the Content-Type says {decoded.charset}, the XML declaration {decoded.declared}"
        yield lines.at(0, "XML-06", message, "Make both UTF-8; readers believe the Content-Type.")


def _prologue_faults(text: str, lines: _Lines) -> Iterator[Located]:
    root = _ROOT.search(text)
    for match in re.finditer(r"<\?xml-stylesheet\s([^?]*)\?>", text[: root.start()] if root else ""):
        if re.search(r"xsl", match[1], re.IGNORECASE):
            yield lines.at(
                match.start(),
                "XSL-02",
                "an XSLT stylesheet is linked",
                "Remove it, and give people an HTML page that explains the feed.",
            )
    if root and len(text[: root.start()].encode()) > _PROLOGUE_LIMIT:
        yield lines.at(
            root.start(),
            "XML-09",
            f"the root element starts after {len(text[: root.start()].encode())} bytes",
            "Move comments and processing instructions behind the start of the root element.",
        )


def _parse(text: str) -> tuple[Element | None, list[Located]]:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        reason = re.sub(r", line \d+, column \d+.*$", "", error.msg or "the document ends too early", flags=re.DOTALL)
        message = f"not well-formed: {' '.join(reason.split())}. Nothing further was checked"
        fix = "Write the document with an XML library, so that names match and text is escaped."
        return None, [Located(line, -1, finding("XML-01", f"line {line}, column {column}", message, fix))]
    return root, []


def _without_echoes(found: list[Located]) -> list[Located]:
    """One fault of a kind is enough where it repeats: the first with a count of the rest."""
    kinds: dict[tuple[str, str], list[Located]] = {}
    for one in sorted(found, key=lambda located: located.line):
        kinds.setdefault((one.finding.rule, one.finding.fix), []).append(one)
    return [_counted(same[0], len(same) - 1) for same in kinds.values()]


def _counted(one: Located, more: int) -> Located:
    if not more:
        return one
    told = one.finding
    message = f"{told.message} (and {more} more after it)"
    return one._replace(finding=finding(told.rule, told.place, message, told.fix, told.level))


class _Lines:
    """Line and column of an offset."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def at(self, offset: int, rule: str, message: str, fix: str) -> Located:
        line = bisect_right(self._starts, offset)
        place = f"line {line}, column {offset - self._starts[line - 1] + 1}"
        return Located(line, -1, finding(rule, place, message, fix))


class _Mender:
    """One pass over the text: what XML forbids is reported and replaced, line by line, so that lines still count."""

    def __init__(self, text: str, lines: _Lines) -> None:
        self._text = text
        self._lines = lines
        self._pieces: list[str] = []
        self._done = 0
        self._declared: set[str] = set()
        self.found: list[Located] = []

    def mend(self) -> str:
        """The text with its faults mended, as far as they can be."""
        self._text = self._legal_characters()
        at = self._start()
        while (match := _MARKUP.search(self._text, at)) is not None:
            at = self._step(match)
            if at == -1:
                break
        return "".join([*self._pieces, self._text[self._done :]])

    def _legal_characters(self) -> str:
        for match in _ILLEGAL.finditer(self._text):
            self._report(
                match.start(),
                "XML-02",
                f"the character U+{ord(match[0]):04X} is not allowed in XML",
                "Strip control characters from all text before it is written.",
            )
        return _ILLEGAL.sub("\ufffd", self._text)

    def _start(self) -> int:
        """Pass over the XML declaration; one that comes late is a fault of its own."""
        root = _ROOT.search(self._text)
        match = _LATE_DECLARATION.search(self._text, 0, root.start() if root else len(self._text))
        if match is None:
            return 0
        before = self._text[: match.start()]
        if before:
            self._report(
                match.start(),
                "XML-03",
                f"{shown(before, 40) if before.strip() else 'white space'} precedes the XML declaration",
                "Begin the document with <?xml, without a blank line or anything else before it.",
            )
        # The text is parsed as UTF-8 whatever it was: the declaration goes, its lines stay.
        self._replace(0, match.end(), _blank(self._text[: match.end()]))
        return match.end()

    def _step(self, match: re.Match[str]) -> int:
        """Deal with one piece of markup and return where to go on; -1 when the rest is the parser's to judge."""
        at, found = match.start(), match[0]
        if found in _SECTIONS:
            end = self._text.find(_SECTIONS[found], match.end())
            return end + len(_SECTIONS[found]) if end != -1 else -1
        if found == "<!DOCTYPE":
            return self._doctype(at)
        if found == "&":
            return self._reference(at)
        if found == "]]>":
            self._report(at, "XML-07", "]]> stands outside a CDATA section", "Write ]]&gt; or split the CDATA section.")
            self._replace(at, at + 3, "]]&gt;")
            return at + 3
        if found == "<":
            self._report(at, "XML-01", f"a bare < stands in text: {shown(self._text[at : at + 20])}", "Write &lt;.")
            self._replace(at, at + 1, "&lt;")
            return at + 1
        return self._tag(match.end())

    def _tag(self, at: int) -> int:
        """Pass over a tag, attribute by attribute; references in values are looked at."""
        while (match := _IN_TAG.search(self._text, at)) is not None:
            if match[0] == ">":
                return match.end()
            end = self._text.find(match[0], match.end())
            if end == -1:
                return -1
            self._references(match.end(), end)
            at = end + 1
        return -1

    def _references(self, at: int, end: int) -> None:
        while (at := self._text.find("&", at, end)) != -1:
            at = self._reference(at)

    def _reference(self, at: int) -> int:
        match = _REFERENCE.match(self._text, at)
        if match is None:
            text = self._text[at : at + 20]
            self._report(at, "XML-01", f"a bare & stands in text: {shown(text)}", "Write &amp;.")
            self._replace(at, at + 1, "&amp;")
            return at + 1
        if match["number"] is not None and _is_illegal(match["number"]):
            message = f"{match[0]} stands for a character that is not allowed in XML"
            self._report(at, "XML-02", message, "Strip control characters from all text before it is written.")
            self._replace(at, match.end(), "\ufffd")
        elif match["name"] is not None and match["name"] not in _XML_NAMES:
            if match["name"] not in self._declared:
                message = f"the entity {match[0]} is not defined in XML"
                self._report(at, "XML-04", message, "Write the character itself, in UTF-8.")
            self._replace(at, match.end(), "\ufffd")
        return match.end()

    def _doctype(self, at: int) -> int:
        end = _doctype_end(self._text, at)
        subset = "[" in self._text[at : end if end != -1 else None]
        what = "a DOCTYPE with declarations of its own" if subset else "a DOCTYPE"
        self._report(at, "XML-08", f"the document has {what}", "Remove it: parsers refuse or ignore it for safety.")
        end = len(self._text) if end == -1 else end
        self._declared.update(_ENTITY.findall(self._text, at, end))
        self._replace(at, end, _blank(self._text[at:end]))
        return end

    def _report(self, offset: int, rule: str, message: str, fix: str) -> None:
        self.found.append(self._lines.at(offset, rule, message, fix))

    def _replace(self, start: int, end: int, text: str) -> None:
        self._pieces += [self._text[self._done : start], text]
        self._done = end


_SECTIONS = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}


def _doctype_end(text: str, at: int) -> int:
    """Where a DOCTYPE ends, its internal subset included; -1 if it never does."""
    stop = re.compile(r"[\[>]").search(text, at)
    if stop is None:
        return -1
    if stop[0] == ">":
        return stop.end()
    close = re.compile(r"\]\s*>").search(text, stop.end())
    return close.end() if close else -1


def _is_illegal(number: str) -> bool:
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    return code > 0x10FFFF or _ILLEGAL.match(chr(code)) is not None  # noqa: PLR2004 - the last code point


def _blank(text: str) -> str:
    return "\n" * text.count("\n")
