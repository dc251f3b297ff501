"""Decides which tables and keys config.toml may hold, with the default and the meaning of each.

Never touches a file or the environment. The descriptions are printed in docs/configuration.md.
"""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from feedsvc.config import checks, rules
from feedsvc.config.words import Broken, Rule
from feedsvc.model import ContentSetting, Format, GuardLimits, Visibility

DEFAULT_SCHEDULE: Final = ("on change", "every 15 minutes")


class Table(BaseModel):
    """A table: no key but its own, no value turned from one type into another."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class AuthorTable(Table):
    """Who signs an article that names nobody."""

    name: rules.Line = Field(description="The name, of a person or a desk.")
    email: rules.Email | None = Field(default=None, description="An address that readers may write to.")
    url: rules.Url | None = Field(default=None, description="A page about the author.")


class SiteTable(Table):
    """What every feed of the site shares."""

    title: rules.Line = Field(description="The site's name.")
    base_url: rules.BaseUrl = Field(
        description="The address that readers see, the start of every address in the feeds. No slash at the end."
    )
    description: rules.Prose | None = Field(default=None, description="A sentence about the site.")
    language: rules.Language = Field(default="en", description="The language of what does not name its own.")
    time_zone: rules.TimeZone = Field(default="UTC", description="The clock that cron schedules and the pages go by.")
    authors: Annotated[
        tuple[Annotated[AuthorTable, rules.AsName, Rule("a name in quotes, or a table with name, email and url")], ...],
        rules.AsTuple,
        Rule('a list of names, such as ["City Desk"], or of tables with name, email and url'),
    ] = Field(default=(), description="Who signs an article that names nobody.")
    icon: rules.Url | None = Field(
        default=None, description="The address of a square picture that stands for the site."
    )
    licence: rules.Prose | None = Field(
        default=None,
        description="The terms under which the articles may be used: the address of a licence, or a sentence.",
    )
    hubs: rules.Urls = Field(default=(), description="The WebSub hubs that are told of every change.")


class StoreTable(Table):
    """Where articles and publications are kept."""

    url: rules.StoreUrl = Field(
        default="sqlite:///data/feedsvc.db",
        description="The store. An SQLite path is relative to the file; a password belongs in the environment.",
    )


class PublishTable(Table):
    """How feeds are published unless a feed says otherwise."""

    folder: rules.Line = Field(default="feeds", description="The folder of the published files, relative to the file.")
    schedule: rules.Schedules = Field(default=DEFAULT_SCHEDULE, description="The default of a feed's `publish`.")
    content: rules.ContentWord = Field(default=ContentSetting.FULL, description="The default of a feed's `content`.")
    limit: rules.Limit = Field(default=50, description="The default of a feed's `limit`.")
    max_bytes: rules.MaxBytes = Field(default=1_000_000, description="The default of a feed's `max_bytes`.")
    max_new: rules.Entries = Field(default=GuardLimits().new, description="The default of a feed's `max_new`.")
    max_moved: rules.Entries = Field(default=GuardLimits().moved, description="The default of a feed's `max_moved`.")
    max_lost: rules.Percent = Field(default=GuardLimits().lost, description="The default of a feed's `max_lost`.")
    measure_pictures: rules.YesNo = Field(
        default=True,
        description="Fetch each lead picture once to learn its true size and type.",
    )
    picture_hosts: rules.Hosts = Field(
        default=(), description="Hosts whose pictures may be fetched even though their addresses are private ones."
    )


class WebTable(Table):
    """Where the web server listens."""

    host: rules.Host = Field(
        default="127.0.0.1", description='The address to listen on; "0.0.0.0" is every one of the machine.'
    )
    port: rules.Port = Field(default=8000, description="The port to listen on.")
    workers: rules.Workers = Field(default=2, description="How many processes answer requests.")
    trusted_proxies: rules.Proxies = Field(
        default=0, description="How many proxies stand in front and may say who the client is (X-Forwarded-For)."
    )
    metrics: rules.MetricsWord = Field(
        default=rules.Metrics.LOCAL,
        description="Who may read /metrics: programs on this machine that come through no proxy, or everyone.",
    )


class MediaTable(Table):
    """Pictures that are uploaded."""

    folder: rules.Line = Field(
        default="media", description="The folder of the uploaded pictures as they are served, relative to the file."
    )
    max_bytes: rules.PictureBytes = Field(default=10_000_000, description="The most bytes of a picture.")
    max_megapixels: rules.Megapixels = Field(
        default=50, description="The most millions of pixels of a picture; an animation may have four times as many."
    )


class LogTable(Table):
    """What the service tells on its standard error."""

    format: rules.LogFormatWord = Field(
        default=rules.LogFormat.TEXT, description="Lines for people, or a JSON object a line."
    )
    level: rules.LogLevelWord = Field(
        default=rules.LogLevel.INFO, description="How grave something must be to be told."
    )


class SelectTable(Table):
    """Which articles a feed takes. An empty selection takes every one."""

    sections: rules.Lines = Field(default=(), description="Any of these sections.")
    tags: rules.Lines = Field(default=(), description="Any of these tags.")
    authors: rules.Lines = Field(default=(), description="Any of these authors, by name.")
    languages: rules.Languages = Field(default=(), description="Any of these languages.")
    match: rules.MatchWord = Field(
        default=rules.Match.ALL,
        description='Whether every list that is given must agree ("all") or one is enough ("any").',
    )


class FeedTable(Table):
    """A feed, or with `for_each` a feed of each section, tag or author that the articles bring."""

    # Before slug, title and description: their checks look at it.
    for_each: rules.EachWord | None = Field(
        default=None, description="Make a feed of each; `{value}` in slug, title and description stands for its name."
    )
    slug: rules.Slug = Field(description="The feed's name in its addresses: `/feeds/<slug>/rss.xml`. It never changes.")
    title: rules.Line = Field(description="The feed's title.")
    description: rules.Prose | None = Field(default=None, description="A sentence about the feed.")
    select: Annotated[SelectTable, Rule('a table, such as { sections = ["sport"] }')] = Field(
        default=SelectTable(), description="Which articles it takes; without it, every one."
    )
    content: rules.ContentWord | None = Field(
        default=None, description="How much of an article it shows; else publish.content."
    )
    limit: rules.Limit | None = Field(default=None, description="The most entries that it holds; else publish.limit.")
    max_bytes: rules.MaxBytes | None = Field(
        default=None, description="The most bytes of a file; else publish.max_bytes."
    )
    publish: rules.Schedules | None = Field(default=None, description="When it is published; else publish.schedule.")
    embargo: rules.Duration | None = Field(
        default=None, description="How long after its publication an article comes in."
    )
    formats: rules.Formats = Field(
        default=(Format.RSS, Format.ATOM, Format.JSON), description="The formats that it is published in."
    )
    visibility: rules.VisibilityWord = Field(
        default=Visibility.PUBLIC, description='"unlisted" keeps it off the index page and the OPML list.'
    )
    language: rules.Language | None = Field(default=None, description="The feed's language; else site.language.")
    link: rules.Url | None = Field(
        default=None, description="The page that the feed stands for; else its own HTML page."
    )
    image: rules.Url | None = Field(default=None, description="The address of the feed's picture.")
    withdrawn: rules.WithdrawnWord = Field(
        default=rules.Withdrawn.NOTICE,
        description="What stays of a withdrawn article, unless the withdrawal says otherwise.",
    )
    max_new: rules.Entries | None = Field(
        default=None,
        description="The most entries that may come in at once although they are old; else publish.max_new.",
    )
    max_moved: rules.Entries | None = Field(
        default=None, description="The most entries whose dates may move at once; else publish.max_moved."
    )
    max_lost: rules.Percent | None = Field(
        default=None, description="The largest share of its entries that may go at once; else publish.max_lost."
    )

    @field_validator("slug")
    @classmethod
    def _slug_has_its_value(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("for_each") is not None and checks.PLACEHOLDER not in value:
            raise Broken("must hold {value}, since for_each makes several feeds")
        return value

    @field_validator("slug", "title", "description")
    @classmethod
    def _value_has_its_for_each(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and checks.PLACEHOLDER in value and info.data.get("for_each", ...) is None:
            raise Broken('must not hold {value} unless for_each is "section", "tag" or "author"')
        return value


class FileTable(Table):
    """The whole of config.toml."""

    site: Annotated[SiteTable, Rule("one table, [site], with title and base_url")]
    store: Annotated[StoreTable, Rule("one table, [store]")] = StoreTable()
    publish: Annotated[PublishTable, Rule("one table, [publish]")] = PublishTable()
    web: Annotated[WebTable, Rule("one table, [web]")] = WebTable()
    media: Annotated[MediaTable, Rule("one table, [media]")] = MediaTable()
    log: Annotated[LogTable, Rule("one table, [log]")] = LogTable()
    feed: Annotated[
        tuple[Annotated[FeedTable, Rule("a table, [[feed]]")], ...],
        rules.AsTuple,
        Rule("written with two brackets, [[feed]], once for each feed"),
    ] = ()


SINGLE_TABLES: Final = {
    name: field.annotation
    for name, field in FileTable.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Table)
}
