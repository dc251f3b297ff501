from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest

from tests.clients.articles import ARTICLES, write_files
from tests.clients.living import holds
from tests.clients.seen import Entry, expected
from tests.service import CONFIG, Service, serving

FEEDS = """
[[feed]]
slug = "world"
title = "World & Sea: <news>"
description = "What happens & where."
select = { sections = ["world"] }

[[feed]]
slug = "world-summaries"
title = "World in short"
description = "The same in a few sentences."
select = { sections = ["world"] }
content = "summary"

[[feed]]
slug = "sport"
title = "Sport"
description = "Articles that change while somebody reads them."
select = { sections = ["sport"] }

[[feed]]
slug = "empty"
title = "Nothing yet"
select = { sections = ["nothing"] }
"""


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every client reach this machine directly, whatever proxy stands before it."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The running service, with the articles of articles.py in its feed "world"."""
    folder = tmp_path_factory.mktemp("service")
    with serving(folder, CONFIG + FEEDS) as running:
        running.import_files("--section", "World", *write_files(folder / "articles"))
        last = ARTICLES[-1].url
        assert last is not None
        for slug in ("world", "world-summaries"):
            for name in ("", "rss.xml", "atom.xml", "feed.json"):
                running.wait_for(f"/feeds/{slug}/{name}", lambda answer: holds(answer, last))
        yield running


@pytest.fixture(scope="session")
def articles(service: Service) -> list[Entry]:
    """What every client must show, newest first; identities by the word of the command line."""
    listed = service.command("articles", "--json", "--limit", "100")
    known = {one["title"]: one for one in json.loads(listed.stdout)}
    entries = []
    for article in ARTICLES:
        mine = known[article.title]
        assert article.guid in (mine["entry_id"], None), "an identity that was imported has changed"
        link = article.url or _permalink(service, mine["id"])
        entries.append(expected(article, mine["entry_id"], link, service.base_url))
    return entries


def _permalink(service: Service, article_id: str) -> str:
    """Ask for an article by its id alone: the answer names its permalink."""
    answer = service.get(f"/articles/{article_id}")
    assert answer.status in (301, 308)
    return str(urljoin(service.base_url, answer.headers["Location"]))
