"""Says what subscribers will see of a draft, feed by feed, before anything is saved or published.

Reads the store and changes nothing. What a feed takes is decided by `membership`, how it shows it by `render`, as it
will be when the article is out.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from feedsvc import scheduling
from feedsvc.content.slugs import slugify
from feedsvc.editing.templating import feeds_to_make
from feedsvc.lifecycle import as_revision
from feedsvc.membership import Standing, article_terms, selects
from feedsvc.model import (
    Article,
    Change,
    ContentSetting,
    Correction,
    Draft,
    Entry,
    Feed,
    Format,
    Revision,
    Site,
    Visibility,
)
from feedsvc.render.addresses import article_url, feed_url
from feedsvc.render.presenting import Presented, present
from feedsvc.schedules import OnChange, parse_schedule
from feedsvc.store import Store, articles, entries, feeds

_HELD = (Standing.SHOWN, Standing.WAITING)


class Effect(StrEnum):
    """What becomes of the article's place in a feed."""

    ENTERS = "enters"
    STAYS = "stays"
    LEAVES = "leaves"


@dataclass(frozen=True, slots=True)
class Sight:
    """How one feed will have it.

    `page` is the feed's address for people, None for a feed that the article itself makes. `embargo` is how long
    after its publication it comes in. Where a feed does not publish on change, `next_run` says when it does, if
    anything drives it. `keeps_notice` is what the feed does with a withdrawn article unless told otherwise.
    """

    title: str
    page: str | None
    content: ContentSetting
    effect: Effect
    is_public: bool
    embargo: timedelta
    on_change: bool
    next_run: datetime | None
    keeps_notice: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """The feeds that will have the article, or have it now, and how each setting shows it. `link` is its address."""

    sights: tuple[Sight, ...]
    shown: Mapping[ContentSetting, Presented]
    link: str

    @property
    def taking(self) -> tuple[Sight, ...]:
        """Give the feeds that will have it."""
        return tuple(sight for sight in self.sights if sight.effect is not Effect.LEAVES)

    @property
    def leaving(self) -> tuple[Sight, ...]:
        """Give the feeds that have it and will not."""
        return tuple(sight for sight in self.sights if sight.effect is Effect.LEAVES)

    @property
    def by_content(self) -> tuple[tuple[Presented, tuple[Sight, ...]], ...]:
        """Give each way in which it is shown, the fullest first, with the feeds that show it so."""
        groups = {content: tuple(one for one in self.taking if one.content is content) for content in ContentSetting}
        return tuple((self.shown[content], sights) for content, sights in groups.items() if sights)


def preview(
    store: Store, site: Site, draft: Draft, article_id: str | None, *, now: datetime, note: str | None = None
) -> Preview:
    """Say what subscribers will see of a draft that `drafting` has accepted, once it is out.

    `article_id` is the article that it changes, None for a new one; `note` a correction's. Raises NotFound and
    Unavailable.
    """
    due = scheduling.next_runs(store, ZoneInfo(site.time_zone), now=now)
    revision = as_revision(0, Change.DRAFT_EDIT, draft, now)
    article = None
    holding: frozenset[int] = frozenset()
    with store.reading() as connection:
        if article_id is not None:
            kept = articles.get(connection, article_id)
            article = kept.article
            standings = entries.standings(connection, kept.number)
            holding = frozenset(number for number, place in standings.items() if place.standing in _HELD)
        sights = [
            _sight(site, one.feed, _effect(one.feed, revision, site, is_in=one.number in holding), due)
            for one in feeds.touching(connection, article_terms(revision, site.language), holding)
            if one.number in holding or selects(one.feed.select, revision, site.language)
        ]
        sights += [
            _sight(site, feed, Effect.ENTERS, due, is_new=True) for _, _, feed in feeds_to_make(connection, revision)
        ]
    entry = _entry(revision, article, note, now)
    shown = {content: present(entry, site, content) for content in dict.fromkeys(one.content for one in sights)}
    return Preview(tuple(sights), shown, article_url(entry, site))


def _effect(feed: Feed, revision: Revision, site: Site, *, is_in: bool) -> Effect:
    if not selects(feed.select, revision, site.language):
        return Effect.LEAVES
    return Effect.STAYS if is_in else Effect.ENTERS


def _sight(site: Site, feed: Feed, effect: Effect, due: Mapping[str, datetime], *, is_new: bool = False) -> Sight:
    return Sight(
        title=feed.title,
        page=None if is_new else feed_url(site, feed.slug, Format.PAGE),
        content=feed.content,
        effect=effect,
        is_public=feed.visibility is Visibility.PUBLIC,
        embargo=feed.embargo,
        on_change=any(isinstance(parse_schedule(text), OnChange) for text in feed.publish),
        next_run=min((due[text] for text in feed.publish if text in due), default=None),
        keeps_notice=feed.keep_notice,
    )


def _entry(revision: Revision, article: Article | None, note: str | None, now: datetime) -> Entry:
    corrections = article.revision.corrections if article else ()
    name = article.id if article else str(uuid.UUID(int=0))
    return Entry(
        article_id=name,
        entry_id=article.entry_id if article else f"urn:uuid:{name}",
        entry_id_is_permalink=False,
        slug=article.slug if article else slugify(revision.title),
        revision=0,
        title=revision.title,
        content_html=revision.content_html,
        summary=revision.summary,
        language=revision.language,
        section=revision.section,
        authors=revision.authors,
        tags=revision.tags,
        url=revision.url,
        image=revision.image,
        published_at=(article.published_at if article else None) or now,
        updated_at=now,
        modified_at=now,
        corrections=(*corrections, Correction(now, note)) if note else corrections,
    )
