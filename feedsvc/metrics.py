"""What is counted in the service's processes, and all numbers in the form that Prometheus reads.

It names no article, no feed, no address and no person: labels are words from short lists.

Counters are per process, and every scrape reaches another worker. So all processes of a host write theirs to files of
one folder (PROMETHEUS_MULTIPROC_DIR, the client library's own way), and whoever is asked adds them up. The library
decides at its import whether it does: import this module only where the variable is set already, or in a process that
nobody asks.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from feedsvc import __version__
from feedsvc.store.measures import Measures

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"

FAMILIES: Final = (
    "feed", "site", "sitemap", "article", "media", "api", "newsroom", "health", "metrics", "other",
)  # fmt: skip
"""What a request can be for."""

TIMED: Final = frozenset({"article", "media", "api", "newsroom"})
"""What no published document answers: how long it takes is worth knowing."""

CLASSES: Final = ("1xx", "2xx", "304", "3xx", "4xx", "5xx")
"""How it can be answered; 304 is told from other redirections, since it is what polite readers get."""

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Requests:
    """Counts requests. Threads may share it."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        count = Counter(
            "feedsvc_http_requests", "Requests, by what they were for and how they were answered.",
            ["family", "status"], registry=self.registry,
        )  # fmt: skip
        seconds = Histogram(
            "feedsvc_http_request_seconds", "How long requests took that no published file answers.",
            ["family"], buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        # Every combination at once: a counter that begins at its first request hides that one.
        self._counts = {(family, status): count.labels(family, status) for family in FAMILIES for status in CLASSES}
        self._seconds = {family: seconds.labels(family) for family in TIMED}

    def count(self, family: str, status: str) -> None:
        """Count a request; both are words of the lists above."""
        self._counts[family, status].inc()

    def time(self, family: str, seconds: float) -> None:
        """Note how long a request took."""
        if family in self._seconds:
            self._seconds[family].observe(seconds)


class Publishing:
    """Counts what the publisher does."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "feedsvc_publish_seconds", "How long it took to publish a feed: load, render, record, mirror.",
            buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        self._failures = Counter(
            "feedsvc_publish_failures", "Feeds that could not be published, each attempt.", registry=self.registry
        )

    def note(self, published: int, failed: int, seconds: float) -> None:
        """Note how many feeds were published together, how many could not be, and how long it took.

        Each has its share of the time.
        """
        for _ in range(published):
            self._seconds.observe(seconds / (published + failed))
        self._failures.inc(failed)


def exposition(counted: CollectorRegistry, measures: Measures | None, accept: str | None) -> tuple[str, bytes]:
    """Write all numbers: what processes have counted, and the store's, None while it is out of reach.

    Gives the media type (the text format, or OpenMetrics for who accepts that) and the text.
    """
    registry = CollectorRegistry()
    if os.environ.get(SHARED):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_Given(counted.collect))
    registry.register(_Given(lambda: _of_store(measures)))
    encode, content_type = choose_encoder(accept or "")
    return content_type, encode(registry)


class _Given(Collector):
    """Metrics from elsewhere."""

    def __init__(self, collect: Callable[[], Iterable[Metric]]) -> None:
        self._collect = collect

    def collect(self) -> Iterable[Metric]:
        """Give them."""
        return self._collect()


def _of_store(measures: Measures | None) -> Iterator[Metric]:
    about = GaugeMetricFamily("feedsvc_info", "The release that answers.", labels=["version"])
    about.add_metric([__version__], 1)
    yield about
    yield _gauge("store_up", "Whether the store answers.", int(measures is not None))
    if measures is None:
        return
    feeds = GaugeMetricFamily("feedsvc_feeds", "Feeds, by state.", labels=["state"])
    for state, count in measures.feeds.items():
        feeds.add_metric([state], count)
    yield feeds
    yield _counter("articles", "Articles ever made.", measures.articles)
    yield _gauge("entries", "Articles as they stand in feeds, each time.", measures.entries)
    yield _gauge("waiting_changes", "Changes to feeds that no publication holds yet.", measures.waiting_changes)
    yield _gauge("due_changes", "Changes that no schedule holds back and no publication holds.", measures.due_changes)
    yield _counter("publications", "Publications ever made.", measures.publications)
    if measures.last_publication_at is not None:
        seconds = measures.last_publication_at.timestamp()
        yield _gauge("last_publication_timestamp_seconds", "When something was published last.", seconds)
    yield _gauge("unsent_announcements", "Announcements that hubs have not taken yet.", measures.unsent_announcements)
    yield _gauge("waiting_pictures", "Pictures that wait to be measured.", measures.waiting_pictures)
    yield _gauge("uploaded_pictures", "Pictures that the store holds.", measures.uploaded_pictures)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(f"feedsvc_{name}", words, value=value)


def _counter(name: str, words: str, value: float) -> Metric:
    return CounterMetricFamily(f"feedsvc_{name}", words, value=value)
