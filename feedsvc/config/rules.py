"""Decides what kinds of value config.toml knows: a type for each, with its check and the words of its rule.

Never touches a file or the environment.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator

from feedsvc.config import checks
from feedsvc.config.words import Rule, either
from feedsvc.model import ContentSetting, Format, Visibility


class Match(Enum):
    """Whether every list of a selection must agree, or one is enough."""

    ALL = "all"
    ANY = "any"


class Withdrawn(Enum):
    """What stays in a feed of an article that was taken back."""

    NOTICE = "notice"
    REMOVE = "remove"


class Metrics(Enum):
    """Who may read how the service is doing in numbers."""

    LOCAL = "local"
    ALL = "all"


class LogFormat(Enum):
    """How the log is written: lines for people, or a JSON object a line for machines."""

    TEXT = "text"
    JSON = "json"


class LogLevel(Enum):
    """What the log tells: everything, what happens, what may need a person, what does need one."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Each(Enum):
    """What a template makes a feed of."""

    SECTION = "section"
    TAG = "tag"
    AUTHOR = "author"


def _words(words: type[Enum]) -> Rule:
    return Rule(either(str(word.value) for word in words))


AsTuple: Final = BeforeValidator(checks.as_tuple)
AsName: Final = BeforeValidator(checks.as_name)
Once: Final = AfterValidator(checks.unlike)
Several: Final = AfterValidator(checks.several)

Line = Annotated[str, AfterValidator(checks.line), Rule("text in quotes")]
Prose = Annotated[str, AfterValidator(checks.prose), Rule("text in quotes")]
Slug = Annotated[
    str,
    AfterValidator(checks.slug),
    Rule('1 to 80 of the characters a-z and 0-9, with single hyphens between them, such as "local-news"'),
]
Url = Annotated[str, AfterValidator(checks.url), Rule('a whole web address, such as "https://example.org/about"')]
BaseUrl = Annotated[str, AfterValidator(checks.base_url), Rule('a whole web address, such as "https://example.org"')]
Host = Annotated[str, AfterValidator(checks.host), Rule('a host name or an IP address, such as "127.0.0.1"')]
Language = Annotated[
    str, AfterValidator(checks.language), Rule('a language tag of BCP 47, such as "en", "pt-BR" or "az-Latn"')
]
TimeZone = Annotated[str, AfterValidator(checks.time_zone), Rule('an IANA time zone, such as "Europe/Berlin"')]
Email = Annotated[str, AfterValidator(checks.email), Rule('an e-mail address, such as "desk@example.org"')]
StoreUrl = Annotated[
    str,
    AfterValidator(checks.store_url),
    Rule('"sqlite:///PATH" with the path of a file, or "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"'),
]
YesNo = Annotated[bool, Rule("true or false, without quotes")]
Limit = Annotated[int, AfterValidator(checks.between(1, 1000)), Rule("a whole number between 1 and 1000")]
MaxBytes = Annotated[
    int,
    BeforeValidator(checks.size),
    AfterValidator(checks.between(10_000)),
    Rule('a size of 10 kB or more, such as "1 MB" or 1000000'),
]
Entries = Annotated[int, AfterValidator(checks.between(0, 1000)), Rule("a whole number between 0 and 1000")]
Percent = Annotated[int, AfterValidator(checks.between(0, 100)), Rule("a percentage, a whole number between 0 and 100")]
Port = Annotated[int, AfterValidator(checks.between(1, 65_535)), Rule("a whole number between 1 and 65535")]
Workers = Annotated[int, AfterValidator(checks.between(1, 64)), Rule("a whole number between 1 and 64")]
Proxies = Annotated[int, AfterValidator(checks.between(0, 16)), Rule("a whole number between 0 and 16")]
PictureBytes = Annotated[
    int,
    BeforeValidator(checks.size),
    AfterValidator(checks.between(100_000, 100_000_000)),
    Rule('a size between 100 kB and 100 MB, such as "10 MB"'),
]
Megapixels = Annotated[int, AfterValidator(checks.between(1, 200)), Rule("a whole number between 1 and 200")]
Duration = Annotated[timedelta, BeforeValidator(checks.duration), Rule('a length of time, such as "30 minutes"')]

ContentWord = Annotated[ContentSetting, BeforeValidator(checks.one_of(ContentSetting)), _words(ContentSetting)]
VisibilityWord = Annotated[Visibility, BeforeValidator(checks.one_of(Visibility)), _words(Visibility)]
FormatWord = Annotated[Format, BeforeValidator(checks.one_of(Format)), _words(Format)]
MatchWord = Annotated[Match, BeforeValidator(checks.one_of(Match)), _words(Match)]
WithdrawnWord = Annotated[Withdrawn, BeforeValidator(checks.one_of(Withdrawn)), _words(Withdrawn)]
MetricsWord = Annotated[Metrics, BeforeValidator(checks.one_of(Metrics)), _words(Metrics)]
LogFormatWord = Annotated[LogFormat, BeforeValidator(checks.one_of(LogFormat)), _words(LogFormat)]
LogLevelWord = Annotated[LogLevel, BeforeValidator(checks.one_of(LogLevel)), _words(LogLevel)]
EachWord = Annotated[Each, BeforeValidator(checks.one_of(Each)), _words(Each)]

Formats = Annotated[tuple[FormatWord, ...], AsTuple, Several, Once, Rule('a list, such as ["rss", "atom", "json"]')]
Lines = Annotated[tuple[Line, ...], AsTuple, Once, Rule('a list of texts, such as ["sport", "culture"]')]
Languages = Annotated[tuple[Language, ...], AsTuple, Once, Rule('a list of language tags, such as ["en", "de"]')]
Urls = Annotated[tuple[Url, ...], AsTuple, Once, Rule('a list of web addresses, such as ["https://hub.example.org/"]')]
Hosts = Annotated[tuple[Host, ...], AsTuple, Once, Rule('a list of host names, such as ["pictures.example.org"]')]
Schedules = Annotated[
    tuple[str, ...],
    BeforeValidator(checks.schedules),
    AfterValidator(checks.each_schedule),
    Once,
    Rule('"on change", "every 15 minutes", "cron 0 6 * * *", or a list of these'),
]
