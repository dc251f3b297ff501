"""The articles that every client is given, and what each must be seen to say.

Written as files, as a newsroom would hand them in; nothing here looks at what the service makes of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

SITE_AUTHOR = "The Gazette"


@dataclass(frozen=True)
class Picture:
    """A lead picture; only an imported feed knows its length."""

    url: str
    media_type: str
    length: int | None = None
    alt: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True)
class Written:
    """An article as its author has it. `text` is what a reader reads in it, `links` where its links lead.

    `links` beginning with "/" are relative to the site, wherever it is.
    """

    title: str
    published: datetime
    body: str
    text: str
    links: tuple[str, ...] = ()
    summary: str = ""
    updated: datetime | None = None
    language: str = "en"
    section: str = "World"
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    url: str | None = None
    guid: str | None = None
    picture: Picture | None = None

    def as_markdown(self) -> str:
        """Write the article as Markdown with front matter."""
        values: dict[str, object] = {
            "title": self.title,
            "date": self.published.isoformat(),
            "summary": self.summary,
            "updated": self.updated.isoformat() if self.updated else "",
            "language": self.language,
            "section": self.section,
            "authors": list(self.authors),
            "tags": list(self.tags),
            "url": self.url or "",
            "guid": self.guid or "",
        }
        if self.picture:
            words = ("url", "alt", "caption", "credit")
            values["image"] = {word: getattr(self.picture, word) for word in words}
        # JSON is YAML as well, and quotes what needs it.
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items() if value]
        return "\n".join(["---", *lines, "---", self.body, ""])

    def as_rss_item(self) -> str:
        """Write the article as an item of another publisher's RSS feed, whose guid is its permalink."""
        elements = [
            ("title", self.title),
            ("link", self.url),
            ("description", self.summary),
            ("content:encoded", self.body),
            ("pubDate", self.published.strftime("%a, %d %b %Y %H:%M:%S +0000")),
            *(("dc:creator", name) for name in self.authors),
            *(("category", tag) for tag in self.tags),
            ("dc:language", self.language),
        ]
        written = "".join(f"<{name}>{escape(text or '')}</{name}>" for name, text in elements)
        if self.picture:
            facts = f'url="{self.picture.url}" type="{self.picture.media_type}" length="{self.picture.length}"'
            written += f"<enclosure {facts}/>"
        return f'<item>{written}<guid isPermaLink="true">{escape(self.guid or "")}</guid></item>'


def _at(day: int, hour: int = 9, minute: int = 30, second: int = 15) -> datetime:
    return datetime(2024, 3, day, hour, minute, second, tzinfo=UTC)


STORM = Written(
    title="Storm on its way",
    published=_at(20),
    updated=_at(21, 18),
    summary="Wind of 120 km/h & rain: if p < q, stay in.",
    body=(
        "The *storm* comes at noon, see [the map](map.html) and [the rules](/rules?a=1&b=2).\n\n"
        "> “Stay in – don’t drive”, says the office.\n\n"
        "Fish & chips: 5 &lt; 7, and `a<b>c`."
    ),
    text=(
        "The storm comes at noon, see the map and the rules. “Stay in – don’t drive”, says the office. "
        "Fish & chips: 5 < 7, and a<b>c."
    ),
    links=("https://example.org/world/map.html", "https://example.org/rules?a=1&b=2"),
    authors=("City Desk", "Weather & Sea Desk"),
    tags=("weather", "R&D", "C++ <3"),
    url="https://example.org/world/storm?edition=2&page=1",
    guid="tag:example.org,2024:storm?a=1&b=<2>",
    picture=Picture(
        "https://pictures.example.org/storm.jpg?w=1200&h=800",
        "image/jpeg",
        alt="Waves & wind",
        caption="The pier at noon",
        credit="Photo Desk",
    ),
)

# Each with something in its title that one reader or another has been seen to spoil.
_TITLES = (
    ("<3 Deno", "en"),
    ("A & B: R&D at AT&T", "en"),
    ("a<b>c", "en"),
    ("What &amp; means", "en"),
    ("It&#39;s written with &#39;", "en"),
    ("Ben & Jerry’s “best” – 5 > 3…", "en"),
    ("The family 👨‍👩‍👧‍👦 of the 🏳️‍🌈 day 👍🏽", "en"),
    ("مرحبا بالعالم: «خبر» عاجل", "ar"),
    ("Բարեւ, աշխարհ։ Նորություններ", "hy"),
)
TITLED = tuple(
    Written(
        title=title,
        published=_at(10, minute=59 - number),
        body=f"Story number {number} of [the desk](/desk).",
        text=f"Story number {number} of the desk.",
        links=("/desk",),
        summary=f"What number {number} says.",
        language=language,
        authors=("Copy Desk",),
        tags=("titles",),
    )
    for number, (title, language) in enumerate(_TITLES)
)

ANONYMOUS = Written(
    title="Nobody signed this",
    published=_at(9),
    body="No author, no tags, no summary, no picture.",
    text="No author, no tags, no summary, no picture.",
)

# Out of another publisher's feed: an identity that subscribers know already, a picture whose size is known.
WIRED = Written(
    title="Came by wire: «Ça alors!» & more",
    published=_at(8),
    body='<p>By wire, with <a href="https://example.com/a?b=1&amp;c=2">a link</a>.</p>',
    text="By wire, with a link.",
    links=("https://example.com/a?b=1&c=2",),
    summary="What came.",
    language="fr",
    authors=("Wire Desk",),
    tags=("Wire",),
    url="https://example.com/2024/wire?p=1",
    guid="https://example.com/2024/wire?p=1",
    picture=Picture("https://pictures.example.com/wire.png", "image/png", length=123456),
)

ARTICLES = (STORM, *TITLED, ANONYMOUS, WIRED)
"""All of them, newest first."""


def write_files(folder: Path) -> list[Path]:
    """Write the articles as files: Markdown, and a feed of the one that came by wire."""
    folder.mkdir()
    paths = []
    for number, article in enumerate(ARTICLES):
        if article is not WIRED:
            path = folder / f"{number:02}.md"
            path.write_text(article.as_markdown(), encoding="utf-8")
            paths.append(path)
    wire = folder / "wire.xml"
    wire.write_text(
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Wire</title><link>https://example.com/</link>'
        f"<description>News</description>{WIRED.as_rss_item()}</channel></rss>",
        encoding="utf-8",
    )
    return [*paths, wire]
