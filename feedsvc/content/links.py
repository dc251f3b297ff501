"""Makes the addresses in an article's HTML absolute, and changes nothing else.

It decides which attributes hold an address; `urls` decides what an address may be.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedsvc.content.markup import StartTag, start_tag, tokens
from feedsvc.content.urls import absolute_url
from feedsvc.content.vocabulary import LINK_ATTRIBUTES, MEDIA_ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CANDIDATE = re.compile(r"[\t\n\f\r ,]*([^\t\n\f\r ]+)")
_DESCRIPTORS = re.compile(r"[^,]*")
_DESCRIPTOR = re.compile(r"[0-9]{1,6}[wh]|[0-9]{1,4}(?:\.[0-9]{1,4})?x")


def absolute_html(html: str, base: str) -> str:
    """Return `html` with every href, src, srcset, poster and cite absolute against `base`; the rest as it was.

    An address that can't be resolved, or is of a scheme that no article may use, loses its attribute (PROMISES P08).
    """
    parts: list[str] = []
    written = 0
    for token in tokens(html):
        if not isinstance(token, StartTag) or token.attributes.keys().isdisjoint(_ADDRESSES):
            continue
        attributes = _absolute_attributes(token.attributes, base)
        if attributes != token.attributes:
            parts += (html[written : token.start], start_tag(token.name, attributes))
            written = token.end
    parts.append(html[written:])
    return "".join(parts)


def srcset_candidates(srcset: str) -> Iterator[tuple[str, str]]:
    """Yield address and descriptor ("", "640w", "2x") of each candidate of a srcset (WHATWG HTML section 4.8.4.2.1).

    A candidate whose descriptor makes no sense is left out, as browsers do.
    """
    position = 0
    while (found := _CANDIDATE.match(srcset, position)) is not None:
        url = found[1].rstrip(",")
        position = found.end()
        descriptors: list[str] = []
        if not found[1].endswith(","):
            rest = _DESCRIPTORS.match(srcset, position)
            assert rest is not None  # noqa: S101  (it matches the empty string)
            position = rest.end() + 1
            descriptors = rest[0].split()
        if url and all(_DESCRIPTOR.fullmatch(word) for word in descriptors):
            yield url, " ".join(descriptors)


_ADDRESSES = LINK_ATTRIBUTES | MEDIA_ATTRIBUTES | {"srcset"}


def _absolute_attributes(attributes: Mapping[str, str], base: str) -> dict[str, str]:
    result: dict[str, str] = {}
    for name, value in attributes.items():
        kept: str | None = value
        if name in LINK_ATTRIBUTES:
            kept = absolute_url(value, base)
        elif name in MEDIA_ATTRIBUTES:
            kept = _web(absolute_url(value, base))
        elif name == "srcset":
            candidates = ((_web(absolute_url(url, base)), size) for url, size in srcset_candidates(value))
            kept = ", ".join(f"{url} {size}".strip() for url, size in candidates if url) or None
        if kept is not None:
            result[name] = kept
    return result


def _web(url: str | None) -> str | None:
    return url if url is not None and url.startswith(("http:", "https:")) else None
