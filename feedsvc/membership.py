"""Which feeds an article belongs to, and as what it stands there.

Pure. The feeds are found through an index of their terms, never by a scan: the store keeps `feed_terms` and asks with
`article_terms`; what comes back is decided here, feed by feed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feedsvc.model import Article, Feed, Revision, Selection, Status

Term = tuple[str, str]

EVERYTHING: Term = ("everything", "")


class Standing(StrEnum):
    """How an article stands in a feed."""

    SHOWN = "shown"
    WAITING = "waiting"
    LEFT = "left"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Place:
    """An article's place in one feed: its standing, the date that orders it, and when it may be seen there."""

    standing: Standing
    published_at: datetime
    visible_at: datetime


def feed_terms(select: Selection) -> frozenset[Term]:
    """Give the terms under which a feed is found; every article that it can take has at least one of them."""
    lists = _lists(select)
    if not lists:
        return frozenset({EVERYTHING})
    if select.match == "all":
        # Every list must agree, so that any one of them finds the feed; the shortest is the most telling.
        kind = min(lists, key=lambda name: (len(lists[name]), name))
        lists = {kind: lists[kind]}
    return frozenset((kind, word) for kind, words in lists.items() for word in words)


def article_terms(revision: Revision, site_language: str) -> frozenset[Term]:
    """Give the terms that an article has: each feed that could take it is found under one of them."""
    words = _words(revision, site_language)
    return frozenset({EVERYTHING, *((kind, word) for kind, of_kind in words.items() for word in of_kind)})


def selects(select: Selection, revision: Revision, site_language: str) -> bool:
    """Say whether a feed takes an article. A language takes its regional forms too: "pt" takes "pt-BR"."""
    lists = _lists(select)
    words = _words(revision, site_language)
    agreeing = (bool(wanted & words[kind]) for kind, wanted in lists.items())
    return any(agreeing) if select.match == "any" and lists else all(agreeing)


def is_visible(article: Article) -> bool:
    """Say whether readers may see anything of an article at all: the one rule, wherever articles are shown."""
    return article.status is Status.PUBLISHED or (article.status is Status.WITHDRAWN and article.notice is not False)


def place(article: Article, feed: Feed, site_language: str, now: datetime) -> Place | None:
    """Say how an article stands in a feed; None when it has never been published, or the feed does not take it."""
    if article.published_at is None or not selects(feed.select, article.revision, site_language):
        return None
    visible_at = article.published_at + feed.embargo
    if article.status is Status.WITHDRAWN and not _keeps_notice(article, feed):
        standing = Standing.WITHDRAWN
    elif visible_at > now:
        standing = Standing.WAITING
    else:
        standing = Standing.SHOWN
    return Place(standing, article.published_at, visible_at)


def _keeps_notice(article: Article, feed: Feed) -> bool:
    return feed.keep_notice if article.notice is None else article.notice


def _lists(select: Selection) -> dict[str, frozenset[str]]:
    lists = {
        "section": select.sections,
        "tag": select.tags,
        "author": select.authors,
        "language": select.languages,
    }
    return {kind: frozenset(map(str.casefold, words)) for kind, words in lists.items() if words}


def _words(revision: Revision, site_language: str) -> dict[str, frozenset[str]]:
    return {
        "section": frozenset({revision.section.casefold()} if revision.section else ()),
        "tag": frozenset(tag.casefold() for tag in revision.tags),
        "author": frozenset(author.name.casefold() for author in revision.authors),
        "language": frozenset(_ranges(revision.language or site_language)),
    }


def _ranges(tag: str) -> list[str]:
    # RFC 4647 section 3.3.1, basic filtering: a range matches a tag that begins with it at a hyphen.
    parts = tag.casefold().split("-")
    return ["-".join(parts[:count]) for count in range(1, len(parts) + 1)]
