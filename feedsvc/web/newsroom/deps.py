"""What the newsroom's pages need from the rest of the service, handed in by the door that starts it.

Nothing here is built or looked up; no view reaches for anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedsvc.model import Site
from feedsvc.store import Store


@dataclass(frozen=True, slots=True)
class NewsroomDeps:
    """The parts that views are made of. Only the newsroom reaches the store for more than an article's permalink."""

    store: Store
    site: Site
    now: Callable[[], datetime]

    @property
    def zone(self) -> ZoneInfo:
        """Give the zone that times are entered and shown in."""
        return ZoneInfo(self.site.time_zone)

    @property
    def is_secure(self) -> bool:
        """Say whether readers reach this site by https; cookies are then sent by nothing else."""
        return self.site.base_url.startswith("https:")

    def at(self, path: str) -> str:
        """Give the address of a path of this service, without a host: a proxy's path in front is in the base URL."""
        return f"{urlsplit(self.site.base_url).path}{path}"
