"""Does a feed keep the standards: bytes in, findings out, each with rule, place, message and fix.

Nothing here reads a clock, a file, the network or the database.
"""

from __future__ import annotations

from feedsvc.standards.document import Checked, check_document, examine
from feedsvc.standards.findings import Finding
from feedsvc.standards.http import Answer, check_response
from feedsvc.standards.kinds import Kind
from feedsvc.standards.rules import BY_ID, RULES, Level, Rule

__all__ = [
    "BY_ID",
    "RULES",
    "Answer",
    "Checked",
    "Finding",
    "Kind",
    "Level",
    "Rule",
    "check_document",
    "check_response",
    "examine",
]
