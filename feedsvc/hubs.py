"""Telling WebSub hubs that a topic has changed.

Knows nothing of feeds or of the store.
"""

from __future__ import annotations

from urllib.parse import urlencode

from feedsvc.errors import Unavailable
from feedsvc.fetching import Fetcher


def ping(hub: str, topic: str, fetcher: Fetcher) -> None:
    """Tell a hub that a topic has changed.

    How is not standardised (WebSub section 6, note); all hubs in use take this form, some under the name hub.topic.
    Raises Unavailable for any answer but 2xx, and what the fetcher raises.
    """
    form = urlencode({"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}).encode()
    answer = fetcher(hub, {"Content-Type": "application/x-www-form-urlencoded"}, "POST", form)
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - RFC 9110 section 15.3: successful
        reason = answer.body[:200].decode("utf-8", "replace").strip()
        raise Unavailable(hub, f"answers {answer.status} {reason}".rstrip(), "It is told again later.")
