"""Reads what stands before a document's first element: declaration, comments, document type; and that element's tag.

It never expands or fetches anything: a document type is blanked out, one that declares entities is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from feedsvc.errors import Invalid

_NOT_BLANK = re.compile(r"[^\n]")
_TAG = re.compile(r"<([A-Za-z_][\w.:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>?")
_INTERNAL_SUBSET = re.compile(r"[\[>]")


@dataclass(frozen=True, slots=True)
class RootTag:
    """The start tag of a document's root element: its name as written, its source, and where it begins."""

    name: str
    source: str
    start: int


def root_tag(text: str) -> RootTag | None:
    """Return the root element's start tag, or None if there is none."""
    position = 0
    while (position := text.find("<", position)) >= 0:
        end = _end_of_aside(text, position)
        if end is None:
            found = _TAG.match(text, position)
            return RootTag(found[1], found[0], position) if found else None
        position = end
    return None


def blank_prolog(name: str, text: str) -> str:
    """Return `text` with its XML declaration and document type as white space, lines kept, leading white space gone.

    STANDARDS XML-03 and XML-08: readers meet blank lines before the declaration, declarations after a comment, and
    document types that no parser may follow. Without a document type there is no entity but XML's own five, so nothing
    can be expanded and no file can be read (XXE, XML bombs). Raises Invalid for a document that declares entities,
    since what it says would be lost.
    """
    root = root_tag(text)
    end = root.start if root else len(text)
    prolog, position = [], 0
    while position < end:
        start = text.find("<", position, end)
        if start < 0:
            break
        # What is no markup at all before the root element (a byte order mark, a server's warning) goes too.
        prolog.append(_blank(text[position:start]))
        position = min(_end_of_aside(text, start) or end, end)
        aside = text[start:position]
        if aside[:9].upper() == "<!DOCTYPE" and "<!ENTITY" in aside.upper():
            line = text.count("\n", 0, start) + 1
            what = f"declares XML entities (line {line}), which are never read: they can fill memory or name files"
            raise Invalid(name, what, "Write the entities' text out, and leave the declarations away")
        prolog.append(_blank(aside))
    prolog.append(_blank(text[position:end]))
    return "".join(prolog) + text[end:]


def _end_of_aside(text: str, start: int) -> int | None:
    """Return where the comment, instruction or declaration at `start` ends; None if what begins there is neither."""
    if text.startswith("<!--", start):
        return _after(text, "-->", start + 4)
    if text.startswith("<?", start):
        return _after(text, "?>", start + 2)
    if not text.startswith("<!", start):
        return None
    mark = _INTERNAL_SUBSET.search(text, start)
    if mark is not None and mark[0] == "[":
        subset = text.find("]", mark.end())
        return len(text) if subset < 0 else _after(text, ">", subset)
    return len(text) if mark is None else mark.end()


def _after(text: str, mark: str, start: int) -> int:
    found = text.find(mark, start)
    return len(text) if found < 0 else found + len(mark)


def _blank(text: str) -> str:
    return _NOT_BLANK.sub(" ", text)
