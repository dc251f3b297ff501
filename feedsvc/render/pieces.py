"""Keeps what is ready of entries: what a feed shows of them, and their bytes in each format.

Never renders, and never decides what is shown: what isn't ready is made by whoever asks.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from feedsvc.model import ContentSetting, Edition, Format, Site
from feedsvc.render.presenting import language_of
from feedsvc.render.splicing import Parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from feedsvc.model import Entry
    from feedsvc.render.presenting import Presented

MAX_BYTES: Final = 64 * 1024 * 1024
"""Room for the entries of some 50 feeds of full texts: an entry of 5 KB takes 30 KB in three formats."""

_OVERHEAD: Final = 2048
_BYTES_PER_CHARACTER: Final = 2


@dataclass(frozen=True, slots=True)
class Setting:
    """All that an entry's bytes depend on besides the entry itself and how much of it is shown.

    Feeds with equal settings share what is ready. `language` and `content` are the feed's.
    """

    site: Site
    language: str
    content: ContentSetting


@dataclass(slots=True)
class Piece:
    """What is ready of one entry in one setting: what is shown of it, and its bytes in the formats written so far.

    `content` says how far it was to be shown. `grown` is true until what was written is kept.
    """

    presented: Presented
    content: ContentSetting
    written: dict[Format, bytes] = field(default_factory=dict)
    grown: bool = True

    def write(self, format_: Format, text: bytes) -> None:
        """Have the entry's bytes ready in one more format."""
        self.written[format_] = text
        self.grown = True

    @property
    def weight(self) -> int:
        """Estimate the memory that it takes, in bytes."""
        shown, entry = self.presented, self.presented.entry
        characters = len(entry.content_html) + len(entry.summary) + len(shown.content_html or "") + len(shown.summary)
        return _OVERHEAD + _BYTES_PER_CHARACTER * characters + sum(map(len, self.written.values()))


class Pieces:
    """What is ready of many entries, within `max_bytes`; what was used longest ago is forgotten first.

    Of an article only one revision is kept in each setting. Not to be shared between threads.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self.weight = 0
        # A number stands for a setting and how far an entry is shown: looking it up hashes two small values, no site.
        self._numbers: dict[Setting, dict[ContentSetting, int]] = {}
        self._kept: OrderedDict[tuple[int, str], tuple[Piece, int]] = OrderedDict()

    def tray(self, setting: Setting) -> Tray:
        """Give what is ready in one setting."""
        numbers = self._numbers.get(setting)
        if numbers is None:
            first = len(self._numbers) * len(ContentSetting)
            numbers = self._numbers[setting] = {each: number for number, each in enumerate(ContentSetting, first)}
        return Tray(self, self._kept, numbers)

    def keep(self, number: int, piece: Piece) -> None:
        """Keep a piece in the place of what was kept of its article."""
        key, weight = (number, piece.presented.entry.article_id), piece.weight
        if key in self._kept:
            self.weight -= self._kept.pop(key)[1]
        self._kept[key] = (piece, weight)
        self.weight += weight
        while self.weight > self._max_bytes:
            _, (_, forgotten) = self._kept.popitem(last=False)
            self.weight -= forgotten


@dataclass(frozen=True, slots=True)
class Tray:
    """The pieces of one setting."""

    pieces: Pieces
    kept: OrderedDict[tuple[int, str], tuple[Piece, int]]
    numbers: dict[ContentSetting, int]

    def find(self, entry: Entry, content: ContentSetting) -> Piece | None:
        """Find what is ready of exactly this entry, shown this far."""
        key = (self.numbers[content], entry.article_id)
        kept = self.kept.get(key)
        if kept is None:
            return None
        known = kept[0].presented.entry
        if known is not entry and known != entry:
            return None
        self.kept.move_to_end(key)
        return kept[0]

    def keep(self, shown: Iterable[Piece]) -> None:
        """Keep the pieces that have grown."""
        for piece in shown:
            if piece.grown:
                piece.grown = False
                self.pieces.keep(self.numbers[piece.content], piece)


def setting_of(edition: Edition) -> Setting:
    """Give the setting that an edition's entries stand in."""
    return Setting(edition.site, language_of(edition), edition.feed.content)


def spliced(format_: Format, write: Callable[[Sequence[Presented]], Parts], shown: Sequence[Piece]) -> Parts:
    """Give a document of these entries, of which only those are written that are not ready."""
    texts = [piece.written.get(format_) for piece in shown]
    missing = [piece for piece, text in zip(shown, texts, strict=True) if text is None] if None in texts else []
    parts = write([piece.presented for piece in missing])
    for piece, text in zip(missing, parts.entries, strict=True):
        piece.write(format_, text)
    ready = texts if not missing else [piece.written[format_] for piece in shown]
    return Parts(parts.head, tuple(filter(None, ready)), parts.tail, parts.separator)
