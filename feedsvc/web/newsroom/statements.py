"""Says plainly what subscribers will see, before anything is done: one list of sentences for each step.

Pure, and the only place that words what a step means for readers.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from feedsvc.previewing import Effect, Preview, Sight
from feedsvc.web.newsroom.times import Clock

_STAYS_FETCHED = "What readers have fetched already may stay with them: nobody can call that back."


class Notice(StrEnum):
    """What is left of a withdrawn article."""

    KEPT = "notice"
    NONE = "nothing"
    EACH = "each"

    @property
    def as_argument(self) -> bool | None:
        """Give what the step of the article's life takes: None leaves it to each feed."""
        return {Notice.KEPT: True, Notice.NONE: False, Notice.EACH: None}[self]


def remarks(sight: Sight, clock: Clock, now: datetime, *, hurried: bool = False) -> list[str]:
    """Say of a feed when it has the article, and what is special about it. A `hurried` step waits for no schedule."""
    said = []
    if sight.page is None:
        said.append("a new feed, made by this article")
    if sight.effect is Effect.ENTERS and sight.embargo:
        said.append(f"{_span(sight.embargo)} after its publication")
    if not (sight.on_change or hurried):
        said.append(f"at its next run, {clock.short(sight.next_run, now)}" if sight.next_run else "at its next run")
    if not sight.is_public:
        said.append("not listed")
    return said


def publishing(preview: Preview, *, has_hubs: bool) -> list[str]:
    """Say what publishing does."""
    count = len(preview.taking)
    if not count:
        return [
            "No feed takes this article, so no subscriber sees it. Its own page is public.",
            "Feeds take articles by section, tags, authors and language: see what this one lacks.",
        ]
    return [
        f"Subscribers of {_feeds(count)} see a new article, dated now.",
        "Readers that listen to a hub hear of it at once, all others the next time they look."
        if has_hubs
        else "Readers see it the next time they look, most of them within the hour.",
        "Its own page is public. It can be corrected or withdrawn later, but not taken back unseen.",
    ]


def scheduling(preview: Preview, *, has_hubs: bool) -> list[str]:
    """Say what scheduling does."""
    first, *then = publishing(preview, has_hubs=has_hubs)
    return [
        "Until then nobody sees anything of it: no feed, no page, no search.",
        f"Then: {first[:1].lower()}{first[1:].replace('dated now', 'dated with that time')}",
        *then[:1],
        "Until then you can change it, give it another time, or keep it back.",
    ]


def releasing(preview: Preview) -> list[str]:
    """Say what a quiet change does."""
    return [
        f"{_feeds(len(preview.taking)).capitalize()} and the article’s page show the new text.",
        "No date moves, and nobody is told: most readers replace the text silently, some keep the one they have.",
        "For a mistake that matters, publish a correction instead.",
        *_moves(preview),
    ]


def correcting(preview: Preview) -> list[str]:
    """Say what a correction does."""
    return [
        f"{_feeds(len(preview.taking)).capitalize()} and the article’s page show the new text at once.",
        "Your note stands above it, with today’s date.",
        "The date of the last change moves to now: readers show the article as changed, some as unread.",
        *_moves(preview),
    ]


def withdrawing(notice: Notice, sights: tuple[Sight, ...]) -> list[str]:
    """Say what withdrawing does, with this left."""
    count = len(sights)
    if notice is Notice.KEPT:
        first = (
            f"In {_feeds(count)} its title stays. A note that it was withdrawn, with your reason, replaces its text."
        )
    elif notice is Notice.NONE:
        first = f"The article disappears from {_feeds(count)}. Readers that know deletion marks remove it."
    else:
        kept = ", ".join(sight.title for sight in sights if sight.keeps_notice)
        gone = ", ".join(sight.title for sight in sights if not sight.keeps_notice)
        first = f"A note with your reason replaces the text in: {kept}. The article disappears from: {gone}."
    return [first]


def after_withdrawing() -> list[str]:
    """Say what holds for every withdrawal."""
    return [
        "No feed waits for its schedule, and nothing holds a withdrawal back.",
        "The article’s page says that it was withdrawn, when, and your reason; its text is gone from there.",
        _STAYS_FETCHED,
        "It can’t be undone. The text stays in the history here.",
    ]


def notices_for(sights: tuple[Sight, ...]) -> tuple[Notice, ...]:
    """Give the choices, the one that the feeds are set to first."""
    if all(sight.keeps_notice for sight in sights):
        return (Notice.KEPT, Notice.NONE)
    if not any(sight.keeps_notice for sight in sights):
        return (Notice.NONE, Notice.KEPT)
    return (Notice.EACH, Notice.KEPT, Notice.NONE)


def _moves(preview: Preview) -> list[str]:
    entering = [sight.title for sight in preview.taking if sight.effect is Effect.ENTERS]
    leaving = [sight.title for sight in preview.leaving]
    said = []
    if entering:
        said.append(f"It is new in: {', '.join(entering)}.")
    if leaving:
        said.append(f"It disappears from: {', '.join(leaving)}.")
    return said


def _feeds(count: int) -> str:
    return {0: "no feed", 1: "one feed"}.get(count, f"{count} feeds")


def _span(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds % length == 0 and seconds >= length:
            count = seconds // length
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "no time"
