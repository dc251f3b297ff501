"""What a feed's definition comes to in the store: its digest, its terms, its schedules.

Pure: nothing is stored here.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict

from feedsvc.membership import feed_terms
from feedsvc.model import Feed, Site
from feedsvc.render import RENDERER_VERSION
from feedsvc.schedules import OnChange, parse_schedule
from feedsvc.store import codec
from feedsvc.store.feeds import Definition


def define(feed: Feed, site: Site) -> Definition:
    """Work out a feed's definition.

    Its digest covers all that the documents are made of besides the entries, which the guard's limits are not; its
    selection, all that decides which entries there are. The renderer's version stands apart: a new renderer publishes
    anew but changes no date that readers see.
    """
    shown = {name: value for name, value in asdict(feed).items() if name != "guard"}
    schedules = frozenset(text for text in feed.publish if not isinstance(parse_schedule(text), OnChange))
    return Definition(
        feed=feed,
        digest=_sha256(codec.dump(shown), codec.dump(asdict(site))),
        renderer=RENDERER_VERSION,
        selection=_sha256(
            codec.dump(asdict(feed.select)),
            str(feed.embargo.total_seconds()),
            str(feed.keep_notice),
            site.language,
        ),
        terms=feed_terms(feed.select),
        schedules=schedules,
        on_change=len(schedules) < len(set(feed.publish)),
    )


def define_catalogue(site: Site, slug: str, listed: list[tuple[str, str]]) -> Definition:
    """Work out the definition of the site's list of feeds, from the slugs and digests of the feeds on it."""
    return Definition(
        feed=Feed(slug=slug, title=site.title, description=site.description, publish=("on change",)),
        digest=_sha256(codec.dump(listed), codec.dump(asdict(site))),
        renderer=RENDERER_VERSION,
        selection="",
        terms=frozenset(),
        schedules=frozenset(),
        on_change=True,
    )


def define_sitemap(site: Site, slug: str) -> Definition:
    """Work out the definition of a sitemap or of one of its parts: the digest is the same for all."""
    return Definition(
        feed=Feed(slug=slug, title=site.title, description=site.description, publish=("on change",)),
        digest=_sha256(codec.dump([site.title, site.base_url, site.language])),
        renderer=RENDERER_VERSION,
        selection="",
        terms=frozenset(),
        schedules=frozenset(),
        on_change=True,
    )


def _sha256(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
