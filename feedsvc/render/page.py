"""Writes the HTML page of a feed: what it is, its addresses, how to subscribe, and its newest entries in short.

Never shows a body in full: the page leads to the articles and to the feed. Works without script.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from feedsvc.content.characters import clean_line
from feedsvc.content.summaries import summarize
from feedsvc.model import ContentSetting, Edition, Format, Visibility
from feedsvc.render.addresses import feed_url
from feedsvc.render.discovery import feed_addresses
from feedsvc.render.presenting import language_of, present
from feedsvc.render.splicing import Marks, Parts
from feedsvc.render.webpage import Head, page_title, render
from feedsvc.render.wording import Wording, autonym, wording_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from feedsvc.model import Author, Image
    from feedsvc.render.discovery import Address
    from feedsvc.render.presenting import Presented

READERS: Final = (
    ("Feedly", "https://feedly.com/i/subscription/feed/"),
    ("Inoreader", "https://www.inoreader.com/?add_feed="),
    ("NewsBlur", "https://www.newsblur.com/?url="),
    ("The Old Reader", "https://theoldreader.com/feeds/subscribe?url="),
)
"""Readers on the web that take an address, percent-encoded, at the end of a link of their own."""

_MARKS: Final = Marks(b"<article>", b"</article>\n", b"</section>")
SUMMARY_LIMIT: Final = 320
"""Characters of a summary that the page shows: some four lines. A newsroom may write a whole article there."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A one-click link that opens the feed in a reader."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Teaser:
    """An entry as the page shows it: all plain text. `corrected_at` is the newest correction's instant."""

    title: str
    link: str
    language: str | None
    section: str
    summary: str
    authors: tuple[Author, ...]
    image: Image | None
    published_at: datetime
    corrected_at: datetime | None


def render_page(edition: Edition) -> bytes:
    """Render a feed's page in UTF-8, for people (promise P21), with autodiscovery links (STANDARDS DISC-01 to -03).

    Dates are shown in the site's time zone; what they say in `datetime` is UTC. The same edition gives the same bytes
    everywhere. Raises ValueError if an entry can't be shown at all or the site's time zone isn't known.
    """
    shown = [present(entry, edition.site, edition.feed.content) for entry in edition.entries]
    return _render(edition, shown, empty=not shown)


def page_parts(edition: Edition, shown: Sequence[Presented], *, empty: bool) -> Parts:
    """Render a feed's page with these entries in the place of its own, and part it; `empty` if it is to have none.

    A teaser depends on its entry and on the edition's setting (`pieces.Setting`), and on nothing else.
    """
    return _MARKS.cut(_render(edition, shown, empty=empty), len(shown))


def _render(edition: Edition, shown: Sequence[Presented], *, empty: bool) -> bytes:
    site, feed = edition.site, edition.feed
    language = language_of(edition)
    words = wording_for(language)
    addresses = feed_addresses(site, feed)
    head = Head(
        title=page_title(feed.title, site),
        language=language,
        description=feed.description,
        address=feed_url(site, feed.slug, Format.PAGE),
        alternates=addresses,
        is_listed=feed.visibility is Visibility.PUBLIC,
    )
    return render(
        "feed.html",
        site,
        head,
        feed=feed,
        language_name=autonym(language),
        carries=_carries(feed.content, words),
        updated_at=edition.updated_at,
        addresses=addresses,
        readers=_readers(addresses, words),
        entries=tuple(_teaser(presented, edition) for presented in shown),
        empty=empty,
    )


def _carries(content: ContentSetting, words: Wording) -> str:
    return {
        ContentSetting.FULL: words.full,
        ContentSetting.SUMMARY: words.summary,
        ContentSetting.HEADLINE: words.headline,
    }[content]


def _readers(addresses: tuple[Address, ...], words: Wording) -> tuple[Reader, ...]:
    if not addresses:
        return ()
    leading = addresses[0].address
    # The feed scheme was never registered, but desktop and phone readers have asked for it since 2004; the form with
    # the whole address after the colon is the one that keeps https.
    own = Reader(words.own_reader, f"feed:{leading}")
    return (own, *(Reader(name, start + quote(leading, safe="")) for name, start in READERS))


def _teaser(presented: Presented, edition: Edition) -> Teaser:
    entry = presented.entry
    return Teaser(
        title=presented.title,
        link=presented.link,
        language=presented.language,
        section=clean_line(entry.section or ""),
        summary=summarize(_summary(presented, edition), SUMMARY_LIMIT),
        authors=presented.authors,
        image=presented.image,
        published_at=entry.published_at,
        corrected_at=max((correction.at for correction in entry.corrections), default=None),
    )


def _summary(presented: Presented, edition: Edition) -> str:
    # A feed of headlines shows no more on its page than in its formats.
    if edition.feed.content is ContentSetting.HEADLINE:
        return ""
    if presented.content_html is not None or (presented.summary and not presented.entry.corrections):
        return presented.summary
    # Cut to a headline, or with the corrections' notes in it, for which the page has a place of its own.
    return present(replace(presented.entry, corrections=()), edition.site, ContentSetting.SUMMARY).summary
