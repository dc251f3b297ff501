"""Decides in which direction a language is written, from its BCP 47 tag alone.

It never looks at text.
"""

from __future__ import annotations

# Scripts of the Unicode Character Database whose letters are of bidirectional class R or AL, those in use today.
_SCRIPTS = frozenset(
    {
        "adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "syre", "syrj", "syrn", "thaa",
        "yezi",
    }
)  # fmt: skip
# Languages whose usual script (CLDR likely subtags) is one of those. A script subtag, where there is one, decides.
_LANGUAGES = frozenset(
    {
        "aao", "acm", "aeb", "afb", "ajp", "apc", "apd", "ar", "arc", "arq", "ars", "ary", "arz", "azb", "bal", "bqi",
        "ckb", "dv", "fa", "glk", "gbz", "gju", "haz", "he", "hnd", "hno", "iw", "ji", "khw", "ks", "lrc", "luz", "mzn",
        "nqo", "pbt", "pbu", "phl", "pnb", "prs", "ps", "rhg", "sam", "sd", "sdh", "skr", "syr", "ug", "ur",
        "ydd", "yi",
    }
)  # fmt: skip
# Languages written from right to left in one country and from left to right in others.
_LANGUAGE_REGIONS = frozenset(
    {("az", "ir"), ("az", "iq"), ("kk", "cn"), ("ky", "cn"), ("ku", "iq"), ("ku", "ir"), ("ms", "cc"), ("pa", "pk"),
     ("tk", "ir"), ("uz", "af")}
)  # fmt: skip
_SCRIPT_LENGTH = 4
_EXTLANG_LENGTH = 3


def is_right_to_left(tag: str | None) -> bool:
    """Say whether the language of a BCP 47 tag (RFC 5646), such as "ar", "ku-Arab" or "az-Latn", runs right to left.

    A script subtag decides; without one the language does, with its region where usage differs between countries.
    None, an empty or an unknown tag is left to right.
    """
    subtags = (tag or "").strip().replace("_", "-").lower().split("-")
    language, rest = subtags[0], subtags[1:]
    while rest and len(rest[0]) == _EXTLANG_LENGTH and rest[0].isalpha():
        language, rest = rest[0], rest[1:]
    if rest and len(rest[0]) == _SCRIPT_LENGTH and rest[0].isalpha():
        return rest[0] in _SCRIPTS
    if rest and (language, rest[0]) in _LANGUAGE_REGIONS:
        return True
    return language in _LANGUAGES
