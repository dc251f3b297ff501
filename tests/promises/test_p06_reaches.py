"""P06: an edit reaches every feed that it concerns, at once, and no other.

PUT an article: each affected feed (section, tag, author, language, search, partner) shows it in 2 s (p99) without
waiting for its schedule; an unaffected feed keeps its ETag and mtime.

Here the time is a wide deadline, a thirtieth of the shortest schedule; the figures are in `make bench`.

not yet: feeds of a search, partners' profiles (there are none; a partner here is an unlisted feed).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.client import Program
from tests.promises.readers import FEEDS
from tests.service import CONFIG, Answer, Service, serving

NAMES = (*FEEDS, "")
WAITING = 'publish = ["on change", "every 15 minutes"]'


def feed(slug: str, select: str, more: str = "") -> str:
    return f'[[feed]]\nslug = "{slug}"\ntitle = "{slug}"\nselect = {select}\n{WAITING}\n{more}\n'


MANY = CONFIG + "\n".join(
    (
        feed("sport", '{ sections = ["Sport"] }'),
        feed("politics", '{ sections = ["Politics"] }'),
        feed("cup", '{ tags = ["cup"] }'),
        feed("desk", '{ authors = ["City Desk"] }'),
        feed("portuguese", '{ languages = ["pt"] }'),
        feed("partner", '{ sections = ["Sport"], tags = ["cup"], match = "all" }', 'visibility = "unlisted"'),
        feed("weather", '{ sections = ["Weather"] }'),
        feed("armenian", '{ languages = ["hy"] }'),
    )
)
STORY = {
    "content_markdown": "The cup is **won**.",
    "section": "Sport",
    "tags": ["cup"],
    "authors": [{"name": "City Desk"}],
    "language": "pt-BR",
}
TAKING = ("all", "sport", "cup", "desk", "portuguese", "partner")
OTHERS = ("politics", "weather", "armenian")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("p06") / "service", MANY) as running:
        yield running


@pytest.fixture
def program(service: Service, request: pytest.FixtureRequest) -> Program:
    return Program.of(service, name=request.node.name)


def standing(service: Service, slugs: tuple[str, ...]) -> dict[str, tuple[str, int, int]]:
    """Give what is published of these feeds: each document's entity tag, its file's mtime and inode."""
    found = {}
    for slug in slugs:
        for name in NAMES:
            path = service.feeds / slug / (name or "index.html")
            tag = service.get(f"/feeds/{slug}/{name}").headers["ETag"]
            found[f"{slug}/{name}"] = (tag, path.stat().st_mtime_ns, path.stat().st_ino)
    return found


def wait_for(service: Service, slugs: tuple[str, ...], text: str, *, there: bool = True) -> None:
    def fits(answer: Answer) -> bool:
        return answer.status == 200 and (text in answer.text) is there

    for slug in slugs:
        for name in NAMES:
            service.wait_for(f"/feeds/{slug}/{name}", fits)


def test_a_put_reaches_the_feeds_of_its_section_tag_author_and_language_and_no_other(
    service: Service, program: Program
) -> None:
    made = program.create(title="Final today", **STORY)
    wait_for(service, TAKING, "Final today")
    before = standing(service, OTHERS)
    program.change(made, method="PUT", title="Final won", **STORY)
    wait_for(service, TAKING, "Final won")
    assert standing(service, OTHERS) == before


def test_an_article_that_moves_leaves_one_feed_and_enters_the_other(service: Service, program: Program) -> None:
    made = program.create(title="Stadium vote", **STORY)
    wait_for(service, TAKING, "Stadium vote")
    before = standing(service, ("weather", "armenian"))
    program.change(made, method="PATCH", section="Politics", tags=[])
    wait_for(service, ("politics", "all", "desk", "portuguese"), "Stadium vote")
    wait_for(service, ("sport", "cup", "partner"), "Stadium vote", there=False)
    assert standing(service, ("weather", "armenian")) == before


def test_a_correction_and_a_withdrawal_reach_them_too(service: Service, program: Program) -> None:
    made = program.create(title="Player hurt", **STORY)
    wait_for(service, TAKING, "Player hurt")
    before = standing(service, OTHERS)
    corrected = program.change(made, "correct", note="It was the other player.", title="Player well")
    wait_for(service, TAKING, "Player well")
    program.change(corrected, "withdraw", reason="It was not so.", notice=False)
    wait_for(service, TAKING, "Player well", there=False)
    assert standing(service, OTHERS) == before


def test_what_nobody_is_to_see_yet_reaches_no_feed(service: Service, program: Program) -> None:
    made = program.create(title="As it was", **STORY)
    wait_for(service, TAKING, "As it was")
    before = standing(service, (*TAKING, *OTHERS))
    waiting = program.change(made, method="PATCH", title="As it will be", live=False)
    assert program.call("POST", "/articles", {"title": "A draft", **STORY}).status == 201
    # A second article goes through the same publisher after them: by then it has looked at these, too.
    program.create(title="Snow", section="Weather", language="en")
    wait_for(service, ("weather", "all"), "Snow")
    kept = tuple(slug for slug in (*TAKING, *OTHERS) if slug not in {"all", "weather"})
    assert standing(service, kept) == {name: was for name, was in before.items() if name.partition("/")[0] in kept}
    program.change(waiting, "publish")
    wait_for(service, TAKING, "As it will be")
