"""What a draft must be to become a revision: cleaned, bounded, and refused by the field's name where it can't be
mended.

Pure. Every way in (files, programs, people) passes here, so that nothing that breaks a feed is ever stored (P05).
"""

from __future__ import annotations

import re
from dataclasses import replace

from feedsvc.content.characters import clean_line, clean_text
from feedsvc.content.html import clean_html
from feedsvc.content.urls import is_web_url
from feedsvc.errors import Invalid
from feedsvc.model import Author, Draft, Image

# Characters, but for the content, which is counted in bytes of UTF-8.
MAX_TITLE = 1_000
MAX_SUMMARY = 10_000
MAX_WORD = 200
MAX_WORDS = 100
MAX_URL = 2_000
MAX_CONTENT_BYTES = 16 * 1024 * 1024

# The shape of a BCP 47 tag (RFC 5646 section 2.1), not its registry: subtags come and go.
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")
ADDRESS = re.compile(r"[^@\s<>()]+@[^@\s<>()]+\Z")
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


def accept(draft: Draft) -> Draft:
    """Clean a draft and give it back, the same draft for the same input, cleaned twice or once.

    Characters that XML cannot carry go, HTML is made safe and balanced, titles and names become one line. Raises
    Invalid, naming the field, for what has no honest mending: nothing to read, text over its limit, an address that
    is none.
    """
    accepted = replace(
        draft,
        title=_line("title", draft.title, MAX_TITLE),
        content_html=_content(draft.content_html),
        summary=_bounded("summary", clean_text(draft.summary).strip(), MAX_SUMMARY),
        language=_language(draft.language),
        section=_line("section", draft.section or "", MAX_WORD) or None,
        authors=_authors(draft.authors),
        tags=_tags(draft.tags),
        url=_address("url", draft.url),
        image=_image(draft.image),
        external_id=_line("external_id", draft.external_id or "", MAX_WORD) or None,
    )
    if not (accepted.title or accepted.content_html or accepted.summary):
        raise Invalid("title", "is empty, and there is no text either", "Give at least a title or some content")
    return accepted


def _line(field: str, text: str, limit: int) -> str:
    return _bounded(field, clean_line(text), limit)


def _bounded(field: str, text: str, limit: int) -> str:
    if len(text) > limit:
        raise Invalid(field, f"has {len(text):,} characters; the limit is {limit:,}", "Shorten it")
    return text


def _content(html: str) -> str:
    if len(html) > MAX_CONTENT_BYTES or len(html.encode("utf-8", "surrogatepass")) > MAX_CONTENT_BYTES:
        limit = MAX_CONTENT_BYTES // (1024 * 1024)
        raise Invalid("content_html", f"is larger than {limit} MB", "Link to large material instead of embedding it")
    return clean_html(html)


def _language(tag: str | None) -> str | None:
    if tag is None or not tag.strip():
        return None
    if not LANGUAGE.match(tag.strip()):
        raise Invalid("language", f"{tag!r} is not a language tag", "Write it as BCP 47 does: en, pt-BR, az-Latn")
    return tag.strip()


def _authors(authors: tuple[Author, ...]) -> tuple[Author, ...]:
    if len(authors) > MAX_WORDS:
        raise Invalid("authors", f"are {len(authors)}; the limit is {MAX_WORDS}", "Name a desk instead")
    cleaned = [_author(author) for author in authors]
    return tuple(dict.fromkeys(author for author in cleaned if author.name))


def _author(author: Author) -> Author:
    email = clean_line(author.email or "") or None
    if email and not ADDRESS.match(email):
        raise Invalid("authors.email", f"{email!r} is not an e-mail address", "Write name@host, or leave it out")
    return Author(_line("authors.name", author.name, MAX_WORD), email, _address("authors.url", author.url))


def _tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    if len(tags) > MAX_WORDS:
        raise Invalid("tags", f"are {len(tags)}; the limit is {MAX_WORDS}", "Keep those that readers look for")
    lines = (_line("tags", tag, MAX_WORD) for tag in tags)
    # Tags are compared without regard to case, as feeds select them; the first spelling stays.
    return tuple({line.casefold(): line for line in reversed([*lines]) if line}.values())[::-1]


def _address(field: str, url: str | None) -> str | None:
    if url is None or not url.strip():
        return None
    url = url.strip()
    if len(url) > MAX_URL:
        raise Invalid(field, f"has {len(url):,} characters; the limit is {MAX_URL:,}", "Give a shorter address")
    if not is_web_url(url):
        raise Invalid(field, f"{url!r} is not an absolute web address", "Write it whole: https://example.org/page")
    return url


def _image(image: Image | None) -> Image | None:
    if image is None:
        return None
    url = _address("image.url", image.url)
    if url is None:
        raise Invalid("image.url", "is empty", "Give the picture's address, or leave the image out")
    return replace(
        image,
        url=url,
        alt=_line("image.alt", image.alt, MAX_TITLE),
        caption=_line("image.caption", image.caption, MAX_TITLE),
        credit=_line("image.credit", image.credit, MAX_WORD),
        media_type=_media_type(image.media_type),
    )


def _media_type(media_type: str | None) -> str | None:
    media_type = _line("image.media_type", media_type or "", MAX_WORD)
    if media_type and not MEDIA_TYPE.fullmatch(media_type):
        raise Invalid("image.media_type", f"{media_type!r} is not a media type", "Write it as image/jpeg, or leave it")
    return media_type or None
