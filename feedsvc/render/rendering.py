"""Turns an edition into all its documents, so that they hold the same entries.

Never lets one entry take a feed down, and never decides whether what was rendered may be published.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from feedsvc.model import FORMATS, Format
from feedsvc.render.atom import atom_parts
from feedsvc.render.budget import affordable, fit
from feedsvc.render.jsonfeed import json_parts
from feedsvc.render.outcome import LeftOut, Rendered
from feedsvc.render.page import page_parts
from feedsvc.render.pieces import Piece, Pieces, Tray, setting_of, spliced
from feedsvc.render.presenting import present, shown_of
from feedsvc.render.rss import rss_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from feedsvc.model import Edition, Entry
    from feedsvc.render.presenting import Presented
    from feedsvc.render.splicing import Parts

_FEED_FORMATS: dict[Format, Callable[[Edition, Sequence[Presented]], Parts]] = {
    Format.RSS: rss_parts,
    Format.ATOM: atom_parts,
    Format.JSON: json_parts,
}


def render(edition: Edition, pieces: Pieces | None = None) -> Rendered:
    """Write the documents of an edition: the feed's formats and its page, by file name.

    What is ready in `pieces` is not rendered again, and what is rendered is kept there; the documents are the same,
    byte for byte, with and without.

    An entry that can't be written in one format is in none of them (promise P05), and neither is one beyond the
    feed's limit of entries or its budget of bytes (promise P13); `left_out` names each with its reason. What the feed
    says of itself must be right: a fault there raises, and nothing is rendered. The page, which shows no bodies, is
    for people and has no budget.
    """
    tray = (Pieces() if pieces is None else pieces).tray(setting_of(edition))
    shown, left_out = _presented(edition, tray)
    try:
        documents = _written(edition, shown)
    except Exception:  # noqa: BLE001  (whatever is wrong with one entry, the others must not wait for it)
        shown, faulty = _sound(edition, shown)
        left_out += faulty
        # A fault in the feed's own facts is none of its entries' and raises here once more.
        documents = _written(edition, shown)
    tray.keep(shown)
    largest = max((parts.size for format_, parts in documents.items() if format_ in _FEED_FORMATS), default=0)
    if largest > edition.feed.max_bytes:
        fitting = _fitted(edition, shown, documents, tray)
        left_out += _dropped(edition, shown, fitting)
        documents = _written(edition, fitting)
        tray.keep(fitting)
    return Rendered({FORMATS[format_].filename: parts.join() for format_, parts in documents.items()}, tuple(left_out))


def _presented(edition: Edition, tray: Tray) -> tuple[list[Piece], list[LeftOut]]:
    feed = edition.feed
    entries, beyond = edition.entries[: feed.limit], edition.entries[feed.limit :]
    left_out = [LeftOut(entry.article_id, f"beyond the feed's limit of {feed.limit} entries") for entry in beyond]
    shown: list[Piece] = []
    for entry, content in zip(entries, affordable(entries, feed.content, feed.max_bytes), strict=True):
        try:
            shown.append(tray.find(entry, content) or Piece(present(entry, edition.site, content), content))
        except Exception as error:  # noqa: BLE001  (as above)
            left_out.append(_faulty(entry, error))
    return shown, left_out


def _written(edition: Edition, shown: Sequence[Piece]) -> dict[Format, Parts]:
    documents = {
        format_: spliced(format_, partial(write, edition), shown)
        for format_, write in _FEED_FORMATS.items()
        if format_ in edition.feed.formats
    }
    documents[Format.PAGE] = spliced(Format.PAGE, partial(page_parts, edition, empty=not shown), shown)
    return documents


def _sound(edition: Edition, shown: Sequence[Piece]) -> tuple[list[Piece], list[LeftOut]]:
    """Part the entries that can be written from those that can't, by writing each alone."""
    sound: list[Piece] = []
    faulty: list[LeftOut] = []
    for piece in shown:
        try:
            _written(edition, (piece,))
        except Exception as error:  # noqa: BLE001  (as above)
            faulty.append(_faulty(piece.presented.entry, error))
        else:
            sound.append(piece)
    return sound, faulty


def _faulty(entry: Entry, error: Exception) -> LeftOut:
    return LeftOut(entry.article_id, f"revision {entry.revision} can't be written: {type(error).__name__}: {error}")


def _fitted(edition: Edition, shown: Sequence[Piece], documents: Mapping[Format, Parts], tray: Tray) -> list[Piece]:
    formats = [format_ for format_ in documents if format_ in _FEED_FORMATS]
    head = tuple(documents[format_].frame_size for format_ in formats)
    forms = {piece.presented: piece for piece in shown}

    def measure(presented: Presented) -> tuple[int, ...]:
        if presented not in forms:
            content = shown_of(presented)
            forms[presented] = tray.find(presented.entry, content) or Piece(presented, content)
        piece = forms[presented]
        for format_ in formats:
            if format_ not in piece.written:
                spliced(format_, partial(_FEED_FORMATS[format_], edition), (piece,))
        # One more byte: the comma between items of JSON. XML needs none.
        return tuple(len(piece.written[format_]) + 1 for format_ in formats)

    fitting = fit([piece.presented for piece in shown], edition.feed.max_bytes, head, measure)
    return [forms[presented] for presented in fitting]


def _dropped(edition: Edition, shown: Sequence[Piece], fitting: Sequence[Piece]) -> list[LeftOut]:
    kept = {piece.presented.entry.article_id for piece in fitting}
    reason = f"does not fit into the feed's max_bytes of {edition.feed.max_bytes}, not even as a headline"
    dropped = (piece.presented.entry.article_id for piece in shown)
    return [LeftOut(article_id, reason) for article_id in dropped if article_id not in kept]
