"""Decides what an article says in plain words, and where a summary of it ends.

It never writes markup.
"""

from __future__ import annotations

import re
import unicodedata

from feedsvc.content.characters import clean_text
from feedsvc.content.markup import StartTag, Text, decode_text, tokens
from feedsvc.content.vocabulary import BLOCKS, DROPPED_WITH_CONTENT

_HTML_SPACE = re.compile("[\t\n\f\r ]+")
_SPACES_AT_LINE_END = re.compile(r" *\n *")
_MANY_LINES = re.compile(r"\n{3,}")
_PARAGRAPHS = BLOCKS | {"article", "form", "main", "nav"}
_LINES = frozenset({"caption", "dd", "dt", "li", "tr"})
_CELLS = frozenset({"td", "th"})
# Readings beside characters (ruby) repeat the word they stand on.
_SILENT = DROPPED_WITH_CONTENT | {"rp", "rt", "iframe", "object"}

_ELLIPSIS = "…"
_SENTENCE_PART = 0.4
_ENDS = ".!?…。！？．։।॥؟۔።။៕"
_ENDS_WITHOUT_SPACE = "。！？．"
_CLOSERS = "\"'”’»›」』）)]】〉》“‘"
_ABBREVIATIONS = frozenset(
    {
        "adm", "approx", "apr", "aug", "ave", "bros", "bzw", "ca", "capt", "cf", "co", "col", "corp", "dec", "dept",
        "dr", "e.g", "est", "etc", "feb", "fig", "fr", "gen", "gov", "hon", "i.e", "inc", "jan", "jr", "lt", "ltd",
        "maj", "mme", "mr", "mrs", "ms", "mt", "no", "nov", "nr", "oct", "pres", "prof", "rep", "rev", "sen", "sep",
        "sept", "sgt", "sr", "st", "u.a", "vs", "z.b",
    }
)  # fmt: skip
_WHITE_SPACE = re.compile(r"\s+")


def plain_text(html: str) -> str:
    """Return the words of HTML for reading: paragraphs a blank line apart, list items and <br> on lines of their own.

    References are decoded, white space collapsed as HTML does (not in <pre>); no alternative text, no script, no
    style, no ruby readings. Any input will do, cleaned or not.
    """
    writer = _Reader()
    silent: list[str] = []
    for token in tokens(html):
        if isinstance(token, Text):
            if not silent:
                writer.text(decode_text(token.source))
        elif isinstance(token, StartTag):
            if token.name in _SILENT:
                silent.append(token.name)
            writer.tag(token.name, opens=True)
        else:
            if token.name in silent:
                del silent[silent.index(token.name) :]
            writer.tag(token.name, opens=False)
    return writer.finish()


class _Reader:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.pre = 0

    def text(self, text: str) -> None:
        self.parts.append(text if self.pre else _HTML_SPACE.sub(" ", text))

    def tag(self, name: str, *, opens: bool) -> None:
        if name == "pre":
            self.pre = max(0, self.pre + (1 if opens else -1))
        if name in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif name in _LINES or name == "br":
            self.parts.append("\n")
        elif name in _CELLS:
            self.parts.append(" ")

    def finish(self) -> str:
        text = clean_text("".join(self.parts))
        text = re.sub(" {2,}", " ", text)
        text = _SPACES_AT_LINE_END.sub("\n", text)
        return _MANY_LINES.sub("\n\n", text).strip("\n ")


def summarize(html_or_text_plain: str, limit: int = 300) -> str:
    """Return the beginning of plain text as one line of at most `limit` characters.

    Cut at the end of a sentence if one lies in the last 60 % of the limit, else after a word with "…". Scripts
    without spaces are cut between whole graphemes: never before a combining mark or inside an emoji.
    """
    text = _WHITE_SPACE.sub(" ", clean_text(html_or_text_plain)).strip()
    if len(text) <= limit:
        return text
    if limit <= 0:
        return ""
    end = _sentence_end(text, limit)
    if end is not None:
        return text[:end]
    return text[: _word_end(text, limit - 1)].rstrip(" ,;:-–—") + _ELLIPSIS


def _sentence_end(text: str, limit: int) -> int | None:
    lowest = int(limit * _SENTENCE_PART)
    second_best: int | None = None
    for place in range(limit, lowest, -1):
        end = _is_sentence_end(text, place)
        if end:
            return place
        if end is None and second_best is None:
            second_best = place
    return None


def _is_sentence_end(text: str, place: int) -> bool | None:
    last = place - 1
    while last >= 0 and text[last] in _CLOSERS and text[last] not in _ENDS:
        last -= 1
    if last < 0 or text[last] not in _ENDS:
        return False
    following = text[place : place + 1]
    if following and following in _CLOSERS + _ENDS:
        return False
    if text[last] in _ENDS_WITHOUT_SPACE:
        return True
    if following not in {"", " "}:
        return False
    return not (text[last] == "." and _is_abbreviation(text, last))


def _is_abbreviation(text: str, dot: int) -> bool:
    start = max(text.rfind(" ", 0, dot) + 1, dot - 20)
    word = text[start:dot].lstrip("\"'“‘«(„").casefold()
    return word in _ABBREVIATIONS or (bool(re.fullmatch(r"(?:\w\.)*\w", word)) and not word.isdigit())


def _word_end(text: str, limit: int) -> int:
    if text[limit] == " ":
        return limit
    space = text.rfind(" ", 0, limit)
    if space > limit // 2:
        return space
    place = limit
    while place > 0 and not _is_grapheme_boundary(text, place):
        place -= 1
    return place


def _is_grapheme_boundary(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    if unicodedata.category(after)[0] == "M" or after in "\u200c\u200d" or before == "\u200d":
        return False
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f" or after in "\u0e33\u0eb3":
        return False
    if "\u1160" <= after <= "\u11ff" and "\u1100" <= before <= "\u11ff":
        return False
    if _is_regional(before) and _is_regional(after):
        start = place
        while start > 0 and _is_regional(text[start - 1]):
            start -= 1
        return (place - start) % 2 == 0
    return True


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
