"""P05: one bad entry never takes a feed down; all documents of an edition hold the same entries."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest

from feedsvc.model import Author, Correction, Edition, Entry, Image
from feedsvc.render import Rendered, render


def _ids(rendered: Rendered) -> dict[str, list[str | None]]:
    documents = rendered.documents
    atom = "{http://www.w3.org/2005/Atom}"
    return {
        "rss.xml": [item.findtext("guid") for item in ET.fromstring(documents["rss.xml"]).iterfind("channel/item")],
        "atom.xml": [
            each.findtext(f"{atom}id") for each in ET.fromstring(documents["atom.xml"]).iterfind(f"{atom}entry")
        ],
        "feed.json": [item["id"] for item in json.loads(documents["feed.json"])["items"]],
    }


def test_a_feed_has_its_formats_and_its_page(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    rendered = render(make_edition(make_entry()))
    assert list(rendered.documents) == ["rss.xml", "atom.xml", "feed.json", "index.html"]
    assert rendered.left_out == ()
    assert all(b"Bridge reopens" in body for body in rendered.documents.values())


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({"entry_id": ""}, "entry id"),
        ({"entry_id": " "}, "entry id"),
        ({"entry_id": "urn:x\x00"}, "entry id"),
        ({"entry_id": "urn:x\ud800"}, "entry id"),
        ({"entry_id": "urn:x\ufffe"}, "entry id"),
        ({"published_at": datetime(2026, 8, 4)}, "no time zone"),  # noqa: DTZ001
        ({"updated_at": datetime(2026, 8, 4)}, "no time zone"),  # noqa: DTZ001
        ({"corrections": (Correction(datetime(2026, 8, 4), "x"),)}, "no time zone"),  # noqa: DTZ001
        ({"title": None}, ""),
        ({"content_html": None}, ""),
        ({"tags": (1,)}, ""),
        ({"image": "https://example.org/a.jpg"}, ""),
    ],
)
def test_a_bad_entry_is_left_out_of_all_documents_with_its_reason(
    fault: dict[str, object], named: str, make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    good = [make_entry(1), make_entry(3)]
    bad = make_entry(2, title="Do not show", revision=4)
    edition = make_edition(good[0], replace(bad, **fault), good[1])  # type: ignore[arg-type]
    rendered = render(edition)
    (left_out,) = rendered.left_out
    assert left_out.article_id == "A2"
    assert left_out.reason.startswith("revision 4 can't be written: ")
    assert named in left_out.reason
    for name, ids in _ids(rendered).items():
        assert ids == [entry.entry_id for entry in good], name
    assert b"Do not show" not in rendered.documents["index.html"]


NASTY = [
    *(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0xD800, 0xDFFF, 0xFDD0, 0xFFFE, 0xFFFF, 0x1FFFF)),
    "]]>",
    "<b><i>",
    "</item></channel>",
    "<![CDATA[",
    "&nbsp;&bogus;",
    "<!DOCTYPE x>",
]


def test_whatever_a_field_holds_every_entry_is_in_every_document(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    entries = [
        make_entry(
            number,
            title=f"a{nasty}b",
            content_html=f"<p>a{nasty}b</p>",
            summary=f"a{nasty}b",
            slug=f"a{nasty}b",
            url=f"https://example.com/a{nasty}b",
            language=f"e{nasty}n",
            section=f"a{nasty}b",
            authors=(Author(f"a{nasty}b", f"a{nasty}b", f"https://example.com/a{nasty}b"),),
            tags=(f"t{nasty}",),
            image=Image(
                f"https://example.com/a{nasty}b.jpg", f"a{nasty}b", f"a{nasty}b", f"a{nasty}b", f"image/{nasty}", 1
            ),
            corrections=(Correction(make_entry().updated_at, f"a{nasty}b"),),
        )
        for number, nasty in enumerate(NASTY)
    ]
    edition = make_edition(*entries, limit=100)
    rendered = render(edition)
    assert rendered.left_out == ()
    for name, ids in _ids(rendered).items():
        assert ids == [entry.entry_id for entry in entries], name


def test_a_megabyte_in_every_field_leaves_the_others_intact(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    huge = "word " * 200_000
    bad = make_entry(
        1,
        title=huge,
        content_html=huge,
        summary=huge,
        slug=huge,
        section=huge,
        tags=(huge,),
        authors=(Author(huge),),
        image=Image("/a.jpg", alt=huge, caption=huge, credit=huge),
    )
    good = make_entry(2)
    rendered = render(make_edition(bad, good))
    for name, ids in _ids(rendered).items():
        assert ids == [good.entry_id], name
    assert [each.article_id for each in rendered.left_out] == ["A1"]


def test_a_fault_in_the_feeds_own_facts_is_not_laid_on_its_entries(
    make_entry: Callable[..., Entry], make_edition: Callable[..., Edition]
) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        render(make_edition(make_entry(), changed_at=datetime(2026, 8, 4)))  # noqa: DTZ001
