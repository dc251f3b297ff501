"""Says in what two states of an article differ, so that a person sees it at a glance: field by field, word by word.

Pure. It compares words, not markup; where only the markup differs it shows that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import chain, groupby
from typing import Final

from feedsvc.content.summaries import plain_text
from feedsvc.model import Draft, Image, Revision
from feedsvc.web.newsroom.words import write_authors, write_tags

# Comparing costs the product of both lengths at worst: what is longer is shown as replaced, whole.
_MOST_WORK: Final = 4_000_000
_WORDS: Final = re.compile(r"\w+|\s+|[^\w\s]")
# Paragraphs that two versions have hardly a word in common of are shown one after the other.
_ALIKE: Final = 0.4
_BLOCK_END: Final = re.compile(r"(?<=</p>)|(?<=</li>)|(?<=<br>)|(?<=</h[1-6]>)|\n+")
_BEFORE_TEXT: Final = ("Title", "Summary")


class Kind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text, and what became of it."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph with its pieces, or `skipped` paragraphs that stayed as they are."""

    pieces: tuple[Piece, ...] = ()
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs."""

    name: str
    lines: tuple[Line, ...]


Version = Revision | Draft


def differences(before: Version, after: Version) -> tuple[Difference, ...]:
    """Give the fields in which `after` differs from `before`, in the order of the editor."""
    found = [
        Difference(name, tuple(_lines([old] if old else [], [new] if new else [])))
        for (name, old), (_, new) in zip(_fields(before), _fields(after), strict=True)
        if old != new
    ]
    above = [one for one in found if one.name in _BEFORE_TEXT]
    return (*above, *_text_difference(before.content_html, after.content_html), *found[len(above) :])


def _fields(version: Version) -> list[tuple[str, str]]:
    image = version.image or Image(url="")
    return [
        ("Title", version.title),
        ("Summary", version.summary),
        ("Section", version.section or ""),
        ("Tags", write_tags(version.tags)),
        ("Authors", write_authors(version.authors)),
        ("Language", version.language or ""),
        ("Page elsewhere", version.url or ""),
        ("Picture", image.url),
        ("Picture in words", image.alt),
        ("Caption", image.caption),
        ("Credit", image.credit),
    ]


def _text_difference(before: str, after: str) -> list[Difference]:
    if before == after:
        return []
    found = []
    old, new = _paragraphs(plain_text(before)), _paragraphs(plain_text(after))
    if old != new:
        found.append(Difference("Text", tuple(_folded(_lines(old, new)))))
    markup = list(_lines(_blocks(before), _blocks(after)))
    # The words may hide that a link or a picture is another one.
    return [*found, Difference("Text, as HTML", tuple(_folded(markup)))]


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _blocks(html: str) -> list[str]:
    return [block for block in _BLOCK_END.split(html) if block.strip()]


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    for kind, old, new in _changes(before, after):
        if kind == "equal":
            yield from (Line((Piece(Kind.SAME, line),)) for line in old)
        else:
            pairs = min(len(old), len(new))
            yield from chain.from_iterable(_pair(*pair) for pair in zip(old, new, strict=False))
            yield from _one_after_the_other(old[pairs:], new[pairs:])


def _pair(old: str, new: str) -> Iterator[Line]:
    pieces = tuple(_pieces(_WORDS.findall(old), _WORDS.findall(new)))
    same = sum(len(piece.text) for piece in pieces if piece.kind is Kind.SAME)
    if same < _ALIKE * max(len(old), len(new)):
        yield from _one_after_the_other([old], [new])
    else:
        yield Line(pieces)


def _one_after_the_other(old: Iterable[str], new: Iterable[str]) -> Iterator[Line]:
    yield from (Line((Piece(Kind.REMOVED, line),)) for line in old)
    yield from (Line((Piece(Kind.ADDED, line),)) for line in new)


def _pieces(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for kind, old, new in _changes(before, after):
        if kind == "equal":
            yield Piece(Kind.SAME, "".join(old))
            continue
        if old:
            yield Piece(Kind.REMOVED, "".join(old))
        if new:
            yield Piece(Kind.ADDED, "".join(new))


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    """Compare two sequences; what they begin and end with alike costs nothing."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if head:
        yield "equal", before[:head], after[:head]
    if old and new and len(old) * len(new) <= _MOST_WORK:
        for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            yield kind, old[a:b], new[c:d]
    elif old or new:
        yield "replace", old, new
    if tail:
        yield "equal", before[len(before) - tail :], after[len(after) - tail :]


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    count = 0
    for old, new in zip(before, after, strict=False):
        if old != new:
            break
        count += 1
    return count


def _folded(lines: Iterable[Line]) -> Iterator[Line]:
    """Leave out long runs of what stayed, but for the paragraph on either side of a change."""
    groups = [list(group) for _, group in groupby(lines, key=_is_same)]
    for index, group in enumerate(groups):
        if not _is_same(group[0]):
            yield from group
            continue
        before = group[:1] if index > 0 else []
        after = group[-1:] if index < len(groups) - 1 else []
        skipped = len(group) - len(before) - len(after)
        if skipped <= 1:
            yield from group
        else:
            yield from (*before, Line(skipped=skipped), *after)


def _is_same(line: Line) -> bool:
    return all(piece.kind is Kind.SAME for piece in line.pieces)
