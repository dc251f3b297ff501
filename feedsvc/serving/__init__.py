"""Answers a request for a published document from the folder alone.

No store, no rendering, no web framework: any WSGI door can call it.
"""

from feedsvc.serving.documents import ALLOWED, CORS, PAGE_POLICY, FeedRequest, answer, preflight
from feedsvc.serving.representing import Answer, Asked, Headers, Representation, represent

__all__ = [
    "ALLOWED",
    "CORS",
    "PAGE_POLICY",
    "Answer",
    "Asked",
    "FeedRequest",
    "Headers",
    "Representation",
    "answer",
    "preflight",
    "represent",
]
