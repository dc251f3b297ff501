"""How fast documents are made of entries of which most are ready, against feedgen from scratch and against joining."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from bench.material import Writer, edition
from bench.measuring import Row, at_most, interleaved, times_as_fast
from feedsvc.model import ContentSetting, Edition, Entry, Format
from feedsvc.render import render
from feedsvc.render.atom import atom_parts, write_atom
from feedsvc.render.pieces import Piece, Pieces, setting_of, spliced
from feedsvc.render.presenting import Presented, present
from feedsvc.render.rss import rss_parts, write_rss
from feedsvc.render.splicing import Parts

ENTRIES: Final = 50
ROUNDS: Final = 200
FULL: Final = ContentSetting.FULL

_PARTS: Final[dict[Format, Callable[[Edition, Sequence[Presented]], Parts]]] = {
    Format.RSS: rss_parts,
    Format.ATOM: atom_parts,
}


def run() -> list[Row]:
    """Measure RSS and Atom of a feed of 50 entries of 5 KB."""
    writer = Writer()
    old = tuple(writer.entry() for _ in range(ENTRIES))
    news = _news(writer, old)
    whole = edition(old)
    shown = [present(entry, whole.site, FULL) for entry in old]
    pieces = Pieces()
    if write_ready(whole, pieces) != [write_rss(whole, shown), write_atom(whole, shown)]:
        raise RuntimeError("what was spliced is not what feedgen writes")
    ready = _ready(whole, pieces)
    measured = interleaved(
        ROUNDS,
        feedgen=lambda: (write_rss(whole, shown), write_atom(whole, shown)),
        scratch=lambda: render_plainly(whole),
        one_new=lambda: write_ready(next(news), pieces),
        hot=lambda: write_ready(whole, pieces),
        joined=lambda: join(whole, ready),
    )
    all_formats = interleaved(ROUNDS // 4, cold=lambda: render(whole), hot=lambda: render(whole, pieces))
    return [
        times_as_fast(
            "RSS and Atom of 50 entries, one of them new, against feedgen from scratch with its entries prepared",
            measured["feedgen"],
            measured["one_new"],
            12,
        ),
        times_as_fast(
            "the same against preparing the entries too (links made absolute, summaries)",
            measured["scratch"],
            measured["one_new"],
            12,
        ),
        at_most(
            "all entries ready, against writing the heads and joining ready fragments",
            measured["hot"],
            measured["joined"],
            1.4,
        ),
        times_as_fast(
            "three formats and the page, all ready, against none", all_formats["cold"], all_formats["hot"], 12
        ),
    ]


def render_plainly(whole: Edition) -> list[bytes]:
    """Write RSS and Atom with nothing ready, through feedgen alone."""
    shown = [present(entry, whole.site, FULL) for entry in whole.entries]
    return [write_rss(whole, shown), write_atom(whole, shown)]


def write_ready(whole: Edition, pieces: Pieces) -> list[bytes]:
    """Write RSS and Atom with what is ready."""
    tray = pieces.tray(setting_of(whole))
    shown = [tray.find(entry, FULL) or Piece(present(entry, whole.site, FULL), FULL) for entry in whole.entries]
    documents = [spliced(format_, partial(parts, whole), shown).join() for format_, parts in _PARTS.items()]
    tray.keep(shown)
    return documents


def join(whole: Edition, ready: dict[Format, tuple[bytes, ...]]) -> list[bytes]:
    """Do what no splicing can do without: write today's heads through feedgen, and join."""
    return [replace(parts(whole, ()), entries=ready[format_]).join() for format_, parts in _PARTS.items()]


def _ready(whole: Edition, pieces: Pieces) -> dict[Format, tuple[bytes, ...]]:
    tray = pieces.tray(setting_of(whole))
    found = [piece for entry in whole.entries if (piece := tray.find(entry, FULL)) is not None]
    return {format_: tuple(piece.written[format_] for piece in found) for format_ in _PARTS}


def _news(writer: Writer, old: tuple[Entry, ...]) -> Iterator[Edition]:
    # Written beforehand: writing is no part of what is measured.
    coming = [writer.entry() for _ in range(2 * ROUNDS)]
    return iter([edition((entry, *old[:-1])) for entry in coming])
