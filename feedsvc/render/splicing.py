"""Cuts a document at its entries, so that an entry rendered once can stand in later documents as it is.

Never looks inside an entry. Whoever calls sees to it that the marks can't occur in text: a "<" is always escaped there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parts:
    """A document: what stands before its entries, the bytes of each, and what stands after them."""

    head: bytes
    entries: tuple[bytes, ...]
    tail: bytes
    separator: bytes = b""

    def join(self) -> bytes:
        """Give the document's bytes."""
        # In one go: every copy of a feed counts.
        texts = [self.head, *self.entries[:1]]
        for entry in self.entries[1:]:
            texts += (self.separator, entry)
        texts.append(self.tail)
        return b"".join(texts)

    @property
    def frame_size(self) -> int:
        """Say how many bytes the document has without its entries."""
        return len(self.head) + len(self.tail)

    @property
    def size(self) -> int:
        """Say how many bytes the document has."""
        separators = len(self.separator) * max(len(self.entries) - 1, 0)
        return self.frame_size + sum(map(len, self.entries)) + separators


@dataclass(frozen=True, slots=True)
class Marks:
    """How an entry begins and ends in a format, and what comes after the last one (or where it would stand)."""

    begin: bytes
    end: bytes
    tail: bytes

    def cut(self, document: bytes, count: int) -> Parts:
        """Part a document with this many entries. Raises ValueError if they are not found in it."""
        last = document.rindex(self.tail)
        first = document.index(self.begin) if count else last
        texts = document[first:last].split(self.end)
        if texts.pop() or len(texts) != count:
            raise ValueError(f"the document has not the {count} entries that were written into it")
        return Parts(document[:first], tuple(text + self.end for text in texts), document[last:])
