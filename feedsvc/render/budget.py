"""Decides how much of each entry a feed shows, so that no document is larger than the feed's budget (promise P13).

Never knows a format: it is told how many bytes an entry takes in each document.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from feedsvc.model import ContentSetting
from feedsvc.render.presenting import Presented, as_headline, as_summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from feedsvc.model import Entry

Sizes = tuple[int, ...]
"""Bytes in each document, always in the same order of documents."""


def affordable(entries: Iterable[Entry], content: ContentSetting, max_bytes: int) -> Iterator[ContentSetting]:
    """Say how much of each entry is worth preparing, newest first, by the length of the bodies alone.

    A body larger than the whole budget, and all bodies after the point where the newer ones have filled it, would be
    cut to summaries by `fit`: rewriting the links of megabytes for that would be in vain.
    """
    used = 0
    for entry in entries:
        length = len(entry.content_html or "")
        if content is not ContentSetting.FULL:
            yield content
        elif length > max_bytes:
            yield ContentSetting.SUMMARY
        else:
            used += length
            yield ContentSetting.FULL if used <= max_bytes else ContentSetting.SUMMARY


def fit(
    shown: Sequence[Presented], max_bytes: int, head: Sizes, measure: Callable[[Presented], Sizes]
) -> tuple[Presented, ...]:
    """Say what each entry shows so that every document fits; entries are newest first, and stay so.

    First, an entry too large for the budget by itself shows a summary, else its headline, else it is dropped. Then
    the oldest full texts become summaries, one after another until all fits; then, from the oldest again, summaries
    become headlines; then the oldest entries are dropped. Links to the whole articles stay. `head` is what a document
    takes without entries, `measure` what an entry adds to it; each form of an entry is measured at most once.
    """
    forms = [(each, as_summary(each), as_headline(each), None) for each in shown]
    nothing = tuple(0 for _ in head)
    measured = cache(measure)

    def size(index: int, level: int) -> Sizes:
        form = forms[index][level]
        return nothing if form is None else measured(form)

    def fits(total: Sizes) -> bool:
        return max(total) <= max_bytes

    levels = [
        next(level for level, form in enumerate(each) if form is None or fits(_plus(head, measured(form))))
        for each in forms
    ]
    total = head
    for index, level in enumerate(levels):
        total = _plus(total, size(index, level))
    for lowest in (1, 2, 3):
        for index in reversed(range(len(forms))):
            if fits(total):
                break
            if levels[index] < lowest:
                total = _plus(_minus(total, size(index, levels[index])), size(index, lowest))
                levels[index] = lowest
    chosen = (form[level] for form, level in zip(forms, levels, strict=True))
    return tuple(form for form in chosen if form is not None)


def _plus(left: Sizes, right: Sizes) -> Sizes:
    return tuple(a + b for a, b in zip(left, right, strict=True))


def _minus(left: Sizes, right: Sizes) -> Sizes:
    return tuple(a - b for a, b in zip(left, right, strict=True))
