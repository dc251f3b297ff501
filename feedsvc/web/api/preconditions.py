"""Decides whether a change is made for the state that an article is in (RFC 9110 section 13, RFC 6585 section 3).

It looks at the state once; the number that it gives is compared again in the transaction of the change.
"""

from __future__ import annotations

from feedsvc import browsing
from feedsvc.conditional import Outcome, Validators, evaluate
from feedsvc.errors import PreconditionFailed
from feedsvc.model import Article
from feedsvc.web.api.calls import B, Call, Q, tag_of
from feedsvc.web.api.refusals import Unconditional


def expected(call: Call[B, Q]) -> Article:
    """Give the article that a change is for. Raises NotFound, Unconditional without If-Match, PreconditionFailed."""
    article = browsing.find_article(call.store, call.path["article_id"])
    if call.asked.preconditions.if_match is None:
        raise Unconditional(tag_of(article))
    expect(call, article)
    return article


def expect(call: Call[B, Q], current: Article | None) -> int | None:
    """Give the number of the state that the caller expects: 0 where there is no article yet, None if any will do.

    Raises PreconditionFailed when the current state is not the expected one.
    """
    asked = call.asked
    validators = Validators(tag_of(current)) if current else None
    if evaluate(asked.method, asked.preconditions, validators, call.now) is Outcome.FAILED:
        state = f"is now {tag_of(current)}" if current else "is not in the store"
        raise PreconditionFailed("the article", state, "Read it again, and apply your change to what it says now")
    if asked.preconditions.if_match is None and asked.preconditions.if_none_match is None:
        return None
    return current.newest.number if current else 0
