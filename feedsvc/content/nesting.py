"""Writes tokens as well-nested HTML of bounded depth: every element closed, in order, exactly once.

It decides nothing about what an article may hold. The safety of the result rests on the cleaner that reads it
afterwards; what it gives that cleaner is input on which a tree builder's work is linear.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from feedsvc.content.markup import VOID, EndTag, StartTag, Text, decode_text, escape_text, start_tag
from feedsvc.content.vocabulary import BLOCKS, FORMATTING, HEADINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

# Deeper elements lose their tags and keep their text. Browsers stop at 512; no article was seen beyond 30.
MAX_DEPTH = 100
# A tree builder opens these again in each paragraph, so their number multiplies its output.
MAX_FORMATTING_DEPTH = 12
_MOST_OF_A_KIND = 3
# Characters of start tags that may be written again after a misplaced end tag.
_REOPENING_BUDGET = 64_000

_CELLS = frozenset({"td", "th"})
_ROW_GROUPS = frozenset({"tbody", "tfoot", "thead"})
_TABLE_PARTS = frozenset({"caption", "col", "colgroup", "tr", *_CELLS, *_ROW_GROUPS})
_SCOPE = frozenset({"caption", "table", *_CELLS})
_TABLE = frozenset({"table"})
_TERMS = frozenset({"dd", "dt"})
_ITEM = frozenset({"li"})
_PARAGRAPH = frozenset({"p"})
_RUBY_PARTS = frozenset({"rp", "rt"})
_ENDS_PARAGRAPH = BLOCKS | _ITEM | _TERMS
# What an open <li>, <dd> or <dt> is not looked for beyond (WHATWG HTML, "special", less address, div and p).
_ENDS_ITEM_SEARCH = (_ENDS_PARAGRAPH | _SCOPE | _TABLE_PARTS) - {"address", "div", "p"}
# The parents that a parser puts in where a table leaves them out, outermost first, and where it misses them.
_TABLE_PARENTS = {"tr": ("tbody",), "td": ("tbody", "tr"), "th": ("tbody", "tr"), "col": ("colgroup",)}
_MISSING_PARENT_IN = {"tbody": _TABLE, "colgroup": _TABLE, "tr": _ROW_GROUPS}
# Each table part ends these, if they are open in its table.
_TABLE_PART_ENDS: dict[str, frozenset[str]] = {
    "td": frozenset({"caption", "colgroup", *_CELLS}),
    "th": frozenset({"caption", "colgroup", *_CELLS}),
    "tr": frozenset({"caption", "colgroup", "tr"}),
    **dict.fromkeys(
        ("caption", "colgroup", "tbody", "tfoot", "thead"), frozenset({"caption", "colgroup", *_ROW_GROUPS})
    ),
    "col": frozenset({"caption", *_ROW_GROUPS}),
}

_ENDS_OTHERS = _ENDS_PARAGRAPH | _TABLE_PARTS | _RUBY_PARTS | {"a"}
_TO_ESCAPE = re.compile("[&<>\xa0]")


def nested(tokens: Iterable[StartTag | EndTag | Text]) -> str:
    """Return the tokens as HTML in which each element is closed where it ends, at most `MAX_DEPTH` deep.

    End tags that HTML implies are written out (WHATWG HTML section 13.2.6.4.7), an end tag without its element is
    dropped, and inline formatting that a paragraph's end cuts off goes on in the next one.
    """
    writer = _Writer()
    for token in tokens:
        if isinstance(token, Text):
            writer.text(token.source)
        elif isinstance(token, StartTag):
            writer.start(token)
        else:
            writer.end(token.name)
    return writer.finish()


class _Writer:
    """The elements that are open now, and what was written so far."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.open: list[tuple[str, str]] = []
        self.count: defaultdict[str, int] = defaultdict(int)
        self.skipped: defaultdict[str, int] = defaultdict(int)
        self.formatting = 0
        self.scopes = 0
        self.cut_off: list[tuple[str, str, int]] = []
        self.budget = _REOPENING_BUDGET
        self.after_pre = False

    def text(self, source: str) -> None:
        text = escape_text(decode_text(source)) if _TO_ESCAPE.search(source) else source
        if self.after_pre:
            # A parser drops a line end right after <pre>, a serialiser does not write it again.
            text = text.lstrip("\n")
            if not text:
                return
        if self.cut_off and not text.isspace():
            self._reopen()
        self._write(text)

    def start(self, token: StartTag) -> None:
        name = token.name
        if name in _ENDS_OTHERS:
            self._end_implied(name)
        if name in _TABLE_PARTS:
            if not self.count["table"]:
                self.skipped[name] += name not in VOID
                return
            self._begin_implied(name)
        elif self.cut_off and name not in _ENDS_PARAGRAPH:
            self._reopen()
        written = start_tag(name, token.attributes)
        if name in VOID:
            self._write(written)
        elif len(self.open) >= MAX_DEPTH or (name in FORMATTING and self.formatting >= MAX_FORMATTING_DEPTH):
            self.skipped[name] += 1
        else:
            self._push(name, written)
            self.after_pre = name == "pre"

    def end(self, name: str) -> None:
        if name == "br":
            self._write("<br>")
            return
        if self.skipped[name]:
            self.skipped[name] -= 1
            return
        for index in range(len(self.cut_off) - 1, -1, -1):
            if self.cut_off[index][0] == name:
                del self.cut_off[index]
                return
        if self.open and self.open[-1][0] == name:
            self._close_down_to(len(self.open) - 1)
            return
        place = self._find({name}, _TABLE if name in _TABLE_PARTS else _SCOPE - {name})
        if place is not None:
            self._close_down_to(place)

    def finish(self) -> str:
        self._close_down_to(0)
        return "".join(self.parts)

    def _end_implied(self, name: str) -> None:
        place: int | None = None
        if name in _TABLE_PART_ENDS:
            place = self._find(_TABLE_PART_ENDS[name], _TABLE)
        elif name in _ITEM:
            place = self._find(_ITEM, _ENDS_ITEM_SEARCH)
        elif name in _TERMS:
            place = self._find(_TERMS, _ENDS_ITEM_SEARCH)
        elif name == "a":
            place = self._find({"a"}, _SCOPE)
        elif name in _RUBY_PARTS and self.open and self.open[-1][0] in _RUBY_PARTS:
            place = len(self.open) - 1
        if place is not None:
            self._close_down_to(place)
        if name in _ENDS_PARAGRAPH and self.count["p"]:
            place = self._find(_PARAGRAPH, _SCOPE)
            if place is not None:
                self._close_down_to(place)
        if name in HEADINGS and self.open and self.open[-1][0] in HEADINGS:
            self._close_down_to(len(self.open) - 1)

    def _begin_implied(self, name: str) -> None:
        for parent in _TABLE_PARENTS.get(name, ()):
            if self.open[-1][0] in _MISSING_PARENT_IN[parent] and len(self.open) < MAX_DEPTH:
                self._push(parent, f"<{parent}>")

    def _find(self, names: frozenset[str] | set[str], limits: frozenset[str]) -> int | None:
        if not any(self.count[name] for name in names):
            return None
        for place in range(len(self.open) - 1, -1, -1):
            name = self.open[place][0]
            if name in names:
                return place
            if name in limits:
                return None
        return None

    def _push(self, name: str, written: str) -> None:
        self._write(written)
        self.open.append((name, written))
        self.count[name] += 1
        self.formatting += name in FORMATTING
        self.scopes += name in _SCOPE

    def _close_down_to(self, place: int) -> None:
        cut_off: list[tuple[str, str, int]] = []
        while len(self.open) > place:
            name, written = self.open.pop()
            self._write(f"</{name}>")
            self.count[name] -= 1
            self.formatting -= name in FORMATTING
            if name in _SCOPE:
                self.scopes -= 1
                cut_off.clear()
            elif name in FORMATTING and name != "a" and len(self.open) > place:
                # A link is not opened again: one forgotten </a> would turn the rest of the article into a link.
                cut_off.append((name, written, self.scopes))
        if self.cut_off or cut_off:
            kept = [cut for cut in self.cut_off if cut[2] <= self.scopes]
            self.cut_off = _without_repetition(kept + cut_off[::-1])[:MAX_FORMATTING_DEPTH]

    def _reopen(self) -> None:
        waiting = [cut for cut in self.cut_off if cut[2] == self.scopes]
        self.cut_off = [cut for cut in self.cut_off if cut[2] != self.scopes]
        for name, written, _ in waiting:
            if self.formatting < MAX_FORMATTING_DEPTH and len(self.open) < MAX_DEPTH and len(written) <= self.budget:
                self.budget -= len(written)
                self._push(name, written)

    def _write(self, part: str) -> None:
        self.parts.append(part)
        self.after_pre = False


def _without_repetition(cut_off: list[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    # At most three of a kind, as in any browser (WHATWG HTML section 13.2.4.3).
    return [cut for place, cut in enumerate(cut_off) if cut_off[:place].count(cut) < _MOST_OF_A_KIND]
