"""Turns an edition into all its documents, so that they hold the same entries.

Never lets one entry take a feed down, and never decides whether what was rendered may be published.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from feedsvc.model import FORMATS, Format
from feedsvc.render.atom import write_atom
from feedsvc.render.budget import affordable, fit
from feedsvc.render.jsonfeed import write_json
from feedsvc.render.outcome import LeftOut, Rendered
from feedsvc.render.page import render_page
from feedsvc.render.presenting import Presented, present
from feedsvc.render.rss import write_rss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from feedsvc.model import Edition, Entry

_WRITERS: dict[Format, Callable[[Edition, Iterable[Presented]], bytes]] = {
    Format.RSS: write_rss,
    Format.ATOM: write_atom,
    Format.JSON: write_json,
}


def render(edition: Edition) -> Rendered:
    """Write the documents of an edition: the feed's formats and its page, by file name.

    An entry that can't be written in one format is in none of them (promise P05), and neither is one beyond the
    feed's limit of entries or its budget of bytes (promise P13); `left_out` names each with its reason. What the feed
    says of itself must be right: a fault there raises, and nothing is rendered. The page, which shows no bodies, is
    for people and has no budget.
    """
    shown, left_out = _presented(edition)
    try:
        documents = _written(edition, shown)
    except Exception:  # noqa: BLE001  (whatever is wrong with one entry, the others must not wait for it)
        shown, faulty = _sound(edition, shown)
        left_out += faulty
        # A fault in the feed's own facts is none of its entries' and raises here once more.
        documents = _written(edition, shown)
    largest = max((len(body) for format_, body in documents.items() if format_ in _WRITERS), default=0)
    if largest > edition.feed.max_bytes:
        fitting = _fitted(edition, shown)
        left_out += _dropped(edition, shown, fitting)
        documents = _written(edition, fitting)
    return Rendered({FORMATS[format_].filename: body for format_, body in documents.items()}, tuple(left_out))


def _presented(edition: Edition) -> tuple[Sequence[Presented], list[LeftOut]]:
    feed = edition.feed
    entries, beyond = edition.entries[: feed.limit], edition.entries[feed.limit :]
    left_out = [LeftOut(entry.article_id, f"beyond the feed's limit of {feed.limit} entries") for entry in beyond]
    shown: list[Presented] = []
    for entry, content in zip(entries, affordable(entries, feed.content, feed.max_bytes), strict=True):
        try:
            shown.append(present(entry, edition.site, content))
        except Exception as error:  # noqa: BLE001  (as above)
            left_out.append(_faulty(entry, error))
    return shown, left_out


def _written(edition: Edition, shown: Sequence[Presented]) -> dict[Format, bytes]:
    formats = [format_ for format_ in _WRITERS if format_ in edition.feed.formats]
    documents = {format_: _WRITERS[format_](edition, shown) for format_ in formats}
    documents[Format.PAGE] = render_page(replace(edition, entries=tuple(each.entry for each in shown)))
    return documents


def _sound(edition: Edition, shown: Sequence[Presented]) -> tuple[Sequence[Presented], list[LeftOut]]:
    """Part the entries that can be written from those that can't, by writing each alone."""
    sound: list[Presented] = []
    faulty: list[LeftOut] = []
    for presented in shown:
        try:
            _written(edition, (presented,))
        except Exception as error:  # noqa: BLE001  (as above)
            faulty.append(_faulty(presented.entry, error))
        else:
            sound.append(presented)
    return sound, faulty


def _faulty(entry: Entry, error: Exception) -> LeftOut:
    return LeftOut(entry.article_id, f"revision {entry.revision} can't be written: {type(error).__name__}: {error}")


def _fitted(edition: Edition, shown: Sequence[Presented]) -> Sequence[Presented]:
    writers = [writer for format_, writer in _WRITERS.items() if format_ in edition.feed.formats]
    head = tuple(len(writer(edition, ())) for writer in writers)

    def measure(presented: Presented) -> tuple[int, ...]:
        # One more byte: the comma between items of JSON. XML needs none.
        return tuple(len(writer(edition, (presented,))) - size + 1 for writer, size in zip(writers, head, strict=True))

    return fit(shown, edition.feed.max_bytes, head, measure)


def _dropped(edition: Edition, shown: Sequence[Presented], fitting: Sequence[Presented]) -> list[LeftOut]:
    kept = {presented.entry.article_id for presented in fitting}
    reason = f"does not fit into the feed's max_bytes of {edition.feed.max_bytes}, not even as a headline"
    return [LeftOut(each.entry.article_id, reason) for each in shown if each.entry.article_id not in kept]
