"""Changing articles and feeds: each step is one transaction, with every feed that it touches.

Order and transactions, nothing else: what a step means is decided by the rules below, in `lifecycle` and `membership`.
"""

from feedsvc.editing.definitions import apply_feeds
from feedsvc.editing.filling import fill_feeds
from feedsvc.editing.mapping import drop_old_news
from feedsvc.editing.steps import (
    correct_article,
    create_article,
    edit_article,
    mint,
    next_due,
    publish_article,
    publish_due,
    put_article,
    schedule_article,
    unschedule_article,
    withdraw_article,
)

__all__ = [
    "apply_feeds",
    "correct_article",
    "create_article",
    "drop_old_news",
    "edit_article",
    "fill_feeds",
    "mint",
    "next_due",
    "publish_article",
    "publish_due",
    "put_article",
    "schedule_article",
    "unschedule_article",
    "withdraw_article",
]
