"""What rendering an edition came to: the documents, and the entries that are in none of them.

Never holds an edition.
"""

from __future__ import annotations

from dataclasses import dataclass

from feedsvc.model import LeftOut

__all__ = ["LeftOut", "Rendered"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """The documents of one edition, by file name, and the entries that were left out of all of them."""

    documents: dict[str, bytes]
    left_out: tuple[LeftOut, ...]
