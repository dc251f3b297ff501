"""Promise: behind the nginx of deploy/, feeds outlive the service; and nothing is made up or comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.programs import program
from tests.deploy.behind import CONFIG, DOCUMENTS, WITHOUT_OLD, Behind, behind_nginx
from tests.service import Service


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """Readers had every document, in both codings; a feed was removed; then the service was stopped for good."""
    folder = tmp_path_factory.mktemp("alone")
    service = Service(folder / "service", CONFIG)
    service.start()
    try:
        with behind_nginx(program("nginx"), service, folder / "nginx") as site:
            site.bring_in("storm")
            assert site.get("/feeds/old/rss.xml").status == 200
            service.stop()
            service.configure(WITHOUT_OLD)
            service.start()
            for path in DOCUMENTS:
                for coding in ("gzip", "identity"):
                    assert site.get(path, Accept_Encoding=coding).status == 200
            site.wait_for("/feeds/old/rss.xml", lambda answer: answer.status == 410)
            service.stop()
            yield site
    finally:
        service.kill()


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_what_was_published_is_served(alone: Behind, path: str, coding: str) -> None:
    """P32: with its validators, by which nginx answers 304."""
    answer = alone.get(path, Accept_Encoding=coding)
    assert answer.status == 200
    assert (answer.headers["Content-Encoding"] == "gzip") is (coding == "gzip")
    held = answer.headers["ETag"]
    assert held.startswith('W/"')
    same = alone.get(path, Accept_Encoding=coding, If_None_Match=held)
    assert (same.status, same.headers["ETag"], same.body) == (304, held, b"")
    assert alone.get(path, "HEAD", Accept_Encoding=coding).headers["Content-Length"] == str(len(answer.body))


def test_it_is_the_last_that_was_published(alone: Behind) -> None:
    assert b"storm" in alone.get("/feeds/all/rss.xml").body


def test_a_feed_that_was_removed_does_not_come_back(alone: Behind) -> None:
    assert alone.get("/feeds/old/rss.xml").status == 410


@pytest.mark.parametrize(
    ("path", "for_scripts"), [("/feeds/new/rss.xml", True), ("/articles/a/b", False), ("/api/v1/articles", False)]
)
def test_what_is_not_at_hand_is_refused_in_plain_text(alone: Behind, path: str, for_scripts: bool) -> None:
    """READ-05: a 503 costs no subscriber. P20: no page at a feed's address. P26: scripts may read it, if public."""
    answer = alone.get(path)
    assert answer.status == 503
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert int(answer.headers["Retry-After"]) > 0
    assert (answer.headers["Access-Control-Allow-Origin"] == "*") is for_scripts
    assert b"<" not in answer.body
