"""Decides what a single value in config.toml may be: one annotated type for each kind of value.

Never touches a file or the environment. Each type carries its Rule, which the error messages and the documentation
both print, so that the two cannot differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from enum import Enum
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator

from feedsvc import schedules
from feedsvc.errors import Invalid
from feedsvc.model import ContentSetting, Format, Visibility

T = TypeVar("T")
Word = TypeVar("Word", bound=Enum)

RESERVED_SLUGS: Final = frozenset({"_site", "opml"})
MOST_SLUG_CHARACTERS: Final = 80
PLACEHOLDER: Final = "{value}"

# RFC 3986 section 2: what may stand in a URL at all. Other scripts are written as xn-- and %XX, since RSS has no IRIs.
_URL_CHARACTERS: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*|[0-9a-f:]*:[0-9a-f:.]*")
# RFC 5646 section 2.1: language, script, region, variants; extensions and private use are taken as they come.
_LANGUAGE: Final = re.compile(
    r"[a-z]{2,3}(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.IGNORECASE,
)
_SIZE: Final = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,3}))? ?(|B|KB|MB|GB|KiB|MiB|GiB)", re.IGNORECASE)
_BYTES_IN: Final = {
    "": 1, "b": 1,
    "kb": 10**3, "mb": 10**6, "gb": 10**9,
    "kib": 2**10, "mib": 2**20, "gib": 2**30,
}  # fmt: skip
# XML 1.0 section 2.2: a title with one of these could not be written into a feed; no newline belongs in a line either.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must be, in words that follow "must be", such as "a whole number from 1 to 1000"."""

    words: str


class Broken(ValueError):
    """A value breaks its rule; no text means that the rule's own words say it all."""


def parse_size(text: str) -> int:
    """Read "1 MB", "500 kB", "1.5 MiB" or "250000" as a number of bytes; kB, MB, GB are powers of ten.

    Raises errors.Invalid, whose reason says what would be right.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise Invalid(f'size "{text}"', 'must be a number of bytes, or a size such as "1 MB" or "500 kB"')
    whole, fraction, unit = found[1], found[2] or "", _BYTES_IN[found[3].lower()]
    return int(whole + fraction) * unit // int(10 ** len(fraction))


def nearest(word: str, right: list[str]) -> str:
    """Name the right word that `word` is most like, as the tail of a message; empty when none is like it."""
    folded = {candidate.casefold(): candidate for candidate in right}
    close = get_close_matches(word.casefold(), list(folded), n=1)
    return folded[close[0]] if close else ""


def listed(words: list[str]) -> str:
    """Write "a", "b" or "c"."""
    quoted = [f'"{word}"' for word in words]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _line(value: str) -> str:
    if _CONTROL.search(value):
        raise Broken("must not hold control characters or line breaks")
    if not value.strip():
        raise Broken("must not be empty")
    return value.strip()


def _slug(value: str) -> str:
    bare = value.replace(PLACEHOLDER, "x")
    if not _SLUG.fullmatch(bare) or len(bare) > MOST_SLUG_CHARACTERS:
        raise Broken
    if value in RESERVED_SLUGS:
        raise Broken(f"is reserved; another must be taken, such as {value.strip('_')}-feed")
    return value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        raise Broken from None
    if not _URL_CHARACTERS.fullmatch(value):
        raise Broken("must be written in ASCII without blanks (a host in another script as xn--..., the rest as %XX)")
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_fits:
        raise Broken
    if "@" in parts.netloc:
        raise Broken("must not hold a user name or password")
    return value


def _base_url(value: str) -> str:
    parts = urlsplit(_url(value))
    if "?" in value or "#" in value:
        raise Broken("must have no query and no fragment")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def _host(value: str) -> str:
    if not _HOST.fullmatch(value.lower()):
        raise Broken
    return value.lower()


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise Broken
    return value


def _time_zone(value: str) -> str:
    zones = available_timezones()
    if value not in zones:
        like = nearest(value, sorted(zones))
        raise Broken(f'must be {TIME_ZONE.words}; did you mean "{like}"?' if like else "")
    return value


def _store_url(value: str) -> str:
    is_file = value.startswith("sqlite:///") and value != "sqlite:///" and not value.startswith("sqlite:///:memory:")
    if not is_file and not value.startswith("postgresql+psycopg://"):
        raise Broken
    return value


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>\",]+@[^@\s<>\",]+", value):
        raise Broken
    return value


def _plain(name: str) -> Callable[[Any], Any]:
    return lambda value: {name: value} if isinstance(value, str) else value


def _schedules(value: object) -> object:
    texts = schedules.split_schedules(value) if isinstance(value, str) else value
    return tuple(texts) if isinstance(texts, list) else texts


def _each_schedule(value: tuple[str, ...]) -> tuple[str, ...]:
    for text in value:
        try:
            schedules.parse_schedule(text)
        except Invalid as error:
            raise Broken(f'"{text}" {error.reason}' if len(value) > 1 else error.reason) from None
    return _several(value)


def _several(value: tuple[T, ...]) -> tuple[T, ...]:
    if not value:
        raise Broken("must not be an empty list")
    return value


def _different(value: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(value))


def _duration(value: object) -> object:
    return _reading(schedules.parse_duration, value)


def _size(value: object) -> object:
    return _reading(parse_size, value)


def _reading(parse: Callable[[str], object], value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except Invalid as error:
        raise Broken(error.reason) from None


def _between(least: int, most: int | None = None) -> AfterValidator:
    def check(value: int) -> int:
        if value < least or (most is not None and value > most):
            raise Broken
        return value

    return AfterValidator(check)


def _one_of(words: type[Word]) -> BeforeValidator:
    def check(value: object) -> object:
        if isinstance(value, str) and value in {word.value for word in words}:
            return words(value)
        raise Broken

    return BeforeValidator(check)


def _words(words: type[Word]) -> Rule:
    return Rule(listed([str(word.value) for word in words]))


def _listing(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class Match(Enum):
    """Whether every list of a selection must agree, or one is enough."""

    ALL = "all"
    ANY = "any"


class Withdrawn(Enum):
    """What stays in a feed of an article that was taken back."""

    NOTICE = "notice"
    REMOVE = "remove"


class Each(Enum):
    """What a template makes a feed of."""

    SECTION = "section"
    TAG = "tag"
    AUTHOR = "author"


TIME_ZONE: Final = Rule('an IANA time zone, such as "Europe/Berlin"')

Line = Annotated[str, AfterValidator(_line), Rule("text in quotes")]
Slug = Annotated[
    str, AfterValidator(_slug), Rule("1 to 80 of the characters a-z and 0-9, with single hyphens between them")
]
Url = Annotated[str, AfterValidator(_url), Rule('a whole web address, such as "https://example.org/about"')]
BaseUrl = Annotated[str, AfterValidator(_base_url), Rule('a whole web address, such as "https://example.org"')]
Host = Annotated[str, AfterValidator(_host), Rule('a host name or an IP address, such as "127.0.0.1"')]
Language = Annotated[
    str, AfterValidator(_language), Rule('a language tag of BCP 47, such as "en", "pt-BR" or "az-Latn"')
]
TimeZone = Annotated[str, AfterValidator(_time_zone), TIME_ZONE]
Email = Annotated[str, AfterValidator(_email), Rule('an e-mail address, such as "desk@example.org"')]
StoreUrl = Annotated[
    str,
    AfterValidator(_store_url),
    Rule('"sqlite:///PATH" with the path of a file, or "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"'),
]
Yes = Annotated[bool, Rule("true or false, without quotes")]
Limit = Annotated[int, _between(1, 1000), Rule("a whole number between 1 and 1000")]
MaxBytes = Annotated[int, BeforeValidator(_size), _between(10_000), Rule('a size of 10 kB or more, such as "1 MB"')]
Port = Annotated[int, _between(1, 65_535), Rule("a whole number between 1 and 65535")]
Workers = Annotated[int, _between(1, 64), Rule("a whole number between 1 and 64")]
Proxies = Annotated[int, _between(0, 16), Rule("a whole number between 0 and 16")]
Duration = Annotated[timedelta, BeforeValidator(_duration), Rule('a length of time, such as "30 minutes"')]
Content = Annotated[ContentSetting, _one_of(ContentSetting), _words(ContentSetting)]
Seen = Annotated[Visibility, _one_of(Visibility), _words(Visibility)]
MatchWord = Annotated[Match, _one_of(Match), _words(Match)]
WithdrawnWord = Annotated[Withdrawn, _one_of(Withdrawn), _words(Withdrawn)]
EachWord = Annotated[Each, _one_of(Each), _words(Each)]

_FormatWord = Annotated[Format, _one_of(Format), _words(Format)]
_List = BeforeValidator(_listing)
_Unlike = AfterValidator(_different)

Formats = Annotated[
    tuple[_FormatWord, ...], _List, AfterValidator(_several), _Unlike, Rule('a list, such as ["rss", "atom", "json"]')
]
Lines = Annotated[tuple[Line, ...], _List, _Unlike, Rule('a list of texts, such as ["sport", "culture"]')]
Languages = Annotated[tuple[Language, ...], _List, _Unlike, Rule('a list of language tags, such as ["en", "de"]')]
Urls = Annotated[tuple[Url, ...], _List, _Unlike, Rule('a list of web addresses, such as ["https://hub.example.org/"]')]
Hosts = Annotated[tuple[Host, ...], _List, _Unlike, Rule('a list of host names, such as ["pictures.example.org"]')]
Schedules = Annotated[
    tuple[str, ...],
    BeforeValidator(_schedules),
    AfterValidator(_each_schedule),
    _Unlike,
    Rule('"on change", "every 15 minutes", "cron 0 6 * * *", or a list of these'),
]
NamedAuthor = BeforeValidator(_plain("name"))
AuthorList = _List
