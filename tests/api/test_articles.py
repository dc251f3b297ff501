"""What programs do with articles, and what they are answered."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedsvc.importing import Result, import_articles
from feedsvc.model import Image, Imported
from feedsvc.tokens import Scope
from tests.api.desk import Desk
from tests.guard.floods import bring_in_archive, fill
from tests.newsroom import draft

WHOLE: dict[str, Any] = {
    "title": "Storm warning",
    "summary": "Stay in.",
    "content_html": "<p>Stay <em>in</em>.</p>",
    "language": "en-GB",
    "section": "Weather",
    "authors": [{"name": "City Desk", "email": "desk@example.org", "url": "https://example.org/desk"}],
    "tags": ["storm", "sea"],
    "url": "https://example.org/storm",
    "external_id": "cms/1",
    "image": {"url": "https://example.org/storm.jpg", "alt": "Waves", "caption": "Today", "credit": "A. Reader"},
}
BARE: dict[str, Any] = {
    "title": "",
    "summary": "",
    "content_html": "",
    "language": None,
    "section": None,
    "authors": [],
    "tags": [],
    "url": None,
    "image": None,
}


def test_an_article_is_read_as_it_was_written(desk: Desk) -> None:
    made = desk.create(**WHOLE)
    assert {name: made.json[name] for name in WHOLE} == WHOLE
    assert made.json["status"] == "published"
    assert made.json["published_at"] == made.json["updated_at"] == "2026-03-01T12:00:01Z"
    assert made.headers["Location"] == f"/api/v1/articles/{made.json['id']}"
    read = desk.article(made)
    assert (read.status, read.json, read.tag) == (200, made.json, made.tag)


def test_a_draft_is_the_default_and_reaches_no_feed(desk: Desk) -> None:
    desk.publish()
    before = desk.files()
    made = desk.call("POST", "/articles", {"title": "Not yet"})
    assert (made.status, made.json["status"], made.json["published_at"]) == (201, "draft", None)
    assert desk.publish() == {}
    assert desk.files() == before
    assert desk.get(made.json["permalink"]).status == 404


def test_published_in_the_same_step_it_is_in_the_feeds(desk: Desk) -> None:
    made = desk.create(title="Storm warning")
    desk.publish()
    assert all(items[0].id == made.json["entry_id"] for items in desk.read_all().values())
    assert desk.get(made.json["permalink"]).status == 200


def test_a_scheduled_one_comes_out_at_its_time(desk: Desk) -> None:
    due = desk.now + timedelta(hours=1)
    made = desk.create(status="scheduled", publish_at=due.isoformat())
    assert (made.json["status"], made.json["publish_at"]) == ("scheduled", "2026-03-01T13:00:00Z")
    desk.publish()
    assert "Storm warning" not in desk.read("all")
    desk.now = due
    desk.publish()
    assert "Storm warning" in desk.read("all")
    assert desk.article(made).json["published_at"] == "2026-03-01T13:00:00Z"


@pytest.mark.parametrize(
    ("words", "html"),
    [
        ({"content_html": "<p>a <b>b</b></p><script>x</script>"}, "<p>a <b>b</b></p>"),
        ({"content_markdown": "a *b*\n\n- c"}, "<p>a <em>b</em></p>\n<ul>\n<li>c</li>\n</ul>"),
        ({"content_text": "a <b>\n\nc"}, "<p>a &lt;b&gt;</p>\n<p>c</p>"),
        ({}, ""),
    ],
    ids=["HTML", "Markdown", "text", "none"],
)
def test_the_text_comes_in_one_of_three_forms(desk: Desk, words: dict[str, str], html: str) -> None:
    assert desk.create(**words).json["content_html"] == html


def test_a_replacement_says_everything_anew(desk: Desk) -> None:
    made = desk.create(**WHOLE)
    replaced = desk.change(made, "PUT", title="Storm over")
    assert replaced.status == 200
    assert {name: replaced.json[name] for name in BARE} == {**BARE, "title": "Storm over"}
    assert replaced.json["external_id"] == "cms/1"
    assert (replaced.json["published_at"], replaced.json["updated_at"]) == (made.json["published_at"],) * 2
    assert replaced.json["modified_at"] > made.json["modified_at"]


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        ({"title": "Storm over"}, {"title": "Storm over"}),
        ({"summary": None, "tags": None, "authors": None}, {"summary": "", "tags": [], "authors": []}),
        ({"section": None, "language": None, "url": None}, {"section": None, "language": None, "url": None}),
        ({"tags": ["sun"]}, {"tags": ["sun"]}),
        ({"image": {"alt": "Calm"}}, {"image": {**WHOLE["image"], "alt": "Calm"}}),
        ({"image": {"caption": None}}, {"image": {**WHOLE["image"], "caption": ""}}),
        ({"image": None}, {"image": None}),
        ({"content_text": "Go out."}, {"content_html": "<p>Go out.</p>"}),
        ({"content_html": None}, {"content_html": ""}),
        ({"external_id": "cms/2"}, {"external_id": "cms/2"}),
        ({}, {}),
    ],
    ids=str,
)
def test_a_change_leaves_the_rest_as_it_is(desk: Desk, changes: dict[str, Any], after: dict[str, Any]) -> None:
    changed = desk.change(desk.create(**WHOLE), **changes)
    assert changed.status == 200
    assert {name: changed.json[name] for name in WHOLE} == {**WHOLE, **after}


def test_both_kinds_of_json_will_do_for_a_change(desk: Desk) -> None:
    made = desk.create()
    for media_type in ("application/merge-patch+json", "application/json; charset=utf-8"):
        path = f"/articles/{made.json['id']}"
        made = desk.call("PATCH", path, {"title": "x"}, If_Match=made.tag, Content_Type=media_type)
        assert made.status == 200


def test_what_was_measured_of_a_picture_outlives_a_change_of_its_caption(desk: Desk) -> None:
    measured = Image("https://example.org/a.jpg", media_type="image/jpeg", length=1234)
    article = desk.write("Storm", image=measured)
    path = f"/articles/{article.id}"
    tag = desk.call("GET", path).tag
    desk.call("PATCH", path, {"image": {"caption": "Waves"}}, If_Match=tag)
    desk.publish()
    assert '"size_in_bytes":1234' in desk.read("all")


def test_the_steps_of_a_life(desk: Desk) -> None:
    made = desk.create(status="draft")
    scheduled = desk.step(made, "schedule", {"publish_at": "2026-03-02T08:00:00+01:00"})
    assert (scheduled.status, scheduled.json["status"], scheduled.json["publish_at"]) == (
        200,
        "scheduled",
        "2026-03-02T07:00:00Z",
    )
    kept_back = desk.step(scheduled, "unschedule")
    assert (kept_back.json["status"], kept_back.json["publish_at"]) == ("draft", None)
    published = desk.step(kept_back, "publish", {})
    assert published.json["status"] == "published"
    corrected = desk.step(published, "correct", {"note": "It was Tuesday.", "title": "Storm on Tuesday"})
    assert corrected.json["title"] == "Storm on Tuesday"
    assert corrected.json["corrections"] == [{"at": corrected.json["updated_at"], "note": "It was Tuesday."}]
    withdrawn = desk.step(corrected, "withdraw", {"reason": "It was not so.", "notice": False})
    assert (withdrawn.json["status"], withdrawn.json["withdrawal_reason"], withdrawn.json["notice"]) == (
        "withdrawn",
        "It was not so.",
        False,
    )
    history = desk.call("GET", f"/articles/{made.json['id']}/revisions")
    assert [line["change"] for line in history.json["revisions"]][::-1] == [
        "create",
        "schedule",
        "draft edit",
        "publish",
        "correction",
        "withdrawal",
    ]


def test_a_time_that_was_written_before_need_not_be_said_again(desk: Desk) -> None:
    made = desk.create(status="draft", publish_at="2026-03-02T08:00:00Z")
    assert desk.step(made, "schedule", {}).json["publish_at"] == "2026-03-02T08:00:00Z"


@pytest.mark.parametrize(
    ("status", "step", "body"),
    [
        ("draft", "correct", {"note": "x"}),
        ("draft", "withdraw", {"reason": "x"}),
        ("draft", "unschedule", None),
        ("published", "publish", None),
        ("published", "schedule", {"publish_at": "2027-01-01T00:00:00Z"}),
    ],
)
def test_a_step_that_does_not_come_next_is_refused(desk: Desk, status: str, step: str, body: Any) -> None:
    made = desk.create(status=status)
    refused = desk.step(made, step, body)
    assert refused.status == 409
    assert refused.json["type"].endswith("#problem-conflict")
    assert desk.article(made).tag == made.tag


def test_what_a_draft_was_called_first_is_in_no_address(desk: Desk) -> None:
    made = desk.create(title="Minister resigns, says source", status="draft")
    renamed = desk.change(made, title="Minister leaves office")
    out = desk.step(renamed, "publish")
    assert out.json["permalink"] == f"/articles/{made.json['id']}/minister-leaves-office"
    desk.publish()
    assert "resigns" not in desk.read("all") + desk.read("all", "rss.xml") + desk.read("all", "atom.xml")
    assert desk.get(made.json["permalink"]).headers["Location"].endswith("/minister-leaves-office")


@pytest.mark.parametrize(
    ("language", "opening"),
    [
        ("de-AT", "<p><strong>Dieser Artikel wurde zurückgezogen.</strong></p>\n<p>x</p>"),
        ("he", '<p lang="en" dir="auto"><strong>This article was withdrawn.</strong></p>\n<p>x</p>'),
    ],
)
def test_a_notice_says_in_the_articles_language_that_it_is_one(desk: Desk, language: str, opening: str) -> None:
    gone = desk.step(desk.create(language=language), "withdraw", {"reason": "x", "notice": True})
    assert gone.json["content_html"] == opening
    desk.publish()
    (item,) = json.loads(desk.read("all"))["items"]
    assert item["title"] == "Storm warning"
    assert opening in item["content_html"]


def test_a_withdrawn_article_stays_so(desk: Desk) -> None:
    gone = desk.step(desk.create(), "withdraw", {"reason": "Wrong"})
    for reply in (desk.step(gone, "publish"), desk.change(gone, title="Back"), desk.change(gone, "PUT", title="Back")):
        assert reply.status == 409


def test_a_change_can_wait_beside_what_readers_see(desk: Desk) -> None:
    made = desk.create(title="Storm warning", tags=["storm"])
    desk.publish()
    waiting = desk.change(made, title="Storm over", live=False)
    assert (waiting.json["title"], waiting.json["revision"], waiting.json["working_revision"]) == (
        "Storm warning",
        2,
        3,
    )
    assert waiting.tag != made.tag
    assert desk.publish() == {}
    assert b"Storm warning" in desk.get(made.json["permalink"]).body
    read = desk.call("GET", f"/articles/{made.json['id']}/revisions/3")
    assert (read.json["title"], read.json["tags"]) == ("Storm over", ["storm"])
    further = desk.change(waiting, summary="All clear.", live=False)
    released = desk.step(further, "publish")
    assert (released.json["title"], released.json["summary"]) == ("Storm over", "All clear.")
    assert (released.json["working_revision"], released.json["updated_at"]) == (None, made.json["updated_at"])
    desk.publish()
    assert "Storm over" in desk.read("all")


def test_a_list_is_read_page_by_page(desk: Desk) -> None:
    written = [desk.create(title=f"Story {number}").json["id"] for number in range(5)]
    found: list[str] = []
    path = "/articles?limit=2"
    while True:
        page = desk.call("GET", path, scope=Scope.READ).json
        found += [line["id"] for line in page["articles"]]
        if page["next_cursor"] is None:
            break
        path = f"/articles?limit=2&cursor={page['next_cursor']}"
    assert found == written[::-1]


@pytest.mark.parametrize("order", ["created", "modified"])
def test_a_list_goes_on_past_what_was_published_before_1970(desk: Desk, order: str) -> None:
    desk.create()
    old = [
        Imported(
            draft(f"Of {year}"),
            key=f"{year}",
            place=f"{year}.md",
            published_at=datetime(year, 3, 1, tzinfo=UTC),
        )
        for year in (1905, 1965)
    ]
    assert [one.result for one in import_articles(desk.store, desk.site, old, now=desk.now)] == [Result.NEW] * 2
    titles: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = desk.call("GET", f"/articles?limit=1&order={order}{cursor and f'&cursor={cursor}'}").json
        titles += [line["title"] for line in page["articles"]]
        cursor = page["next_cursor"]
    assert sorted(titles) == ["Of 1905", "Of 1965", "Storm warning"]


@pytest.mark.parametrize("cursor", ["1.999999999999999999", "1.-999999999999999999", "1.", "-1.1", "1.--1"])
def test_a_cursor_that_no_list_gave_is_refused(desk: Desk, cursor: str) -> None:
    refused = desk.call("GET", f"/articles?cursor={cursor}")
    assert (refused.status, list(refused.errors)) == (422, ["cursor"])


def test_a_list_can_be_searched(desk: Desk) -> None:
    desk.create(title="Storm warning", section="Weather")
    desk.create(title="Budget", section="Politics", status="draft")

    def titles(query: str) -> list[str]:
        return [line["title"] for line in desk.call("GET", f"/articles?{query}").json["articles"]]

    assert titles("q=STORM") == ["Storm warning"]
    assert titles("section=politics") == ["Budget"]
    assert titles("status=draft") == ["Budget"]
    assert titles("order=modified") == ["Budget", "Storm warning"]
    assert titles("q=nothing") == []


def test_a_list_holds_no_text(desk: Desk) -> None:
    desk.create(content_text="A text that may have sixteen megabytes.")
    assert b"megabytes" not in desk.call("GET", "/articles").body


def test_a_history_keeps_what_was_said(desk: Desk) -> None:
    made = desk.create(title="First")
    desk.change(made, title="Second")
    path = f"/articles/{made.json['id']}/revisions"
    assert [line["title"] for line in desk.call("GET", path).json["revisions"]] == ["Second", "First", "First"]
    first = desk.call("GET", f"{path}/1")
    assert (first.json["title"], first.json["change"], first.tag) == ("First", "create", '"1"')
    assert desk.call("GET", f"{path}/1", If_None_Match='"1"').status == 304
    page = desk.call("GET", f"{path}?limit=1")
    assert desk.call("GET", f"{path}?limit=1&cursor={page.json['next_cursor']}").json["revisions"][0]["revision"] == 2
    for number in ("0", "4", "1000000001", "99999999999999999999", "-1", "x"):
        assert desk.call("GET", f"{path}/{number}").status == 404


def test_feeds_and_what_they_would_hold(desk: Desk) -> None:
    desk.publish()
    made = desk.create(**WHOLE)
    desk.call("POST", "/articles", {"title": "A draft"})
    feeds = desk.call("GET", "/feeds").json
    assert [feed["slug"] for feed in feeds["feeds"]] == ["all"]
    feed = desk.call("GET", "/feeds/all").json
    assert feed == feeds["feeds"][0]
    assert (feed["entries"], feed["state"]) == (0, "changed")
    assert {one["format"]: one["url"] for one in feed["addresses"]}["rss"].endswith("/feeds/all/rss.xml")
    preview = desk.call("GET", "/feeds/all/preview").json
    assert [(entry["article_id"], entry["title"]) for entry in preview["entries"]] == [
        (made.json["id"], "Storm warning")
    ]
    desk.publish()
    assert desk.call("GET", "/feeds/all").json["entries"] == 1
    desk.define([])
    assert desk.call("GET", "/feeds/all").status == 410
    assert desk.call("GET", "/feeds/all/preview").status == 410
    for slug in ("_site", "nowhere", "A", "..", "a%2fb"):
        assert desk.call("GET", f"/feeds/{slug}").status == 404


def test_a_feed_that_is_held_says_why(desk: Desk) -> None:
    fill(desk)
    assert desk.call("GET", "/feeds/all").json["held"] == []
    bring_in_archive(desk, 30)
    desk.publish()
    feed = desk.call("GET", "/feeds/all").json
    assert feed["state"] == "held"
    assert "30" in feed["held"][0]


def test_head_is_get_without_its_body(desk: Desk) -> None:
    made = desk.create()
    for path in ("/articles", f"/articles/{made.json['id']}", "/feeds/all", "/", "/openapi.json", "/nowhere"):
        head, get = desk.call("HEAD", path), desk.call("GET", path)
        assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")


def test_an_article_is_known_by_the_callers_own_id(desk: Desk) -> None:
    path = "/articles/by-external-id?external_id=https%3A%2F%2Fcms.example.org%2F%3Fp%3D1%20%26%C3%A9"
    assert desk.call("GET", path).status == 404
    made = desk.call("PUT", path, {"title": "Storm", "status": "published"})
    assert (made.status, made.json["external_id"]) == (201, "https://cms.example.org/?p=1 &é")
    assert made.headers["Location"] == f"/api/v1/articles/{made.json['id']}"
    again = desk.call("PUT", path, {"title": "Storm", "status": "published"})
    assert (again.status, again.json, again.tag) == (200, made.json, made.tag)
    desk.pass_time()
    changed = desk.call("PUT", path, {"title": "Storm over"})
    assert (changed.status, changed.json["id"], changed.json["status"]) == (200, made.json["id"], "published")
    assert desk.call("GET", path).json == changed.json
    assert desk.call("PUT", path, {"title": "x", "external_id": "other"}).errors == {
        "/external_id": "Is not the one in the address. Leave it out, or give the same."
    }
    assert desk.call("POST", "/articles", {"title": "x", "external_id": changed.json["external_id"]}).status == 409
    taken = desk.call("POST", "/articles", {"title": "x", "external_id": changed.json["external_id"]})
    assert list(taken.errors) == ["/external_id"]


def test_a_proxys_path_stands_before_a_new_articles_address(desk: Desk) -> None:
    desk.open(replace(desk.site, base_url="https://example.org/news"))
    made = desk.create()
    assert made.headers["Location"] == f"/news/api/v1/articles/{made.json['id']}"


def test_an_id_is_found_however_its_spaces_are_sent(desk: Desk) -> None:
    path = "/articles/by-external-id?external_id="
    made = desk.call("PUT", f"{path}%20story%20%201%20", {"title": "Storm", "external_id": "story 1 "})
    assert (made.status, made.json["external_id"]) == (201, "story 1")
    for spelled in ("%20story%20%201%20", "story%201", "story%20%C2%851"):
        assert desk.call("GET", f"{path}{spelled}").json["id"] == made.json["id"]
        assert desk.call("PUT", f"{path}{spelled}", {"title": "x"}, If_None_Match="*").status == 412
    changed = desk.call("PUT", f"{path}story%201%20", {"title": "Storm over"}, If_Match=made.tag)
    assert (changed.status, changed.json["id"]) == (200, made.json["id"])
    nothing = desk.call("PUT", f"{path}%20%C2%85", {"title": "x"})
    assert (nothing.status, [*nothing.errors]) == (422, ["external_id"])


def test_the_sites_own_documents_are_no_feeds(desk: Desk) -> None:
    for slug in ("_site", "_sitemap"):
        for path in (f"/feeds/{slug}", f"/feeds/{slug}/preview"):
            assert desk.call("GET", path).status == 404, path


def test_preconditions_are_kept_there_too(desk: Desk) -> None:
    path = "/articles/by-external-id?external_id=1"
    assert desk.call("PUT", path, {"title": "a"}, If_Match="*").status == 412
    made = desk.call("PUT", path, {"title": "a"}, If_None_Match="*")
    assert made.status == 201
    assert desk.call("PUT", path, {"title": "b"}, If_None_Match="*").status == 412
    assert desk.call("PUT", path, {"title": "b"}, If_Match=made.tag).status == 200
    assert desk.call("PUT", path, {"title": "c"}, If_Match=made.tag).status == 412


def test_the_same_request_under_a_key_makes_one_article(desk: Desk) -> None:
    body = {"title": "Storm", "status": "published"}
    first = desk.call("POST", "/articles", body, Idempotency_Key="k-1")
    desk.pass_time()
    desk.change(first, title="Changed since")
    again = desk.call("POST", "/articles", body, Idempotency_Key="k-1")
    assert (again.status, again.json, again.tag) == (201, first.json, first.tag)
    assert again.headers["Location"] == first.headers["Location"]
    assert len(desk.call("GET", "/articles").json["articles"]) == 1
    other = desk.call("POST", "/articles", {"title": "Another"}, Idempotency_Key="k-1")
    assert (other.status, len(desk.call("GET", "/articles").json["articles"])) == (422, 1)
    assert "another article" in other.errors["Idempotency-Key"]
    desk.pass_time(24 * 3600)
    assert desk.call("POST", "/articles", body, Idempotency_Key="k-1").json["id"] != first.json["id"]


def test_what_was_written_elsewhere_can_be_changed_here(desk: Desk) -> None:
    """An import or the newsroom's pages write the same articles."""
    article = desk.write("By hand", language="pt")
    read = desk.call("GET", f"/articles/{article.id}")
    changed = desk.call("PATCH", f"/articles/{article.id}", {"summary": "By program."}, If_Match=read.tag)
    assert (changed.json["title"], changed.json["language"], changed.json["summary"]) == (
        "By hand",
        "pt",
        "By program.",
    )
    desk.edit(article, draft("By hand again"))
    assert desk.call("PATCH", f"/articles/{article.id}", {"title": "x"}, If_Match=changed.tag).status == 412
