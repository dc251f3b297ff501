"""Turns sources into drafts: bytes in, articles and refusals out, in the order of the source.

Pure: no file, no network, no clock. One module a source format; what they share is in the modules beside them.

    bytes → kinds.detect → plaintext | markdown | rss | atom | jsonfeed → assembling.assemble → Imported | Refused
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedsvc.model import Refused
from feedsvc.parse import atom, jsonfeed, markdown, plaintext, rss
from feedsvc.parse.assembling import assemble
from feedsvc.parse.kinds import detect
from feedsvc.parse.sources import MAX_CONTENT_BYTES, MAX_INPUT_BYTES, Defaults, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feedsvc.model import Imported
    from feedsvc.parse.sources import Found

__all__ = ["MAX_CONTENT_BYTES", "MAX_INPUT_BYTES", "Defaults", "Kind", "detect", "parse"]


def parse(name: str, data: bytes, defaults: Defaults) -> Iterator[Imported | Refused]:
    """Return the articles of a source as clean drafts, and a line for each that can't be taken.

    `name` is the file's name or path: it stands in every place and is the key of an article that brings no identity of
    its own. The kind is detected (see `detect`), and the source as a whole is read before this returns: Invalid, naming
    it, is raised for what is no source at all, and nothing else ever is.

    Identities are kept byte for byte, less the white space around them; text is cleaned, links are made absolute. A
    date in the future stays in `published_at`, with the status PUBLISHED: whether that means scheduling it is for the
    caller to decide, who knows what time it is. A source above MAX_INPUT_BYTES, or an article above MAX_CONTENT_BYTES,
    is Refused.
    """
    if len(data) > MAX_INPUT_BYTES:
        reason = f"has {len(data):,} bytes; the limit is {MAX_INPUT_BYTES:,}. Split it into several files"
        return iter((Refused(name, reason),))
    return assemble(_read(name, data, defaults), defaults)


def _read(name: str, data: bytes, defaults: Defaults) -> Sequence[Found | Refused]:
    match detect(name, data):
        case Kind.TEXT:
            return [plaintext.read(name, data, defaults.time_zone)]
        case Kind.MARKDOWN:
            return [markdown.read(name, data, defaults.time_zone)]
        case Kind.RSS:
            return rss.read(name, data)
        case Kind.ATOM:
            return atom.read(name, data)
        case Kind.JSON_FEED:
            return jsonfeed.read(name, data)
