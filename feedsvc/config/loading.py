"""Reads config.toml and the environment into a Config, or says everything that is wrong with them at once.

Never creates or changes a file, and looks at no environment but the one handed in.
"""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from feedsvc.config import environment
from feedsvc.config.faults import Fault, Source, fault_at, readable, told
from feedsvc.config.places import lines_of
from feedsvc.config.records import Config, LogConfig, MediaConfig, PublishConfig, StoreConfig, WebConfig
from feedsvc.config.rules import Metrics, Withdrawn
from feedsvc.config.tables import FeedTable, FileTable, PublishTable, SelectTable, SiteTable, WebTable
from feedsvc.errors import ConfigInvalid
from feedsvc.model import Author, Feed, FeedTemplate, GuardLimits, Selection, Site

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EXAMPLE = "[site] with title and base_url, and a [[feed]] with slug and title"


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """Read the configuration at `path`, with what `environ` sets put over it (FEEDSVC_<TABLE>_<KEY>).

    Relative paths in it become absolute, beside the file. Raises errors.ConfigInvalid with every fault of the file
    and of the environment: a line each, ordered as in the file, the environment's first.
    """
    path = path.absolute()
    text = _read(path)
    raw = _parse(path, text)
    origins, faults = environment.overlay(raw, environ)
    source = Source(raw, lines_of(text), origins)
    tables: FileTable | None = None
    try:
        tables = FileTable.model_validate(raw)
    except ValidationError as error:
        faults += [told(source, one, FileTable) for one in error.errors(include_url=False)]
    faults += _repeated_slugs(source)
    if tables is not None:
        faults += _exposed(path, tables, source)
    if tables is None or faults:
        raise ConfigInvalid(str(path), tuple(str(fault) for fault in sorted(faults, key=lambda one: one.line or 0)))
    return _config(path, tables)


def _read(path: Path) -> str:
    try:
        # Some Windows editors put a byte order mark in front, which TOML does not know.
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        fix = f"make it (at the least {EXAMPLE}), or name another with --config PATH or FEEDSVC_CONFIG"
        raise ConfigInvalid(str(path), (f"there is no such file: {fix}",)) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigInvalid(str(path), (f"line {line}: is not UTF-8; save the file as UTF-8",)) from None
    except OSError as error:
        raise ConfigInvalid(str(path), (f"cannot be read: {error.strerror}",)) from None


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        fault = _syntax_fault(str(error), text)
    except ValueError:
        fault = "is not TOML: a number has too many digits"
    except RecursionError:
        fault = "is nested too deeply; nothing here needs more than a list of tables"
    raise ConfigInvalid(str(path), (fault,))


def _syntax_fault(message: str, text: str) -> str:
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message, re.DOTALL)
    reason, line, column = found.groups() if found else (message, None, None)
    where = f"line {line}, column {column}" if line else f"line {text.count(chr(10)) + 1}, the end of the file"
    return readable(f"{where}: is not TOML: {reason}")


def _repeated_slugs(source: Source) -> list[Fault]:
    """Find slugs that are taken, in the raw values, so that faults elsewhere do not hide them."""
    feeds = source.raw.get("feed")
    first: dict[str, int] = {}
    faults = []
    for position, feed in enumerate(feeds if isinstance(feeds, list) else []):
        slug = feed.get("slug") if isinstance(feed, dict) else None
        if not isinstance(slug, str):
            continue
        holder = first.setdefault(slug.casefold(), position)
        if holder != position:
            faults.append(fault_at(source, ("feed", position, "slug"), f"is taken by [[feed]] {holder + 1}"))
    return faults


def _exposed(path: Path, tables: FileTable, source: Source) -> list[Fault]:
    """Find what must not be served and yet would stand in a published folder."""
    faults = []
    store = _store_file(tables.store.url, path.parent)
    published = (path.parent / tables.publish.folder).resolve()
    media = (path.parent / tables.media.folder).resolve()
    for table, folder in (("publish", published), ("media", media)):
        if path.resolve().is_relative_to(folder):
            reason = f"must be a folder for the published files alone, without {path.name} in it"
            faults.append(fault_at(source, (table, "folder"), reason))
        elif store is not None and store.resolve().is_relative_to(folder):
            reason = "must not be in the published folder, which anyone may read"
            faults.append(fault_at(source, ("store", "url"), reason))
    if not faults and (media.is_relative_to(published) or published.is_relative_to(media)):
        faults.append(fault_at(source, ("media", "folder"), "must stand apart from publish.folder"))
    return faults


def _config(path: Path, tables: FileTable) -> Config:
    store = _store_file(tables.store.url, path.parent)
    feeds = [(table, _feed(table, tables.publish)) for table in tables.feed]
    return Config(
        path=path,
        site=_site(tables.site),
        store=StoreConfig(f"sqlite:///{store}" if store else tables.store.url),
        publish=PublishConfig(
            folder=path.parent / tables.publish.folder,
            default_schedule=tables.publish.schedule,
            measure_pictures=tables.publish.measure_pictures,
            picture_hosts=tables.publish.picture_hosts,
        ),
        web=_web(tables.web),
        media=MediaConfig(
            folder=path.parent / tables.media.folder,
            max_bytes=tables.media.max_bytes,
            max_pixels=tables.media.max_megapixels * 1_000_000,
        ),
        log=LogConfig(tables.log.format.value, tables.log.level.value),
        feeds=tuple(feed for table, feed in feeds if table.for_each is None),
        templates=tuple(
            FeedTemplate(table.for_each.value, feed) for table, feed in feeds if table.for_each is not None
        ),
    )


def _web(table: WebTable) -> WebConfig:
    return WebConfig(table.host, table.port, table.workers, table.trusted_proxies, table.metrics is Metrics.ALL)


def _store_file(url: str, folder: Path) -> Path | None:
    file = url.removeprefix("sqlite:///")
    return None if file == url else folder / file


def _site(table: SiteTable) -> Site:
    return Site(
        title=table.title,
        base_url=table.base_url,
        language=table.language,
        time_zone=table.time_zone,
        description=table.description or "",
        authors=tuple(Author(author.name, author.email, author.url) for author in table.authors),
        icon=table.icon,
        licence=table.licence,
        hubs=table.hubs,
    )


def _feed(table: FeedTable, defaults: PublishTable) -> Feed:
    return Feed(
        slug=table.slug,
        title=table.title,
        description=table.description or "",
        select=_selection(table.select),
        content=table.content or defaults.content,
        limit=table.limit or defaults.limit,
        max_bytes=table.max_bytes or defaults.max_bytes,
        publish=table.publish or defaults.schedule,
        embargo=table.embargo or timedelta(0),
        formats=table.formats,
        visibility=table.visibility,
        language=table.language,
        link=table.link,
        image=table.image,
        keep_notice=table.withdrawn is Withdrawn.NOTICE,
        guard=_guard(table, defaults),
    )


def _guard(table: FeedTable, defaults: PublishTable) -> GuardLimits:
    # Zero is a limit like any other.
    return GuardLimits(
        new=defaults.max_new if table.max_new is None else table.max_new,
        moved=defaults.max_moved if table.max_moved is None else table.max_moved,
        lost=defaults.max_lost if table.max_lost is None else table.max_lost,
    )


def _selection(table: SelectTable) -> Selection:
    return Selection(table.sections, table.tags, table.authors, table.languages, table.match.value)
