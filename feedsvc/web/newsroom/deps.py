"""What the newsroom's pages need from the rest of the service, handed in by the door that starts it.

Nothing here is built or looked up; no view reaches for anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Request

from feedsvc.folder.media import MediaFolder
from feedsvc.model import Site
from feedsvc.pictures import Limits
from feedsvc.store import Store


@dataclass(frozen=True, slots=True)
class NewsroomDeps:
    """The parts that views are made of.

    `trusted_proxies` is how many in front may say who the client is. `media` is where uploaded pictures go, None
    where none can be uploaded; `picture_limits` says how large one may be.
    """

    store: Store
    site: Site
    now: Callable[[], datetime]
    trusted_proxies: int = 0
    media: MediaFolder | None = None
    picture_limits: Limits = field(default_factory=Limits)

    @property
    def zone(self) -> ZoneInfo:
        """Give the zone that times are entered and shown in."""
        return ZoneInfo(self.site.time_zone)

    @property
    def is_secure(self) -> bool:
        """Say whether readers reach this site by https; cookies are then sent by nothing else."""
        return self.site.base_url.startswith("https:")

    def address_of(self, request: Request) -> str:
        """Give the address that a request comes from; each trusted proxy has added the one that it was asked from."""
        route = request.access_route
        if self.trusted_proxies and len(route) >= self.trusted_proxies:
            return route[-self.trusted_proxies]
        return request.remote_addr or ""

    def at(self, path: str) -> str:
        """Give the address of a path of this service, without a host: a proxy's path in front is in the base URL."""
        return f"{urlsplit(self.site.base_url).path}{path}"
