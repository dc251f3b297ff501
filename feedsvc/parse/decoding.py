"""Decides how a source's bytes become characters: by byte order mark, by declaration, else UTF-8, else windows-1252.

It never guesses between two encodings that both could be: what is not certain is marked or refused, not mangled.
"""

from __future__ import annotations

import codecs
import re

from feedsvc.errors import Invalid

# Unicode noncharacters ("intended for process-internal use", Unicode 23.7) that XML 1.0 allows: they mark, inside a
# document that is otherwise sound, a byte that is not in the encoding and a character that no XML may hold. So the one
# article that has it can be refused or cleaned, with its place, and the others come in.
UNDECODED = "\ufdd1"
ILLEGAL = "\ufdd0"

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# XML 1.0 appendix F.1: "<" in each encoding whose units are wider than a byte.
_WIDE_STARTS = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_DECLARATION = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
# WHATWG Encoding, section 4.2: the label of a small set stands for the superset that is really used.
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
# Python's codec list also holds transforms and escapes (idna, unicode_escape): those are no document's encoding.
_DOCUMENT_CODEC = re.compile(
    r"(?:utf-(?:8|16|32)(?:-[lb]e)?|ascii|iso8859-\d+|cp\d+|koi8-[rtu]|kz1048|ptcp154|mac-\w+|tis-620"
    r"|gb2312|gbk|gb18030|hz|big5|big5hkscs|euc_\w+|shift_jis\w*|iso2022_\w+|johab)\Z"
)
# What the other half of windows-1252 looks like in no Western language: three accented letters in a row, or four
# characters beyond ASCII. Cyrillic, Greek, Hebrew, Thai and East Asian encodings are full of both.
_NOT_WESTERN = re.compile(rb"[\xc0-\xd6\xd8-\xf6\xf8-\xff]{3}|[\xa1-\xff]{4}|[\x81\x8d\x8f\x90\x9d]")
_C1_AS_MEANT = {
    code: bytes([code]).decode("cp1252") for code in range(0x80, 0xA0) if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_ESCAPED_BYTES = re.compile("[\udc80-\udcff]")


def decode_text(name: str, data: bytes) -> str:
    """Return a text file's characters, without a byte order mark. Raises Invalid when its encoding can't be told.

    A byte order mark decides (UTF-8, UTF-16, UTF-32); else it is UTF-8; else windows-1252, if it looks like a Western
    language.
    """
    codec, start = _by_mark(data)
    try:
        return str(data[start:], codec or "utf-8")
    except UnicodeDecodeError as error:
        if codec is None and _looks_western(data):
            return _western(data)
        line = data[: error.start].count(b"\n") + 1
        what = f"is not {(codec or 'utf-8').upper()} (line {line}), nor windows-1252 by its looks"
        raise Invalid(name, what, "Save it as UTF-8 and import it again") from None


def decode_document(data: bytes) -> str:
    """Return the characters of an XML or JSON document, without a byte order mark; what can't be decoded is marked.

    XML 1.0 section 4.3.3 and appendix F: byte order mark, the shape of the first "<", the XML declaration, else UTF-8.
    A label that is too narrow or wrong is mended where that is certain: "iso-8859-1" is windows-1252 (WHATWG Encoding),
    and UTF-8 when all of it is; undeclared bytes that are not UTF-8 are windows-1252 if they look like a Western
    language. Each byte that is left over becomes UNDECODED.
    """
    codec, start = _by_mark(data)
    if codec is None:
        codec = next((wide for opening, wide in _WIDE_STARTS if data.startswith(opening)), None)
    data = data[start:]
    if codec is None:
        codec = declared_codec(data)
        if codec == "cp1252":
            return _utf8(data) or _western(data)
    if codec is None or codec == "utf-8":
        return _utf8(data) or (_western(data) if _looks_western(data) else _marked_utf8(data))
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return _utf8(data) or data.decode(codec, "replace").replace("\ufffd", UNDECODED)


def declared_codec(data: bytes) -> str | None:
    """Return the codec that an XML declaration near the start names, or None if there is none that is known."""
    found = _DECLARATION.search(data[:2048])
    if found is None:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return None
    if not _DOCUMENT_CODEC.match(name):
        return None
    # A declaration that was readable as ASCII is in no encoding with wider units, whatever it says.
    return "utf-8" if name.startswith(("utf-16", "utf-32")) else _SUPERSETS.get(name, name)


def mend_c1(text: str) -> str:
    """Return text with the C1 controls as the windows-1252 characters that were meant: U+0092 is an apostrophe.

    Old writers put bytes 80 to 9F, or references such as "&#146;", into documents of every encoding; as controls they
    mean nothing (WHATWG HTML section 13.2.5.80 reads such references in the same way).
    """
    return text.translate(_C1_AS_MEANT)


def _by_mark(data: bytes) -> tuple[str | None, int]:
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return codec, len(mark)
    return None, 0


def _utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _marked_utf8(data: bytes) -> str:
    return _ESCAPED_BYTES.sub(UNDECODED, data.decode("utf-8", "surrogateescape"))


def _western(data: bytes) -> str:
    return mend_c1(data.decode("latin-1"))


def _looks_western(data: bytes) -> bool:
    if _NOT_WESTERN.search(data):
        return False
    # A document in UTF-8 with a few bad bytes is no windows-1252: taking it for that would spoil all the rest.
    read = data.decode("utf-8", "surrogateescape")
    bad = len(_ESCAPED_BYTES.findall(read))
    good = len(_BEYOND_ASCII.findall(read)) - bad
    return good * 4 <= bad
