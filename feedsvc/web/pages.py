"""The permalinks of articles, and the small files that browsers and robots ask every host for.

Permalinks read the store at each request: what was withdrawn is gone at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote

from flask import Blueprint, Response, request

from feedsvc.conditional import Validators, entity_tag, http_date
from feedsvc.errors import NotFound
from feedsvc.folder import NEWS_SITEMAP, SITEMAP
from feedsvc.model import Site, Status
from feedsvc.render.addresses import sitemap_url
from feedsvc.render.article_page import render_article, render_withdrawn
from feedsvc.serving import PAGE_POLICY, Answer, Representation, represent
from feedsvc.web.deps import ArticlePage, Deps
from feedsvc.web.exchange import asked_by, moved_to, respond

_HTML = "text/html; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"
_KNOWN = frozenset({Status.PUBLISHED, Status.WITHDRAWN})
# No stale-if-error, unlike feeds: a withdrawn story must not come back out of a cache while the service is down.
_POLICY = (("Cache-Control", "max-age=1"),)
_SMALL_POLICY = (("Cache-Control", "max-age=86400"),)


def blueprint(deps: Deps) -> Blueprint:
    """Make the views."""
    views = Blueprint("pages", __name__)
    told = _robots(deps.site)

    @views.get("/articles/<article_id>")
    @views.get("/articles/<article_id>/")
    @views.get("/articles/<article_id>/<slug>")
    def permalink(article_id: str, slug: str = "") -> Response:
        page = find_public(deps, article_id)
        if page.article.status is Status.WITHDRAWN:
            return respond(_withdrawn(deps, page))
        if slug != page.article.slug:
            path = f"/articles/{quote(article_id, safe='')}/{quote(page.article.slug, safe='')}"
            return respond(moved_to(deps.site, path, request.environ["QUERY_STRING"]))
        return respond(_published(deps, page))

    @views.get("/robots.txt")
    def robots() -> Response:
        representation = Representation(told, _TEXT, Validators(entity_tag(told)), policy=_SMALL_POLICY)
        return respond(represent(asked_by(request.environ), representation, deps.now()))

    @views.get("/favicon.ico")
    def favicon() -> Response:
        # Pages name their icon themselves; this keeps the guess that browsers make from being an error.
        return respond(Answer(HTTPStatus.NO_CONTENT, (("Date", http_date(deps.now())), *_SMALL_POLICY)))

    return views


def _robots(site: Site) -> bytes:
    """Let search engines read everything that is public, and tell them where the list of it is (STANDARDS SITE-05)."""
    sitemaps = "".join(f"Sitemap: {sitemap_url(site, name)}\n" for name in (SITEMAP, NEWS_SITEMAP))
    return f"User-agent: *\nDisallow:\n\n{sitemaps}".encode()


def find_public(deps: Deps, article_id: str) -> ArticlePage:
    """Find an article that the public may know of; a draft is as absent as what never was (P10). Raises NotFound."""
    page = deps.find_article(article_id)
    if page is None or page.article.published_at is None or page.article.status not in _KNOWN:
        raise NotFound("this address", "is no article's", "The list of feeds is at /")
    return page


def _published(deps: Deps, page: ArticlePage) -> Answer:
    """Answer with the article, dated by its last change of any kind, so that no edit hides behind a 304 (P04)."""
    body = render_article(page.article, deps.site, page.feeds)
    representation = Representation(
        body,
        _HTML,
        Validators(entity_tag(body), _whole_second(page.article.modified_at)),
        policy=_POLICY,
        description=PAGE_POLICY,
    )
    return represent(asked_by(request.environ), representation, deps.now())


def _withdrawn(deps: Deps, page: ArticlePage) -> Answer:
    """Answer 410: that it was withdrawn, and why."""
    body = render_withdrawn(page.article, deps.site, page.feeds)
    headers = (
        ("Date", http_date(deps.now())),
        ("Content-Type", _HTML),
        ("Content-Length", str(len(body))),
        ("X-Content-Type-Options", "nosniff"),
        *_POLICY,
        *PAGE_POLICY,
    )
    return Answer(HTTPStatus.GONE, headers, b"" if request.method == "HEAD" else body)


def _whole_second(instant: datetime) -> datetime:
    """Round up to what an HTTP date can say: rounded down, a second edit within the second would go unseen."""
    whole = instant.replace(microsecond=0)
    return whole if whole == instant else whole + timedelta(seconds=1)
