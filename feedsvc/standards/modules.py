"""The rules of extensions that stand in RSS and Atom alike: Dublin Core, syndication, media, paging, tombstones, hubs.

Each rule walks the whole document for its own elements and knows nothing of the format around them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from feedsvc.standards import dates, grammars, uris
from feedsvc.standards.findings import shown
from feedsvc.standards.namespaces import ATOM, DC, DCTERMS, HISTORY, MEDIA, SY, TOMBSTONES
from feedsvc.standards.trees import Element, Fault, attribute, local, name, tag, text

_DC_DATES = (
    tag(DC, "date"),
    *(
        tag(DCTERMS, key)
        for key in ("created", "modified", "issued", "date", "available", "dateSubmitted", "dateAccepted")
    ),
)
_PERIODS = frozenset(["hourly", "daily", "weekly", "monthly", "yearly"])
_MEDIA_NUMBERS = ("fileSize", "width", "height", "duration", "samplingrate", "channels", "bitrate", "framerate")
# Media RSS allows "29.97" frames and "44.1" kHz.
_FRACTIONS = frozenset({"samplingrate", "bitrate", "framerate", "duration"})
_MEDIA_WORDS = {
    "medium": frozenset(["image", "audio", "video", "document", "executable"]),
    "expression": frozenset(["sample", "full", "nonstop"]),
    "isDefault": frozenset({"true", "false"}),
}
_PAGED = frozenset(["first", "last", "previous", "next"])
_ARCHIVED = frozenset(["prev-archive", "next-archive", "current"])
_RSS_ENTRY, _ATOM_ENTRY = "item", tag(ATOM, "entry")


def check(root: Element) -> Iterator[Fault]:
    """Every fault of the extensions in an RSS or Atom document."""
    for rule in MODULE_RULES:
        yield from rule(root)


def _dublin_core_dates(root: Element) -> Iterator[Fault]:
    for element in root.iter(*_DC_DATES):
        reading = dates.w3c(text(element))
        if reading.error:
            message = f"the date {shown(text(element))} can't be read: {reading.error}"
            yield Fault("NS-02", element, "", message, "Write it like 2026-08-04T09:00:00Z.")


def _syndication(root: Element) -> Iterator[Fault]:
    for element in root.iter(tag(SY, "*")):
        value, key = text(element), local(element)
        if key == "updatePeriod" and value not in _PERIODS:
            message = f"the period is {shown(value)}"
            yield Fault("NS-03", element, "", message, f"Write one of {', '.join(sorted(_PERIODS))}.")
        elif key == "updateFrequency" and not (grammars.is_number(value) and value.strip("0")):
            yield Fault("NS-03", element, "", f"the frequency is {shown(value)}", "Write a whole number from 1 up.")
        elif key == "updateBase" and dates.w3c(value).error:
            message = f"the base {shown(value)} can't be read: {dates.w3c(value).error}"
            yield Fault("NS-03", element, "", message, "Write it like 2026-08-04T09:00:00Z.")
        elif key not in {"updatePeriod", "updateFrequency", "updateBase"}:
            message = f"the module has no {name(element)}"
            yield Fault(
                "NS-03", element, "", message, "Names are case-sensitive: updatePeriod, updateFrequency, updateBase."
            )


def _media_content(root: Element) -> Iterator[Fault]:
    for element in root.iter(tag(MEDIA, "content")):
        url = attribute(element, "url")
        stands_in = element.find(tag(MEDIA, "player")) is not None or element.find(tag(MEDIA, "peerLink")) is not None
        reason = uris.fault(url) if url else None
        if reason or not (url or stands_in):
            message = f"the address {shown(url)} {reason}" if url else "there is no url"
            yield Fault("NS-07", element, "url", message, "Give the full address of the file, or a media:player.")
        media_type = attribute(element, "type")
        if media_type is not None and not grammars.is_media_type(media_type):
            message = f"the type {shown(media_type)} is no media type"
            yield Fault("NS-07", element, "type", message, "Write a media type, such as image/jpeg.")
        yield from _media_attributes(element)


def _media_attributes(element: Element) -> Iterator[Fault]:
    for key in _MEDIA_NUMBERS:
        value = attribute(element, key)
        whole = value.replace(".", "", 1) if value is not None and key in _FRACTIONS else value
        if whole is not None and not grammars.is_number(whole):
            message = f"{key} is {shown(value or '')}"
            yield Fault("NS-07", element, key, message, f"Write {key} as a number, or leave it out.")
    for key, words in _MEDIA_WORDS.items():
        value = attribute(element, key)
        if value is not None and value not in words:
            yield Fault("NS-07", element, key, f"{key} is {shown(value)}", f"Write one of {', '.join(sorted(words))}.")


def _media_group(root: Element) -> Iterator[Fault]:
    for group in root.iter(tag(MEDIA, "group")):
        if len(group.findall(tag(MEDIA, "content"))) == 1:
            message = "media:group holds a single media:content"
            yield Fault("NS-08", group, "", message, "Put a lone media:content straight into the entry.")


def _media_thumbnail(root: Element) -> Iterator[Fault]:
    for element in root.iter(tag(MEDIA, "thumbnail")):
        url = attribute(element, "url")
        reason = uris.fault(url) if url else None
        if reason or not url:
            message = f"the address {shown(url)} {reason}" if url else "there is no url"
            yield Fault("NS-10", element, "url", message, "Give the picture's full address.")


def _media_types(root: Element) -> Iterator[Fault]:
    for element in root.iter(tag(MEDIA, "title"), tag(MEDIA, "description"), tag(MEDIA, "text")):
        kind = attribute(element, "type")
        if kind not in {None, "plain", "html"}:
            yield Fault("NS-11", element, "type", f"the type is {shown(kind or '')}", "Write plain or html.")
    for element in root.iter(tag(MEDIA, "credit")):
        role = attribute(element, "role")
        if role is not None and role != role.lower():
            yield Fault(
                "NS-11", element, "role", f"the role {shown(role)} is not in lower case", "Write it in lower case."
            )
    for element in root.iter(tag(MEDIA, "restriction")):
        if attribute(element, "relationship") not in {"allow", "deny"}:
            message = f"the relationship is {shown(attribute(element, 'relationship') or '')}"
            yield Fault("NS-11", element, "relationship", message, "Write allow or deny.")


def _paging(root: Element) -> Iterator[Fault]:
    head, inside = _links(root)
    complete = next(root.iter(tag(HISTORY, "complete")), None)
    rels = {attribute(link, "rel") for link in head}
    if complete is not None and rels & (_PAGED | _ARCHIVED):
        message = "the feed calls itself complete, and links to other parts of itself"
        yield Fault("PAGE-01", complete, "", message, "Remove fh:complete or the links.")
    if rels & _PAGED and rels & _ARCHIVED:
        link = next(link for link in head if attribute(link, "rel") in _ARCHIVED)
        yield Fault("PAGE-08", link, "", "the feed is paged and archived at once", "Keep one of the two.")
    for link in inside:
        if attribute(link, "rel") in _ARCHIVED | _PAGED:
            message = f"a link with rel {shown(attribute(link, 'rel') or '')} stands in an entry"
            yield Fault("PAGE-07", link, "", message, "Move it to the feed's own links.")


def _hubs(root: Element) -> Iterator[Fault]:
    head, _ = _links(root)
    hubs = [link for link in head if attribute(link, "rel") == "hub"]
    own = [link for link in head if attribute(link, "rel") == "self"]
    if hubs and not own:
        message = "the feed names a hub, but not its own address, which is the topic"
        yield Fault("WS-01", hubs[0], "", message, "Add a link with rel=self.")
    for extra in own[1:]:
        fix = "Keep the address that readers are to use."
        yield Fault("WS-01", extra, "", "a second link to the feed's own address", fix)


def _links(root: Element) -> tuple[list[Element], list[Element]]:
    """The links of the feed itself, and those of its entries."""
    head, inside = [], []
    for link in root.iter(tag(ATOM, "link")):
        parent = link.getparent()
        if parent is None:
            continue
        if parent.tag in {_RSS_ENTRY, _ATOM_ENTRY}:
            inside.append(link)
        elif parent.tag in {"channel", tag(ATOM, "feed")}:
            head.append(link)
    return head, inside


def _tombstones(root: Element) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for element in root.iter(tag(TOMBSTONES, "deleted-entry")):
        ref, when = element.get("ref") or "", element.get("when") or ""
        if not ref:
            yield Fault("TOMB-01", element, "ref", "the tombstone has no ref", "Name the id of the entry that is gone.")
        error = dates.rfc3339(when, upper_case=True).error
        if error:
            message = f"the instant {shown(when)} can't be read: {error}"
            yield Fault("TOMB-01", element, "when", message, "Write it like 2026-08-04T09:00:00Z.")
        if (ref, when) in seen:
            message = f"a second tombstone for {shown(ref)} at {shown(when)}"
            yield Fault("TOMB-03", element, "", message, "Keep one of them.")
        seen.add((ref, when))


MODULE_RULES: tuple[Callable[[Element], Iterator[Fault]], ...] = (
    _dublin_core_dates,
    _syndication,
    _media_content,
    _media_group,
    _media_thumbnail,
    _media_types,
    _paging,
    _hubs,
    _tombstones,
)
