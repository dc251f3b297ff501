"""The steps of an article's life over the API: publish, schedule, correct, withdraw.

Each view is one call; which step is allowed and what it means is decided by the rules below it.
"""

from __future__ import annotations

from feedsvc import editing
from feedsvc.serving import Answer
from feedsvc.web.api import models
from feedsvc.web.api.calls import Call, answer_article
from feedsvc.web.api.preconditions import expected
from feedsvc.web.api.queries import NoQuery


def publish_article(call: Call[models.Nothing, NoQuery]) -> Answer:
    """Bring out, or release a change that waits."""
    current = expected(call)
    article = editing.publish_article(call.store, call.site, current.id, based_on=current.newest.number, now=call.now)
    return answer_article(call, article)


def schedule_article(call: Call[models.ScheduleRequest, NoQuery]) -> Answer:
    """Set its time."""
    current = expected(call)
    article = editing.schedule_article(
        call.store, call.site, current.id, call.body.publish_at, based_on=current.newest.number, now=call.now
    )
    return answer_article(call, article)


def unschedule_article(call: Call[models.Nothing, NoQuery]) -> Answer:
    """Keep it back."""
    current = expected(call)
    article = editing.unschedule_article(
        call.store, call.site, current.id, based_on=current.newest.number, now=call.now
    )
    return answer_article(call, article)


def correct_article(call: Call[models.CorrectionRequest, NoQuery]) -> Answer:
    """Correct what readers see, and tell them."""
    current = expected(call)
    article = editing.correct_article(
        call.store,
        call.site,
        current.id,
        call.body.applied_to(current, current.revision),
        call.body.note,
        based_on=current.newest.number,
        now=call.now,
    )
    return answer_article(call, article)


def withdraw_article(call: Call[models.WithdrawalRequest, NoQuery]) -> Answer:
    """Take it back."""
    current = expected(call)
    article = editing.withdraw_article(
        call.store,
        call.site,
        current.id,
        call.body.reason,
        notice=call.body.notice,
        based_on=current.newest.number,
        now=call.now,
    )
    return answer_article(call, article)
