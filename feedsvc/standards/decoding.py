"""Turns the bytes of an XML document into text: which encoding is named, which is true, what can't be decoded.

It never parses the XML, and it takes no codec but real text encodings.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from email.message import Message

_DECLARATION = re.compile(rb"^\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# XML 1.0 appendix F: the first characters betray a coding unit of two bytes.
_STARTS = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))
# A codec that Python knows may be no encoding of text (zip) or a costly one (punycode): only these are used.
_KNOWN = re.compile(
    r"utf-?8|utf-?16(?:-?[lb]e)?|utf-?32(?:-?[lb]e)?|us-ascii|ascii|iso-?8859-?\d{1,2}|latin-?1|windows-?\d{3,4}|cp\d{3,4}|"
    r"koi8-[rtu]|big5(?:-?hkscs)?|gb2312|gbk|gb18030|euc-(?:jp|kr)|shift[-_]?jis|iso-2022-(?:jp|kr)|tis-?620|macintosh",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document as text. Names of encodings are as written; `bad_at` is where the first undecodable byte stood.

    `bad_at` counts characters of `text`, in which U+FFFD stands for each of them.
    """

    text: str
    encoding: str
    declared: str | None
    charset: str | None
    has_bom: bool
    known: bool = True
    bad_at: int | None = None
    bad_byte: int | None = None


def decode(data: bytes, content_type: str | None) -> Decoded:
    """Decode as XML 1.0 appendix F and RFC 7303 section 3 say: byte order mark, then charset, then declaration."""
    bom, bom_encoding = next(((mark, name) for mark, name in _BOMS if data.startswith(mark)), (b"", None))
    body = data[len(bom) :]
    start = bom_encoding or next((name for mark, name in _STARTS if body.startswith(mark)), None)
    declared = _declared(body, start)
    charset = charset_of(content_type)
    encoding = start or charset or declared or "utf-8"
    known = _KNOWN.fullmatch(encoding) is not None and _is_codec(encoding)
    text, bad_at, bad_byte = _text(body, encoding if known else "utf-8")
    return Decoded(text, encoding, declared, charset, bool(bom), known, bad_at, bad_byte)


def charset_of(content_type: str | None) -> str | None:
    """The charset parameter of a Content-Type, or None."""
    if not content_type:
        return None
    message = Message()
    message["Content-Type"] = " ".join(content_type.split())
    charset = message.get_param("charset")
    return charset.strip() if isinstance(charset, str) and charset.strip() else None


def same_encoding(one: str, other: str) -> bool:
    """Whether two names mean one encoding. UTF-16 covers its two byte orders; ASCII is no part of UTF-8 here."""
    return _plain(one) == _plain(other)


def is_utf8(encoding: str) -> bool:
    """Whether a name means UTF-8."""
    return _plain(encoding) == "utf8"


def _plain(encoding: str) -> str:
    name = re.sub(r"[^a-z0-9]", "", encoding.lower())
    return re.sub(r"^(utf16|utf32)[lb]e$", r"\1", name)


def _declared(body: bytes, start: str | None) -> str | None:
    head = body[:1000]
    if start is not None and not is_utf8(start):
        head = head.decode(start, "ignore").encode("ascii", "ignore")
    match = _DECLARATION.match(head)
    return match[1].decode("ascii") if match else None


def _is_codec(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True


def _text(body: bytes, encoding: str) -> tuple[str, int | None, int | None]:
    try:
        return body.decode(encoding), None, None
    except UnicodeDecodeError as error:
        bad_at = len(body[: error.start].decode(encoding, "replace"))
        return body.decode(encoding, "replace"), bad_at, body[error.start]
