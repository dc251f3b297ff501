"""A newsroom to be shown: its configuration, its articles, and the drawings that stand in for their photographs.

Everything is made here; nothing is fetched from anywhere.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

SITE: Final = "http://news.example.org"
PICTURES: Final = "https://pictures.example.org"
CONFIG: Final = f"""\
[site]
title = "The Coast Gazette"
description = "News from the shore, as soon as it is written."
base_url = "{SITE}"
time_zone = "Europe/Oslo"
authors = ["The Coast Gazette"]

[publish]
measure_pictures = false

[[feed]]
slug = "all"
title = "Everything"
description = "Every article, in full."
max_new = 4

[[feed]]
slug = "summaries"
title = "Summaries"
description = "Every article, in a few sentences."
content = "summary"
max_new = 1000

[[feed]]
slug = "morning"
title = "The morning letter"
description = "Once a day, at six."
publish = ["cron 0 6 * * *"]
content = "headline"
max_new = 1000

[[feed]]
for_each = "section"
slug = "section-{{value}}"
title = "{{value}}"
description = "Every article in {{value}}."
max_new = 1000
"""


@dataclass(frozen=True)
class Story:
    """An article of the demonstration, so many hours old; one that is to come has fewer than none."""

    name: str
    hours: float
    title: str
    summary: str
    section: str
    author: str
    text: str
    more: tuple[str, ...] = ()
    status: str = "published"

    def markdown(self, now: datetime) -> str:
        """Write it as a file to import."""
        picture = f"image:\n  url: {PICTURES}/{self.name}.svg\n  alt: {json.dumps(self.title)}\n  credit: Picture Desk"
        lines = (
            f"title: {json.dumps(self.title)}",
            f"summary: {json.dumps(self.summary)}",
            f"section: {self.section}",
            f"authors: [{self.author}]",
            f"{'publish_at' if self.hours < 0 else 'date'}: {(now - timedelta(hours=self.hours)).isoformat()}",
            f"status: {self.status}",
            *([picture] if self.name in DRAWINGS else []),
            *self.more,
        )
        return "---\n" + "\n".join(lines) + f"\n---\n{self.text}\n"


HARBOUR: Final = """\
The harbour reopened on Tuesday morning after three days in which no ship could enter or leave.

Forty-two vessels had waited outside. The first to come in was the ferry from the islands, with \
[312 passengers](https://example.org/ferry) who had spent two nights at sea.

## What comes next

The port authority expects normal traffic by Thursday. Until then **ferries have priority**, and fishing boats come in \
by night.
"""
STORIES: Final = (
    Story(
        "library", 71, "Library lends tools, tents and telescopes",
        "The town library has added four hundred things that are no books.", "Culture", "Culture Desk",
        "Not only books: whoever holds a card can now borrow a drill, a tent or a telescope for two weeks.",
    ),
    Story(
        "lights", 52, "Three nights of northern lights as far south as the coast",
        "The strongest solar storm of the year reaches its height on Thursday.", "Science", "Science Desk",
        "Clear skies are expected along the whole coast. The best hours are those around midnight.",
    ),
    Story(
        "trains", 47, "Parliament votes for night trains on four routes",
        "The first sleepers leave next summer.", "Politics", "Politics Desk",
        "Four night trains will run again from next summer, among them the one over the mountains.",
    ),
    Story(
        "arabic", 29, "افتتاح معرض الكتاب بمشاركة ثمانين دار نشر",
        "يستمر المعرض حتى نهاية الأسبوع، والدخول مجاني.", "Culture", "Culture Desk",
        "افتتح المعرض أبوابه أمام الزوار صباح اليوم، ويستمر حتى نهاية الأسبوع.", ("language: ar",),
    ),
    Story(
        "glacier", 25, "Thirty years of measuring what the glaciers lose",
        "Every September, the same eleven kilometres of ice are walked and measured anew.", "Science", "Science Desk",
        "Every September the same eleven kilometres of ice are walked, and what is left is written down.",
    ),
    Story(
        "harbour", 5, "Harbour reopens after the longest storm in forty years",
        "Forty-two ships had waited outside; the first ferry came in at dawn.", "Coast", "City Desk",
        HARBOUR, ("tags: [storm, harbour]",),
    ),
    Story(
        "stadium", 30, "Stadium to get a roof", "Work begins in May.", "Sport", "Sport Desk", "By 2029.",
    ),
    Story(
        "tram", -20, "Council decides on the new tram line", "What is known before the vote.", "Politics", "City Desk",
        "Three routes are left.", status="scheduled",
    ),
    Story(
        "interview", 1, "“We never closed the kitchen”: three nights in a hotel without power",
        "", "Coast", "City Desk", "An interview.", status="draft",
    ),
)  # fmt: skip
# What somebody brings in by mistake: old stories, in a feed that is live.
ARCHIVE: Final = tuple(
    Story(f"archive-{hours}", hours, title, "", "Archive", "City Desk", "From the archive.")
    for hours, title in (
        (9_000, "A winter without ice on the fjord"),
        (9_300, "The old customs house is for sale"),
        (9_700, "Fishing fleet gets its first electric boat"),
        (10_100, "School choir sings for the lighthouse’s birthday"),
        (10_400, "New timetable for the island ferries"),
        (10_800, "Market square closed for two weeks"),
    )
)
# News by which a feed shows that it has moved in: only then are old stories too many.
NEWS: Final = (
    Story("dredger", 0, "Dredger clears the northern channel", "", "Coast", "City Desk", "Since this morning."),
    Story("prices", 0, "Cod is dearer than ever", "", "Coast", "City Desk", "At the morning auction."),
    Story("bridge", 0, "Bridge open to lorries again", "", "Coast", "City Desk", "The wind has dropped."),
)

_FRAME: Final = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 900" width="1600" height="900">{}</svg>'
_BOAT: Final = (
    '<path d="M{x} {y}h230l-34 52h-150z" fill="#26343d"/>'
    '<path d="M{mast} {top}v170" stroke="#26343d" stroke-width="8"/>'
    '<path d="M{fore} {top}l104 158h-104z" fill="#f7ead6"/><path d="M{aft} {low}v112h-66z" fill="#e7cfa9"/>'
)
_HARBOUR: Final = (
    '<path fill="#8fb0c2" d="M0 0h1600v900H0z"/><circle cx="1130" cy="330" r="120" fill="#f6d9a8"/>'
    '<path d="M0 640 240 470 470 610 760 400 1010 615 1290 480 1600 640z" fill="#64869a"/>'
    '<path d="M0 660 180 590 420 650 700 560 980 660 1240 600 1600 665z" fill="#4a6b7f"/>'
    '<path fill="#365465" d="M0 640h1600v260H0z"/><path fill="#f6d9a8" d="M980 690h300v6h-300zM1040 730h180v6h-180z"/>'
)
_GLACIER: Final = (
    '<path fill="#bcd7e6" d="M0 0h1600v900H0z"/>'
    '<path d="M0 560 300 200 560 470 860 120 1180 520 1390 330 1600 540v360H0z"'
    ' fill="#7396ab"/><path d="M300 200 210 310l90-24 60 40 74-4zM860 120 700 310l110-40 60 70 90-50 92 68z'
    'M1390 330l-80 72 84-16 66 26z" fill="#f4f8fa"/>'
    '<path d="M0 640c300-70 520-10 760 30s520 20 840-60v290H0z" fill="#e6f0f5"/>'
    '<path d="M420 900c60-100 30-160 180-250h260c-70 90 40 150 120 250z" fill="#c3dae6"/>'
)
_LIGHTS: Final = (
    '<path fill="#141d33" d="M0 0h1600v900H0z"/>'
    '<path d="M120 0c90 220 330 260 420 480 60-190-60-330 40-480z" fill="#24584f"/>'
    '<path d="M640 0c30 190 240 270 260 520 120-190 40-360 160-520z" fill="#2f7a66"/>'
    '<path d="M1180 0c-10 200 130 250 120 440 130-150 90-300 200-440z" fill="#24584f"/>'
    '<g fill="#e9eef5"><circle cx="90" cy="330" r="5"/><circle cx="610" cy="250" r="4"/>'
    '<circle cx="1110" cy="330" r="5"/>'
    '<circle cx="1540" cy="250" r="4"/><circle cx="330" cy="420" r="4"/></g>'
    '<path d="M0 690 260 560 520 680 800 540 1100 690 1370 590 1600 680v220H0z" fill="#0c1220"/>'
)
DRAWINGS: Final = {
    "harbour": _FRAME.format(
        _HARBOUR
        + _BOAT.format(x=330, y=700, mast=430, top=520, fore=442, aft=418, low=560)
        + _BOAT.format(x=800, y=740, mast=900, top=560, fore=912, aft=888, low=600)
    ),
    "glacier": _FRAME.format(_GLACIER),
    "lights": _FRAME.format(_LIGHTS),
}
