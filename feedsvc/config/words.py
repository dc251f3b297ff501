"""Decides how a configuration's errors speak: the rule of a value, and the right word that is near a wrong one.

Never touches a value itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must be, in words that follow "must be", such as "a whole number between 1 and 1000".

    It stands in the annotation of each type, so that the errors and docs/configuration.md say the same.
    """

    words: str


class Broken(ValueError):
    """A value breaks its rule; without a text of its own, the rule's words say it all."""


def nearest(word: str, right: Iterable[str]) -> str:
    """Name the right word that `word` is most like, in any case of letters; empty when none is like it."""
    folded = {candidate.casefold(): candidate for candidate in right}
    close = get_close_matches(word.casefold(), list(folded), n=1)
    return folded[close[0]] if close else ""


def either(words: Iterable[str]) -> str:
    """Write "a", "b" or "c", with the quotation marks."""
    *others, last = (f'"{word}"' for word in words)
    return f"{', '.join(others)} or {last}" if others else last
