"""Polite and safe HTTP, out: bounded in time, size and reach.

It knows nothing of feeds, articles or the store.
"""

from __future__ import annotations

from feedsvc.fetching.addresses import Address, Resolve, resolve
from feedsvc.fetching.pictures import PictureFacts, measure_picture, read_picture
from feedsvc.fetching.transfer import Fetcher, Redirect, Response, fetch, user_agent

__all__ = [
    "Address",
    "Fetcher",
    "PictureFacts",
    "Redirect",
    "Resolve",
    "Response",
    "fetch",
    "measure_picture",
    "read_picture",
    "resolve",
    "user_agent",
]
