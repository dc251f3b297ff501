"""Writes the site's sitemaps and its news sitemap: the pages of articles that are here, for search engines.

Never decides which articles are public, and never asks the clock: which are news is decided by whoever loads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from lxml import etree

from feedsvc.content.characters import clean_line
from feedsvc.render.addresses import permalink
from feedsvc.render.dates import rfc3339
from feedsvc.render.outcome import Rendered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from feedsvc.model import Site

SITEMAP: Final = "sitemap.xml"
NEWS: Final = "news-sitemap.xml"

MOST_NEWS: Final = 1_000
"""Articles in one news sitemap (STANDARDS NEWS-03)."""

_SITE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS: Final = "http://www.google.com/schemas/sitemap-news/0.9"
# The stubs of lxml know no default namespace.
_PREFIXES: Final = cast("dict[str, str]", {None: _SITE})
_NEWS_PREFIXES: Final = cast("dict[str, str]", {None: _SITE, "news": _NEWS})
# STANDARDS SITE-02: under 2,048.
_LONGEST: Final = 2_047
# STANDARDS NEWS-04: the name as it stands on the articles, with nothing in parentheses.
_IN_PARENTHESES: Final = re.compile(r"\s*[(（][^()（）]*[)）]")
_TAIWANESE: Final = frozenset({"tw", "hk", "mo", "hant"})


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article as sitemaps tell of it."""

    article_id: str
    slug: str
    title: str
    language: str | None
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SitemapPart:
    """Some of the articles whose pages are here, in the order in which they were made, and those of them that are news.

    `first` says whether this is the part that tells of the start page too.
    """

    site: Site
    articles: tuple[ArticleLine, ...]
    news: tuple[ArticleLine, ...]
    first: bool


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part as the list of all tells of it: its address, and when its file last changed."""

    address: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class SitemapIndex:
    """The parts, where one file does not hold all articles. `news` are all that are news, `news_parts` their files.

    The news stand in one file as long as they fit in.
    """

    site: Site
    parts: tuple[PartLine, ...]
    news: tuple[ArticleLine, ...]
    news_parts: tuple[PartLine, ...]


def render_part(part: SitemapPart) -> Rendered:
    """Render a part: `sitemap.xml`, and `news-sitemap.xml`, which may be empty in the first one (STANDARDS NEWS-02).

    A part that tells of nothing has no documents.
    """
    documents = {}
    if part.articles or part.first:
        documents[SITEMAP] = _urlset(part.site, part.articles, home=part.first)
    if part.news or part.first:
        documents[NEWS] = _news(part.site, part.news)
    return Rendered(documents, ())


def render_index(index: SitemapIndex) -> Rendered:
    """Render the list of all parts, and the news: in one file as long as that holds them, else as a list of parts."""
    one_file = len(index.news) <= MOST_NEWS
    news = _news(index.site, index.news) if one_file else _index(index.news_parts)
    return Rendered({SITEMAP: _index(index.parts), NEWS: news}, ())


def is_reachable(line: ArticleLine, site: Site) -> bool:
    """Say whether an article's address is one that search engines take."""
    return len(_address(line, site)) <= _LONGEST


def _address(line: ArticleLine, site: Site) -> str:
    return permalink(site, line.article_id, line.slug)


def _urlset(site: Site, articles: Iterable[ArticleLine], *, home: bool) -> bytes:
    root = etree.Element(_site("urlset"), nsmap=_PREFIXES)
    if home:
        _add(root, "url", loc=f"{site.base_url}/")
    for line in _reachable(articles, site):
        # Truthful, or search engines stop reading it: what a reader should notice, and no quiet edit (SITE-04).
        changed_at = max(line.published_at, line.updated_at)
        _add(root, "url", loc=_address(line, site), lastmod=rfc3339(changed_at))
    return _written(root)


def _news(site: Site, articles: Iterable[ArticleLine]) -> bytes:
    root = etree.Element(_site("urlset"), nsmap=_NEWS_PREFIXES)
    name = _IN_PARENTHESES.sub("", clean_line(site.title)).strip() or clean_line(site.title)
    for line in _reachable(articles, site):
        url = _add(root, "url", loc=_address(line, site))
        news = etree.SubElement(url, _of_news("news"))
        publication = etree.SubElement(news, _of_news("publication"))
        etree.SubElement(publication, _of_news("name")).text = name
        etree.SubElement(publication, _of_news("language")).text = news_language(line.language or site.language)
        etree.SubElement(news, _of_news("publication_date")).text = rfc3339(line.published_at)
        etree.SubElement(news, _of_news("title")).text = clean_line(line.title)
    return _written(root)


def _index(parts: Iterable[PartLine]) -> bytes:
    root = etree.Element(_site("sitemapindex"), nsmap=_PREFIXES)
    for part in parts:
        _add(root, "sitemap", loc=part.address, lastmod=rfc3339(part.changed_at))
    return _written(root)


def news_language(tag: str) -> str:
    """Give a language as news sitemaps want it: two or three letters of ISO 639, Chinese with its script (NEWS-05)."""
    first, *rest = clean_line(tag).lower().split("-")
    if first == "zh":
        return "zh-tw" if _TAIWANESE & set(rest) else "zh-cn"
    return first


def _reachable(articles: Iterable[ArticleLine], site: Site) -> Iterator[ArticleLine]:
    return (line for line in articles if is_reachable(line, site))


def _add(parent: etree._Element, name: str, **texts: str) -> etree._Element:
    element = etree.SubElement(parent, _site(name))
    for child, text in texts.items():
        etree.SubElement(element, _site(child)).text = text
    element.tail = "\n"
    return element


def _written(root: etree._Element) -> bytes:
    root.text = "\n"
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _site(name: str) -> str:
    return f"{{{_SITE}}}{name}"


def _of_news(name: str) -> str:
    return f"{{{_NEWS}}}{name}"
