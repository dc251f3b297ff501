"""Decides what an article says in plain words, and where a summary of it ends.

It never writes markup.
"""

from __future__ import annotations

import re
import unicodedata

from feedsvc.content.characters import clean_text
from feedsvc.content.machinery import without_elements
from feedsvc.content.markup import StartTag, Text, decode_text, tokens
from feedsvc.content.vocabulary import BLOCKS, DROPPED_WITH_CONTENT

_HTML_SPACE = re.compile("[\t\n\f\r ]+")
_MANY_LINES = re.compile(r"\n{3,}")
_PARAGRAPHS = BLOCKS | {"article", "form", "main", "nav"}
_LINES = frozenset({"caption", "dd", "dt", "li", "tr"})
_CELLS = frozenset({"td", "th"})
# Readings beside characters (ruby) repeat the word they stand on.
_SILENT = DROPPED_WITH_CONTENT | {"rp", "rt", "iframe", "object"}

_ELLIPSIS = "…"
_SENTENCE_PART = 0.4
_ENDS = ".!?…。！？．։।॥؟۔።။៕។"
# These scripts put no space after a sentence, or not always.
_ENDS_WITHOUT_SPACE = "。！？．።။៕។"
# Quotes and brackets that belong to the sentence before them. “ and ‘ close a quotation in German and its neighbours.
_CLOSERS = "\"'”’»›」』）)]】〉》“‘"
_OPENERS = "\"'“‘«‹„‚([「『（"
_ABBREVIATIONS = frozenset(
    {
        "adm", "approx", "apr", "aug", "ave", "bros", "bzw", "ca", "capt", "cf", "co", "col", "corp", "dec", "dept",
        "dr", "e.g", "est", "etc", "feb", "fig", "fr", "gen", "gov", "hon", "i.e", "inc", "jan", "jr", "lt", "ltd",
        "maj", "mme", "mr", "mrs", "ms", "mt", "no", "nov", "nr", "oct", "pres", "prof", "rep", "rev", "sen", "sep",
        "sept", "sgt", "sr", "st", "u.a", "vs", "z.b",
    }
)  # fmt: skip
# One letter ("J. Doe"), letters with dots ("U.S.", "a.m.") or the number of a list, a day or a king ("3. Oktober").
_SHORT_FORM = re.compile(r"(?:[^\W\d]\.)*[^\W\d]|\d{1,2}")
_LONGEST_ABBREVIATION = 20
# No-break, thin and ideographic spaces are typography: they stay as written.
_WHITE_SPACE = re.compile(r"[ \t\n\f\v\r]+")
# Unicode UAX 29: signs that are no marks and yet never begin a grapheme: joiners, Thai and Lao vowel am.
_NEVER_FIRST = "\u200c\u200d\u0e33\u0eb3"
_JOINER = "\u200d"


def plain_text(html: str) -> str:
    """Return the words of HTML for reading: paragraphs a blank line apart, list items and <br> on lines of their own.

    References are decoded, white space collapsed as HTML does (not in <pre>); no alternative text, no script, no
    style, no ruby readings. Any input will do, cleaned or not.
    """
    reader = _Reader()
    for token in without_elements(tokens(clean_text(html)), _SILENT):
        if isinstance(token, Text):
            reader.text(decode_text(token.source))
        else:
            reader.tag(token.name, opens=isinstance(token, StartTag))
    return reader.finish()


class _Reader:
    """The text read so far, and how far the next words stand apart from it."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.apart = ""
        self.pre = 0

    def text(self, text: str) -> None:
        if not self.pre:
            text = _HTML_SPACE.sub(" ", text)
            if text.startswith(" "):
                self._separate(" ")
            self._add(text.strip(" "))
            if text.endswith(" "):
                self._separate(" ")
        else:
            self._add(text)

    def tag(self, name: str, *, opens: bool) -> None:
        if name == "pre":
            self.pre = max(0, self.pre + (1 if opens else -1))
        if name in _PARAGRAPHS:
            self._separate("\n\n")
        elif name in _LINES:
            self._separate("\n")
        elif name == "br":
            self.apart = self.apart.strip(" ") + "\n"
        elif name in _CELLS:
            self._separate(" ")

    def finish(self) -> str:
        return _MANY_LINES.sub("\n\n", "".join(self.parts)).strip("\n").rstrip(" ")

    def _separate(self, mark: str) -> None:
        if len(mark) > len(self.apart) or (mark == "\n" and self.apart == " "):
            self.apart = mark

    def _add(self, text: str) -> None:
        # <p>&nbsp;</p> is an editor's empty line, no word.
        if text.strip() or (text and "\n" not in self.apart):
            if self.parts:
                self.parts.append(self.apart[:2])
            self.parts.append(text)
            self.apart = ""


def summarize(html_or_text_plain: str, limit: int = 300) -> str:
    """Return the beginning of plain text as one line of at most `limit` characters.

    Cut at the end of a sentence or paragraph if one lies in the last 60 % of the limit, else after a word with "…". An
    abbreviation's dot is no sentence's end. Scripts without spaces are cut between whole graphemes: never before a
    combining mark or inside an emoji.
    """
    text = _WHITE_SPACE.sub(lambda run: "\n" if "\n" in run[0] else " ", clean_text(html_or_text_plain).strip())
    if len(text) > limit:
        end = _sentence_end(text, limit)
        text = _cut_at_word(text, limit) if end is None else text[:end]
    return text.replace("\n", " ")


def _sentence_end(text: str, limit: int) -> int | None:
    lowest = int(limit * _SENTENCE_PART)
    return next((place for place in range(limit, lowest, -1) if _ends_sentence(text, place)), None)


def _ends_sentence(text: str, place: int) -> bool:
    following = text[place]
    if following == "\n":
        return True
    last = place - 1
    while last > 0 and text[last] in _CLOSERS:
        last -= 1
    if text[last] not in _ENDS or following in _CLOSERS + _ENDS:
        return False
    if text[last] in _ENDS_WITHOUT_SPACE:
        return True
    if following != " " or text[place + 1 :].lstrip(_OPENERS)[:1].islower():
        return False
    return text[last] != "." or not _is_abbreviation(text, last)


def _is_abbreviation(text: str, dot: int) -> bool:
    word = re.split(r"\s", text[max(0, dot - _LONGEST_ABBREVIATION) : dot])[-1].lstrip(_OPENERS).casefold()
    return word in _ABBREVIATIONS or _SHORT_FORM.fullmatch(word) is not None


def _cut_at_word(text: str, limit: int) -> str:
    if limit < 1:
        return ""
    room = limit - len(_ELLIPSIS)
    end = max(text.rfind(" ", 0, room + 1), text.rfind("\n", 0, room + 1))
    if end <= room // 2:
        end = room
        while end > 0 and not _is_grapheme_boundary(text, end):
            end -= 1
    return text[:end].rstrip(" \n,;:-–—、，") + _ELLIPSIS


def _is_grapheme_boundary(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if unicodedata.category(after)[0] == "M" or after in _NEVER_FIRST or before == _JOINER:
        return False
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":
        return False  # a skin tone, a letter of a flag's tag
    if "\u1160" <= after <= "\u11ff" and "\u1100" <= before <= "\u11ff":
        return False  # a vowel or final of a Hangul syllable written in parts
    if _is_regional(before) and _is_regional(after):
        start = place
        while start > 0 and _is_regional(text[start - 1]):
            start -= 1
        return (place - start) % 2 == 0
    return True


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
