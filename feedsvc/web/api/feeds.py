"""Feeds over the API: what they are, how they are doing, and what they would hold now."""

from __future__ import annotations

from feedsvc import browsing
from feedsvc.serving import Answer
from feedsvc.web.api.answers import FeedForm, FeedPage, PreviewForm
from feedsvc.web.api.calls import Call, answer
from feedsvc.web.api.models import Nothing
from feedsvc.web.api.queries import FeedQuery, NoQuery


def list_feeds(call: Call[Nothing, FeedQuery]) -> Answer:
    """List the feeds."""
    query = call.query
    views = browsing.list_feeds(call.store, call.site, after=query.cursor, limit=query.limit, now=call.now)
    return answer(call, FeedPage.of(call.site, views))


def read_feed(call: Call[Nothing, NoQuery]) -> Answer:
    """Read one."""
    view = browsing.find_feed(call.store, call.site, call.path["slug"], now=call.now)
    return answer(call, FeedForm.of(call.site, view))


def preview_feed(call: Call[Nothing, NoQuery]) -> Answer:
    """Read what a feed would hold if it were published now."""
    return answer(call, PreviewForm.of(browsing.preview_feed(call.store, call.site, call.path["slug"])))
