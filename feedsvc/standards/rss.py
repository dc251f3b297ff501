"""The rules of RSS 2.0 for the channel and for the document as a whole (RSS-*, PROF-*).

What concerns a single item is in `rss_items`, what belongs to extensions in `modules`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from feedsvc.standards import dates, grammars, languages, modules, namespaces, rss_items, rss_values, uris
from feedsvc.standards.findings import shown
from feedsvc.standards.rules import Level
from feedsvc.standards.trees import Element, Fault, Located, Places, attribute, local, name, namespace, tag, text

_ONCE = frozenset(
    [
        "title",
        "link",
        "description",
        "language",
        "copyright",
        "managingEditor",
        "webMaster",
        "pubDate",
        "lastBuildDate",
        "generator",
        "docs",
        "cloud",
        "ttl",
        "image",
        "rating",
        "textInput",
        "skipHours",
        "skipDays",
    ]
)
_ITEM_ONCE = frozenset(["title", "link", "description", "author", "comments", "guid", "pubDate", "source"])
CHILDREN: dict[str, frozenset[str]] = {
    "rss": frozenset({"channel"}),
    "channel": _ONCE | {"category", "item"},
    "item": _ITEM_ONCE | {"category", "enclosure"},
    "image": frozenset(["url", "title", "link", "width", "height", "description"]),
    "textInput": frozenset(["title", "description", "name", "link"]),
    "skipHours": frozenset({"hour"}),
    "skipDays": frozenset({"day"}),
}
_WEEKDAYS = frozenset(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])
_SELF_TYPE = "application/rss+xml"
_PICTURE = re.compile(r"\.(?:gif|jpe?g|jpe|png)$", re.IGNORECASE)
_OTHER_PICTURE = re.compile(r"\.(?:webp|avif|svgz?|bmp|ico|tiff?|heic|jxl)$", re.IGNORECASE)
_WIDEST, _HIGHEST, _DIGITS = 144, 400, 9


@dataclass(frozen=True, slots=True)
class Rss:
    """An RSS document as the rules see it. `url` is the address it was fetched from, `now` the time of the check."""

    root: Element
    channel: Element
    items: tuple[Element, ...]
    places: Places
    url: str | None
    now: datetime | None


def check(root: Element, url: str | None, now: datetime | None) -> Iterator[Located]:
    """Every finding in an RSS document; `root` is changed where core elements stand in a namespace."""
    strayed = list(_core_in_a_namespace(root))
    channels = root.findall("channel")
    items = tuple(item for channel in channels for item in channel.findall("item"))
    places = Places(root, items, "item", lambda item: text(item.find("title")))
    yield from places.locate([*strayed, *namespaces.check(root), *_version(root), *_one_channel(root, channels)])
    if not channels:
        return
    rss = Rss(root, channels[0], items, places, url, now)
    for rule in CHANNEL_RULES:
        yield from places.locate(rule(rss))
    yield from places.locate(rss_items.check(items, places, now))
    yield from places.locate(modules.check(root))


def _core_in_a_namespace(root: Element) -> Iterator[Fault]:
    """RSS-04: core elements are in no namespace. They are taken out of it, so that the other rules still find them."""
    space = namespace(root)
    if space is None:
        return
    yield Fault(
        "RSS-04",
        root,
        "",
        f"the elements of RSS stand in the namespace {shown(space)}",
        "Remove the default namespace.",
    )
    for element in list(root.iter(tag(space, "*"))):
        element.tag = local(element)


def _version(root: Element) -> Iterator[Fault]:
    version = attribute(root, "version")
    if version != "2.0":
        found = "is missing" if version is None else f"is {shown(version)}"
        yield Fault("RSS-01", root, "version", f"the version {found}", 'Write version="2.0".')


def _one_channel(root: Element, channels: list[Element]) -> Iterator[Fault]:
    if not channels:
        yield Fault("RSS-01", root, "", "there is no channel", "Put the feed's elements and items into one channel.")
    for channel in channels[1:]:
        yield Fault("RSS-01", channel, "", "a second channel", "Write one feed for each channel.")


def _required(rss: Rss) -> Iterator[Fault]:
    for key in ("title", "link", "description"):
        found = rss.channel.find(key)
        if found is None:
            yield Fault("RSS-02", rss.channel, "", f"the channel has no {key}", f"Add <{key}> to the channel.")
        elif not text(found):
            yield Fault("RSS-02", found, "", f"the channel's {key} is empty", f"Fill in <{key}>.")


def _known_elements(rss: Rss) -> Iterator[Fault]:
    for parent in rss.root.iter(*CHILDREN):
        for child in parent:
            if namespace(child) is None and child.tag not in CHILDREN[str(parent.tag)]:
                yield Fault("RSS-04", child, "", f"RSS has no {name(child)} in {name(parent)}", _advice(child, parent))


def _advice(child: Element, parent: Element) -> str:
    wanted = str(child.tag)
    for allowed in sorted(CHILDREN[str(parent.tag)]):
        if allowed.lower() == wanted.lower():
            return f"Write <{allowed}>: names are case-sensitive."
    homes = [home for home, children in CHILDREN.items() if wanted in children]
    if homes:
        return f"Move it: it belongs in {' or '.join(homes)}."
    return "Remove it, or put it into a namespace that you declare."


def _plain_leaves(rss: Rss) -> Iterator[Fault]:
    """RSS-24: markup inside a text element must be escaped, or it is no text at all."""
    leaves = (_ONCE | _ITEM_ONCE | {"category"}) - set(CHILDREN)
    for element in rss.root.iter(*sorted(leaves)):
        if len(element):
            message = f"{name(element)} holds the element <{name(element[0])}>"
            yield Fault("RSS-24", element, "", message, "Escape the HTML or put it into a CDATA section.")


def _repeated(rss: Rss) -> Iterator[Fault]:
    yield from repeated(rss.channel, _ONCE)
    for item in rss.items:
        yield from repeated(item, _ITEM_ONCE)
    for image in rss.channel.findall("image"):
        yield from repeated(image, CHILDREN["image"])


def repeated(parent: Element, once: frozenset[str]) -> Iterator[Fault]:
    """RSS-07 for the children of one element."""
    seen: set[str] = set()
    for child in parent:
        key = str(child.tag)
        if key in once and key in seen:
            yield Fault("RSS-07", child, "", f"a second {key} in one {name(parent)}", "Keep one of them.")
        seen.add(key)


def _addresses(rss: Rss) -> Iterator[Fault]:
    for path in ("link", "docs", "image/url", "image/link", "textInput/link"):
        for element in rss.channel.findall(path):
            yield from rss_values.address(element)


def _channel_dates(rss: Rss) -> Iterator[Fault]:
    for key in ("pubDate", "lastBuildDate"):
        for element in rss.channel.findall(key):
            yield from rss_values.date(element)


def _people(rss: Rss) -> Iterator[Fault]:
    for key in ("managingEditor", "webMaster"):
        for element in rss.channel.findall(key):
            yield from rss_values.person(element)


def _plain_text(rss: Rss) -> Iterator[Fault]:
    for path in ("title", "description", "copyright", "category", "image/title"):
        for element in rss.channel.findall(path):
            yield from rss_values.plain(element)


def _image(rss: Rss) -> Iterator[Fault]:
    for image in rss.channel.findall("image"):
        for key in ("url", "title", "link"):
            if not text(image.find(key)):
                yield Fault("RSS-15", image, "", f"the image has no {key}", f"Add <{key}> to the image.")
        yield from _image_type(image)
        yield from _image_size(image, "width", _WIDEST)
        yield from _image_size(image, "height", _HIGHEST)
        yield from _image_agrees(rss.channel, image)


def _image_type(image: Element) -> Iterator[Fault]:
    url = image.find("url")
    path = uris.split(text(url)).path
    if url is not None and _OTHER_PICTURE.search(path) and not _PICTURE.search(path):
        message = f"the picture {shown(text(url))} is no GIF, JPEG or PNG"
        yield Fault("RSS-15", url, "", message, "Offer the picture as PNG, JPEG or GIF.")


def _image_size(image: Element, key: str, most: int) -> Iterator[Fault]:
    element = image.find(key)
    if element is None:
        return
    value = text(element)
    if not grammars.is_number(value) or len(value) > _DIGITS or not 0 < int(value) <= most:
        yield Fault("RSS-16", element, "", f"the {key} is {shown(value)}", f"Give a whole number from 1 to {most}.")


def _image_agrees(channel: Element, image: Element) -> Iterator[Fault]:
    for key in ("title", "link"):
        mine, its = image.find(key), channel.find(key)
        if mine is not None and its is not None and text(mine) and text(mine) != text(its):
            message = f"the image's {key} {shown(text(mine))} is not the channel's {shown(text(its))}"
            yield Fault("RSS-17", mine, "", message, f"Repeat the channel's {key}.")


def _ttl(rss: Rss) -> Iterator[Fault]:
    for element in rss.channel.findall("ttl"):
        if not grammars.is_number(text(element)):
            message = f"ttl is {shown(text(element))}, not a whole number of minutes"
            yield Fault("RSS-18", element, "", message, "Write minutes in digits, or leave ttl out.")


def _skip_hours(rss: Rss) -> Iterator[Fault]:
    for block in rss.channel.findall("skipHours"):
        seen: set[str] = set()
        for hour in block.findall("hour"):
            value = text(hour)
            fix = "Write 0 for midnight." if value == "24" else "Give each hour from 0 to 23 (GMT) once."
            if not re.fullmatch(r"0?[0-9]|1[0-9]|2[0-3]", value) or value.lstrip("0") in seen:
                yield Fault("RSS-19", hour, "", f"the hour {shown(value)} is wrong or repeated", fix)
            seen.add(value.lstrip("0"))


def _skip_days(rss: Rss) -> Iterator[Fault]:
    for block in rss.channel.findall("skipDays"):
        seen: set[str] = set()
        for day in block.findall("day"):
            if text(day) not in _WEEKDAYS or text(day) in seen:
                message = f"the day {shown(text(day))} is wrong or repeated"
                yield Fault("RSS-19", day, "", message, "Give each day once, as Monday, Tuesday ... Sunday.")
            seen.add(text(day))


def _cloud(rss: Rss) -> Iterator[Fault]:
    for cloud in rss.channel.findall("cloud"):
        for key in ("domain", "port", "path", "registerProcedure", "protocol"):
            value = attribute(cloud, key)
            # REST clouds have no procedure: the attribute is there and empty.
            if value is None or (not value and key != "registerProcedure"):
                yield Fault("RSS-20", cloud, key, f"cloud has no {key}", f"Add {key} to cloud, or remove cloud.")
            elif key == "port" and not grammars.is_number(value):
                yield Fault("RSS-20", cloud, key, f"the port is {shown(value)}", "Give the port as a number.")


def _language(rss: Rss) -> Iterator[Fault]:
    element = rss.channel.find("language")
    if element is None:
        element = rss.channel.find(tag(namespaces.DC, "language"))
    if element is None:
        fix = "Add <language>, such as <language>en</language>."
        yield Fault("LANG-01", rss.channel, "", "the feed does not name its language", fix)
        return
    reason = languages.fault(text(element))
    if reason:
        message = f"the language {shown(text(element))} {reason}"
        yield Fault("RSS-21", element, "", message, "Write a language tag such as en, en-GB or hy.")


def _self_link(rss: Rss) -> Iterator[Fault]:
    links = [link for link in rss.channel.findall(tag(namespaces.ATOM, "link")) if attribute(link, "rel") == "self"]
    if not links:
        fix = f'Add <atom:link rel="self" type="{_SELF_TYPE}" href="…"/> with the address of this feed.'
        yield Fault("PROF-01", rss.channel, "", "the feed does not link to its own address", fix)
    for link in links:
        yield from _self_link_faults(link, rss.url)


def _self_link_faults(link: Element, url: str | None) -> Iterator[Fault]:
    href = attribute(link, "href") or ""
    reason = uris.fault(href)
    if not href:
        yield Fault("PROF-01", link, "href", "the link to the feed's own address has no href", "Add the address.")
    elif reason:
        yield Fault("PROF-01", link, "href", f"the feed's own address {shown(href)} {reason}", "Write it in full.")
    elif url is not None and href != url:
        message = f"the feed's own address is {shown(href)}, but it came from {shown(url)}"
        yield Fault("PROF-01", link, "href", message, "Name the address that readers are to use, and serve it there.")
    media_type = attribute(link, "type")
    if media_type != _SELF_TYPE:
        given = f"has the type {shown(media_type)}" if media_type else "has no type"
        message = f"the link to the feed's own address {given}"
        yield Fault("PROF-01", link, "type", message, f'Write type="{_SELF_TYPE}".')


def _items_last(rss: Rss) -> Iterator[Fault]:
    item_seen = False
    for child in rss.channel:
        if child.tag == "item":
            item_seen = True
        elif item_seen:
            fix = "Move the channel's own elements in front of the first item."
            yield Fault("PROF-02", child, "", f"{name(child)} comes after an item", fix)
            return


def _text_input(rss: Rss) -> Iterator[Fault]:
    for element in rss.channel.findall("textInput"):
        yield Fault("PROF-09", element, "", "the channel has a textInput", "Remove it: no reader shows it.")


def _said_twice(rss: Rss) -> Iterator[Fault]:
    yield from rss_values.said_twice(rss.channel)


def _slash(rss: Rss) -> Iterator[Fault]:
    if rss.channel.find("lastBuildDate") is not None:
        return
    counted = next(rss.root.iter(tag(namespaces.SLASH, "comments")), None)
    if counted is not None:
        message = "slash:comments changes with every comment, and the channel has no lastBuildDate"
        yield Fault("PROF-15", counted, "", message, "Add a truthful lastBuildDate, or leave slash:comments out.")


def _future_build(rss: Rss) -> Iterator[Fault]:
    element = rss.channel.find("lastBuildDate")
    built = dates.rfc822(text(element)).instant
    if element is not None and rss.now is not None and built is not None and built > rss.now:
        message = f"lastBuildDate {shown(text(element))} is in the future"
        yield Fault("RSS-27", element, "", message, "Use the time of the last change of content.", Level.WARNING)


CHANNEL_RULES: tuple[Callable[[Rss], Iterator[Fault]], ...] = (
    _required,
    _known_elements,
    _plain_leaves,
    _repeated,
    _addresses,
    _channel_dates,
    _people,
    _plain_text,
    _image,
    _ttl,
    _skip_hours,
    _skip_days,
    _cloud,
    _language,
    _self_link,
    _items_last,
    _text_input,
    _said_twice,
    _slash,
    _future_build,
)
