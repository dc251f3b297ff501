"""What the commands work with: the configuration, the store and the folder, each opened when it is first asked for."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from feedsvc import config, editing
from feedsvc.errors import Unavailable
from feedsvc.folder import SITE, Folder
from feedsvc.folder.media import MediaFolder
from feedsvc.model import Site
from feedsvc.store import Store, open_store, schema


@dataclass
class Desk:
    """One call of the command line.

    Raises ConfigInvalid at the first use of a configuration with faults: nothing has started then.
    """

    path: Path

    @cached_property
    def config(self) -> config.Config:
        """Load the configuration."""
        return config.load(self.path, os.environ)

    @property
    def site(self) -> Site:
        """Give the site of the configuration."""
        return self.config.site

    @property
    def zone(self) -> ZoneInfo:
        """Give the site's time zone, for what people read."""
        return ZoneInfo(self.site.time_zone)

    @property
    def folder(self) -> Folder:
        """Give the folder of published feeds."""
        return Folder(self.config.publish.folder)

    @cached_property
    def _opened(self) -> Store:
        store = open_store(self.config.store.url)
        click.get_current_context().call_on_close(store.close)
        return store

    @property
    def media(self) -> MediaFolder:
        """Give the folder of uploaded pictures."""
        return MediaFolder(self.config.media.folder)

    @cached_property
    def store(self) -> Store:
        """Open the store, and make it when there is none.

        Raises Conflict when its schema is another release's, and Unavailable when there is none though there was one:
        what was published from it would be replaced with nothing, and come again under other identities.
        """
        store = self._opened
        if schema.version(store) is None:
            if self.folder.place(SITE).is_dir():
                # The next look may find what is put in its place, and not the file that is open.
                store.close()
                raise Unavailable(
                    store.name,
                    f"holds nothing, and {self.folder.root} holds what was published from a store",
                    "Put that store back, and start the service again; or begin anew with: feedsvc db upgrade",
                )
            schema.upgrade(store)
        schema.require_current(store)
        return store

    def apply_feeds(self) -> None:
        """Bring the store's feeds to the configuration's."""
        editing.apply_feeds(self.store, self.site, self.config.feeds, self.config.templates, now=self.now())

    def now(self) -> datetime:
        """Give the time: the only clock of the command line."""
        return datetime.now(UTC)


pass_desk = click.make_pass_decorator(Desk)
