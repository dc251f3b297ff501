"""What rendering an edition came to: the documents, and the entries that are in none of them.

Never holds an edition.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entry that no document holds, and why, in words for an operator."""

    article_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """The documents of one edition, by file name, and the entries that were left out of all of them."""

    documents: dict[str, bytes]
    left_out: tuple[LeftOut, ...]
