"""What a check finds: the rule that is broken, where, what is wrong there, and how to put it right.

Nothing here decides whether a rule is broken.
"""

from __future__ import annotations

from dataclasses import dataclass

from feedsvc.standards.rules import BY_ID, Level

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule at one place.

    `rule` is an id of the table in `rules.py`; `place` reads like "item 3 «Title», guid, line 41"; `message` says what
    is wrong there, with the value; `fix` what to do.
    """

    rule: str
    level: Level
    place: str
    message: str
    fix: str


def finding(rule: str, place: str, message: str, fix: str, level: Level | None = None) -> Finding:
    """A finding of the rule's own level, or of a given one where the source is milder about this form of it."""
    return Finding(rule, level or BY_ID[rule].level, place, message, fix)


def shown(value: str, most: int = _SHOWN) -> str:
    """A value in guillemets as messages quote it: on one line, cut to `most` characters, invisible ones escaped."""
    line = " ".join(value.split())
    cut = line if len(line) <= most else line[: most - 1] + "…"
    return "«" + "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in cut) + "»"
