"""Sitemaps in the store: which articles stand in which part, and loading a part at a cost that does not grow.

A part is a range of the articles' own numbers, so that a change to one article concerns one part and the list of parts,
however many articles there are. While all of them fit into one part there is no list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, Connection, Row, Select, and_, cast, exists, select, type_coerce

from feedsvc.membership import Standing
from feedsvc.model import Site, Status, Visibility
from feedsvc.render.addresses import sitemap_url
from feedsvc.render.sitemap import MOST_NEWS, NEWS, SITEMAP, ArticleLine, PartLine, SitemapIndex, SitemapPart
from feedsvc.store.feeds import FeedState
from feedsvc.store.own_documents import SITEMAPS, are_sitemaps
from feedsvc.store.tables import articles, documents, entries, feeds, revisions

PART_SIZE: Final = 1_000
"""Articles of one part: so many are looked at when one changes, and a million articles make as many parts."""

NEWS_FOR: Final = timedelta(days=2) - timedelta(minutes=5)
"""How long an article is news: two days (STANDARDS NEWS-02), less what it may take until it is dropped."""

_PART: Final = re.compile(rf"{SITEMAPS}-([1-9][0-9]*)")


def part_of(article_number: int) -> int:
    """Give the part that an article stands in, counted from 1."""
    return (article_number - 1) // PART_SIZE + 1


def slug_of(part: int) -> str:
    """Give the slug under which a part is published."""
    return f"{SITEMAPS}-{part}"


def slugs_for(connection: Connection, article_numbers: Iterable[int]) -> set[str]:
    """Give the slugs of what changes with these articles: their parts, and the list of parts."""
    parts = {part_of(number) for number in article_numbers}
    if not parts:
        return set()
    if count_parts(connection) > 1:
        return {SITEMAPS, *map(slug_of, parts)}
    return {SITEMAPS}


def count_parts(connection: Connection) -> int:
    """Count the parts up to the last article that ever came out; it never gets less."""
    out = select(articles.c.number).where(articles.c.published_at.is_not(None))
    return part_of(connection.execute(out.order_by(articles.c.number.desc()).limit(1)).scalar() or 1)


@dataclass(frozen=True, slots=True)
class KeptSitemap:
    """The sitemap, the list of its parts, or a part, as it is published: what it was last made from, and with."""

    number: int
    digest: str
    renderer: int


def rows(connection: Connection, slugs: Iterable[str] | None = None) -> dict[str, KeptSitemap]:
    """Give what is published of the sitemaps by its slug; all, or these slugs alone."""
    query = select(feeds.c.slug, feeds.c.number, feeds.c.digest, feeds.c.renderer).where(are_sitemaps())
    if slugs is not None:
        query = query.where(feeds.c.slug.in_(sorted(slugs)))
    return {row.slug: KeptSitemap(row.number, row.digest, row.renderer) for row in connection.execute(query)}


def is_sitemap(slug: str) -> bool:
    """Say whether the sitemap, or a part of it, is published under this slug."""
    return slug == SITEMAPS or _PART.fullmatch(slug) is not None


def with_list(connection: Connection, slug: str) -> set[int]:
    """Give the numbers of a part and of the list, which tells when the part last changed; none for anything else."""
    if _PART.fullmatch(slug) is None:
        return set()
    return {row.number for row in rows(connection, {slug, SITEMAPS}).values()}


def load(connection: Connection, site: Site, slug: str, now: datetime) -> SitemapPart | SitemapIndex:
    """Give what stands under this slug: a part, or the list of all."""
    since = now - NEWS_FOR
    found = _PART.fullmatch(slug)
    if found:
        return _load_part(connection, site, int(found[1]), since)
    if count_parts(connection) == 1:
        return _load_part(connection, site, 1, since)
    recent = _listed(connection).where(articles.c.published_at > since)
    newest = recent.order_by(articles.c.published_at.desc(), articles.c.number.desc()).limit(MOST_NEWS + 1)
    return SitemapIndex(
        site=site,
        parts=_lines(connection, site, SITEMAP),
        news=tuple(_line(row) for row in connection.execute(newest)),
        news_parts=_lines(connection, site, NEWS),
    )


def find_old_news(connection: Connection, after: datetime, until: datetime) -> list[int]:
    """Find the articles that were published after one instant and not after another, by their numbers."""
    published = articles.c.published_at
    query = select(articles.c.number).where(published.is_not(None), published > after, published <= until)
    return list(connection.execute(query.order_by(articles.c.number)).scalars())


def _load_part(connection: Connection, site: Site, part: int, since: datetime) -> SitemapPart:
    first = (part - 1) * PART_SIZE
    mine = _listed(connection).where(articles.c.number > first, articles.c.number <= first + PART_SIZE)
    lines = tuple(_line(row) for row in connection.execute(mine.order_by(articles.c.number)))
    news = [line for line in reversed(lines) if line.published_at > since]
    # Newest first; of one instant the one that came last, as in feeds (P09): the sort is stable.
    newest = sorted(news, key=lambda line: line.published_at, reverse=True)
    return SitemapPart(site, lines, tuple(newest), first=part == 1)


def _listed(connection: Connection) -> Select[Any]:
    """Select what sitemaps tell of: published articles whose page is here, and that a public feed shows.

    What only unlisted feeds show is found by nobody who does not know it, and what waits for the end of an embargo in
    every public feed is not told of before (P10).
    """
    live = and_(revisions.c.article_number == articles.c.number, revisions.c.number == articles.c.live_revision)
    columns = (
        *(articles.c.id, articles.c.slug, articles.c.published_at, articles.c.updated_at),
        *(revisions.c.title, revisions.c.language),
    )
    here = and_(articles.c.status == Status.PUBLISHED.value, revisions.c.url.is_(None), _is_shown(connection))
    return select(*columns).join(revisions, live).where(here)


def _is_shown(connection: Connection) -> ColumnElement[bool]:
    # SQLite reads JSON in text as it is, and would make a number of it for a cast.
    as_json = cast if connection.dialect.name == "postgresql" else type_coerce
    visibility = as_json(feeds.c.definition, JSON)["visibility"].as_string()
    return exists(
        select(entries.c.feed_number)
        .join(feeds, feeds.c.number == entries.c.feed_number)
        .where(entries.c.article_number == articles.c.number, entries.c.state == Standing.SHOWN.value)
        .where(feeds.c.state == FeedState.LIVE.value, visibility == Visibility.PUBLIC.value)
    )


def _lines(connection: Connection, site: Site, filename: str) -> tuple[PartLine, ...]:
    """Give the parts that have this document, in their order, with its Last-Modified."""
    query = (
        select(feeds.c.slug, documents.c.last_modified)
        .join(documents, documents.c.publication_number == feeds.c.publication)
        .where(are_sitemaps(), documents.c.filename == filename)
    )
    parts = {int(found[1]): row for row in connection.execute(query) if (found := _PART.fullmatch(row.slug))}
    return tuple(PartLine(sitemap_url(site, filename, part), parts[part].last_modified) for part in sorted(parts))


def _line(row: Row[Any]) -> ArticleLine:
    return ArticleLine(
        article_id=row.id,
        slug=row.slug,
        title=row.title,
        language=row.language,
        published_at=row.published_at,
        updated_at=row.updated_at or row.published_at,
    )
