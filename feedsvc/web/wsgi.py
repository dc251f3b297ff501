"""Builds the WSGI application from the environment: the factory that each worker process of a server calls.

The only place of the web that reads the environment, the clock and the configuration.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from flask import Flask

from feedsvc.config import load
from feedsvc.folder import Folder, Shelf
from feedsvc.folder.media import MediaFolder
from feedsvc.metrics import Requests, exposition
from feedsvc.pictures import Limits
from feedsvc.store import open_store
from feedsvc.web import Deps, Numbers, create_app, wiring


def create() -> Flask:
    """Make the application from the configuration that FEEDSVC_CONFIG names, else ./config.toml.

    Reaches no store yet: feeds are served without one. Raises errors.ConfigInvalid.
    """
    config = load(Path(os.environ.get("FEEDSVC_CONFIG", "config.toml")), os.environ)
    store = open_store(config.store.url)
    requests = Requests()
    return create_app(
        Deps(
            shelf=Shelf(Folder(config.publish.folder)),
            site=config.site,
            now=_now,
            find_article=partial(wiring.find_article, store),
            health=lambda: wiring.look(store, config.site, _now()),
            store=store,
            trusted_proxies=config.web.trusted_proxies,
            media=MediaFolder(config.media.folder),
            picture_limits=Limits(config.media.max_bytes, config.media.max_pixels),
            numbers=Numbers(
                measure=partial(wiring.measure, store),
                write=partial(exposition, requests.registry),
                public=config.web.public_metrics,
            ),
            tally=requests,
        )
    )


def _now() -> datetime:
    return datetime.now(UTC)
