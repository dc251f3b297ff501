"""Decides the readable part of an address: a slug made of a title or a name.

A slug is never an identity; nothing here knows whether it is taken.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_DIGEST_LENGTH = 8
_NOT_ASCII_SLUG = re.compile("[^a-z0-9]+")
# Letters that Unicode does not decompose into a base letter and a mark, with their usual spelling in ASCII.
_SPELLINGS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ħ": "h", "ŋ": "n"}
)
_APOSTROPHES = str.maketrans("", "", "'’ʼ\u00ad\u200b")


def slugify(text: str, limit: int = 80) -> str:
    """Return a readable slug of `text`: lower case, letters and digits of any script, the rest one "-" each run.

    NFC, at most `limit` characters, cut at a "-" where one is near; never empty ("article"). Letters keep their script
    (RFC 3987 addresses), so a title of any language stays readable.
    """
    lowered = unicodedata.normalize("NFC", text.lower().translate(_APOSTROPHES))
    kept = "".join(character if _is_word(character) else "-" for character in lowered)
    words = [stripped for word in kept.split("-") if (stripped := _strip_marks(word))]
    return _cut("-".join(words), limit) or "article"[:limit]


def ascii_slug(text: str, limit: int = 60) -> str:
    """Return a slug of `text` in [a-z0-9-] alone, at most `limit` (at least 10) characters, for a feed's address.

    Accents are dropped and common letters spelled out. Where a letter, digit or sign would be lost (other scripts,
    "C++" beside "C#"), a part of the SHA-256 of the whole text is appended, so that two different words never share a
    slug by accident and none is empty.
    """
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_APOSTROPHES).translate(_SPELLINGS))
    letters = "".join(character for character in decomposed if not unicodedata.category(character).startswith("M"))
    lost = any(_is_lost(character) for character in letters)
    slug = _NOT_ASCII_SLUG.sub("-", letters).strip("-")
    if slug and not lost:
        return _cut(slug, limit)
    normal = unicodedata.normalize("NFC", text).casefold()
    digest = hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]
    return f"{_cut(slug, limit - _DIGEST_LENGTH - 1)}-{digest}".strip("-")


def _is_lost(character: str) -> bool:
    return character in "#%*@" or (not character.isascii() and character.isalnum()) or _is_symbol(character)


def _is_symbol(character: str) -> bool:
    return unicodedata.category(character)[0] == "S"


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"


def _strip_marks(word: str) -> str:
    start = 0
    while start < len(word) and unicodedata.category(word[start])[0] == "M":
        start += 1
    return word[start:]


def _cut(slug: str, limit: int) -> str:
    if len(slug) <= limit:
        return slug
    end = slug.rfind("-", 0, limit + 1)
    if end < limit // 2:
        end = limit
        while end > 0 and unicodedata.category(slug[end])[0] == "M":
            end -= 1
    return slug[:end].strip("-")
