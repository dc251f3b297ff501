"""Writes the pages of an article's own address: the article, the notice that it was withdrawn, and plain messages.

Never decides what a reader may see: whoever calls has decided that the article is public or gone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from markupsafe import Markup

from feedsvc.content.characters import clean_line, clean_text
from feedsvc.content.summaries import plain_text
from feedsvc.model import Article, ContentSetting, Correction, Entry, Feed, Format, Revision, Site
from feedsvc.render.addresses import article_url, feed_url
from feedsvc.render.dates import rfc3339
from feedsvc.render.discovery import alternates
from feedsvc.render.presenting import Presented, present
from feedsvc.render.webpage import Head, page_title, render
from feedsvc.render.wording import wording_for

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that holds the article."""

    title: str
    language: str
    page: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The article's canonical page on another host."""

    address: str
    host: str


def render_article(article: Article, site: Site, feeds: tuple[Feed, ...]) -> bytes:
    """Render an article's permalink page in UTF-8: corrections on top, Open Graph, JSON-LD, links to its feeds.

    The canonical address is the article's page elsewhere, if it has one, else its permalink here. Raises ValueError
    if the article can't be shown at all or the site's time zone isn't known.
    """
    revision = article.revision
    entry = _entry(article)
    shown = present(entry, site, ContentSetting.FULL)
    canonical = shown.link
    language = shown.language or site.language
    corrections = _newest_first(revision.corrections)
    updated_at = _later(article.updated_at, article.published_at)
    head = Head(
        title=page_title(shown.title, site),
        language=language,
        description=shown.summary,
        address=canonical,
        alternates=alternates(site, feeds),
    )
    return render(
        "article.html",
        site,
        head,
        title=shown.title,
        section=clean_line(revision.section or ""),
        standfirst=_standfirst(revision),
        authors=shown.authors,
        published_at=article.published_at,
        updated_at=updated_at,
        corrections=corrections,
        image=shown.image,
        body=Markup(shown.content_html or ""),  # noqa: S704 cleaned when it was saved, made absolute by `present`
        tags=tuple(clean_line(tag) for tag in revision.tags),
        elsewhere=_elsewhere(entry, canonical, site),
        feeds=tuple(
            FeedLink(feed.title, feed.language or site.language, feed_url(site, feed.slug, Format.PAGE))
            for feed in feeds
        ),
        linked_data=_linked_data(article, site, shown, canonical, language),
    )


def render_withdrawn(article: Article, site: Site, feeds: tuple[Feed, ...] = ()) -> bytes:
    """Render the page that answers 410 at a withdrawn article's address: that it was withdrawn, when and why.

    Nothing of the article is in it, not even its title, and it asks search engines to forget the address. `feeds` are
    those that still say so in its place.
    """
    language = clean_line(article.revision.language or "") or site.language
    words = wording_for(language)
    return render(
        "withdrawn.html",
        site,
        Head(title=page_title(words.withdrawn, site), language=language, alternates=alternates(site, feeds)),
        withdrawn_at=article.withdrawn_at,
        reason=clean_text(article.withdrawal_reason or "").strip(),
    )


def render_message(site: Site, status: int, title: str, text: str, language: str = "en") -> bytes:
    """Render a plain page for people who meet an error: what happened and what they can do; `language` is the text's.

    It has no address and is kept out of search engines.
    """
    head = Head(title=page_title(title, site), language=language)
    return render("message.html", site, head, status=int(status), title=title, text=text)


def _entry(article: Article) -> Entry:
    revision = article.revision
    return Entry(
        article_id=article.id,
        entry_id=article.entry_id,
        entry_id_is_permalink=article.entry_id_is_permalink,
        slug=article.slug,
        revision=revision.number,
        title=revision.title,
        content_html=revision.content_html,
        summary=revision.summary,
        language=revision.language,
        section=revision.section,
        authors=revision.authors,
        tags=revision.tags,
        url=revision.url,
        image=revision.image,
        published_at=article.published_at or article.created_at,
        updated_at=article.updated_at or article.created_at,
        modified_at=article.modified_at,
        # The page has a section of its own for them, above the text.
        corrections=(),
    )


def _newest_first(corrections: tuple[Correction, ...]) -> tuple[Correction, ...]:
    return tuple(sorted(corrections, key=lambda correction: correction.at, reverse=True))


def _later(updated_at: datetime | None, published_at: datetime | None) -> datetime | None:
    return updated_at if updated_at and published_at and updated_at > published_at else None


def _standfirst(revision: Revision) -> str:
    """Give the summary that the newsroom wrote, unless the text begins with it: nobody wants to read it twice."""
    summary = clean_line(revision.summary)
    opening = clean_line(plain_text(revision.content_html))
    return "" if opening.startswith(summary.rstrip(".…")) else summary


def _elsewhere(entry: Entry, canonical: str, site: Site) -> Elsewhere | None:
    host = urlsplit(canonical).hostname
    if canonical == article_url(replace(entry, url=None), site) or not host:
        return None
    return Elsewhere(canonical, host)


def _linked_data(article: Article, site: Site, shown: Presented, canonical: str, language: str) -> Markup:
    """Describe the article for search engines and partners (schema.org NewsArticle in JSON-LD)."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": shown.title,
        "url": canonical,
        "mainEntityOfPage": canonical,
        "inLanguage": language,
        "datePublished": article.published_at and rfc3339(article.published_at),
        "dateModified": article.updated_at and rfc3339(article.updated_at),
        "description": shown.summary,
        "image": shown.image and shown.image.url,
        "author": [
            {"@type": "Person", "name": author.name} | ({"url": author.url} if author.url else {})
            for author in shown.authors
        ],
        "publisher": {"@type": "Organization", "name": clean_line(site.title), "url": f"{site.base_url}/"},
        "articleSection": clean_line(article.revision.section or ""),
        "keywords": [clean_line(tag) for tag in article.revision.tags],
        "correction": [
            {"@type": "CorrectionComment", "text": clean_text(each.note), "datePublished": rfc3339(each.at)}
            for each in _newest_first(article.revision.corrections)
        ],
    }
    text = json.dumps({key: value for key, value in data.items() if value}, ensure_ascii=False)
    # A script element ends at "</script" whatever the JSON means, and "<!--" changes how it is read: neither can
    # appear once every "<" is an escape (HTML Living Standard section 4.12.1.3).
    escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(escaped)  # noqa: S704 escaped for a script element just above
