"""Makes drafts of what a format module found: keys, defaults, absolute links, cleaning, limits.

It knows no format, and decides nothing that needs the present moment: a date in the future stays in `published_at`.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from feedsvc.content.characters import clean_line, clean_text
from feedsvc.content.html import absolute_html, clean_html
from feedsvc.content.summaries import summarize
from feedsvc.content.urls import absolute_url, guess_image_type, is_web_url
from feedsvc.errors import Invalid
from feedsvc.model import Author, Draft, Image, Imported, Refused, Status
from feedsvc.parse.sources import MAX_CONTENT_BYTES, Defaults, Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# The shape of a BCP 47 tag (RFC 5646 section 2.1).
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")
# A feed's description may be the whole text; as a summary its beginning is enough.
_LONGEST_SUMMARY = 5_000


def assemble(found: Sequence[Found | Refused], defaults: Defaults) -> Iterator[Imported | Refused]:
    """Yield each article as a clean draft, or the reason why it is refused, in the order of the source."""
    for article in _without_repetitions(_with_keys(found)):
        if isinstance(article, Refused):
            yield article
            continue
        try:
            yield _imported(article, defaults)
        except Invalid as error:
            yield Refused(article.place, str(error))


def _with_keys(found: Sequence[Found | Refused]) -> list[Found | Refused]:
    """Give each article its key: its guid, else its link, else a digest of its title and date.

    A link that several articles without a guid share (RSS 0.91 lists that all point at one page) is nobody's identity:
    the title is added.
    """
    shared = Counter(a.url for a in found if isinstance(a, Found) and not (a.key or a.guid) and a.url)
    return [
        replace(article, key=article.key or article.guid or _key_of(article, shared))
        if isinstance(article, Found)
        else article
        for article in found
    ]


def _key_of(article: Found, shared: Counter[str]) -> str:
    if article.url and shared[article.url] == 1:
        return article.url
    published = article.published_at.isoformat() if article.published_at else ""
    parts = (article.url or "", article.title or article.html or article.summary, published)
    digest = hashlib.sha256("\n".join(parts).encode("utf-8", "backslashreplace"))
    return f"sha256:{digest.hexdigest()}"


@dataclass(frozen=True, slots=True)
class _Kept:
    article: Found
    index: int


def _without_repetitions(found: Sequence[Found | Refused]) -> Iterator[Found | Refused]:
    """Keep one article of each key, the newest, and say what becomes of the others.

    Two different articles under one key would change places at each import. The same article twice is left out
    silently, and so is a version that the source itself dates before the newest one (RFC 4287 section 4.1.1).
    """
    kept: dict[str, _Kept] = {}
    for index, article in enumerate(found):
        if isinstance(article, Found):
            before = kept.get(article.key or "")
            if before is None or _changed(article) > _changed(before.article):
                kept[article.key or ""] = _Kept(article, index)
    for index, article in enumerate(found):
        if isinstance(article, Refused):
            yield article
            continue
        winner = kept[article.key or ""]
        if winner.index == index:
            yield article
        elif not _superseded(article, winner.article) and replace(article, place="") != replace(
            winner.article, place=""
        ):
            what = f"has the same identity as {winner.article.place}, which is taken instead"
            yield Refused(article.place, f"{what}: {_shortened(article.key or '')}")


def _superseded(article: Found, by: Found) -> bool:
    return article.updated_at is not None and by.updated_at is not None and article.updated_at < by.updated_at


def _changed(article: Found) -> float:
    moment = article.updated_at or article.published_at
    return moment.timestamp() if moment else float("-inf")


def _imported(found: Found, defaults: Defaults) -> Imported:
    if found.guid is not None and clean_text(found.guid) != found.guid:
        what = f"{_shortened(found.guid)!r} holds a character that no feed may hold"
        raise Invalid("guid", what, "An identity must be kept exactly, so it can't be cleaned: mend it in the source")
    base = found.base or defaults.base_url or ""
    draft = Draft(
        title=clean_line(found.title),
        content_html=_content(found.html, base),
        summary=_summary(found.summary),
        language=_language(found.language) or defaults.language,
        section=clean_line(found.section or "") or defaults.section,
        authors=_authors(found.authors) or defaults.authors,
        tags=_tags((*found.tags, *defaults.tags)),
        url=found.url if found.url and is_web_url(found.url) else None,
        image=_image(found.image, base),
        external_id=clean_line(found.external_id or "") or None,
        publish_at=found.publish_at,
    )
    if not (draft.title or draft.content_html or draft.summary):
        raise Invalid("title", "is missing, and so is the text", "Give the article at least one of them")
    return Imported(
        draft=draft,
        key=found.key or found.place,
        place=found.place,
        guid=found.guid,
        guid_is_permalink=found.guid_is_permalink,
        published_at=found.published_at or (defaults.published_at if found.status is Status.PUBLISHED else None),
        updated_at=found.updated_at,
        status=found.status,
    )


def _content(html: str, base: str) -> str:
    size = len(html.encode("utf-8", "surrogatepass"))
    if size > MAX_CONTENT_BYTES:
        what = f"has {size:,} bytes; the limit is {MAX_CONTENT_BYTES:,}"
        raise Invalid("content", what, "Link to large material instead of embedding it")
    # Cleaning comes first: it brings out the addresses that lazy loading hides.
    clean = clean_html(html)
    absolute = absolute_html(clean, base) if base else clean
    return clean if absolute == clean else clean_html(absolute)


def _summary(text: str) -> str:
    text = clean_text(text).strip()
    return text if len(text) <= _LONGEST_SUMMARY else summarize(text, _LONGEST_SUMMARY)


def _language(tag: str | None) -> str | None:
    tag = clean_line(tag or "").replace("_", "-")
    return tag if _LANGUAGE.match(tag) else None


def _authors(authors: Iterable[Author]) -> tuple[Author, ...]:
    cleaned = (replace(author, name=clean_line(author.name)) for author in authors)
    return tuple(dict.fromkeys(author for author in cleaned if author.name))


def _tags(tags: Iterable[str]) -> tuple[str, ...]:
    # The first spelling stays: feeds select tags without regard to case.
    spellings: dict[str, str] = {}
    for tag in map(clean_line, tags):
        if tag:
            spellings.setdefault(tag.casefold(), tag)
    return tuple(spellings.values())


def _image(image: Image | None, base: str) -> Image | None:
    if image is None:
        return None
    url = image.url if is_web_url(image.url) else absolute_url(image.url, base)
    if url is None or not is_web_url(url):
        return None
    return replace(
        image,
        url=url,
        alt=clean_line(image.alt),
        caption=clean_line(image.caption),
        credit=clean_line(image.credit),
        media_type=image.media_type or guess_image_type(url),
    )


def _shortened(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"
