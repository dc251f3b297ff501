"""Decides whether a single value may stand in config.toml, and in what form it is kept.

Never touches a file or the environment. Each check takes a value and returns it, tidied, or raises Broken.
"""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from feedsvc.config.words import Broken, nearest
from feedsvc.errors import Invalid
from feedsvc.schedules import parse_duration, parse_schedule, split_schedules

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import Enum

T = TypeVar("T")

# `_site` holds the site's own documents in the folder; `opml` is kept for the list of feeds.
RESERVED_SLUGS: Final = frozenset({"_site", "opml"})
MOST_SLUG_CHARACTERS: Final = 80
PLACEHOLDER: Final = "{value}"

# RFC 3986 section 2: what may stand in a URL. Other scripts are written as xn-- and %XX, since RSS knows no IRIs.
_URL_CHARACTERS: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*|[0-9a-f:]*:[0-9a-f:.]*")
_EMAIL: Final = re.compile(r"[^@\s<>\",]+@[^@\s<>\",]+")
# RFC 5646 section 2.1: language, script, region and variants by their shapes, then extensions and private use.
_LANGUAGE: Final = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.IGNORECASE | re.ASCII,
)
_SIZE: Final = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,3}))? ?(|B|KB|MB|GB|KiB|MiB|GiB)", re.IGNORECASE | re.ASCII)
_BYTES_IN: Final = {
    "": 1, "b": 1,
    "kb": 10**3, "mb": 10**6, "gb": 10**9,
    "kib": 2**10, "mib": 2**20, "gib": 2**30,
}  # fmt: skip
# XML 1.0 section 2.2 has no place for these; a lone surrogate is what Python makes of a variable that is not UTF-8.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def parse_size(text: str) -> int:
    """Read "1 MB", "500 kB", "1.5 MiB" or "250000" as a number of bytes; kB, MB and GB are powers of ten.

    Raises errors.Invalid, whose reason says what would be right.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise Invalid(f'size "{text}"', 'must be a number of bytes, or a size such as "1 MB" or "500 kB"')
    whole, fraction, unit = found[1], found[2] or "", _BYTES_IN[found[3].lower()]
    return int(whole + fraction) * unit // int(10 ** len(fraction))


def line(value: str) -> str:
    """Take text that stands on one line."""
    if _CONTROL.search(value):
        raise Broken("must not hold line breaks or other control characters")
    if not value.strip():
        raise Broken("must not be empty")
    return value.strip()


def prose(value: str) -> str:
    """Take text that may be written over several lines, and put it on one."""
    return line(" ".join(value.split()))


def slug(value: str) -> str:
    """Take a feed's slug, or the pattern of several."""
    if value.casefold() in RESERVED_SLUGS:
        raise Broken(f'is reserved for the site itself; "{value.strip("_").lower()}-feed" would do')
    bare = value.replace(PLACEHOLDER, "x")
    if not _SLUG.fullmatch(bare) or len(bare) > MOST_SLUG_CHARACTERS:
        raise Broken
    return value


def url(value: str) -> str:
    """Take an absolute http or https URL (RFC 3986), written in ASCII."""
    if not _URL_CHARACTERS.fullmatch(value):
        raise Broken("must be written in ASCII, without blanks (a host in another script as xn--..., the rest as %XX)")
    try:
        parts = urlsplit(value)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise Broken from None
    if not fits:
        raise Broken
    if "@" in parts.netloc:
        raise Broken("must not hold a user name or a password")
    return value


def base_url(value: str) -> str:
    """Take the URL that others are made from by adding a path; the host in small letters, no slash at the end."""
    parts = urlsplit(url(value))
    if "?" in value or "#" in value:
        raise Broken('must have no query and no fragment, such as "https://example.org"')
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def host(value: str) -> str:
    """Take a host name or an IP address, without a port."""
    return _matching(_HOST, value.lower())


def language(value: str) -> str:
    """Take a language tag by its shape (RFC 5646); whether the language exists is not looked up."""
    return _matching(_LANGUAGE, value)


def email(value: str) -> str:
    """Take an e-mail address by its shape."""
    return _matching(_EMAIL, line(value))


def time_zone(value: str) -> str:
    """Take a name of the IANA time zone database."""
    # The list of the tzdata package, and not the machine's folders: those differ, and hold "localtime" besides.
    zones = resources.files("tzdata").joinpath("zones").read_text(encoding="ascii").split()
    if value not in zones:
        like = nearest(value, zones)
        raise Broken(f'must be an IANA time zone; did you mean "{like}"?' if like else "")
    return value


def store_url(value: str) -> str:
    """Take the URL of an SQLite file or of a PostgreSQL database."""
    if value.startswith("postgresql+psycopg://"):
        return value
    file = value.removeprefix("sqlite:///")
    # A store in memory would be another one for each process.
    if file == value or not file or file.startswith(":memory:"):
        raise Broken
    return line(value)


def schedules(value: object) -> object:
    """Take one schedule or a list; a text may hold several, divided by commas, as a variable must."""
    texts = list(split_schedules(value)) if isinstance(value, str) else value
    if not isinstance(texts, list):
        return texts
    return tuple(" ".join(text.split()) if isinstance(text, str) else text for text in texts)


def each_schedule(value: tuple[str, ...]) -> tuple[str, ...]:
    """Take schedules that can be read and that come."""
    for text in value:
        try:
            parse_schedule(text)
        except Invalid as error:
            raise Broken(f'"{text}" {error.reason}' if len(value) > 1 else error.reason) from None
    return several(value)


def several(value: tuple[T, ...]) -> tuple[T, ...]:
    """Take a list that is not empty."""
    if not value:
        raise Broken("must not be an empty list")
    return value


def unlike(value: tuple[T, ...]) -> tuple[T, ...]:
    """Take each value of a list once, in order."""
    return tuple(dict.fromkeys(value))


def as_tuple(value: object) -> object:
    """Take TOML's list as the tuple that a frozen record holds."""
    return tuple(value) if isinstance(value, list) else value


def as_name(value: object) -> object:
    """Take a text for the table that has it as its name."""
    return {"name": value} if isinstance(value, str) else value


def duration(value: object) -> object:
    """Take a length of time in words."""
    return _read(parse_duration, value)


def size(value: object) -> object:
    """Take a number of bytes, or a size in words."""
    return _read(parse_size, value)


def between(least: int, most: int | None = None) -> Callable[[int], int]:
    """Make the check of a number's bounds, both included."""

    def check(value: int) -> int:
        if value < least or (most is not None and value > most):
            raise Broken
        return value

    return check


def one_of(words: type[Enum]) -> Callable[[object], object]:
    """Make the check of a word that is one of a few."""
    members = {member.value: member for member in words}

    def check(value: object) -> object:
        if isinstance(value, str) and value in members:
            return members[value]
        raise Broken

    return check


def _matching(shape: re.Pattern[str], value: str) -> str:
    if not shape.fullmatch(value):
        raise Broken
    return value


def _read(parse: Callable[[str], object], value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except Invalid as error:
        raise Broken(error.reason) from None
