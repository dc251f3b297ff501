"""Writes tokens as well-nested HTML of bounded depth: every element closed, in order, exactly once.

It decides nothing about what an article may hold. The safety of the result rests on the cleaner that reads it
afterwards; what it gives that cleaner is input on which a tree builder's work is linear.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from feedsvc.content.markup import VOID, EndTag, StartTag, Text, start_tag
from feedsvc.content.vocabulary import BLOCKS, FORMATTING, HEADINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

# Deeper elements lose their tags and keep their text. Browsers stop at 512; no article was seen beyond 30.
MAX_DEPTH = 100
# A tree builder opens these again in each paragraph, so their number multiplies its output.
MAX_FORMATTING_DEPTH = 12
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
# Each table part ends these, if they are open in its table.
_TABLE_PART_ENDS: dict[str, frozenset[str]] = {
    "td": frozenset({"caption", "colgroup", *_CELLS}),
    "th": frozenset({"caption", "colgroup", *_CELLS}),
    "tr": frozenset({"caption", "colgroup", "tr"}),
    **dict.fromkeys(
        ("caption", "col", "colgroup", "tbody", "tfoot", "thead"), frozenset({"caption", "colgroup", *_ROW_GROUPS})
    ),
}


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
        self.count: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.formatting = 0
        self.scopes = 0
        self.cut_off: list[tuple[str, str, int]] = []
        self.budget = _REOPENING_BUDGET
        self.after_pre = False

    def text(self, source: str) -> None:
        if self.after_pre:
            # A parser drops a line end right after <pre>, a serialiser does not write it again.
            source = source.lstrip("\n")
            if not source:
                return
        if self.cut_off and not source.isspace():
            self._reopen()
        self._write(source.replace("<", "&lt;") if "<" in source else source)

    def start(self, token: StartTag) -> None:
        name = token.name
        self._end_implied(name)
        if name in _TABLE_PARTS and not self.count["table"]:
            self.skipped[name] += name not in VOID
            return
        if self.cut_off and name not in _ENDS_PARAGRAPH and name not in _TABLE_PARTS:
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
        if name in _ENDS_PARAGRAPH:
            place = self._find(_PARAGRAPH, _SCOPE)
            if place is not None:
                self._close_down_to(place)
        if name in HEADINGS and self.open and self.open[-1][0] in HEADINGS:
            self._close_down_to(len(self.open) - 1)

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
                cut_off.append((name, written, self.scopes))
        self.cut_off = [kept for kept in self.cut_off if kept[2] <= self.scopes]
        # A link is not opened again: one forgotten </a> would turn the rest of the article into a link.
        self.cut_off.extend(reversed(cut_off[: MAX_FORMATTING_DEPTH - len(self.cut_off)]))

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
