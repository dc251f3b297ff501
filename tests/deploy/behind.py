"""The real service behind Debian's nginx, with the configuration that deploy/ hands out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from deploy.trial import deployed, nginx
from tests.service import HOST, Answer, Service, free_port
from tests.waiting import wait_until

CONFIG = """\
[site]
title = "The Gazette"
base_url = "https://gazette.example.org"
authors = ["The Gazette"]

[publish]
measure_pictures = false

[[feed]]
slug = "all"
title = "Everything"

[[feed]]
slug = "old"
title = "Taken away in the course of these tests"
"""
WITHOUT_OLD = CONFIG[: CONFIG.rindex("[[feed]]")]
FEEDS = ("/feeds/all/rss.xml", "/feeds/all/atom.xml", "/feeds/all/feed.json")
DOCUMENTS = (*FEEDS, "/feeds/all/", "/", "/opml.xml", "/sitemap.xml", "/news-sitemap.xml")
ARTICLE = "---\nid: {title}\ntitle: {title}\n---\n\n{text}\n"


@dataclass(frozen=True)
class Behind:
    """A service, and nginx in front of it."""

    service: Service
    port: int
    folder: Path

    def get(self, path: str, method: str = "GET", **fields: str) -> Answer:
        """Ask nginx."""
        return ask(self.port, path, method, **fields)

    def ask_service(self, path: str, method: str = "GET", **fields: str) -> Answer:
        """Ask the service itself."""
        return ask(self.service.port, path, method, **fields)

    def bring_in(self, title: str) -> None:
        """Import an article; once this is done the service has it in its feeds."""
        path = self.service.folder / f"{title}.md"
        path.write_text(ARTICLE.format(title=title, text="Stay inside. " * 200), encoding="utf-8")
        self.service.import_files(path)
        self.service.wait_for("/feeds/all/rss.xml", lambda answer: title.encode() in answer.body)

    def wait_for(self, path: str, fits: Callable[[Answer], bool], **fields: str) -> None:
        """Ask nginx again and again until the answer fits."""
        wait_until(lambda: fits(self.get(path, **fields)))

    @property
    def cached(self) -> int:
        """How many answers are in nginx's cache."""
        return sum(path.is_file() for path in (self.folder / "cache").rglob("*"))


def ask(port: int, path: str, method: str = "GET", **fields: str) -> Answer:
    """Ask a server of this machine; a field's name is written with _ for -."""
    connection = HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): text for name, text in fields.items()})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


@contextmanager
def behind_nginx(program: str, service: Service, folder: Path) -> Iterator[Behind]:
    """Put nginx in front of a service, with an empty cache."""
    port = free_port()
    changes = {"127.0.0.1:8000": f"{HOST}:{service.port}", "/var/cache/nginx-feedsvc": f"{folder}/cache"}
    with nginx(program, folder, port, deployed("feedsvc.conf", port, changes)):
        yield Behind(service, port, folder)
