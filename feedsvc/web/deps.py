"""What the web needs from the rest of the service, handed in by the door that starts it.

Nothing here is built or looked up; no view reaches for anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from feedsvc.folder import Shelf
from feedsvc.folder.media import MediaFolder
from feedsvc.model import Article, Feed, Site
from feedsvc.pictures import Limits
from feedsvc.store import Store
from feedsvc.store.measures import Measures
from feedsvc.web.watching import Nobody, Tally


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """An article in whatever state it is, and the public feeds that hold it."""

    article: Article
    feeds: tuple[Feed, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """How a feed is doing: a word on its state, what went wrong last if anything, its last and its next run in UTC.

    One that is not `listed` is kept from strangers: who knows its address was given it.
    """

    slug: str
    state: str
    last_run: datetime | None = None
    next_run: datetime | None = None
    failure: str | None = None
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Health:
    """How the service is doing. `problems` are those that need a person: any makes the answer 503.

    `reachable` is whether the store could be looked at. All of this is shown to whoever asks, but for feeds that are
    not listed: name no folder or host.
    """

    feeds: tuple[FeedHealth, ...] = ()
    problems: tuple[str, ...] = ()
    reachable: bool = True


@dataclass(frozen=True, slots=True)
class Numbers:
    """How the numbers at /metrics come about.

    `measure` looks into the store and raises errors.Unavailable; `write` takes what it found, or None, and the
    request's Accept, and gives the media type and the text. `public` is whether everyone may read them.
    """

    measure: Callable[[], Measures]
    write: Callable[[Measures | None, str | None], tuple[str, bytes]]
    public: bool = False


@dataclass(frozen=True, slots=True)
class Deps:
    """The parts that views are made of.

    `find_article` gives an article by its id, or None; it and `health` raise errors.Unavailable when the store is out
    of reach. Feeds need neither: they are answered from `shelf` alone. `health_seconds` is how long a look at the
    store may take before it counts as out of reach. The API and the newsroom work on `store`; without one there is
    neither. `trusted_proxies` is how many proxies in front may say who the client is. `media` is where
    uploaded pictures are served from, `picture_limits` how large one may be. `tally` counts requests.
    """

    shelf: Shelf
    site: Site
    now: Callable[[], datetime]
    find_article: Callable[[str], ArticlePage | None]
    health: Callable[[], Health]
    health_seconds: float = 2.0
    store: Store | None = None
    trusted_proxies: int = 0
    media: MediaFolder | None = None
    picture_limits: Limits = field(default_factory=Limits)
    numbers: Numbers | None = None
    tally: Tally = field(default_factory=Nobody)
