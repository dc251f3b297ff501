"""The history of an article over the API."""

from __future__ import annotations

from feedsvc import browsing
from feedsvc.serving import Answer
from feedsvc.web.api.answers import HistoryPage, RevisionForm
from feedsvc.web.api.calls import Call, answer, answer_tagged
from feedsvc.web.api.models import Nothing
from feedsvc.web.api.queries import HistoryQuery, NoQuery


def list_revisions(call: Call[Nothing, HistoryQuery]) -> Answer:
    """List an article's revisions."""
    history = browsing.list_revisions(
        call.store, call.path["article_id"], after=call.query.cursor, limit=call.query.limit
    )
    return answer(call, HistoryPage.of(history))


def read_revision(call: Call[Nothing, NoQuery]) -> Answer:
    """Read one revision, which never changes."""
    number = int(call.path["number"])
    revision = browsing.find_revision(call.store, call.path["article_id"], number)
    return answer_tagged(call, RevisionForm.of(revision), f'"{number}"')
