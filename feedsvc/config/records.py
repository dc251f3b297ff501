"""What a loaded configuration is: frozen records in the words of feedsvc.model.

Nothing here reads or checks anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from feedsvc.model import Feed, FeedTemplate, Site


@dataclass(frozen=True, slots=True)
class StoreConfig:
    """Where the store is: an SQLAlchemy URL, an SQLite path in it absolute. It may hold a password: never print it."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PublishConfig:
    """What holds for the publishing of every feed.

    `folder` is absolute. `picture_hosts` are the hosts whose pictures may be measured although they resolve to
    private addresses.
    """

    folder: Path
    default_schedule: tuple[str, ...]
    measure_pictures: bool
    picture_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WebConfig:
    """Where the web server listens. `trusted_proxies` is how many proxies in front may say who the client is.

    `public_metrics` is whether everyone may read /metrics, or only programs on this machine.
    """

    host: str
    port: int
    workers: int
    trusted_proxies: int = 0
    public_metrics: bool = False


@dataclass(frozen=True, slots=True)
class MediaConfig:
    """Where uploaded pictures are served from (absolute), and how large one may be."""

    folder: Path
    max_bytes: int
    max_pixels: int


@dataclass(frozen=True, slots=True)
class LogConfig:
    """How the log is written ("text" or "json"), and from which level on ("debug" to "error")."""

    format: str = "text"
    level: str = "info"


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration without a fault; `path` is the file that it came from, absolute."""

    path: Path
    site: Site
    store: StoreConfig
    publish: PublishConfig
    web: WebConfig
    media: MediaConfig
    log: LogConfig
    feeds: tuple[Feed, ...]
    templates: tuple[FeedTemplate, ...]
