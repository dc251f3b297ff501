"""Decides which characters text may hold so that it stands in XML, JSON and HTML alike.

It never touches markup, and it never normalises, folds or replaces a character that is legal.
"""

from __future__ import annotations

import re

# XML 1.0 section 2.2, Char: tab, LF, CR and everything from U+0020 on, less the surrogates and U+FFFE and U+FFFF. The
# noncharacters of the other planes (U+1FFFE ...) and U+FDD0 to U+FDEF are inside Char, so they stay. DEL and the C1
# controls are inside it too, but XML "discourages" them, no writer means them, and strict readers and partners refuse
# a feed for them: they go as well.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n?")
# The white space that HTML collapses. No-break, thin and ideographic spaces are typography: they stay as written.
_WHITE_SPACE = re.compile("[\t\n\r ]+")


def contains_illegal(text: str) -> bool:
    """Say whether `text` holds a character that `clean_text` would take out."""
    return _ILLEGAL.search(text) is not None


def clean_text(text: str) -> str:
    """Return `text` without the characters that no feed may hold; lines end in LF. All else stays as written.

    Taken out: what XML 1.0 section 2.2 forbids (C0 controls but tab and line ends, U+FFFE, U+FFFF, lone surrogates),
    and DEL and the C1 controls U+0080 to U+009F. CRLF and CR become LF, as any XML parser would make them (XML 1.0
    section 2.11). No Unicode normalisation.
    """
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    return _ILLEGAL.sub("", text)


def clean_line(text: str) -> str:
    """Return `text` as one line, for titles, names, tags and sections: `clean_text`, white space runs to one space.

    Only tab, line ends and space count as white space; both ends are stripped of them.
    """
    return _WHITE_SPACE.sub(" ", clean_text(text)).strip(" ")
