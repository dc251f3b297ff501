"""What JSON Feed asks of single members, and words for each place: "item 3 «Title», date_published".

Nothing here knows which member is required where.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from feedsvc.standards import dates, grammars, languages, uris
from feedsvc.standards.findings import Finding, finding, shown
from feedsvc.standards.rules import Level

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Object: TypeAlias = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Part:
    """One object of the feed with the words for its place; `words` is empty for the feed itself."""

    members: Object
    words: str = ""

    def place(self, key: str = "") -> str:
        """The place of a member, or of the object itself."""
        return ", ".join(word for word in (self.words, key) if word) or "feed"

    def parts(self, key: str) -> Iterator[Part]:
        """The objects in an array; what else stands there is not the matter of this."""
        value = self.members.get(key)
        for number, member in enumerate(value if isinstance(value, list) else (), 1):
            if isinstance(member, dict):
                yield Part(member, self.place(f"{key} {number}"))


def is_size(value: Json) -> bool:
    """Whether a value is a JSON number, zero or more; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def kind(value: Json) -> str:
    """What a value is, in JSON's own words."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, list):
        return "an array"
    return "an object" if isinstance(value, dict) else f"the number {value}"


def texts(part: Part, keys: tuple[str, ...], rule: str) -> Iterator[Finding]:
    """Members that are text if they are there at all."""
    for key in keys:
        value = part.members.get(key)
        if value is not None and not isinstance(value, str):
            yield finding(
                rule, part.place(key), f"{key} is {kind(value)}", f"Write {key} as a text in quotation marks."
            )


def plain(part: Part, keys: tuple[str, ...]) -> Iterator[Finding]:
    """JSON-06: members that are plain text."""
    for key in keys:
        value = part.members.get(key)
        piece = grammars.html_in(value) if isinstance(value, str) else None
        if piece:
            # It may be meant as it stands, in an article about HTML: nobody but its writer can know.
            message = f"{key} is plain text and holds {shown(piece)}, which readers show as it stands"
            fix = "Write plain text; HTML belongs in content_html."
            yield finding("JSON-06", part.place(key), message, fix, Level.WARNING)


def addresses(part: Part, keys: tuple[str, ...], rule: str = "JSON-19") -> Iterator[Finding]:
    """Members that are absolute addresses if they are there."""
    for key in keys:
        value = part.members.get(key)
        if value is None:
            continue
        reason = uris.fault(value.strip()) if isinstance(value, str) else "is no text"
        if reason:
            shown_value = shown(value) if isinstance(value, str) else kind(value)
            message = f"the address {shown_value} {reason}"
            yield finding(rule, part.place(key), message, "Write a full address, such as https://…")


def instants(part: Part, keys: tuple[str, ...]) -> Iterator[Finding]:
    """JSON-07: members that are dates of RFC 3339."""
    for key in keys:
        value = part.members.get(key)
        if value is None:
            continue
        reading = dates.rfc3339(value) if isinstance(value, str) else dates.Reading(error="it is no text")
        words = shown(value) if isinstance(value, str) else kind(value)
        if reading.error:
            message = f"the date {words} can't be read: {reading.error}"
            yield finding("JSON-07", part.place(key), message, "Write it like 2026-08-04T09:00:00Z.")
        for doubt in reading.doubts:
            message = f"the date {words} is doubtful: {doubt}"
            yield finding("PROF-11", part.place(key), message, "Write it like 2026-08-04T09:00:00Z.")


def language(part: Part) -> Iterator[Finding]:
    """JSON-14: a language tag, if there is one."""
    value = part.members.get("language")
    if value is None:
        return
    reason = languages.fault(value) if isinstance(value, str) else "is no text"
    if reason:
        words = shown(value) if isinstance(value, str) else kind(value)
        message = f"the language {words} {reason}"
        yield finding("JSON-14", part.place("language"), message, "Write a language tag such as en, en-GB or hy.")


def authors(part: Part) -> Iterator[Finding]:
    """JSON-08: authors as an array of objects, each with something in it."""
    value = part.members.get("authors")
    if value is not None and not isinstance(value, list):
        yield finding("JSON-08", part.place("authors"), f"authors is {kind(value)}", "Write an array of objects.")
    for number, author in enumerate(value if isinstance(value, list) else (), 1):
        yield from author_object(part.place(f"authors {number}"), author)


def author_object(place: str, author: Json) -> Iterator[Finding]:
    """One author: an object with a name, url or avatar; the addresses absolute."""
    if not isinstance(author, dict):
        yield finding(
            "JSON-08", place, f"the author is {kind(author)}", 'Write an object, such as {"name": "City Desk"}.'
        )
        return
    if not any(author.get(key) for key in ("name", "url", "avatar")):
        yield finding("JSON-08", place, "the author has no name, url or avatar", "Add a name.")
    yield from texts(Part(author, place), ("name",), "JSON-08")
    yield from addresses(Part(author, place), ("url", "avatar"))
